"""Putting words into the outbox, trying again, and asking for them back."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.base.transactions import change
from lockgate.channels.models import Account
from lockgate.channels.queries import capabilities
from lockgate.channels.registry import ConnectorMissing
from lockgate.people.models import Person
from lockgate.publishing import events
from lockgate.publishing.models import Delivery, Recall
from lockgate.publishing.posts import payload
from lockgate.publishing.types import Attached, DeliveryState


class WasRecalled(Refusal):
    """These very words were taken back from this account; they are not sent there again."""

    code = "was-recalled"


class CannotRetry(Refusal):
    code = "nothing-to-retry"


class CannotRecall(Refusal):
    code = "cannot-recall"


def plan(
    *,
    passage_id: int,
    message_id: int,
    account: Account,
    markdown: str,
    content_hash: bytes,
    at: datetime,
    title: str = "",
    categories: Sequence[str] = (),
    language: str = "en",
    attachments: Sequence[Attached] = (),
    intended_at: datetime | None = None,
) -> Delivery:
    """Put a passage's words into the outbox, inside the caller's transaction; sent once ``intended_at`` came.

    Planning the same words for the same passage and account again answers the same row: one under way stays
    so, one that was refused is tried anew. Raises WasRecalled where they were taken back.
    """
    when = intended_at or at
    number = new_id(at)
    with change():
        delivery, is_new = Delivery.objects.select_for_update().get_or_create(
            passage_id=passage_id,
            account=account,
            content_hash=content_hash,
            defaults={
                "id": number,
                "message_id": message_id,
                "token": token_of(number),
                "payload": payload(
                    markdown=markdown,
                    title=title,
                    categories=categories,
                    language=language,
                    intended_at=when,
                    attachments=attachments,
                ),
                "state": DeliveryState.PLANNED.value,
                "due_at": when,
                "planned_at": at,
            },
        )
        if not is_new and delivery.state == DeliveryState.RECALLED:
            raise WasRecalled(
                _("These words were taken back from %(account)s.") % {"account": account.name},
                _("Write them anew if they are to stand there after all."),
            )
        if not is_new and delivery.state == DeliveryState.REFUSED:
            _plan_anew(delivery, when)
    return delivery


def retry(*, delivery_id: int, by: Person, at: datetime) -> Delivery:
    """Try again what the channel refused, or what Lockgate has stopped trying (``needs_a_person``).

    The caller has made sure that ``by`` may. What may stand at the channel already is looked up, not sent.
    Raises CannotRetry where there is nothing to try again.
    """
    with change():
        delivery = _locked(delivery_id)
        state = DeliveryState(delivery.state)
        if state is DeliveryState.REFUSED:
            _plan_anew(delivery, at)
        elif state in (DeliveryState.UNKNOWN, DeliveryState.RECALLING) and delivery.due_at is None:
            _update(delivery, due_at=at, look_ups=0)
            Recall.objects.filter(delivery=delivery).update(tries=0)
        elif state is DeliveryState.LIVE and delivery.read_back_due_at is None:
            _update(delivery, read_back_due_at=at, read_back_tries=0)
        else:
            raise CannotRetry(_("This is under way already."), _("Wait for its next try."))
        record([_fact(events.RETRIED, delivery, by, at)])
    return delivery


def ask_recall(*, delivery_id: int, by: Person, why: str, at: datetime) -> Delivery:
    """Take back what stands on the channel, or keep from it what has not left yet.

    The caller has made sure that ``by`` may. Answers the delivery: ``recalled`` where nothing had left,
    ``recalling`` where the worker now takes it away; where it is just under way its state is unchanged and it
    is taken back as soon as it is settled. Raises CannotRecall (the channel cannot delete; already asked;
    never got there), BadInput without a reason.
    """
    why = why.strip()
    if not why or len(why) > 500:
        raise BadInput(_("Say why in 1 to 500 characters."))
    with change():
        delivery = _locked(delivery_id)
        state = DeliveryState(delivery.state)
        _refuse_recall(delivery, state)
        recall = Recall(delivery=delivery, asked_by=by, why=why, asked_at=at)
        if state is DeliveryState.PLANNED:
            recall.verified_gone_at = at
            _update(
                delivery,
                state=DeliveryState.RECALLED.value,
                due_at=None,
                settled_at=at,
                sentence=_("It was taken back before it left."),
            )
        elif state is DeliveryState.LIVE:
            _update(
                delivery,
                state=DeliveryState.RECALLING.value,
                due_at=at,
                read_back_due_at=None,
                sentence=_("It is being taken away from %(account)s.") % {"account": delivery.account.name},
            )
        elif state is DeliveryState.UNKNOWN and delivery.due_at is None:
            _update(delivery, due_at=at, look_ups=0)
        recall.save(force_insert=True)
        record([_fact(events.RECALL_ASKED, delivery, by, at, why)])
    return delivery


def token_of(number: int) -> str:
    """The intent's name: 13 letters and digits (base32 in lower case), fit for a slug and a record key."""
    return base64.b32encode(number.to_bytes(8)).decode().rstrip("=").lower()


def _refuse_recall(delivery: Delivery, state: DeliveryState) -> None:
    name = delivery.account.name
    if Recall.objects.filter(delivery=delivery).exists():
        raise CannotRecall(_("It is being taken back from %(account)s already.") % {"account": name})
    if state is DeliveryState.REFUSED:
        raise CannotRecall(_("%(account)s never took it, so nothing stands there.") % {"account": name})
    if state is DeliveryState.PLANNED:
        return
    try:
        can_delete = capabilities(delivery.account).can_delete
    except ConnectorMissing:
        can_delete = True  # said by the worker's next try, with the reason
    if not can_delete:
        raise CannotRecall(
            _("%(account)s lets nobody take a post away from outside.") % {"account": name},
            _("Remove it there by hand: %(url)s") % {"url": delivery.url} if delivery.url else "",
        )


def _locked(delivery_id: int) -> Delivery:
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("account")
    delivery = rows.filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound
    return delivery


def _plan_anew(delivery: Delivery, due_at: datetime) -> None:
    _update(
        delivery,
        state=DeliveryState.PLANNED.value,
        due_at=due_at,
        settled_at=None,
        attempts=0,
        look_ups=0,
        sentence="",
    )


def _update(delivery: Delivery, **fields: Any) -> None:
    # The fence rises with every change that a holder has not made, so that a late holder settles nothing.
    Delivery.objects.filter(pk=delivery.pk).update(fence=F("fence") + 1, **fields)
    delivery.refresh_from_db()


def _fact(action: str, delivery: Delivery, by: Person, at: datetime, why: str = "") -> Fact:
    return Fact(
        action=action,
        record=f"d:{delivery.pk}",
        parent=f"m:{delivery.message_id}",
        actor=by.pseudonym,
        at=at,
        marking=0,
        body=why.encode() if why else None,
    )
