"""One-time codes of RFC 6238 and recovery codes. Pure: the clock is given."""

from __future__ import annotations

import base64
import hmac
import struct
from hashlib import sha1, sha256
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
# A clock may be off by one step either way.
DRIFT = 1
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
RECOVERY_LETTERS = 12


def step_of(seconds: float) -> int:
    return int(seconds) // STEP_SECONDS


def code_of(secret: bytes, step: int) -> str:
    """RFC 4226 5.3 over the step. SHA-1 is what every authenticator app speaks, and as a MAC it still serves."""
    mac = hmac.new(secret, struct.pack(">Q", step), sha1).digest()
    place = mac[-1] & 15
    number = int.from_bytes(mac[place : place + 4]) & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_that_fits(secret: bytes, code: str, now_step: int, last_step: int) -> int | None:
    """The step whose code this is, near ``now_step`` and after ``last_step``: a code is good once."""
    said = "".join(code.split())
    if len(said) != DIGITS or not (said.isascii() and said.isdigit()):
        return None
    found = None
    for step in range(now_step - DRIFT, now_step + DRIFT + 1):
        # All of them are compared, so that the time taken tells nothing.
        if hmac.compare_digest(code_of(secret, step), said) and step > last_step:
            found = step
    return found


def address_of(secret: bytes, *, issuer: str, account: str) -> str:
    """What an authenticator app reads from the picture."""
    label = quote(f"{issuer}:{account}")
    asked = urlencode({"secret": written(secret), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{label}?{asked}"


def written(secret: bytes) -> str:
    return base64.b32encode(secret).decode("ascii").rstrip("=")


def recovery_code(chance: bytes) -> str:
    """Twelve letters that are not mistaken for each other, from chance that is longer than they need."""
    number = int.from_bytes(chance)
    letters = []
    for _place in range(RECOVERY_LETTERS):
        number, letter = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[letter])
    whole = "".join(letters)
    return "-".join(whole[first : first + 4] for first in range(0, RECOVERY_LETTERS, 4))


def recovery_digest(code: str) -> str:
    return sha256(
        b"lockgate recovery\n" + "".join(code.lower().split()).replace("-", "").encode()
    ).hexdigest()
