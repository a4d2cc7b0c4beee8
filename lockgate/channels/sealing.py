"""Seals the secrets of channel accounts: AES-256-GCM with a key that is a file, never a row.

A copy of the database alone opens nothing. A sealed secret is bound to its account and name, so that one row
cannot be passed off as another.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext as _

from lockgate.base.refusal import Refusal

_FORM = b"\x01"
_NONCE_BYTES = 12
_KEY_BYTES = 32


class KeyUnusable(Refusal):
    """The key of the channel secrets is missing, unreadable or not a key."""

    code = "channel-key-unusable"
    status = 503


class SecretUnreadable(Refusal):
    """A sealed secret does not open with the present key."""

    code = "channel-secret-unreadable"
    status = 503


class OpenedSecrets(Mapping[str, str]):
    """Opened secrets by name. Prints as their number alone, wherever it is printed."""

    __slots__ = ("_words",)

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = dict(words)

    def __getitem__(self, name: str) -> str:
        # A KeyError would carry this mapping's caller into a traceback; an absent secret reads as empty.
        return self._words.get(name, "")

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def __repr__(self) -> str:
        return f"<{len(self._words)} opened secrets>"

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("opened secrets are not written anywhere")


def key_file() -> Path:
    return Path(settings.KEYS_DIR) / "channels.key"


def complaints() -> tuple[str, ...]:
    """What `lockgate doctor` should say of the key; empty means all is well."""
    path = key_file()
    if not path.exists():
        return ()
    try:
        _read(path)
    except KeyUnusable as refusal:
        return (str(refusal),)
    if path.stat().st_mode & 0o077:
        return (
            _("Others on this machine can read the key file %(path)s. Set its mode to 600.") % {"path": path},
        )
    return ()


def seal(words: str, *, slug: str, name: str) -> bytes:
    """``words`` sealed for the secret ``name`` of the account ``slug``. Makes the key on first use."""
    nonce = os.urandom(_NONCE_BYTES)
    return _FORM + nonce + AESGCM(_key(may_make=True)).encrypt(nonce, words.encode(), _bound_to(slug, name))


def unseal(sealed: bytes, *, slug: str, name: str) -> str:
    """The words that were sealed. Raises KeyUnusable or SecretUnreadable; neither says anything of the words."""
    key = _key(may_make=False)
    opened: bytes | None = None
    with contextlib.suppress(InvalidTag, ValueError):
        if sealed[:1] == _FORM:
            opened = AESGCM(key).decrypt(
                sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :], _bound_to(slug, name)
            )
    if opened is None:
        raise SecretUnreadable(
            _("The %(name)s of the channel account “%(slug)s” was sealed with another key.")
            % {"name": name, "slug": slug},
            _("Put the former key file back, or enter the %(name)s again.") % {"name": name},
        )
    return opened.decode()


def _bound_to(slug: str, name: str) -> bytes:
    return f"lockgate.channels:{slug}:{name}".encode()


def _key(*, may_make: bool) -> bytes:
    path = key_file()
    if may_make and not path.exists():
        _make(path)
    return _read(path)


def _read(path: Path) -> bytes:
    problem = ""
    key = b""
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError:
        problem = _("is missing")
    except OSError as error:
        problem = _("cannot be read (%(reason)s)") % {"reason": error.strerror}
    except ValueError:
        problem = _("does not hold a key")
    if not problem and len(key) != _KEY_BYTES:
        problem = _("does not hold a key")
    if problem:
        raise KeyUnusable(
            _("The key file %(path)s %(problem)s, so the passwords of the channel accounts cannot be opened.")
            % {"path": path, "problem": problem},
            _("Put it back from your safe copy, readable by Lockgate alone."),
        )
    return key


def _make(path: Path) -> None:
    """Writes a new key whole or not at all; of two processes that try at once, one wins and both use its key."""
    problem = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".channels.key.")  # made with mode 0600
        try:
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(_KEY_BYTES) + "\n")
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(name, path)
            _sync_folder(path.parent)
        finally:
            os.unlink(name)
    except OSError as error:
        problem = error.strerror or type(error).__name__
    if problem:
        raise KeyUnusable(
            _("The key file %(path)s cannot be written (%(reason)s), so no password can be sealed.")
            % {"path": path, "reason": problem},
            _("Make the folder writable for Lockgate, or set LOCKGATE_KEYS to another."),
        )


def _sync_folder(folder: Path) -> None:
    # Without this a power cut may keep sealed rows and lose the key's name.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
