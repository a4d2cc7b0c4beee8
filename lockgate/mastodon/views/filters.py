"""Filters of version 2: a person's own, for their apps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from lockgate.base.ids import read_id
from lockgate.mastodon import filters, reading
from lockgate.mastodon.fields import Fields
from lockgate.mastodon.reading import Reader
from lockgate.mastodon.speaking import Asked
from lockgate.mastodon.views.statuses import number_of

_LONGEST_SECONDS = 10 * 365 * 86_400


def every(asked: Asked) -> list[dict[str, Any]]:
    return filters.of(asked.viewer)


def one(asked: Asked, number: str) -> dict[str, Any]:
    return filters.one(asked.viewer, number_of(number))


def create(asked: Asked) -> dict[str, Any]:
    fields = asked.fields
    return filters.keep(
        by=asked.viewer,
        at=asked.at,
        title=fields.text("title"),
        contexts=fields.texts("context"),
        action=fields.text("filter_action") or "warn",
        expires_at=expiry(asked),
        words=[
            (each.text("keyword"), is_whole(each))
            for each in fields.several("keywords_attributes")
            if not each.flag("_destroy")
        ],
    )


def change(asked: Asked, number: str) -> dict[str, Any]:
    """Only what is said is changed; words are added, changed or removed one by one."""
    fields, of = asked.fields, number_of(number)
    filters.alter(
        by=asked.viewer,
        number=of,
        title=fields.text("title") if "title" in fields else None,
        contexts=fields.texts("context") if "context" in fields else None,
        action=fields.text("filter_action") or None,
        expires_at=expiry(asked),
        changes_expiry="expires_in" in fields,
    )
    for each in fields.several("keywords_attributes"):
        kept = read_id(each.text("id"))
        if kept is None:
            filters.add_keyword(
                by=asked.viewer,
                at=asked.at,
                number=of,
                words=each.text("keyword"),
                is_whole=is_whole(each),
            )
        elif each.flag("_destroy"):
            filters.remove_keyword(by=asked.viewer, number=kept)
        else:
            filters.alter_keyword(
                by=asked.viewer, number=kept, words=each.text("keyword"), is_whole=is_whole(each)
            )
    return filters.one(asked.viewer, of)


def remove(asked: Asked, number: str) -> dict[str, Any]:
    filters.remove(by=asked.viewer, number=number_of(number))
    return {}


def keywords(asked: Asked, number: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = filters.one(asked.viewer, number_of(number))["keywords"]
    return told


def add_keyword(asked: Asked, number: str) -> dict[str, Any]:
    return filters.add_keyword(
        by=asked.viewer,
        at=asked.at,
        number=number_of(number),
        words=asked.fields.text("keyword"),
        is_whole=is_whole(asked.fields),
    )


def keyword(asked: Asked, number: str) -> dict[str, Any]:
    return filters.keyword(asked.viewer, number_of(number))


def change_keyword(asked: Asked, number: str) -> dict[str, Any]:
    return filters.alter_keyword(
        by=asked.viewer,
        number=number_of(number),
        words=asked.fields.text("keyword"),
        is_whole=is_whole(asked.fields),
    )


def remove_keyword(asked: Asked, number: str) -> dict[str, Any]:
    filters.remove_keyword(by=asked.viewer, number=number_of(number))
    return {}


def statuses(asked: Asked, number: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = filters.one(asked.viewer, number_of(number))["statuses"]
    return told


def add_status(asked: Asked, number: str) -> dict[str, Any]:
    """A post that the viewer reads, named to one of their filters."""
    of = number_of(number)
    filters.one(asked.viewer, of)
    read = reading.status(Reader.of(asked), number_of(asked.fields.text("status_id")))
    # Of a boost the post itself is meant: that is what the reader does not want to meet.
    named = int((read["reblog"] or read)["id"])
    return filters.add_post(by=asked.viewer, at=asked.at, number=of, passage_id=named)


def status(asked: Asked, number: str) -> dict[str, Any]:
    return filters.post(asked.viewer, number_of(number))


def remove_status(asked: Asked, number: str) -> dict[str, Any]:
    filters.remove_post(by=asked.viewer, number=number_of(number))
    return {}


def is_whole(fields: Fields) -> bool:
    return fields.flag("whole_word") or "whole_word" not in fields


def expiry(asked: Asked) -> datetime | None:
    seconds = read_id(asked.fields.text("expires_in"))
    return asked.at + timedelta(seconds=min(seconds, _LONGEST_SECONDS)) if seconds else None
