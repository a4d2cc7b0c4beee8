"""Bring in a whole mailbox or channel, a piece at a time: each piece is one transaction, so that the work may be broken
off between any two and begun again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from lockgate.gateway.operations.attach import detach
from lockgate.gateway.operations.bring_in import bring_in
from lockgate.gateway.types import Brought, BroughtIn
from lockgate.people.models import Person

PIECE = 100
"""Messages in one transaction."""

One = TypeVar("One")


def bring_in_pieces(
    *,
    by: Person,
    clock: Callable[[], datetime],
    place: str,
    waiting: Sequence[One],
    read: Callable[[One], Brought | None],
    keep: Callable[[datetime, Sequence[tuple[One, int, int]]], None],
    leave: Callable[[One, str], None],
    marking: int,
    justification: str = "",
    roots: Mapping[int, int] | None = None,
    is_rehearsal: bool = False,
    so_far: Callable[[int], None] = lambda _done: None,
) -> tuple[int, int]:
    """Deliver what ``waiting`` comes to, oldest first, as ``bring_in`` does; answers how many stand in the space and
    how many threads they opened.

    ``read`` gives the words of one, or None where it has said itself why there are none. ``keep`` notes those that came
    in, each with its message and the passage that opens its thread, inside their transaction; ``leave`` is told why
    another did not, and what it enclosed is dropped. ``so_far`` is told after each piece how many are done.
    """
    standing = dict(roots or {})
    brought = threads = 0
    for first in range(0, len(waiting), PIECE):
        piece = waiting[first : first + PIECE]
        ready = [(one, words) for one in piece if (words := read(one)) is not None]
        done_so_far = first + len(piece)
        if not ready:
            so_far(done_so_far)
            continue
        at = clock()

        def alongside(
            told: Sequence[BroughtIn],
            at: datetime = at,
            ready: Sequence[tuple[One, Brought]] = ready,
        ) -> None:
            keep(
                at,
                [
                    (one, done.message_id, done.thread_id)
                    for (one, _words), done in zip(ready, told, strict=True)
                    if done.message_id is not None and done.thread_id is not None
                ],
            )

        told = bring_in(
            by=by,
            at=at,
            place=place,
            words=[words for _one, words in ready],
            marking=marking,
            justification=justification,
            roots=standing,
            is_rehearsal=is_rehearsal,
            alongside=alongside,
        )
        for (one, words), done in zip(ready, told, strict=True):
            if done.thread_id is None:
                leave(one, done.why_left_out)
                for number in words.attachments:
                    detach(by=by, attachment_id=number)
                continue
            brought += 1
            threads += done.thread_id == done.passage_id
            standing[words.conversation] = done.thread_id
        so_far(done_so_far)
    return brought, threads
