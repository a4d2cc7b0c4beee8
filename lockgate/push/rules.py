"""What is known of push without tables, clock or network."""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import datetime, timedelta

MOST_DEVICES = 10
MOST_ENDPOINT = 1000
POINT_BYTES = 65
AUTH_BYTES = 16
TTL = timedelta(hours=12)
"""So long a push service may keep a message for a device that is off. What was told longer ago is not gathered."""
BACK_OFF = tuple(timedelta(seconds=one) for one in (10, 60, 300, 1800, 7200, 14_400))
GIVEN_UP_AFTER = timedelta(days=5)
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def unpacked(words: str) -> bytes | None:
    """base64url, with or without its padding; None where it is none."""
    plain = words.strip().rstrip("=").replace("+", "-").replace("/", "_")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def digest(endpoint: str) -> str:
    """By which an address is known again without being kept open."""
    return hashlib.sha256(endpoint.encode("utf-8", "replace")).hexdigest()


def device_name(agent: str) -> str:
    """What a person would call the browser that sends this User-Agent; "" where nothing is recognised."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " · ".join(one for one in (browser, system) if one)


def next_try(attempts: int, at: datetime, after_seconds: int | None = None) -> datetime | None:
    """When to try again after ``attempts`` that failed, not before the push service said; None after enough."""
    if attempts > len(BACK_OFF):
        return None
    return at + max(BACK_OFF[attempts - 1], timedelta(seconds=after_seconds or 0))
