"""Being told on a device, or no longer. Each person their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import Q
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.channels.outgoing import address_complaint
from lockgate.people.models import Person
from lockgate.push import events, rules
from lockgate.push.binding import opened, sealed, stands
from lockgate.push.encryption import NoPoint, point
from lockgate.push.models import Subscription
from lockgate.push.queries import is_on
from lockgate.push.types import ALERTS, POLICIES, Keys


def subscribe(*, by: Person, at: datetime, keys: Keys, session: str, agent: str) -> int:
    """Tell ``by`` on this browser for as long as this ``session`` lives. The same browser once: whoever signs in there
    and asks takes it over. Raises BadInput for keys that are none and an address that may not be called."""
    _check(by, keys)
    if not session:
        raise BadInput(_("Nobody is signed in on this device."))
    number, address = new_id(at), rules.digest(keys.endpoint)
    with change():
        _end_all(Q(digest=address) | Q(pk__in=_dead(by)), at)
        rows = Subscription.objects.filter(person=by, token_id__isnull=True)
        if rows.count() >= rules.MOST_DEVICES:
            raise BadInput(
                _("You are told on %(n)d devices already.") % {"n": rules.MOST_DEVICES},
                _("End one that you no longer use."),
            )
        Subscription.objects.create(
            id=number,
            person=by,
            digest=address,
            sealed=sealed(number, keys, session=session, stamp=""),
            name=rules.device_name(agent[:500]),
            created_at=at,
        )
        record([Fact(events.SUBSCRIBED, f"v:{number}", by.pseudonym, at)])
    return number


def subscribe_app(
    *, by: Person, at: datetime, token_id: int, keys: Keys, alerts: Mapping[str, bool], policy: str
) -> None:
    """Tell the app that speaks for ``by`` with this token; instead of what it asked for before."""
    _check(by, keys)
    kept, number, address = _wanted(alerts, policy), new_id(at), rules.digest(keys.endpoint)
    with change():
        _end_all(Q(digest=address) | Q(token_id=token_id), at)
        Subscription.objects.create(
            id=number,
            person=by,
            token_id=token_id,
            digest=address,
            sealed=sealed(number, keys, session="", stamp=str(by.get_session_auth_hash())),
            alerts=kept,
            policy=policy,
            created_at=at,
        )
        record([Fact(events.SUBSCRIBED, f"v:{number}", by.pseudonym, at)])


def change_app(*, by: Person, token_id: int, alerts: Mapping[str, bool], policy: str) -> None:
    """What the app is told of from now on. Raises NotFound where it is not told at all."""
    kept = _wanted(alerts, policy)
    with change():
        rows = Subscription.objects.filter(person=by, token_id=token_id)
        if not rows.update(alerts=kept, policy=policy):
            raise NotFound


def end(*, by: Person, at: datetime, subscription_id: int) -> None:
    """``by`` is told there no more, nor of what waits. Raises NotFound for what is not theirs."""
    with change():
        if not _end_all(Q(pk=subscription_id, person=by, token_id__isnull=True), at):
            raise NotFound


def end_of_token(*, at: datetime, token_id: int) -> None:
    """The app speaks no more, or wants to be told no more. Called in the transaction that ends its token."""
    with change():
        _end_all(Q(token_id=token_id), at)


def end_as_dead(*, at: datetime, subscription_id: int) -> None:
    """The push service knows it no more, or what it was bound to is gone."""
    with change():
        _end_all(Q(pk=subscription_id), at, actor="system")


def end_of_those_who_left(*, at: datetime) -> int:
    """Their devices are told nothing already; this lets the rows go, with their secrets. Answers how many."""
    if not Subscription.objects.filter(person__is_active=False).exists():
        return 0
    with change():
        return _end_all(Q(person__is_active=False), at, actor="system")


def _dead(person: Person) -> list[int]:
    """Browsers where they have signed out since."""
    rows = Subscription.objects.filter(person=person, token_id__isnull=True)
    return [one.pk for one in rows if (what := opened(one)) is None or not stands(person, what)]


def _end_all(which: Q, at: datetime, actor: str = "") -> int:
    rows = list(Subscription.objects.filter(which).select_related("person"))
    if rows:
        record([Fact(events.ENDED, f"v:{one.pk}", actor or one.person.pseudonym, at) for one in rows])
        Subscription.objects.filter(pk__in=[one.pk for one in rows]).delete()
    return len(rows)


def _wanted(alerts: Mapping[str, bool], policy: str) -> dict[str, bool]:
    if policy not in POLICIES:
        raise BadInput(_("“%(word)s” is not a policy.") % {"word": policy[:20]})
    return {one: bool(alerts.get(one, False)) for one in ALERTS}


def _check(by: Person, keys: Keys) -> None:
    if not is_on():
        raise BadInput(
            _("This installation sends nothing to devices."),
            _("Notices stand on Home, and come by e-mail if you choose so."),
        )
    if by.is_bot:
        raise NotFound
    try:
        parts = urlsplit(keys.endpoint)
        complaint = address_complaint(f"{parts.scheme}://{parts.netloc}")
    except ValueError:
        complaint = _("The address is not one that a browser would understand.")
    if not complaint and (len(keys.endpoint) > rules.MOST_ENDPOINT or not keys.endpoint.isascii()):
        complaint = _("The address is too long.")
    auth, place = rules.unpacked(keys.auth), rules.unpacked(keys.p256dh)
    if not complaint and (auth is None or len(auth) != rules.AUTH_BYTES or place is None):
        complaint = _("The keys of this device cannot be used.")
    try:
        point(place or b"")
    except NoPoint:
        complaint = complaint or _("The keys of this device cannot be used.")
    if complaint:
        raise BadInput(complaint)
