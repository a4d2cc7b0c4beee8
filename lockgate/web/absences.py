"""Who is away, said where one writes to them."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lockgate.conversations import queries as conversations
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.profiles import queries as profiles
from lockgate.spaces import queries as spaces


def away_note(person: Person, body: str, at: datetime) -> SafeString:
    """Who is named in these words and away, until when, and who stands in; "" where nobody is. Of people whom
    ``person`` may know of, and no others."""
    named = people.named_by_slug(conversations.mentioned(body)) if "@" in body else {}
    ids = dict(named.values())
    if ids and not person.firm.is_house:
        known = spaces.known_to(person, at)
        ids = {number: name for number, name in ids.items() if number in known}
    rows = []
    for number, absence in profiles.away_among(person, ids, at).items():
        told = {"name": ids[number], "day": date_format(absence.last_on, "j F")}
        if absence.deputy is not None:
            told["deputy"] = absence.deputy.name
            rows.append(_("%(name)s is away until %(day)s; %(deputy)s stands in.") % told)
        else:
            rows.append(_("%(name)s is away until %(day)s.") % told)
    return format_html_join("", " <b>{}</b>", ((one,) for one in rows))
