"""Threads that one is told of no more. The house keeps it: what is muted here is muted on the pages."""

from __future__ import annotations

from typing import Any

from lockgate.attention import operations as attention
from lockgate.mastodon import reading
from lockgate.mastodon.reading import Reader
from lockgate.mastodon.speaking import Asked
from lockgate.mastodon.views.statuses import number_of


def mute(asked: Asked, number: str) -> dict[str, Any]:
    of = number_of(number)
    attention.mute_thread(by=asked.viewer, at=asked.at, passage_id=of)
    return reading.status(Reader.of(asked), of)


def unmute(asked: Asked, number: str) -> dict[str, Any]:
    of = number_of(number)
    attention.unmute_thread(by=asked.viewer, at=asked.at, passage_id=of)
    return reading.status(Reader.of(asked), of)
