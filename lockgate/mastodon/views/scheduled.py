"""What goes later: listed, looked at, put to another time, taken back."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from lockgate.base.refusal import BadInput
from lockgate.conversations import operations as talk
from lockgate.gateway import operations as gateway
from lockgate.mastodon.posting import moment
from lockgate.mastodon.reading import Reader, later
from lockgate.mastodon.speaking import Asked, Paged
from lockgate.mastodon.views.statuses import number_of


def every(asked: Asked) -> Paged:
    return later.page(asked, Reader.of(asked))


def one(asked: Asked, number: str) -> dict[str, Any]:
    return later.one(asked, Reader.of(asked), number_of(number))


def change(asked: Asked, number: str) -> dict[str, Any]:
    """Another time. The words go through the gate again when it has come, as they would have before."""
    of, reader = number_of(number), Reader.of(asked)
    later.one(asked, reader, of)
    deliver_at = moment(asked.fields.text("scheduled_at"))
    if deliver_at is None:
        raise BadInput(_("“scheduled_at” is missing."), _("Say when it should go."))
    talk.reschedule(by=asked.viewer, at=asked.at, passage_id=of, deliver_at=deliver_at)
    return later.one(asked, reader, of)


def remove(asked: Asked, number: str) -> dict[str, Any]:
    of = number_of(number)
    later.one(asked, Reader.of(asked), of)
    gateway.recall(by=asked.viewer, at=asked.at, passage_id=of, why=_("Taken back in an app."))
    return {}
