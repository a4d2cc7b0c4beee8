"""Pinning: those who tend a room put up to three posts at its top."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import NotFound
from lockgate.base.transactions import change
from lockgate.conversations import events, rules
from lockgate.conversations.models import Pin
from lockgate.conversations.queries.hearing import heard
from lockgate.conversations.refusals import PinsFull
from lockgate.conversations.types import Heard
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces


def pin(*, by: Person, at: datetime, passage_id: int) -> None:
    """Put a post at the top of its room. Raises NotFound for who does not hear it or does not tend the room, PinsFull
    where three stand there already."""
    try:
        with change():
            passage = _tended(by, passage_id, at)
            if Pin.objects.filter(pk=passage.passage_id).exists():
                return
            rows = Pin.objects.filter(audience=passage.audience_id)
            # What was taken back holds no spot.
            rows.filter(passage__position__isnull=True).delete()
            taken = set(rows.values_list("spot", flat=True))
            free = [spot for spot in range(1, rules.MOST_PINS + 1) if spot not in taken]
            if not free:
                raise _full()
            Pin.objects.create(
                passage_id=passage.passage_id, audience_id=passage.audience_id, spot=free[0], by=by, at=at
            )
            _record(passage, by, at, events.PASSAGE_PINNED)
    except IntegrityError as error:
        # Somebody else took the last spot at the same moment.
        raise _full() from error


def unpin(*, by: Person, at: datetime, passage_id: int) -> None:
    """Take it down again. Raises NotFound as ``pin`` does."""
    with change():
        passage = _tended(by, passage_id, at)
        if Pin.objects.filter(pk=passage.passage_id).delete()[0]:
            _record(passage, by, at, events.PASSAGE_UNPINNED)


def _full() -> PinsFull:
    return PinsFull(_("Three posts are pinned here already."), _("Take one of them down first."))


def _tended(by: Person, passage_id: int, at: datetime) -> Heard:
    passage = heard(by, passage_id, at)
    if passage.is_public or passage.thread_id is not None:
        raise NotFound
    if not rules.tends(spaces.role_in(by, passage.audience_id, at)):
        raise NotFound
    return passage


def _record(passage: Heard, by: Person, at: datetime, action: str) -> None:
    record([Fact(action, f"x:{passage.passage_id}", by.pseudonym, at, parent=f"m:{passage.message_id}")])
