"""Polls: seeing one, and voting."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from lockgate.base.ids import read_id
from lockgate.base.refusal import BadInput
from lockgate.conversations import operations as talk
from lockgate.mastodon import reading
from lockgate.mastodon.reading import Reader
from lockgate.mastodon.speaking import Asked
from lockgate.mastodon.views.statuses import number_of


def one(asked: Asked, number: str) -> dict[str, Any]:
    return reading.poll(Reader.of(asked), number_of(number))


def vote(asked: Asked, number: str) -> dict[str, Any]:
    """A client counts options from 0, the house from 1."""
    of = number_of(number)
    reading.poll(Reader.of(asked), of)
    chosen = [read_id(words) for words in asked.fields.texts("choices")]
    if not chosen or any(choice is None for choice in chosen):
        raise BadInput(_("“choices” are numbers of options, counted from 0."))
    options = [choice + 1 for choice in chosen if choice is not None]
    talk.vote(by=asked.viewer, at=asked.at, passage_id=of, options=options)
    return reading.poll(Reader.of(asked), of)
