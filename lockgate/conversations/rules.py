"""What holds for talk, without tables, clock or network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

REACTIONS = ("agree", "thanks", "well-done", "idea", "smile", "with-you")
KINDS = ("question", "announcement", "poll", "praise", "event")

MOST_PINS = 3
LEAST_OPTIONS, MOST_OPTIONS = 2, 10
MOST_OPTION_LENGTH = 140
LEAST_VOTES_SHOWN = 3
LONGEST_EVENT = timedelta(days=60)
COMING = ("yes", "no", "maybe")
MOST_MENTIONS = 50

FIRST_REMINDER = timedelta(days=2)
BETWEEN_REMINDERS = timedelta(days=3)
MOST_REMINDERS = 3
BETWEEN_ASKED_REMINDERS = timedelta(hours=20)

_TENDING = frozenset({"owner", "moderator"})
_MENTION = re.compile(r"(?<![\w@/.-])@([a-z0-9]+(?:-[a-z0-9]+){0,8})(?![\w@-])")
_OPTION = "- "
_LINK = re.compile(r"https?://[^\s<>\"\]]{3,480}")


def tends(role: str) -> bool:
    """Owners and moderators look after a room."""
    return role in _TENDING


def may_accept(*, is_asker: bool, role: str) -> bool:
    """Who asked knows what helped; who tends the room may say it for them."""
    return (is_asker and role != "observer" and role != "") or tends(role)


def mentioned(body: str) -> tuple[str, ...]:
    """The names (slugs) after an @ in these words, each once, in their order."""
    if "@" not in body:
        return ()
    return tuple(dict.fromkeys(found.group(1) for found in _MENTION.finditer(body)))[:MOST_MENTIONS]


def split_mentions(text: str) -> list[tuple[str, str]]:
    """``text`` in pieces: (words, "") and (words, slug) for what names somebody."""
    pieces: list[tuple[str, str]] = []
    at = 0
    for found in _MENTION.finditer(text):
        if found.start() > at:
            pieces.append((text[at : found.start()], ""))
        pieces.append((found.group(), found.group(1)))
        at = found.end()
    if at < len(text):
        pieces.append((text[at:], ""))
    return pieces


def first_link(body: str) -> str:
    """The first address of the web in these words, "" where there is none."""
    if "://" not in body:
        return ""
    found = _LINK.search(body)
    return found.group().rstrip(".,;:!?)»”'\"*_>") if found else ""


def may_look(setting: str, *, marking: int, ceiling: int) -> bool:
    """Whether a link may be looked at: an address can tell what a room talks of. Of Confidential only where
    the company says so, of Controlled never."""
    highest = {"internal": 1, "confidential": 2}.get(setting, -1)
    return max(marking, min(ceiling, 2)) <= highest and marking <= 2


def title_of(body: str) -> str:
    """The first line of words as a title, without the signs of a heading."""
    lines = body.strip().split("\n", 1)
    return lines[0].strip().lstrip("#").strip()[:200]


def with_options(words: str, options: Sequence[str]) -> str:
    """The body of a poll: its words, then its options as a list. All of it passes the gate."""
    lines = "\n".join(f"{_OPTION}{' '.join(one.split())}" for one in options)
    return f"{words.rstrip()}\n\n{lines}"


def options_of(body: str) -> tuple[str, tuple[str, ...]]:
    """The words of a poll, and its options: the list at the end of its body."""
    lines = body.rstrip().split("\n")
    first = len(lines)
    while first > 0 and lines[first - 1].startswith(_OPTION):
        first -= 1
    return "\n".join(lines[:first]).rstrip(), tuple(line[len(_OPTION) :].strip() for line in lines[first:])


def without_options(body: str) -> str:
    """The words of a poll, without its options."""
    return options_of(body)[0]


def options_are_sound(options: Sequence[str]) -> bool:
    """Two to ten options, each of some words, none twice."""
    named = [" ".join(one.split()) for one in options]
    return (
        LEAST_OPTIONS <= len(named) <= MOST_OPTIONS
        and len({one.casefold() for one in named}) == len(named)
        and all(0 < len(one) <= MOST_OPTION_LENGTH for one in named)
    )


def is_closed(closes_at: datetime | None, at: datetime) -> bool:
    return closes_at is not None and closes_at <= at


def shows_result(*, is_anonymous: bool, has_voted: bool, is_closed: bool, voters: int) -> bool:
    """Open polls show their result to who has voted. Anonymous ones when they are closed, and only if enough voted:
    a result that moves while one watches who votes would tell what they chose."""
    if is_anonymous:
        return is_closed and voters >= LEAST_VOTES_SHOWN
    return has_voted or is_closed


def is_reminder_due(*, made_at: datetime, reminded_at: datetime | None, reminders: int, at: datetime) -> bool:
    """Two days after it was heard, then every third day, three times in all."""
    if reminders >= MOST_REMINDERS:
        return False
    return at >= (made_at + FIRST_REMINDER if reminded_at is None else reminded_at + BETWEEN_REMINDERS)
