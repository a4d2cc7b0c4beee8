"""Send: claim a text that is due, ask again what its reader may be told, hand it to the gateway, settle.

"Sending" is committed before the request goes. A crash after it: the text may have arrived, so it is unknown, and
is not sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.markings import Marking
from lockgate.base.refusal import NotFound
from lockgate.base.transactions import change
from lockgate.channels.outgoing import Line
from lockgate.channels.types import AccountFacts, ChannelError, OutcomeUnknown, SignInRefused, TryLater
from lockgate.conversations import queries as conversations
from lockgate.notices import queries as notices
from lockgate.people.models import Person
from lockgate.sms import events, rules
from lockgate.sms.models import Asked, Number, State, Taken, Texting
from lockgate.sms.queries import is_configured
from lockgate.spaces import queries as spaces

LEASE = timedelta(minutes=2)
BACK_OFF = tuple(timedelta(minutes=one) for one in (1, 5, 15, 60, 180))
KEPT = timedelta(days=7)
MOST_AN_HOUR = 30
LATER = timedelta(minutes=10)
_FACTS = {State.SENT: events.TEXT_SENT, State.FAILED: events.TEXT_FAILED, State.UNKNOWN: events.TEXT_UNKNOWN}


def send_due(*, clock: Callable[[], datetime], limit: int = 20) -> int:
    """Send what is due; answers how many were worked on. Rights are asked for each at the moment of sending. Safe in
    several processes."""
    if not is_configured():
        return 0
    _look_after_lapsed(clock())
    for worked in range(limit):
        claimed = _claim(clock())
        if claimed is None:
            return worked
        _carry_out(claimed, clock)
    return limit


def _claim(at: datetime) -> Texting | None:
    while True:
        due = Texting.objects.filter(state=State.WAITING, due_at__lte=at).order_by("due_at", "pk").first()
        if due is None:
            return None
        # A code is asked for now; everything else waits for who rests or has heard much already.
        if due.kind != "code" and (until := _waits(due.person_id, at)):
            Texting.objects.filter(person=due.person_id, state=State.WAITING, due_at__lte=at).exclude(
                kind="code"
            ).update(due_at=until)
            continue
        with change():
            # Only whoever turns "waiting" into "sending" has it.
            if Texting.objects.filter(pk=due.pk, state=State.WAITING).update(
                state=State.SENDING, taken_until=at + LEASE
            ):
                return Texting.objects.select_related("person__firm").get(pk=due.pk)


def _waits(person: int, at: datetime) -> datetime | None:
    quiet = notices.quiet_until(person, at)
    if quiet is not None:
        return min(quiet, at + LATER)
    hour = Texting.objects.filter(person=person, state=State.SENT, settled_at__gt=at - timedelta(hours=1))
    return at + LATER if hour.count() >= MOST_AN_HOUR else None


def _carry_out(row: Texting, clock: Callable[[], datetime]) -> None:
    at = clock()
    number = Number.objects.filter(person=row.person).first()
    is_theirs = number is not None and (row.kind == "code" or number.verified_at is not None)
    if number is None or not is_theirs or not row.person.is_active:
        _settle(row, State.MOOT, at)
        return
    with override(row.person.language):
        words = row.words if row.kind != "post" else words_of(row.person, row.about_id, at)
    if not words:
        _settle(row, State.MOOT, at)
        return
    try:
        status = _handed_over(number.number, words, row.pk)
    except OutcomeUnknown:
        _settle(row, State.UNKNOWN, clock())
    except (TryLater, SignInRefused):
        _later(row, clock())
    except ChannelError:
        _settle(row, State.FAILED, clock())
    else:
        _settle(row, State.SENT if 200 <= status < 300 else State.FAILED, clock())


def words_of(person: Person, passage_id: int, at: datetime) -> str:
    """What a text says of something that ``person`` hears at ``at`` in a talk; "" where they do not, or muted its
    thread. Of what is Confidential or above, only where it is."""
    try:
        said = conversations.heard(person, passage_id, at)
    except NotFound:
        return ""
    if said.author_id == person.pk or said.audience_id not in spaces.talks_among({said.audience_id}):
        return ""
    if notices.is_muted(person, said.root_id):
        return ""
    names = {"who": said.author_name, "place": said.place_name}
    if said.marking >= Marking.CONFIDENTIAL or spaces.words_stay({said.audience_id}):
        return rules.cut(_("Something waits for you in %(place)s.") % names)
    return rules.cut(_("%(who)s in %(place)s:") % names + " " + said.body)


def _handed_over(number: str, words: str, reference: int) -> int:
    """The gateway's status. Raises ChannelError: the way out is the connectors' own, which goes to no address inside
    and follows no redirect."""
    parts = urlsplit(settings.SMS_URL)
    facts = AccountFacts(
        slug="sms", base_url=f"{parts.scheme}://{parts.netloc}", config={}, secrets={"key": settings.SMS_KEY}
    )
    with Line(facts, "SMS") as line:
        answer = line.write(
            "POST",
            parts.path or "/",
            json={"id": str(reference), "from": settings.SMS_SENDER, "to": number, "text": words},
            headers={"Authorization": f"Bearer {settings.SMS_KEY}"},
        )
    return answer.status


def _later(row: Texting, at: datetime) -> None:
    if row.attempts >= len(BACK_OFF):
        _settle(row, State.FAILED, at)
        return
    mine = Texting.objects.filter(pk=row.pk, state=State.SENDING)
    mine.update(
        state=State.WAITING, taken_until=None, attempts=row.attempts + 1, due_at=at + BACK_OFF[row.attempts]
    )


def _settle(row: Texting, state: State, at: datetime) -> None:
    with change():
        kept = Texting.objects.filter(pk=row.pk, state=State.SENDING).update(
            state=state, taken_until=None, attempts=row.attempts + 1, settled_at=at, words=""
        )
        if kept and state in _FACTS:
            record([Fact(_FACTS[state], f"t:{row.pk}", "system", at, parent=row.person.pseudonym)])


def _look_after_lapsed(at: datetime) -> None:
    """What a process that died left behind may have arrived."""
    for row in Texting.objects.filter(taken_until__lt=at, state=State.SENDING).select_related("person"):
        _settle(row, State.UNKNOWN, at)


def forget_settled(*, at: datetime) -> int:
    """Rows that were settled long ago go; the archive keeps that they were. Answers how many."""
    Taken.objects.filter(at__lt=at - KEPT).delete()
    Asked.objects.filter(at__lt=at - KEPT).delete()
    return Texting.objects.filter(settled_at__lt=at - KEPT).delete()[0]
