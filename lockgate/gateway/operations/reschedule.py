"""Reschedule: what goes later goes at another time. The words, their ruling and their signatures stay; all of it is
looked at again when it is released."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.approvals import queries as signatures
from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.clock import rfc3339
from lockgate.base.refusal import NotFound
from lockgate.base.transactions import change
from lockgate.gateway import events
from lockgate.gateway.models import Passage, State
from lockgate.gateway.operations.release import locked
from lockgate.gateway.operations.submit import check_later
from lockgate.gateway.refusals import NotScheduled, SignedForLater
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces


def reschedule(*, by: Person, at: datetime, passage_id: int, deliver_at: datetime) -> None:
    """The author lets one passage that is scheduled go at ``deliver_at`` instead.

    Raises NotFound for everybody else, and for an author who was cleared from the room; NotScheduled where it waits for
    no time; BadInput for a time that is past or too far away; SignedForLater
    where it would go sooner than those who signed it were told.
    """
    with change():
        # The lock decides between this and the schedule, which looks at the time again once it holds it.
        passage = locked(passage_id)
        if passage is None or not _is_own(by, passage, at):
            raise NotFound
        if passage.state != State.SCHEDULED:
            raise NotScheduled(
                _("This waits for no time, so there is none to change."),
                _("Look at the message: it says where it stands."),
            )
        check_later(deliver_at, at, mend=_("Choose a later time."))
        if passage.deliver_at is None or passage.deliver_at == deliver_at:
            return
        # A signature covers words and policy; that it was given for a later day stood on the sheet that was signed.
        if deliver_at < passage.deliver_at and signatures.asked_about([passage.pk]):
            raise SignedForLater(
                _(
                    "This was signed for the time that stood there, so it can be put off and not brought forward."
                ),
                _("Choose a later time, or take it back and send it anew."),
            )
        passage.deliver_at = deliver_at
        passage.version += 1
        passage.save(update_fields=["deliver_at", "version"])
        record(
            [
                Fact(
                    events.PASSAGE_RESCHEDULED,
                    f"x:{passage.pk}",
                    by.pseudonym,
                    at,
                    parent=f"m:{passage.message_id}",
                    body=rfc3339(deliver_at).encode(),
                )
            ]
        )


def _is_own(by: Person, passage: Passage, at: datetime) -> bool:
    if passage.message.author_id != by.pk:
        return False
    return passage.account_id is not None or passage.audience_id in spaces.audible(by, at)
