"""What comes back from a channel, and what it means for delivering once only."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any

import httpx2

from lockgate.base.clock import now

LONGEST_WAIT_SECONDS = 3600


class End(Enum):
    """How a request ended, for what comes next."""

    TAKEN = "taken"
    ABSENT = "absent"
    SIGN_IN = "sign-in refused"
    REFUSED = "refused"
    LATER = "try later"
    UNKNOWN = "unknown"


def sort_status(status: int, *, is_write: bool, says_when: bool) -> End:
    """What an HTTP status means for once-only delivery. ``says_when``: it came with Retry-After.

    On a write, whatever may have been carried out is UNKNOWN: 5xx, 408 and redirects (some servers redirect
    after doing the work). A read changes nothing, so its failures are simply LATER.
    """
    if 200 <= status < 300:
        return End.TAKEN
    if status == 401:
        return End.SIGN_IN
    if status in {404, 410}:
        return End.ABSENT
    if status == 429 or (status == 503 and says_when):
        return End.LATER
    if status == 408 or status >= 500:
        return End.UNKNOWN if is_write else End.LATER
    if status < 400 and status not in {307, 308} and is_write:
        return End.UNKNOWN
    return End.REFUSED


@dataclass(frozen=True, slots=True)
class Concealed:
    """A request body that holds a secret: prints as nothing."""

    value: object = field(repr=False)


class Bearer(httpx2.Auth):
    """An access token in the Authorization header, nowhere else."""

    __slots__ = ("_token",)

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers (lower case), the body, and when."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    skew_seconds: float = 0.0  # the server's clock less ours, as far as its Date header tells

    def json(self) -> Any:
        """The body as JSON, or None when it is none."""
        try:
            return jsonlib.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def record(self) -> dict[str, Any]:
        """The body as a JSON object; an empty one when it is none."""
        data = self.json()
        return data if isinstance(data, dict) else {}


def wait_seconds(headers: Mapping[str, str]) -> int | None:
    """Retry-After in seconds (a number, or a date), bounded; None when it is not there."""
    given = headers.get("retry-after", "").strip()
    if not given:
        return None
    if given.isdecimal():
        return min(int(given[:9]), LONGEST_WAIT_SECONDS)
    try:
        seconds = (parsedate_to_datetime(given) - now()).total_seconds()
    except (ValueError, TypeError):
        return None
    return int(min(max(seconds, 1), LONGEST_WAIT_SECONDS))


def skew(headers: Mapping[str, str]) -> float:
    try:
        return (parsedate_to_datetime(headers["date"]) - now()).total_seconds()
    except (KeyError, ValueError, TypeError):
        return 0.0
