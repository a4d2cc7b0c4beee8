"""Which mails of a mailbox belong to one conversation. Pure.

By what each says that it answers (RFC 5322: In-Reply-To, References). Where a mail says nothing of it but its subject
begins as an answer's does, it joins the last conversation of that subject, if that is not long past and they have
somebody in common.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LONG_PAST = timedelta(days=60)
_ANSWER = re.compile(r"^\s*(?:re|aw|sv|antw|réf|rif)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_ID = re.compile(r"<[^<>\s]{1,500}>")


@dataclass(frozen=True, slots=True)
class Head:
    """What of a mail tells where it belongs. ``subject`` is plain, in small letters; ``people`` are its addresses."""

    mail_id: str
    answers: tuple[str, ...]
    subject: str
    is_answer: bool
    people: frozenset[str]
    at: datetime


def is_answer(subject: str) -> bool:
    return bool(_ANSWER.match(subject))


def ids(value: str) -> tuple[str, ...]:
    """The Message-IDs that a header names."""
    return tuple(_ID.findall(value))


def conversations(heads: Sequence[Head]) -> list[int]:
    """The number of each mail's conversation. ``heads`` are given oldest first; so are the numbers of the mails that
    open one."""
    parents = list(range(len(heads)))

    def top(one: int) -> int:
        while parents[one] != one:
            parents[one] = parents[parents[one]]
            one = parents[one]
        return one

    def join(one: int, other: int) -> None:
        first, second = sorted((top(one), top(other)))
        parents[second] = first

    named: dict[str, int] = {}
    for number, head in enumerate(heads):
        # A mail that is not here may be what two that are here answer: its name alone joins them.
        for mail_id in {head.mail_id, *head.answers} - {""}:
            if mail_id in named:
                join(named[mail_id], number)
            named.setdefault(mail_id, number)
    last: dict[str, list[int]] = {}
    for number, head in enumerate(heads):
        if not head.subject:
            continue
        of_subject = last.setdefault(head.subject, [])
        if head.is_answer and not head.answers:
            for earlier in reversed(of_subject):
                if head.at - heads[earlier].at > LONG_PAST:
                    break
                if head.people & heads[earlier].people:
                    join(earlier, number)
                    break
        of_subject.append(number)
    return [top(number) for number in range(len(heads))]
