"""What is read: a pointer, and exceptions on either side of it. Marking all read moves the pointer: one row, however
much there was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from lockgate.attention.models import ReadException, ReadUpTo
from lockgate.base.ids import floor_id
from lockgate.base.transactions import change
from lockgate.conversations import queries as conversations
from lockgate.people.models import Person

MOST = 100


def mark_all_read(*, by: Person, at: datetime, up_to: int | None = None) -> None:
    """All up to a position is read, or all there is. Never back: an older page that is sent late undoes nothing."""
    latest = floor_id(at + timedelta(milliseconds=1))
    position = latest if up_to is None else min(up_to, latest)
    with change():
        row, is_new = ReadUpTo.objects.get_or_create(person=by, defaults={"position": position})
        if not is_new and row.position < position:
            ReadUpTo.objects.filter(person=by, position__lt=position).update(position=position)
        ReadException.objects.filter(person=by, position__lte=position).delete()


def mark_read(*, by: Person, at: datetime, passages: Sequence[int]) -> None:
    """These are read; those that ``by`` does not hear are passed over."""
    _except(by, at, passages[:MOST], is_read=True)


def keep_unread(*, by: Person, at: datetime, passage_id: int) -> None:
    """This one is to be looked at again. Raises NotFound where ``by`` does not hear it."""
    conversations.heard(by, passage_id, at)
    _except(by, at, [passage_id], is_read=False)


def _except(by: Person, at: datetime, passages: Sequence[int], *, is_read: bool) -> None:
    with change():
        heard = conversations.all_heard(by, passages, at)
        ReadException.objects.bulk_create(
            [
                ReadException(person=by, passage_id=one.passage_id, position=one.position, is_read=is_read)
                for one in heard
            ],
            update_conflicts=True,
            unique_fields=["person", "passage_id"],
            update_fields=["is_read"],
        )
