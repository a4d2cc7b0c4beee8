"""Looking at what stands on the channel, and keeping what was seen."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import Refusal
from lockgate.base.transactions import change
from lockgate.channels import queries as channels
from lockgate.channels.types import ChannelError, Published
from lockgate.publishing import events, rules
from lockgate.publishing.models import Delivery, ReadBack
from lockgate.publishing.posts import likeness_of
from lockgate.publishing.types import DeliveryState, Look

_log = logging.getLogger(__name__)


def read_back(delivery_id: int, *, at: datetime) -> Look | None:
    """Look at what stands on the channel, compare it with what was sent, keep and record what was seen.

    Never inside a transaction. None where nothing could be seen now (it is tried again later, at most
    MAX_READ_BACKS times, after which the delivery says so), and where it is no longer meant to stand there.
    """
    delivery = Delivery.objects.filter(pk=delivery_id).select_related("account").first()
    if delivery is None or delivery.state != DeliveryState.LIVE:
        return None
    name = delivery.account.name
    try:
        connector = channels.connector(delivery.account.connector)
        if not connector.capabilities.can_read_back:
            _keep(delivery, read_back_due_at=None)
            return None
        published = Published(delivery.reference, delivery.url, delivery.detail)
        seen = connector.read_back(likeness_of(delivery), published, channels.facts(delivery.account))
    except (ChannelError, Refusal) as error:
        _could_not(delivery, at, error.sentence)
        return None
    except Exception as error:  # a connector's own fault must not stop the worker
        _log.error("connector %s failed to read back: %s", delivery.account.connector, type(error).__name__)
        _could_not(delivery, at, type(error).__name__)
        return None
    if not seen.is_there:
        sentence = _("It no longer stands on %(account)s; somebody may have removed it there.") % {
            "account": name
        }
    elif seen.differences:
        sentence = _("It stands on %(account)s, but not quite as it was sent.") % {"account": name}
    else:
        sentence = _("It stands on %(account)s as it was sent.") % {"account": name}
    differences = tuple(rules.kept(one, 500) for one in seen.differences[:20])
    with change():
        if not _keep(delivery, read_back_due_at=None, read_back_tries=0, sentence=sentence):
            return None
        ReadBack.objects.create(
            delivery=delivery, at=at, is_there=seen.is_there, differences=list(differences)
        )
        record(
            [
                Fact(
                    action=events.READ_BACK,
                    record=f"d:{delivery.pk}",
                    parent=f"m:{delivery.message_id}",
                    actor="system",
                    at=at,
                    marking=0,
                    body="\n".join([sentence, *differences]).encode(),
                )
            ]
        )
    return Look(delivery.pk, delivery.passage_id, seen.is_there, differences, sentence)


def _could_not(delivery: Delivery, at: datetime, why: str) -> None:
    tries = delivery.read_back_tries + 1
    again = rules.read_back_again_at(at, tries)
    fields: dict[str, Any] = {"read_back_tries": tries, "read_back_due_at": again}
    if again is None:
        fields["sentence"] = _("It was taken by %(account)s but could not be read back: %(why)s") % {
            "account": delivery.account.name,
            "why": why,
        }
    _keep(delivery, **fields)


def _keep(delivery: Delivery, **fields: Any) -> bool:
    # Only while it is live: a recall that came meanwhile has the last word.
    live = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.LIVE)
    return bool(live.update(**fields))
