"""Small secrets sealed by AES-256-GCM with a key that is a file of settings.KEYS_DIR, never a row.

A copy of the database alone opens nothing, and a sealed secret is bound to what it is for: one row cannot be passed off
as another. (The secrets of channel accounts have their own, older key: lockgate/channels/sealing.py.)
"""

from __future__ import annotations

import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12


class Unreadable(Exception):
    """It was sealed with another key, or for something else. Says nothing of the words."""


def seal(words: bytes, *, key: str, bound_to: str) -> bytes:
    """``words`` sealed with the key file ``key``, made at first use, for ``bound_to`` alone."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(_key(key)).encrypt(nonce, words, bound_to.encode())


def unseal(sealed: bytes, *, key: str, bound_to: str) -> bytes:
    """The words that were sealed. Raises Unreadable."""
    try:
        return AESGCM(_key(key)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to.encode())
    except (InvalidTag, ValueError):
        raise Unreadable from None


def _key(name: str) -> bytes:
    path = Path(settings.KEYS_DIR) / name
    try:
        return _read(str(path), path.stat().st_mtime_ns)
    except FileNotFoundError:
        return _made(path)


@lru_cache(maxsize=8)
def _read(file: str, _changed: int) -> bytes:
    key = bytes.fromhex(Path(file).read_text("ascii").strip())
    if len(key) != 32:
        raise ValueError("a key has 32 bytes")
    return key


def _made(path: Path) -> bytes:
    """A new key, written whole or not at all; where two processes make one, both use the first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
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
    return _read(str(path), path.stat().st_mtime_ns)
