"""Another time for a post that goes later, with what it asks in mind."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.base.transactions import change
from lockgate.conversations.operations.submit import asked_by
from lockgate.conversations.refusals import BadEvent, BadPoll
from lockgate.gateway import operations as gateway
from lockgate.people.models import Person


def reschedule(*, by: Person, at: datetime, passage_id: int, deliver_at: datetime) -> None:
    """``gateway.operations.reschedule``. Raises what that raises; BadPoll where the poll would be closed, and BadEvent
    where the event would be over, before anybody reads of it."""
    with change():
        # First, so that whoever may not know of this hears nothing of what it asks.
        gateway.reschedule(by=by, at=at, passage_id=passage_id, deliver_at=deliver_at)
        asks = asked_by(passage_id)
        if asks is None:
            return
        if asks.kind == "poll" and asks.closes_at is not None and asks.closes_at <= deliver_at:
            raise BadPoll(
                _("The poll would be closed before anybody could answer."),
                _("Choose an earlier time, or take it back and write it anew."),
            )
        if asks.kind == "event" and asks.ends_at is not None and asks.ends_at <= deliver_at:
            raise BadEvent(
                _("The event would be over before anybody reads of it."),
                _("Choose an earlier time, or take it back and write it anew."),
            )
