"""The text of c2sp.org/tlog-proof: an entry, its place, its path to the root, and the checkpoint. Pure; no
Django."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass

from lockgate.archive import rules

_HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Proof:
    """``entry`` is the extra line: it is checked against the root like everything else and trusted only
    then."""

    entry: bytes
    index: int
    path: list[bytes]
    checkpoint: str


def text(entry: bytes, index: int, tree: rules.Tree, note: str) -> str:
    lines = [_HEADER, f"extra {b64encode(entry).decode()}", f"index {index}"]
    lines += [b64encode(part).decode() for part in tree.inclusion(index)]
    return "\n".join(lines) + "\n\n" + note


def parse(proof: str) -> Proof:
    """Raises ValueError where the text is not a proof of this form."""
    head, gap, checkpoint = proof.partition("\n\n")
    lines = head.split("\n")
    if not gap or len(lines) < 3 or lines[0] != _HEADER:
        raise ValueError("the proof does not begin as a tlog-proof does")
    if not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        raise ValueError("the proof lacks its entry or its index")
    index = int(lines[2].removeprefix("index "))
    if lines[2] != f"index {index}" or index < 0:
        raise ValueError("the proof's index does not read")
    path = [b64decode(line, validate=True) for line in lines[3:]]
    if any(len(part) != rules.HASH_BYTES for part in path):
        raise ValueError("a hash in the proof does not have 32 bytes")
    return Proof(b64decode(lines[1].removeprefix("extra "), validate=True), index, path, checkpoint)
