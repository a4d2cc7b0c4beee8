"""Small secrets sealed by AES-256-GCM with a key that is a file of settings.KEYS_DIR, never a row.

A copy of the database alone opens nothing, and a sealed secret is bound to what it is for: one row cannot be passed off
as another. (The secrets of channel accounts have their own, older key: lockgate/channels/sealing.py.)
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from lockgate.base.keyfile import make_key, read_key

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
        return read_key(path)
    except FileNotFoundError:
        return make_key(path)
