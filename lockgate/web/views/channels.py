"""Channels: the company's public accounts, what went out by them, and tending them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from lockgate.approvals import queries as approvals
from lockgate.base.clock import now
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.channels import operations as tending
from lockgate.channels import queries as channels
from lockgate.channels.types import Connector
from lockgate.gateway import queries as gate
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.publishing import queries as deliveries
from lockgate.publishing.types import DeliveryState, DeliveryView
from lockgate.web.markdown import first_words
from lockgate.web.shell import forget_standings, page, viewer

if TYPE_CHECKING:
    from lockgate.channels.models import Account

_ANSWERED = "channel-answered"
TENDING = frozenset({"channel_manager", "administrator"})


@dataclass(frozen=True, slots=True)
class Row:
    """One account in the list."""

    account: Account
    label: str
    desk: str
    live: int
    waiting: int
    troubled: int


@dataclass(frozen=True, slots=True)
class Sent:
    """One delivery, with the beginning of its words where the reader may see the message."""

    delivery: DeliveryView
    words: str
    state: str


def _employee(request: HttpRequest) -> Person:
    person = viewer(request)
    if not person.firm.is_house:
        raise NotFound
    return person


def _tends(person: Person) -> bool:
    return bool(people.duties(person, now()) & TENDING)


@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    return _list(request)


def _list(
    request: HttpRequest,
    *,
    problem: Refusal | None = None,
    kind: str = "",
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    person, at = _employee(request), now()
    counted = deliveries.counts_by_account()
    desks = {one.slug: one for one in approvals.desks()}
    rows = []
    for account in channels.accounts():
        states = counted.get(account.pk, {})
        desk = desks.get(account.desk_slug)
        rows.append(
            Row(
                account,
                str(channels.connector(account.connector).capabilities.label),
                f"{desk.name} ({desk.approver_name})" if desk else account.desk_slug,
                states.get(DeliveryState.LIVE, 0),
                sum(
                    states.get(one, 0)
                    for one in (DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.SENT)
                ),
                sum(states.get(one, 0) for one in (DeliveryState.UNKNOWN, DeliveryState.REFUSED)),
            )
        )
    tends = _tends(person)
    kind = kind or request.GET.get("open", "")
    context: dict[str, Any] = {"rows": rows, "tends": tends, "problem": problem}
    if tends:
        context["kinds"] = [
            (name, str(channels.connector(name).capabilities.label)) for name in channels.connector_names()
        ]
        if kind:
            context["form"] = _form(_known(kind), typed or {})
            context["kind"] = kind
            context["desks"] = sorted(desks.values(), key=lambda one: one.name)
    return page(
        request,
        "web/channels.html",
        context,
        person=person,
        current="channels",
        at=at,
        status=problem.status if problem else 200,
    )


def _known(kind: str) -> Connector:
    if kind not in channels.connector_names():
        raise NotFound
    return channels.connector(kind)


def _form(connector: Connector, typed: dict[str, str]) -> dict[str, Any]:
    # A secret is never put back into a page, not even to the one who just typed it.
    return {
        "label": str(connector.capabilities.label),
        "typed": typed,
        "fields": [(field, "" if field.secret else typed.get(field.name, "")) for field in connector.fields],
    }


@sensitive_post_parameters()
@require_POST
def open_account(request: HttpRequest) -> HttpResponse:
    person = _employee(request)
    given = {key: value.strip()[:2000] for key, value in request.POST.items() if isinstance(value, str)}
    connector = _known(given.get("connector", ""))
    try:
        _check_names(given)
        account = tending.open_account(
            by=person,
            at=now(),
            slug=slugify(given.get("slug") or given.get("name", ""))[:60],
            connector_name=connector.name,
            name=given.get("name", "")[:120],
            desk_slug=given.get("desk", ""),
            language=given.get("language", "en"),
            **_given(connector.fields, given),
        )
    except Refusal as refusal:
        return _list(request, problem=refusal, kind=connector.name, typed=given)
    forget_standings()
    return _introduced(request, account)


def _introduced(request: HttpRequest, account: Account) -> HttpResponse:
    """Ask the channel whether it knows us, now that all is stored, and let the account's page say it once."""
    answer = tending.introduce(account)
    request.session[_ANSWERED] = [account.slug, answer.works, answer.sentence, answer.mend]
    return HttpResponseRedirect(f"/channels/{account.slug}")


def _check_names(given: dict[str, str]) -> None:
    if not given.get("name"):
        raise BadInput(_("The account has no name."), _("Say what people here should call it."))


def _given(fields: Any, given: dict[str, str]) -> dict[str, Any]:
    open_fields: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for field in fields:
        (secrets if field.secret else open_fields)[field.name] = given.get(f"field-{field.name}", "")
    return {
        "base_url": open_fields.pop("base_url", ""),
        "handle": open_fields.pop("handle", ""),
        "config": {key: value for key, value in open_fields.items() if value},
        "secrets": {key: value for key, value in secrets.items() if value},
    }


@require_safe
def account(request: HttpRequest, slug: str) -> HttpResponse:
    return _account(request, slug)


def _account(request: HttpRequest, slug: str, *, problem: Refusal | None = None) -> HttpResponse:
    person, at = _employee(request), now()
    row = channels.account(slug)
    connector = channels.connector(row.connector)
    tends = _tends(person)
    desk = next((one for one in approvals.desks() if one.slug == row.desk_slug), None)
    sent = [_sent(person, one) for one in deliveries.by_account(row.pk, limit=40)]
    context = {
        "account": row,
        "label": str(connector.capabilities.label),
        "capabilities": channels.capabilities(row),
        "desk": desk,
        "sent": [one for one in sent if one is not None],
        "tends": tends,
        "secret_fields": [one for one in connector.fields if one.secret],
        "problem": problem,
        "answered": _answered(request, slug),
        "feed": row.connector == "feed",
    }
    return page(
        request,
        "web/channel.html",
        context,
        person=person,
        current=f"channel:{slug}",
        at=at,
        status=problem.status if problem else 200,
    )


def _answered(request: HttpRequest, slug: str) -> dict[str, Any] | None:
    kept = request.session.get(_ANSWERED)
    if not kept or kept[0] != slug:
        return None
    del request.session[_ANSWERED]
    return {"works": kept[1], "sentence": kept[2], "mend": kept[3]}


def _sent(person: Person, delivery: DeliveryView) -> Sent | None:
    """What is public everybody inside may read; what is on its way only those who may see its message."""
    try:
        found = gate.message(person, delivery.message_id, now())
    except NotFound:
        return None
    return Sent(delivery, first_words(found.body, 110), delivery_words(delivery.state))


def delivery_words(state: DeliveryState) -> str:
    return {
        DeliveryState.PLANNED: _("on its way"),
        DeliveryState.CLAIMED: _("being sent"),
        DeliveryState.SENT: _("sent"),
        DeliveryState.UNKNOWN: _("not confirmed yet, being looked up"),
        DeliveryState.LIVE: _("stands there"),
        DeliveryState.REFUSED: _("not taken"),
        DeliveryState.RECALLING: _("being taken back"),
        DeliveryState.RECALLED: _("taken back"),
    }[state]


@sensitive_post_parameters("secret")
@require_POST
def renew_secret(request: HttpRequest, slug: str) -> HttpResponse:
    person = _employee(request)
    row = channels.account(slug)
    try:
        tending.renew_secret(
            by=person,
            at=now(),
            account=row,
            name=request.POST.get("name", "")[:80],
            words=request.POST.get("secret", "")[:4000],
        )
    except Refusal as refusal:
        return _account(request, slug, problem=refusal)
    return _introduced(request, row)


@require_POST
def pause(request: HttpRequest, slug: str) -> HttpResponse:
    tending.pause(by=_employee(request), at=now(), account=channels.account(slug))
    forget_standings()
    return HttpResponseRedirect(f"/channels/{slug}")


@require_POST
def resume(request: HttpRequest, slug: str) -> HttpResponse:
    tending.resume(by=_employee(request), at=now(), account=channels.account(slug))
    forget_standings()
    return HttpResponseRedirect(f"/channels/{slug}")
