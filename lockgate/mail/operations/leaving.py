"""Leave by e-mail, and ask for an account: what the first line of an answer says, of who has nothing but e-mail.

Who signs in has pages for both; of them a "stop" is a word like any.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.base.refusal import NotFound, Refusal
from lockgate.base.transactions import change
from lockgate.mail import rules
from lockgate.mail.inviting import account_address
from lockgate.mail.keys import token_key
from lockgate.mail.models import Invitation
from lockgate.mail.operations.choose import choose
from lockgate.mail.queries import has_account
from lockgate.mail.tokens import read_reply
from lockgate.mail.types import How, Outcome
from lockgate.people.models import Person
from lockgate.spaces import operations as spaces
from lockgate.spaces import queries as seats


def wish(*, by: Person, at: datetime, audience_id: int, words: str) -> Outcome | None:
    """Carry out "stop" or "account" where the words begin so and ``by`` has no account; None where they are words like
    any."""
    wanted = "" if has_account(by) else rules.wish(words)
    if wanted == "stop":
        return _leave(by, at, audience_id)
    if wanted == "account" and (address := account_address(by)):
        lines = [_("Choose your password here, within three days:"), address]
        return Outcome("account", "\n\n".join(lines), was_taken=True)
    return None


def unsubscribe(*, by: Person, at: datetime, token: str) -> Outcome | None:
    """What a mail program asks when one presses "unsubscribe" there: who has no account leaves the room, everybody else
    hears no more of it by e-mail. None where there is nothing to end."""
    found = read_reply(token_key(), token)
    if found is None or found.person_id != by.pk:
        return None
    seat = seats.seats_at(at).filter(pk=found.seat_id, person=by).first()
    if seat is None:
        return None
    if not has_account(by):
        return _leave(by, at, seat.audience_id)
    try:
        choose(by=by, at=at, general={}, rooms={seat.audience_id: How.OFF.value})
    except NotFound:
        return None
    return Outcome(
        "no-more-letters", _("Nothing that is said there comes to you by e-mail any more."), was_taken=True
    )


def _leave(by: Person, at: datetime, audience_id: int) -> Outcome:
    try:
        with change():
            spaces.end_seat(by=by, at=at, person=by, audience_id=audience_id)
            Invitation.objects.filter(seat__person=by, seat__audience=audience_id).update(left_at=at)
    except Refusal as refusal:
        return Outcome("not-left", str(refusal))
    # Not even which room: the letter may be read by somebody who was never in it.
    return Outcome("left", _("You have left. Nothing more comes to you from there."), was_taken=True)
