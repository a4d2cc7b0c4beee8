"""Who seems to know more. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

# What one offers to be asked about weighs most; the title says what one is there for.
WEIGHTS: Mapping[str, float] = {"ask_about": 6.0, "title": 4.0, "skill": 4.0, "works_on": 3.0}
ANSWER = 1.5
POST = 1.0
# Beyond this a person writes much, and does not know more.
MOST_FOR_MESSAGES = 9.0

_LEADING = (
    "who knows about", "who knows", "who can help with", "who do i ask about", "ask about",
    "qui s'y connaît en", "qui s’y connaît en", "qui connaît", "qui connait", "qui sait",
    "wer kennt sich aus mit", "wer kennt sich mit", "wer weiß etwas über", "wer kennt", "wer weiß",
)  # fmt: skip


def subject(question: str) -> str:
    """What a question is about: without "who knows about" before it, and the mark after it."""
    said = " ".join(question.split()).rstrip("?！？ ").strip()
    low = said.casefold()
    for words in _LEADING:
        if low.startswith(words + " "):
            said = said[len(words) :].strip()
            break
    return said.removesuffix(" aus") if low.startswith("wer kennt sich") else said


def told_score(terms: int, told: Collection[tuple[str, frozenset[int]]]) -> float:
    """What one tells of oneself: each kind once, by the part of the terms that stand in it. Below half of all terms
    over everything told, nothing."""
    held: dict[str, set[int]] = {}
    for kind, places in told:
        held.setdefault(kind, set()).update(places)
    over_all = set().union(*held.values()) if held else set()
    if not terms or 2 * len(over_all) < terms:
        return 0.0
    return sum(WEIGHTS[kind] * len(places) / terms for kind, places in held.items())


def said_score(answers: int, posts: int) -> float:
    return min(MOST_FOR_MESSAGES, answers * ANSWER + posts * POST)
