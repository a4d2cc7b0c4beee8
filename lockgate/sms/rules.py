"""Numbers, codes, signatures and the length of a text. Pure."""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta
from hashlib import sha256

TOLERANCE = timedelta(minutes=5)
CODE_GOOD_FOR = timedelta(minutes=10)
MOST_TRIES = 5
MOST_BODY = 16 * 1024
MOST_TEXT = 459
"""Three texts of 153 characters, as phones put them together."""
LEAST_SECRET = 24
_E164 = re.compile(r"\+[1-9][0-9]{7,14}")
_STOP = {"stop", "stopp", "unsubscribe", "end", "quit", "abmelden", "arrêt", "arreter", "arrêter"}


def number(typed: str) -> str | None:
    """A number as E.164 writes it, from how people do ("+49 30 / 123-45 67"); None where it is none, or has no
    country."""
    plain = re.sub(r"[\s().\-/]", "", typed)
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    return plain if plain.isascii() and _E164.fullmatch(plain) else None


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over time and body, in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, sha256).hexdigest()


def is_signed(secret: str, *, timestamp: str, signed: str, body: bytes, at: datetime) -> bool:
    """Whether ``signed`` is ours over these very bytes, and the time within five minutes of ``at``. Without a
    secret, or with one that can be guessed, nothing is."""
    if len(secret) < LEAST_SECRET:
        return False
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(int(timestamp) - at.timestamp()) > TOLERANCE.total_seconds():
        return False
    return hmac.compare_digest(signature(secret, timestamp, body).encode(), signed.encode("utf-8", "replace"))


def code_digest(key: bytes, whose: str, code: str) -> bytes:
    """What is kept of a code: without our key nobody finds the six digits by trying."""
    return hmac.new(key, f"lockgate sms code v1\n{whose}\n{code}".encode(), sha256).digest()


def is_stop(text: str) -> bool:
    return re.sub(r"^\W+|\W+$", "", text).casefold() in _STOP


def cut(text: str, most: int = MOST_TEXT) -> str:
    """One text's worth of ``text``, on one line."""
    plain = " ".join(text.split())
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"
