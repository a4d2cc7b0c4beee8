"""The key of the fingerprints: 32 bytes in a file of settings.KEYS_DIR, outside the database.

With another key nothing would match and every leak would pass unseen, so a key that is not the one that the kept
fingerprints were made with is refused, and a new one is made only while there are none.
"""

from __future__ import annotations

import os
import secrets
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from lockgate.base.refusal import Refusal
from lockgate.policy.models import FingerprintKey, Remembered

NAME = "fingerprints.key"


class FingerprintKeyMissing(Refusal):
    """The fingerprints cannot be compared: their key is missing or is another."""

    code = "fingerprint-key-missing"
    status = 503


def fingerprint_key() -> bytes:
    """The key, checked once a process and file. Raises FingerprintKeyMissing."""
    file = f"{settings.KEYS_DIR}/{NAME}"
    try:
        key = _read(file, os.stat(file).st_mtime_ns)
    except (OSError, ValueError):
        path = Path(file)
        if Remembered.objects.exists():
            raise _missing(path) from None
        key = _made(path)
    if key not in _checked:
        kept = FingerprintKey.objects.values_list("proof", flat=True).first()
        if kept is None:
            return key
        if bytes(kept) != _proof(key):
            if Remembered.objects.exists():
                raise _missing(Path(file))
            FingerprintKey.objects.update(proof=_proof(key))  # nothing was kept with the old one
        _checked.add(key)
    return key


def note_key(key: bytes) -> None:
    """Keep the proof of the key beside the fingerprints; call inside their transaction. One statement."""
    FingerprintKey.objects.bulk_create([FingerprintKey(id=1, proof=_proof(key))], ignore_conflicts=True)


_checked: set[bytes] = set()


def _proof(key: bytes) -> bytes:
    return blake2b(b"lockgate fingerprints", digest_size=16, key=key).digest()


@lru_cache(maxsize=8)
def _read(file: str, _changed: int) -> bytes:
    key = bytes.fromhex(Path(file).read_text("ascii").strip())
    if len(key) != 32:
        raise ValueError("a fingerprint key has 32 bytes")
    return key


def _made(path: Path) -> bytes:
    """A new key, written whole or not at all; where two processes make one, both use the first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{NAME}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return _read(path, path.stat().st_mtime_ns)


def _missing(path: Path) -> FingerprintKeyMissing:
    return FingerprintKeyMissing(
        _("The key of the fingerprints (%(file)s) is missing or is not the one they were made with.")
        % {"file": path},
        _("Put the file back from your backup of the keys."),
    )
