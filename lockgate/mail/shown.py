"""The post that another one quotes or boosts, in a letter: for a receiver who hears it when the letter is sent."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.base.markings import Marking
from lockgate.conversations import queries as conversations
from lockgate.gateway.types import MessageView
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces


def shown_lines(person: Person, found: MessageView, at: datetime) -> str:
    """What ``found`` shows, as lines of a quotation; "" where it shows nothing, and alike where ``person`` does not
    hear that, it is Confidential or above, or its space keeps its words."""
    if found.shows_id is None:
        return ""
    shown = conversations.shown_of(person, {found.shows_id}, at).get(found.shows_id)
    if shown is None or shown.marking >= Marking.CONFIDENTIAL or spaces.words_stay({shown.audience_id}):
        return ""
    heading = _("%(who)s in %(place)s:") % {"who": shown.author.name, "place": shown.place_name}
    return "\n".join(f"> {line}".rstrip() for line in [heading, *shown.body.split("\n")])
