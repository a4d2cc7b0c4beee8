"""Of whom a second factor is demanded. Whoever has none is signed out, and adds one at their next sign-in."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.people.models import Person
from lockgate.people.operations import end_sessions
from lockgate.people.queries import duties
from lockgate.signin import events
from lockgate.signin.models import Demand
from lockgate.signin.types import DEMANDABLE, EVERYBODY


def begin_demand(*, by: Person, at: datetime, kind: str) -> None:
    """From now on whoever ``kind`` names needs a second factor. Who is signed in without having one is signed out."""
    _check(by, at, kind)
    with change():
        if Demand.objects.filter(kind=kind, ended_at__isnull=True).exists():
            return
        Demand.objects.create(kind=kind, begun_by=by, begun_at=at)
        record([Fact(events.DEMAND_BEGUN, f"demand:{kind}", by.pseudonym, at)])
        rows = Person.objects.filter(is_active=True).exclude(pk=by.pk)
        if kind != EVERYBODY:
            rows = rows.filter(
                Q(duties__ends_at__isnull=True) | Q(duties__ends_at__gt=at),
                duties__kind=kind,
                duties__begins_at__lte=at,
            )
        without = rows.filter(passkeys__isnull=True).exclude(totp__confirmed_at__isnull=False).distinct()
        end_sessions(at=at, persons=set(without.values_list("pk", flat=True)))


def end_demand(*, by: Person, at: datetime, kind: str) -> None:
    _check(by, at, kind)
    with change():
        if Demand.objects.filter(kind=kind, ended_at__isnull=True).update(ended_at=at):
            record([Fact(events.DEMAND_ENDED, f"demand:{kind}", by.pseudonym, at)])


def _check(by: Person, at: datetime, kind: str) -> None:
    if "administrator" not in duties(by, at):
        raise NotFound
    if kind not in DEMANDABLE:
        raise BadInput(f"{kind[:40]}?")
