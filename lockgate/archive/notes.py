"""C2SP signed notes with Ed25519 (signature type 0x01), and checkpoints written in them. Pure; no Django."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_DASH = "\u2014 "


class BadNoteError(Exception):
    """The note, the key or the signature is not what it has to be; the sentence says which."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """So many entries of this log have this root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A name and the public key that signs for it."""

    name: str
    key: bytes

    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:4]

    def vkey(self) -> str:
        return f"{self.name}+{self.key_id().hex()}+{b64encode(_ED25519 + self.key).decode()}"

    def pem(self) -> bytes:
        return Ed25519PublicKey.from_public_bytes(self.key).public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @classmethod
    def parse(cls, vkey: str) -> Verifier:
        try:
            name, key_id, encoded = vkey.strip().split("+", 2)
            material = b64decode(encoded, validate=True)
        except ValueError as error:
            raise BadNoteError("The verifier key does not read <name>+<key id>+<key>.") from error
        if material[:1] != _ED25519 or len(material) != 33:
            raise BadNoteError("The verifier key is not an Ed25519 key.")
        verifier = cls(name, material[1:])
        if not is_key_name(name) or key_id != verifier.key_id().hex():
            raise BadNoteError("The verifier key's name and id do not belong together.")
        return verifier


def is_key_name(name: str) -> bool:
    """A key name is not empty and holds no space, no plus and no control character."""
    return bool(name) and "+" not in name and not any(c.isspace() or ord(c) < 0x20 for c in name)


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def sign(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """The signed note: text, empty line, signature line."""
    signature = Verifier(name, public(key)).key_id() + key.sign(text.encode())
    return f"{text}\n{_DASH}{name} {b64encode(signature).decode()}\n"


def split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """(text with its last newline, [(name, key id and signature)])."""
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n") or any(ord(c) < 0x20 and c != "\n" for c in note):
        raise BadNoteError("The checkpoint is not a signed note.")
    found = []
    for line in signatures[:-1].split("\n"):
        name, space, encoded = line.removeprefix(_DASH).partition(" ")
        try:
            raw = b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise BadNoteError("A signature line of the checkpoint does not read.") from error
        if not line.startswith(_DASH) or not space or not is_key_name(name) or len(raw) < 5:
            raise BadNoteError("A signature line of the checkpoint does not read.")
        found.append((name, raw))
    return text + "\n", found


def open_note(note: str, verifier: Verifier) -> str:
    """The note's text, if this key signed it. Signatures of unknown keys are passed over, as the standard
    says."""
    text, signatures = split(note)
    is_signed = False
    for name, raw in signatures:
        if (name, raw[:4]) != (verifier.name, verifier.key_id()):
            continue
        try:
            Ed25519PublicKey.from_public_bytes(verifier.key).verify(raw[4:], text.encode())
        except InvalidSignature as error:
            raise BadNoteError("The signature on the checkpoint is wrong.") from error
        is_signed = True
    if not is_signed:
        raise BadNoteError(f"The checkpoint is not signed by {verifier.vkey()}.")
    return text


def parse_checkpoint(text: str) -> Checkpoint:
    """The three lines of a checkpoint's text. Extension lines are not used by this log and are refused."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise BadNoteError("The checkpoint does not have exactly three lines.")
    try:
        root = b64decode(lines[2], validate=True)
        size = int(lines[1])
    except ValueError as error:
        raise BadNoteError("The size or the root in the checkpoint does not read.") from error
    if str(size) != lines[1] or size < 0 or len(root) != 32 or b64encode(root).decode() != lines[2]:
        raise BadNoteError("The size or the root in the checkpoint does not read.")
    return Checkpoint(lines[0], size, root)
