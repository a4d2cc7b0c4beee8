"""The first steps of a newcomer: made of what really stands, so that none can be ticked by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from lockgate.gateway import queries as gate
from lockgate.people.models import Person
from lockgate.profiles.types import Profile
from lockgate.spaces import queries as spaces

SHOWN_DAYS = 90


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    address: str
    is_done: bool


def steps(person: Person, seen: Profile, at: datetime) -> tuple[Step, ...]:
    """What is left to do and what is done; nothing once all of it stands, or three months after the first day."""
    if seen.joined_at < at - timedelta(days=SHOWN_DAYS):
        return ()
    written = seen.written
    rooms = [one for one in spaces.places_of(person, at) if one.space_kind != "company"]
    made = (
        Step(
            _("Show your face: a photo, so that people know whom they met"),
            "/profile#photo",
            bool(seen.photo),
        ),
        Step(
            _("Say what you work on, and what one may ask you about"),
            "/profile",
            bool(written.works_on and (written.ask_about or not person.firm.is_house)),
        ),
        Step(_("Tell how your name is said"), "/profile#spoken", bool(written.spoken or written.ipa)),
        Step(_("Find a first space of your own, beside those for everyone"), "/spaces", bool(rooms)),
        Step(_("Say hello: your first post or answer"), "/?write=1#write", gate.has_written(person)),
    )
    return () if all(one.is_done for one in made) else made
