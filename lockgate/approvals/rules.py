"""Who is asked, who may sign, where a passage stands. Pure: persons are ids, time is given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lockgate.approvals.types import Standing, Verdict

WORD_LIMIT = 500
COMPLIANCE = "compliance"
# The signer is reminded when this part of the time to answer is left.
REMIND_AT_LAST = 0.25


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """A desk as the rules see it. A person who has left cannot be asked and is given as None; who is ``away`` is
    asked only where nobody else can be."""

    slug: str
    approver: int | None
    deputy: int | None
    away: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to be made: this desk, addressed to this person."""

    desk: str
    asked: int


def whom_to_ask(author: int, desk: DeskFacts) -> int | None:
    """The approver; the deputy when the approver is the author, gone, or away and the deputy is not; None when neither
    can."""
    able = [person for person in (desk.approver, desk.deputy) if person is not None and person != author]
    return next((person for person in able if person not in desk.away), able[0] if able else None)


def asks(author: int, desks: Sequence[DeskFacts], compliance: DeskFacts | None) -> tuple[Ask, ...] | str:
    """One ask a desk, in order and once each. A desk where nobody can sign gives way to ``compliance``;
    if nobody can there either, the slug of the desk that is stuck."""
    made: dict[str, Ask] = {}
    for desk in desks:
        person = whom_to_ask(author, desk)
        slug = desk.slug
        if person is None and compliance is not None:
            person, slug = whom_to_ask(author, compliance), compliance.slug
        if person is None:
            return desk.slug
        made.setdefault(slug, Ask(slug, person))
    return tuple(made.values())


def may_sign(
    person: int, *, author: int, approver: int | None, deputy: int | None, escalated_to: Iterable[int]
) -> bool:
    """The approver, the deputy, or whom it was passed on to; never the author."""
    return person != author and (person in (approver, deputy) or person in set(escalated_to))


def standing(verdicts: Sequence[Verdict | None]) -> Standing:
    """Over a passage's requests that are not void: a no outweighs, then a wish for change, then an open one.

    Nothing asked is not signed: a passage without a request waits.
    """
    if Verdict.REJECT in verdicts:
        return Standing.REJECTED
    if Verdict.CHANGE in verdicts:
        return Standing.CHANGE_ASKED
    if not verdicts or None in verdicts:
        return Standing.WAITING
    return Standing.SIGNED


def due_at(asked_at: datetime, answer_hours: int) -> datetime:
    return asked_at + timedelta(hours=answer_hours)


def remind_from(asked_at: datetime, due: datetime) -> datetime:
    """From when the signer is reminded: the last quarter of the time given."""
    return due - (due - asked_at) * REMIND_AT_LAST


def what_is_wrong_with_word(word: str) -> str:
    """ "" when the word of reason can be kept, else "missing" or "long"."""
    stripped = word.strip()
    if not stripped:
        return "missing"
    return "long" if len(stripped) > WORD_LIMIT else ""
