"""Choose how one hears of a thing by e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.mail import events
from lockgate.mail.models import Choice
from lockgate.mail.operations.undelivered import revive
from lockgate.mail.types import How, What
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces


def choose(
    *, by: Person, at: datetime, general: Mapping[str, str], rooms: Mapping[int, str] | None = None
) -> None:
    """Keep ``by``'s own choices: ``general`` {what: how}, ``rooms`` {audience id: how, or "" for the general one}.

    Raises BadInput for a word that is none, NotFound for a room in which ``by`` does not sit.
    """
    rooms = rooms or {}
    hows = {*general.values(), *(one for one in rooms.values() if one)}
    if general.keys() - {one.value for one in What} or hows - {one.value for one in How}:
        raise BadInput(_("One hears by e-mail at once, once a day, or not at all."))
    if rooms.keys() - spaces.audible(by, at).keys():
        raise NotFound
    wanted: list[tuple[str, int | None, str]] = [(what, None, how) for what, how in general.items()]
    wanted += [(What.POSTS.value, audience, how) for audience, how in rooms.items()]
    with change():
        changed = 0
        for what, audience, how in wanted:
            rows = Choice.objects.filter(person=by, what=what)
            rows = rows.filter(audience=audience) if audience else rows.filter(audience__isnull=True)
            if not how:
                changed += rows.delete()[0]
            elif not rows.filter(how=how).exists() and not rows.update(how=how, chosen_at=at):
                Choice.objects.create(person=by, what=what, audience_id=audience, how=how, chosen_at=at)
                changed += 1
        revive(person=by, at=at)
        record([Fact(events.CHOICE_MADE, by.pseudonym, by.pseudonym, at)])
