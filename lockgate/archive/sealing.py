"""Sealing a body beside the log: AES-256-GCM under a fresh key, that key wrapped by another. Pure."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE, _KEY, _SALT = 12, 32, 32


class BrokenSealError(Exception):
    """The ciphertext, the wrapped key or the key-encryption key is not the one that belongs here."""


@dataclass(frozen=True, slots=True)
class Seal:
    """``data`` is nonce and ciphertext; ``wrapped`` is nonce, wrapped key and salt; ``pt`` and ``ct`` are
    what the log keeps, in hex."""

    data: bytes
    wrapped: bytes
    pt: str
    ct: str


def _bound_to(entry_id: int) -> bytes:
    return b"lockgate archive body %d" % entry_id


def seal(entry_id: int, body: bytes, wrapping_key: bytes) -> Seal:
    """Seal ``body`` so that it opens for this entry alone."""
    chance = os.urandom(_KEY + _SALT + 2 * _NONCE)
    inner, nonce, outer_nonce = chance[:64], chance[64:76], chance[76:]
    key, salt = inner[:_KEY], inner[_KEY:]
    bound = _bound_to(entry_id)
    data = nonce + AESGCM(key).encrypt(nonce, body, bound)
    return Seal(
        data=data,
        wrapped=wrap(entry_id, inner, wrapping_key, outer_nonce),
        pt=sha256(salt + body).hexdigest(),
        ct=sha256(data).hexdigest(),
    )


def wrap(entry_id: int, inner: bytes, wrapping_key: bytes, nonce: bytes | None = None) -> bytes:
    """Wrap a body's key and salt (64 bytes)."""
    nonce = nonce or os.urandom(_NONCE)
    return nonce + AESGCM(wrapping_key).encrypt(nonce, inner, _bound_to(entry_id))


def unwrap(entry_id: int, wrapped: bytes, wrapping_key: bytes) -> bytes:
    """The body's key and salt, joined (64 bytes)."""
    try:
        return AESGCM(wrapping_key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _bound_to(entry_id))
    except InvalidTag as error:
        raise BrokenSealError("the wrapped key does not open with this key") from error


def unseal(entry_id: int, data: bytes, wrapped: bytes, wrapping_key: bytes) -> tuple[bytes, bytes]:
    """(body, salt). Raises BrokenSealError where anything is not what was sealed."""
    inner = unwrap(entry_id, wrapped, wrapping_key)
    try:
        body = AESGCM(inner[:_KEY]).decrypt(data[:_NONCE], data[_NONCE:], _bound_to(entry_id))
    except InvalidTag as error:
        raise BrokenSealError("the body does not open with its key") from error
    return body, inner[_KEY:]
