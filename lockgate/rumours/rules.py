"""What holds for rumours, without tables, clock or network."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

LONGEST = 400
SHORTEST = 8
VERDICTS = ("true", "partly", "false", "open")

# Fewer than these, and who asked is told by who is there.
LEAST_CROWD = 8

# What is asked without a name waits with all else that was asked so, until one of six moments a day: the moment tells
# a reader of the tables or of the log no more than "in these four hours".
RELEASES_APART = timedelta(hours=4)
LEAST_WAIT = timedelta(hours=1)

MOST_WITHOUT_NAME_A_DAY = 5
ALIKE = 0.6

_WORD = re.compile(r"\w{4,}")
_LEAD = re.compile(r"^\s*(?:is it true(?: that)?|est-il vrai qu[e’']|stimmt es,? dass)\s*", re.IGNORECASE)
_TENDING = frozenset({"owner", "moderator"})


def plain(words: str) -> str:
    """The rumour itself on one line, without "Is it true that" before it."""
    return _LEAD.sub("", " ".join(words.split()))


def release_moment(asked_at: datetime) -> datetime:
    """When something asked without a name at ``asked_at`` is let out: the first of the fixed moments that is an hour
    away or more."""
    earliest = (asked_at + LEAST_WAIT).astimezone(UTC)
    midnight = earliest.replace(hour=0, minute=0, second=0, microsecond=0)
    steps = -(-(earliest - midnight) // RELEASES_APART)
    return midnight + steps * RELEASES_APART


def may_hide(hearers: int) -> bool:
    """Whether one of so many people can ask without a name."""
    return hearers >= LEAST_CROWD


def may_be_asked_in(*, space_kind: str, lane: str) -> bool:
    """Not in a deal room nor a lane: how many ask there would tell one firm of another."""
    return space_kind != "deal" and not lane


def tends(role: str) -> bool:
    return role in _TENDING


def likeness(one: str, other: str) -> float:
    """How alike two rumours are, 0 to 1: the share of longer words, by their beginnings, that both have."""
    ours, theirs = _beginnings(one), _beginnings(other)
    together = ours | theirs
    return len(ours & theirs) / len(together) if together else 0.0


def _beginnings(words: str) -> set[str]:
    return {found[:6] for found in _WORD.findall(words.casefold())}
