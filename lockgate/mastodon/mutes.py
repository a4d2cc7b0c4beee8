"""Whom a person does not want to meet in the timelines of their apps. It hides nothing in the house's own pages, and
whoever is muted is not told."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lockgate.base.ids import new_id
from lockgate.base.refusal import BadInput
from lockgate.base.transactions import change
from lockgate.mastodon.models import Mute
from lockgate.people.models import Person

MOST = 500
LONGEST = timedelta(days=3650)


def muted(viewer: Person, at: datetime) -> frozenset[int]:
    """Ids of the persons whom ``viewer`` does not want to meet."""
    return frozenset(_running(at).filter(person=viewer).values_list("whom", flat=True))


def listed(viewer: Person, at: datetime) -> list[tuple[int, int]]:
    """(number of the mute, id of the person), the latest first."""
    rows = _running(at).filter(person=viewer).order_by("-pk")
    return list(rows.values_list("pk", "whom")[:MOST])


def mute(*, by: Person, at: datetime, whom: int, seconds: int) -> None:
    """For so many ``seconds``, or for good (0). Whom one does not want to meet is no communication: the archive is not
    told."""
    if whom == by.pk:
        raise BadInput(_("You cannot mute yourself."))
    if not 0 <= seconds <= LONGEST.total_seconds():
        raise BadInput(_("“duration” is a number of seconds, ten years at most."))
    ends_at = at + timedelta(seconds=seconds) if seconds else None
    with change():
        if Mute.objects.filter(person=by).exclude(whom=whom).count() >= MOST:
            raise BadInput(
                _("You have muted %(n)d people already.") % {"n": MOST}, _("Let one be heard again.")
            )
        Mute.objects.update_or_create(
            person=by,
            whom_id=whom,
            defaults={"ends_at": ends_at},
            create_defaults={"id": new_id(at), "ends_at": ends_at},
        )


def unmute(*, by: Person, whom: int) -> None:
    with change():
        Mute.objects.filter(person=by, whom=whom).delete()


def _running(at: datetime) -> QuerySet[Mute]:
    return Mute.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
