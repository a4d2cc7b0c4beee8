"""The two keys that stand outside the database, as files in settings.KEYS_DIR:

archive-signing.pem      Ed25519, PKCS#8: signs checkpoints archive-wrapping.keys    lines of "<epoch> <64
hex digits>": wraps the bodies' keys; the last line is in use

Lost, the first ends the log under its name; lost, the second, no body opens again.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils.translation import gettext as _

from lockgate.archive import notes
from lockgate.base.environment import SettingsError
from lockgate.base.refusal import Refusal

SIGNING = "archive-signing.pem"
WRAPPING = "archive-wrapping.keys"
LAST_SIGNED = "archive-last.checkpoint"

_is_key_name = cache(notes.is_key_name)

T = TypeVar("T")
IsNeeded = Callable[[], bool]


class KeysMissing(Refusal):
    """The archive cannot seal, open or sign: a key file is missing, unreadable or not the right one."""

    code = "archive-keys-missing"
    status = 503


@dataclass(frozen=True, slots=True)
class WrappingKeys:
    """Key-encryption keys by epoch; ``current`` wraps what is sealed now."""

    current: str
    by_epoch: dict[str, bytes]

    def key(self) -> bytes:
        return self.by_epoch[self.current]

    def of(self, epoch: str) -> bytes:
        try:
            return self.by_epoch[epoch]
        except KeyError as error:
            raise KeysMissing(
                _("The key %(epoch)s that opens this body is not in %(file)s.")
                % {"epoch": epoch, "file": path(WRAPPING)},
                _("Put the file back from your backup of the keys."),
            ) from error


def path(name: str) -> Path:
    return Path(settings.KEYS_DIR) / name


def epoch_of(key: bytes) -> str:
    """What an epoch is called: the beginning of a hash of its key, so that two hosts with different keys
    cannot both write under one name."""
    return sha256(b"lockgate archive wrapping key\n" + key).hexdigest()[:8]


def origin() -> str:
    """The log's name, which is also its key's name."""
    name = str(settings.ARCHIVE_ORIGIN)
    if not _is_key_name(name):
        raise SettingsError(
            f"ARCHIVE_ORIGIN is {name!r}; "
            "it takes a name without spaces and plus signs, such as example.com/archive."
        )
    return name


def signer(*, is_used: IsNeeded) -> Ed25519PrivateKey:
    """The key that signs checkpoints. ``is_used`` tells whether the log was signed before: then a missing
    file is never replaced by a new key."""
    return _read(SIGNING, _parse_signing, _new_signing, is_used)


def wrapping(*, is_used: IsNeeded) -> WrappingKeys:
    """The keys that wrap the bodies' keys. ``is_used`` tells whether the database holds sealed bodies."""
    return _read(WRAPPING, _parse_wrapping, lambda: _wrapping_line(secrets.token_bytes(32)), is_used)


def make(*, is_signed: IsNeeded, is_sealed: IsNeeded) -> list[Path]:
    """Make the key files that a new installation lacks; answers those made. Refuses where they were in use
    and are gone."""
    made = []
    for name, new, is_used in (
        (SIGNING, _new_signing, is_signed),
        (WRAPPING, lambda: _wrapping_line(secrets.token_bytes(32)), is_sealed),
    ):
        if not path(name).exists():
            if is_used():
                raise _gone(name)
            write_once(path(name), new())
            made.append(path(name))
    return made


def add_wrapping_key() -> str:
    """Append a new wrapping key, in use from now on; answers its epoch."""
    key = secrets.token_bytes(32)
    replace(path(WRAPPING), path(WRAPPING).read_bytes() + _wrapping_line(key))
    return epoch_of(key)


# Read keys are kept for as long as the file is the same one: reading them costs 30 times the look at its
# time.
_known: dict[tuple[str, int, int], object] = {}


def _read(name: str, parse: Callable[[bytes], T], new: Callable[[], bytes], is_used: IsNeeded) -> T:
    file = f"{settings.KEYS_DIR}/{name}"
    try:
        try:
            state = os.stat(file)
        except FileNotFoundError:
            if is_used():
                raise _gone(name) from None
            if not _may_make():
                raise KeysMissing(
                    _("The archive has no key file %(file)s yet.") % {"file": file},
                    _("Run `lockgate migrate` once, and keep a copy of the file in a safe place."),
                ) from None
            write_once(path(name), new())
            state = os.stat(file)
        mark = (file, state.st_mtime_ns, state.st_ino)
        known = _known.get(mark)
        if known is None:
            known = parse(path(name).read_bytes())
            _known.clear() if len(_known) > 16 else None
            _known[mark] = known
    except OSError as error:
        raise KeysMissing(
            _("The key file %(file)s cannot be read: %(why)s.") % {"file": file, "why": error.strerror},
            _("Let the account that runs Lockgate read it."),
        ) from error
    except ValueError as error:
        raise KeysMissing(
            _("The key file %(file)s is damaged.") % {"file": file},
            _("Put the file back from your backup of the keys."),
        ) from error
    return known  # type: ignore[return-value]  # one parser a file name, so the kept value is that parser's


def _gone(name: str) -> KeysMissing:
    return KeysMissing(
        _("The key file %(file)s is missing, and the archive was written with it.") % {"file": path(name)},
        _("Put the file back from your backup of the keys. A new key would not fit the records that stand."),
    )


def _may_make() -> bool:
    """Keys make themselves in a demo and in development alone; elsewhere someone has to know of them."""
    return bool(settings.DEMO or settings.DEBUG or settings.SECRET_KEY == settings.DEFAULT_SECRET_KEY)


def _new_signing() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _parse_signing(data: bytes) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(data, None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("not an Ed25519 key")
    return key


def _wrapping_line(key: bytes) -> bytes:
    return f"{epoch_of(key)} {key.hex()}\n".encode()


def _parse_wrapping(data: bytes) -> WrappingKeys:
    by_epoch = {}
    for line in data.decode("ascii").splitlines():
        epoch, digits = line.split()
        key = bytes.fromhex(digits)
        if len(key) != 32 or epoch != epoch_of(key):
            raise ValueError("a line does not hold its own key")
        by_epoch[epoch] = key
    if not by_epoch:
        raise ValueError("no key")
    return WrappingKeys(list(by_epoch)[-1], by_epoch)


def _write_beside(file: Path, data: bytes) -> Path:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    return beside


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_once(file: Path, data: bytes) -> None:
    """Write a file that did not exist, readable by its owner alone. Of two processes at once, one wins and
    both go on with its file."""
    beside = _write_beside(file, data)
    try:
        with suppress(FileExistsError):
            os.link(beside, file)
    finally:
        beside.unlink()
    _sync_folder(file.parent)


def replace(file: Path, data: bytes) -> None:
    """Put a new content in the place of the old one, whole or not at all."""
    os.replace(_write_beside(file, data), file)
    _sync_folder(file.parent)
