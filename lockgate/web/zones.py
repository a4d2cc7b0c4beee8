"""What time it is where somebody else is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lockgate.people.models import Person


@dataclass(frozen=True, slots=True)
class TimeThere:
    """``zone`` by its city; ``clock`` and ``apart`` are "" where the clocks show the same."""

    zone: str
    clock: str = ""
    apart: str = ""


def time_there(zone: str, reader: Person, at: datetime) -> TimeThere | None:
    """The time in ``zone`` at ``at``, and how far it is from the reader's; None for a zone that is not known."""
    theirs, mine = known_zone(zone), known_zone(reader.time_zone)
    if theirs is None:
        return None
    city = zone.rpartition("/")[2].replace("_", " ")
    local = at.astimezone(theirs)
    if mine is None:
        return TimeThere(city, f"{local:%H:%M}")
    minutes = round(
        ((local.utcoffset() or _NONE) - (at.astimezone(mine).utcoffset() or _NONE)).total_seconds() / 60
    )
    if not minutes:
        return TimeThere(city)
    return TimeThere(city, f"{local:%H:%M}", apart(minutes))


def apart(minutes: int) -> str:
    """How far a clock is ahead (positive) or behind, in words."""
    hours, rest = divmod(abs(minutes), 60)
    if rest:
        far = _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
    else:
        far = ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours}
    return (_("%(far)s ahead of you") if minutes > 0 else _("%(far)s behind you")) % {"far": far}


def known_zone(zone: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


_NONE = datetime.resolution * 0
