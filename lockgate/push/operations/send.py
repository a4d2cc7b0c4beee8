"""Send: claim what is due, ask again what its reader may be told, encrypt it for their device alone, push, settle.

A message may arrive twice (a crash after it was taken and before that was written down): it bears the same tag, so the
device shows it once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.db.models import F

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import Refusal
from lockgate.base.transactions import change
from lockgate.channels.outgoing import Line
from lockgate.channels.types import AccountFacts, ChannelError, TryLater
from lockgate.notices import queries as notices
from lockgate.push import events, rules
from lockgate.push.binding import Opened, opened, stands
from lockgate.push.composing import Told, compose
from lockgate.push.encryption import authorization, encrypted
from lockgate.push.models import Push, State, Subscription
from lockgate.push.operations.subscribing import end_as_dead
from lockgate.push.queries import is_on

LEASE = timedelta(minutes=2)
KEPT = timedelta(days=7)
LOOKED_AT_AGAIN = timedelta(minutes=10)
_GONE = (404, 410)


def send_due(*, clock: Callable[[], datetime], limit: int = 20) -> int:
    """Push what is due; answers how many were worked on. ``clock`` is asked for each, since a slow push service may
    take long and rights are asked at the moment of sending. Safe in several processes."""
    if not is_on():
        return 0
    _look_after_lapsed(clock())
    for worked in range(limit):
        claimed = _claim(clock())
        if claimed is None:
            return worked
        _carry_out(claimed, clock)
    return limit


def _claim(at: datetime) -> Push | None:
    number = _first(at)
    if number is None:
        return None
    with change():
        # Only whoever turns "waiting" into "claimed" has it.
        if not Push.objects.filter(pk=number, state=State.WAITING).update(
            state=State.CLAIMED, taken_until=at + LEASE, fence=F("fence") + 1
        ):
            return None
    return Push.objects.select_related("subscription__person__firm").filter(pk=number).first()


def _first(at: datetime) -> int | None:
    """The next that is due to somebody who may be disturbed now. What is due to others waits and is looked at again in
    a while, since quiet may be ended early."""
    while True:
        first = (
            Push.objects.filter(state=State.WAITING, due_at__lte=at)
            .order_by("due_at", "pk")
            .values_list("pk", "subscription__person")
            .first()
        )
        if first is None:
            return None
        until = notices.quiet_until(first[1], at)
        if until is None:
            return int(first[0])
        waits = Push.objects.filter(state=State.WAITING, due_at__lte=at, subscription__person=first[1])
        waits.update(due_at=min(until, at + LOOKED_AT_AGAIN))


def _carry_out(push: Push, clock: Callable[[], datetime]) -> None:
    at, to = clock(), push.subscription
    what = opened(to)
    if what is None or not stands(to.person, what):
        end_as_dead(at=at, subscription_id=to.pk)
        return
    told = compose(to.person, push.kind, push.about_id, at)
    if told is None:
        _settle(push, State.MOOT, at)
        return
    try:
        status = _pushed(push, what, told, at)
    except (ChannelError, Refusal) as error:
        _failed(push, error.after_seconds if isinstance(error, TryLater) else None, clock())
        return
    if status in _GONE:
        end_as_dead(at=clock(), subscription_id=to.pk)
    else:
        _settle(push, State.SENT, clock())


def content(push: Push, told: Told) -> bytes:
    """What the device reads: of a browser what our own worker shows, of an app what Mastodon's apps know."""
    to = push.subscription
    if to.token_id is None:
        return orjson.dumps(
            {"title": settings.COMPANY, "body": told.words, "link": told.link, "tag": told.tag}
        )
    return orjson.dumps(
        {
            # Only a digest of the token is kept here, so it cannot be given; the app knows its own.
            "access_token": "",
            "preferred_locale": to.person.language,
            "notification_id": push.about_id,
            "notification_type": "mention",
            "icon": "",
            "title": settings.COMPANY,
            "body": told.words,
        }
    )


def _pushed(push: Push, what: Opened, told: Told, at: datetime) -> int:
    """The status that the push service answered with. Raises ChannelError: the way out is the connectors' own, which
    goes to no address inside and follows no redirect."""
    keys = what.keys
    parts = urlsplit(keys.endpoint)
    body = encrypted(
        content(push, told),
        p256dh=rules.unpacked(keys.p256dh) or b"",
        auth=rules.unpacked(keys.auth) or b"",
    )
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(int(rules.TTL.total_seconds())),
        "Urgency": "high" if push.kind == "request" else "normal",
        "Authorization": authorization(keys.endpoint, at),
    }
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    facts = AccountFacts(
        slug="push", base_url=f"{parts.scheme}://{parts.netloc}", config={}, secrets={"path": path}
    )
    with Line(facts, "Web Push") as line:
        return line.ask("POST", path, is_write=False, content=body, headers=headers).status


def _failed(push: Push, after_seconds: int | None, at: datetime) -> None:
    since = push.subscription.failing_since or at
    if at - since >= rules.GIVEN_UP_AFTER:
        end_as_dead(at=at, subscription_id=push.subscription_id)
        return
    attempts = push.attempts + 1
    due = rules.next_try(attempts, at, after_seconds)
    if due is None:
        _settle(push, State.FAILED, at)
    with change():
        Subscription.objects.filter(pk=push.subscription_id, failing_since__isnull=True).update(
            failing_since=at
        )
        if due is not None:
            Push.objects.filter(pk=push.pk, fence=push.fence, state=State.CLAIMED).update(
                state=State.WAITING, taken_until=None, attempts=attempts, due_at=due
            )


def _settle(push: Push, state: State, at: datetime) -> None:
    with change():
        kept = Push.objects.filter(pk=push.pk, fence=push.fence, state=State.CLAIMED).update(
            state=state, taken_until=None, attempts=push.attempts + 1, settled_at=at
        )
        if not kept or state == State.MOOT:
            return
        if state == State.SENT:
            Subscription.objects.filter(pk=push.subscription_id).update(failing_since=None, told_at=at)
        action = events.SENT if state == State.SENT else events.FAILED
        person = push.subscription.person
        record([Fact(action, f"v:{push.subscription_id}", "system", at, parent=person.pseudonym)])


def _look_after_lapsed(at: datetime) -> None:
    """What a process that died left behind is pushed again."""
    lapsed = Push.objects.filter(taken_until__lt=at, state=State.CLAIMED)
    if lapsed.exists():
        with change():
            lapsed.update(state=State.WAITING, taken_until=None)


def forget_settled(*, at: datetime) -> int:
    """Rows that were settled long ago go; the archive keeps that they were. Answers how many."""
    return Push.objects.filter(settled_at__lt=at - KEPT).delete()[0]
