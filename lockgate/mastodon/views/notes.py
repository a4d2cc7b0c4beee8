"""What one notes down about somebody, for oneself alone."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from lockgate.base.refusal import NotFound
from lockgate.mastodon import notes, reading
from lockgate.mastodon.ids import SPACE
from lockgate.mastodon.reading import Reader
from lockgate.mastodon.speaking import Asked, NotAllowed


def note(asked: Asked, number: str) -> dict[str, Any]:
    """For oneself alone; no words remove it."""
    reader = Reader.of(asked)
    kind, of = reading.kind_of(number)
    if kind == SPACE:
        if reader.place(of) is None:
            raise NotFound
        raise NotAllowed(_("Notes are about people."), _("Say in the space itself what concerns it."))
    reading.person_card(reader, of)
    notes.note(by=asked.viewer, whom=of, words=asked.fields.text("comment"))
    return reading.relationships(reader, [number])[0]
