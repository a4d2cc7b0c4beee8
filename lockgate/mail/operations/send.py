"""Send: claim what is due, ask again what each person may be told, hand it to the mail server, settle.

"Sending" is committed before the first byte goes. A crash before it: the claim lapses and the letter waits again. A
crash after it: the letter may have arrived, so it is unknown, and is not sent again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.transactions import change
from lockgate.mail import events
from lockgate.mail.bounces import status_of
from lockgate.mail.composing import compose
from lockgate.mail.models import Mailing, State
from lockgate.mail.operations.undelivered import note
from lockgate.mail.post import LATER, TAKEN, UNKNOWN, Line, Sent
from lockgate.mail.queries import is_configured
from lockgate.notices import queries as notices

log = logging.getLogger("lockgate.mail")

LEASE = timedelta(minutes=5)
BACK_OFF = tuple(timedelta(minutes=one) for one in (1, 2, 5, 15, 60, 180, 360, 720, 1440, 1440))
LOOKED_AT_AGAIN = timedelta(minutes=10)
KEPT = timedelta(days=30)
_MOST_IN_A_DIGEST = 400
_FACTS = {State.SENT: events.MAIL_SENT, State.FAILED: events.MAIL_FAILED, State.UNKNOWN: events.MAIL_UNKNOWN}


def send_due(*, clock: Callable[[], datetime], limit: int = 20) -> int:
    """Send what is due; answers how many letters were worked on. ``clock`` is asked for each, since a slow server may
    take long and rights are asked at the moment of sending. Safe in several processes."""
    if not is_configured():
        return 0
    _look_after_lapsed(clock())
    worked = 0
    with Line() as line:
        for _one in range(limit):
            claimed = _claim(clock())
            if not claimed:
                break
            worked += 1
            _carry_out(line, claimed, clock)
    return worked


def _carry_out(line: Line, claimed: list[Mailing], clock: Callable[[], datetime]) -> None:
    try:
        if trouble := line.open():
            _settle(claimed, Sent(LATER, trouble), clock())
            return
        letter = compose(claimed, clock())
    except Exception as error:
        # Whatever one letter stumbles over must not keep all others from being sent.
        log.exception("A letter could not be written: %s", type(error).__name__)
        _settle(claimed, Sent(LATER, type(error).__name__), clock())
        return
    if letter is None:
        _settle(claimed, None, clock())
        return
    if not _begin(claimed):
        return
    # A crash from here on leaves "sending" behind: it is not sent again.
    sent = line.send(letter)
    _settle(claimed, sent, clock())


def _claim(at: datetime) -> list[Mailing]:
    """The next due letter, taken for a while; with a daily one, all that the person hears today."""
    first = _first(at)
    if first is None:
        return []
    rows = Mailing.objects.filter(pk=first.pk)
    if first.is_daily:
        rows = Mailing.objects.filter(
            person=first.person_id,
            is_daily=True,
            state=State.WAITING,
            due_at__lte=at,
            attempts=first.attempts,
        )
    numbers = list(rows.order_by("pk").values_list("pk", flat=True)[:_MOST_IN_A_DIGEST])
    with change():
        # Only whoever turns "waiting" into "claimed" has it: another process finds it claimed.
        taken = [
            number
            for number in numbers
            if Mailing.objects.filter(pk=number, state=State.WAITING).update(
                state=State.CLAIMED, taken_until=at + LEASE, fence=F("fence") + 1
            )
        ]
    return list(Mailing.objects.filter(pk__in=taken).select_related("person__firm").order_by("pk"))


def _first(at: datetime) -> Mailing | None:
    """The next letter that is due to somebody who may be disturbed now. What is due to others waits and is looked at
    again in a while, since quiet may be ended early."""
    while True:
        first = Mailing.objects.filter(state=State.WAITING, due_at__lte=at).order_by("due_at", "pk").first()
        if first is None:
            return None
        until = notices.quiet_until(first.person_id, at)
        if until is None:
            return first
        waits = Mailing.objects.filter(person=first.person_id, state=State.WAITING, due_at__lte=at)
        waits.update(due_at=min(until, at + LOOKED_AT_AGAIN))


def _begin(claimed: list[Mailing]) -> bool:
    """Say that the words go now. False where somebody else has taken it meanwhile."""
    with change():
        for one in claimed:
            is_ours = Mailing.objects.filter(pk=one.pk, state=State.CLAIMED, fence=one.fence)
            if not is_ours.update(state=State.SENDING):
                Mailing.objects.filter(pk__in=[same.pk for same in claimed], state=State.SENDING).update(
                    state=State.CLAIMED
                )
                return False
    return True


def _settle(claimed: list[Mailing], sent: Sent | None, at: datetime) -> None:
    """Keep what an attempt came to, with its record. ``sent`` None: there was nothing that they may be told."""
    with change():
        facts = []
        for one in claimed:
            rows = Mailing.objects.filter(
                pk=one.pk, fence=one.fence, state__in=[State.CLAIMED, State.SENDING]
            )
            attempts = one.attempts + 1
            if sent is not None and sent.end == LATER and attempts <= len(BACK_OFF):
                rows.update(
                    state=State.WAITING,
                    taken_until=None,
                    attempts=attempts,
                    due_at=at + BACK_OFF[attempts - 1],
                    last_word=sent.word,
                )
                continue
            state = _state(sent)
            kept = rows.update(
                state=state,
                taken_until=None,
                attempts=attempts,
                settled_at=at,
                last_word=sent.word if sent else "",
                words={},
            )
            if kept and state in _FACTS:
                facts.append(Fact(_FACTS[state], f"e:{one.pk}", "system", at, parent=one.person.pseudonym))
            if kept and sent is not None and sent.is_of_address:
                note(person=one.person, mailing_id=claimed[0].pk, status=status_of(sent.word), at=at)
        record(facts)


def _state(sent: Sent | None) -> State:
    if sent is None:
        return State.MOOT
    return {TAKEN: State.SENT, UNKNOWN: State.UNKNOWN}.get(sent.end, State.FAILED)


def _look_after_lapsed(at: datetime) -> None:
    """What a process that died left behind."""
    lapsed = Mailing.objects.filter(taken_until__lt=at)
    if not lapsed.filter(state__in=[State.CLAIMED, State.SENDING]).exists():
        return
    with change():
        lapsed.filter(state=State.CLAIMED).update(state=State.WAITING, taken_until=None)
        gone = list(lapsed.filter(state=State.SENDING).select_related("person"))
        Mailing.objects.filter(pk__in=[one.pk for one in gone]).update(
            state=State.UNKNOWN, taken_until=None, settled_at=at, words={}
        )
        record(
            [
                Fact(events.MAIL_UNKNOWN, f"e:{one.pk}", "system", at, parent=one.person.pseudonym)
                for one in gone
            ]
        )


def forget_settled(*, at: datetime) -> int:
    """Rows that were settled long ago go; the archive keeps that they were. Answers how many."""
    return Mailing.objects.filter(settled_at__lt=at - KEPT).delete()[0]
