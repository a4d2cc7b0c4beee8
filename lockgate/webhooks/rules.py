"""Standard Webhooks (standardwebhooks.com), as much of it as is arithmetic. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

DELIVERIES = ("post.delivered", "answer.delivered")
KINDS = (*DELIVERIES, "post.revised", "post.recalled")
TOLERANCE = timedelta(minutes=5)
MOST_BODY = 64 * 1024
# The waits of the specification: about three and a half days in all.
BACK_OFF = tuple(
    timedelta(seconds=one) for one in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
# An endpoint that took nothing for so long is ended.
GIVEN_UP_AFTER = timedelta(days=5)
_PREFIX = "whsec_"
_MOST_SIGNATURES = 8


def new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def key_of(secret: str) -> bytes | None:
    """The key that a secret writes; None where it writes none of 24 to 64 bytes."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if 24 <= len(key) <= 64 else None


def signature(secret: str, number: str, timestamp: int, body: bytes) -> str:
    """ "v1," and the HMAC-SHA256 over id, time and body."""
    key = key_of(secret)
    if key is None:
        raise ValueError("a webhook secret has 24 to 64 bytes")
    signed = f"{number}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def is_signed(
    secret: str, *, number: str, timestamp: str, signatures: str, body: bytes, at: datetime
) -> bool:
    """Whether one of ``signatures`` is ours over these very bytes, and the time is within five minutes of ``at``."""
    if not (0 < len(number) <= 128 and number.isascii() and number.isprintable() and "." not in number):
        return False
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(int(timestamp) - at.timestamp()) > TOLERANCE.total_seconds():
        return False
    expected = signature(secret, number, int(timestamp), body).encode()
    # All are compared, whichever fits: nothing is told by how long it takes.
    fits = [
        hmac.compare_digest(one.encode("utf-8", "replace"), expected)
        for one in signatures.split(" ")[:_MOST_SIGNATURES]
    ]
    return any(fits)


def next_try(attempts: int, at: datetime) -> datetime | None:
    """When to call again after ``attempts`` that failed; None where there were enough."""
    return at + BACK_OFF[attempts - 1] if attempts <= len(BACK_OFF) else None
