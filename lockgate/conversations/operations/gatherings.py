"""Events: who comes, and the secret address of one's own calendar."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.conversations import events, rules
from lockgate.conversations.models import CalendarKey, Coming, Event
from lockgate.conversations.queries.hearing import heard
from lockgate.conversations.refusals import EventOver, ObserversListen
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces


def answer_event(*, by: Person, at: datetime, passage_id: int, answer: str) -> None:
    """Say whether ``by`` comes: "yes", "no" or "maybe"; again changes it. Raises NotFound where they do not hear it
    or it is no event, ObserversListen, EventOver, BadInput."""
    with change():
        passage = heard(by, passage_id, at)
        row = Event.objects.filter(pk=passage.passage_id).first()
        if row is None:
            raise NotFound
        if spaces.role_in(by, passage.audience_id, at) == "observer":
            raise ObserversListen(_("You listen here as an observer, so you do not answer."))
        if answer not in rules.COMING:
            raise BadInput(_("Answer yes, no or maybe."))
        if row.ends_at <= at:
            raise EventOver(_("This event is over."))
        Coming.objects.update_or_create(event=row, person=by, defaults={"answer": answer, "at": at})
        record(
            [
                Fact(
                    events.EVENT_ANSWERED,
                    f"x:{passage.passage_id}",
                    by.pseudonym,
                    at,
                    parent=f"m:{passage.message_id}",
                    body=answer.encode(),
                )
            ]
        )


def make_calendar_key(*, by: Person, at: datetime) -> str:
    """The secret end of the address of ``by``'s calendar, told this once; an older one ends."""
    key = secrets.token_urlsafe(24)
    with change():
        CalendarKey.objects.update_or_create(person=by, defaults={"digest": digest(key), "made_at": at})
        record([Fact(events.CALENDAR_KEY_MADE, by.pseudonym, by.pseudonym, at)])
    return key


def end_calendar_key(*, by: Person, at: datetime) -> None:  # noqa: ARG001  (an operation is called with its time)
    with change():
        CalendarKey.objects.filter(person=by).delete()


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
