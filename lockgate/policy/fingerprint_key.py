"""The key of the fingerprints: 32 bytes in a file of settings.KEYS_DIR, outside the database.

With another key nothing would match and every leak would pass unseen, so a key that is not the one that the kept
fingerprints were made with is refused, and a new one is made only while there are none.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from lockgate.base.keyfile import make_key, read_key
from lockgate.base.refusal import Refusal
from lockgate.policy.models import FingerprintKey, Remembered

NAME = "fingerprints.key"


class FingerprintKeyMissing(Refusal):
    """The fingerprints cannot be compared: their key is missing or is another."""

    code = "fingerprint-key-missing"
    status = 503


def fingerprint_key() -> bytes:
    """The key, checked once a process and file. Raises FingerprintKeyMissing."""
    path = _file(settings.KEYS_DIR)
    try:
        key = read_key(path)
    except (OSError, ValueError):
        if Remembered.objects.exists():
            raise _missing(path) from None
        key = make_key(path)
    if key not in _checked:
        kept = FingerprintKey.objects.values_list("proof", flat=True).first()
        if kept is None:
            return key
        if bytes(kept) != _proof(key):
            if Remembered.objects.exists():
                raise _missing(path)
            FingerprintKey.objects.update(proof=_proof(key))  # nothing was kept with the old one
        _checked.add(key)
    return key


@lru_cache(maxsize=8)
def _file(folder: Path | str) -> Path:
    return Path(folder) / NAME


def note_key(key: bytes) -> None:
    """Keep the proof of the key beside the fingerprints; call inside their transaction. One statement."""
    FingerprintKey.objects.bulk_create([FingerprintKey(id=1, proof=_proof(key))], ignore_conflicts=True)


_checked: set[bytes] = set()


def _proof(key: bytes) -> bytes:
    return blake2b(b"lockgate fingerprints", digest_size=16, key=key).digest()


def _missing(path: Path) -> FingerprintKeyMissing:
    return FingerprintKeyMissing(
        _("The key of the fingerprints (%(file)s) is missing or is not the one they were made with.")
        % {"file": path},
        _("Put the file back from your backup of the keys."),
    )
