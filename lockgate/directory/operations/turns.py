"""The LDAP server is asked for everybody at a set interval, by one process at a time.

Whoever asks takes the turn by a conditional update and holds it for a while, longer as the work goes on. A process
that dies leaves a turn that ends by itself; one that was thought dead finds that the turn is another's, and stops
between two people. No transaction is open while the server is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import gettext as _

from lockgate.base.refusal import Refusal
from lockgate.base.transactions import change
from lockgate.directory import ldap
from lockgate.directory.models import Sync
from lockgate.directory.operations.sync import synchronise
from lockgate.directory.types import Report, Source

WORD = "ldap"
HELD = timedelta(minutes=15)
AGAIN = timedelta(minutes=10)


class AtWork(Refusal):
    """Another process brings the people here in step at this moment."""

    code = "at-work"


def sync_due(*, clock: Callable[[], datetime]) -> bool:
    """Ask the server for everybody, where one is named and it is time; whether it was asked. What went wrong is kept
    for the administrators, and tried again."""
    if not ldap.is_on() or not settings.LDAP_SYNC_MINUTES:
        return False
    at = clock()
    Sync.objects.get_or_create(source=WORD, defaults={"due_at": at})
    turn = _take(at, Q(due_at__lte=at))
    if turn is None:
        return False
    try:
        _carry_out(turn, clock, may_empty=False)
    except (ldap.ServerFailed, AtWork):
        return False  # what the server answered is on record; a lost turn is another's to end
    return True


def sync_now(*, clock: Callable[[], datetime], may_empty: bool = False) -> Report:
    """The same at once, by hand; with ``may_empty`` whoever is gone from the server leaves, however many they are.
    Raises AtWork, ServerFailed."""
    at = clock()
    Sync.objects.get_or_create(source=WORD, defaults={"due_at": at})
    turn = _take(at, Q())
    if turn is None:
        raise AtWork(
            _("The people here are being brought in step with the server at this moment."),
            _("Wait until that has ended."),
        )
    return _carry_out(turn, clock, may_empty=may_empty)


def _take(at: datetime, due: Q) -> int | None:
    free = Q(held_until__isnull=True) | Q(held_until__lte=at)
    with change():
        mine = Sync.objects.filter(due & free, source=WORD)
        if not mine.update(turn=F("turn") + 1, held_until=at + HELD, began_at=at):
            return None
        return Sync.objects.get(source=WORD).turn


def _carry_out(turn: int, clock: Callable[[], datetime], *, may_empty: bool) -> Report:
    at = clock()

    def breathe() -> None:
        now = clock()
        if not Sync.objects.filter(source=WORD, turn=turn).update(held_until=now + HELD):
            raise AtWork(_("Another process has taken over."))

    try:
        rows = ldap.everybody()
        report = synchronise(
            source=Source(WORD, "from:ldap"), at=at, rows=rows, may_empty=may_empty, breathe=breathe
        )
    except ldap.ServerFailed as refusal:
        _settle(turn, clock(), "failed", refusal.why, Report())
        raise
    except AtWork:
        raise
    except Exception as error:
        _settle(turn, clock(), "failed", type(error).__name__, Report())
        raise
    _settle(turn, clock(), "stopped" if report.stopped else "done", report.stopped, report)
    return report


def _settle(turn: int, at: datetime, outcome: str, why: str, report: Report) -> None:
    usual = timedelta(minutes=settings.LDAP_SYNC_MINUTES)
    counted = not report.stopped
    Sync.objects.filter(source=WORD, turn=turn).update(
        held_until=None,
        ended_at=at,
        due_at=at + (min(usual, AGAIN) if outcome == "failed" else usual),
        outcome=outcome,
        why=why[:300],
        joined=len(report.joined) * counted,
        changed=len(report.changed) * counted,
        came_back=len(report.came_back) * counted,
        left=len(report.left) * counted,
        same=report.same,
        not_taken=len(report.not_understood),
    )
