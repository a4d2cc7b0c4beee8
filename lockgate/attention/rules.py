"""What holds for attention, without tables, clock or network."""

from __future__ import annotations

import re
from datetime import timedelta

KINDS = ("person", "topic", "thread")
MOST_FOLLOWED = 500
MOST_MUTED = 1_000
MOST_TOPICS = 10
LONGEST_TOPIC = 40
# Before this nothing is unread for somebody who never marked anything; leaders' posts stand first for as long.
LOOKS_BACK = timedelta(days=14)
MOST_FIRST = 3

_TOPIC = re.compile(r"(?<![\w#&/.-])#([^\W\d_][\w-]{1,39})(?![\w#])")


def topics(body: str) -> tuple[str, ...]:
    """The topics named after a # in these words, each once, in small letters."""
    if "#" not in body:
        return ()
    return tuple(dict.fromkeys(one[1].casefold().rstrip("-") for one in _TOPIC.finditer(body)))[:MOST_TOPICS]


def split_topics(text: str) -> list[tuple[str, str]]:
    """``text`` in pieces: (words, "") and (words, topic)."""
    pieces: list[tuple[str, str]] = []
    at = 0
    for found in _TOPIC.finditer(text):
        pieces.append((text[at : found.start()], ""))
        pieces.append((found.group(), found[1].casefold().rstrip("-")))
        at = found.end()
    return [*pieces, (text[at:], "")] if pieces else [(text, "")]


def topic(word: str) -> str:
    """``word`` as a topic, "" where it is none."""
    found = _TOPIC.fullmatch("#" + word.removeprefix("#"))
    return found[1].casefold().rstrip("-") if found else ""


def is_read(position: int, *, up_to: int, exception: bool | None) -> bool:
    """Read up to the pointer; an exception on either side of it says otherwise."""
    return position <= up_to if exception is None else exception
