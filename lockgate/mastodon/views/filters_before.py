"""Filters of version 1: the same filters, seen by keyword. Since Mastodon 4.0 there are others; old phones ask here."""

from __future__ import annotations

from typing import Any

from lockgate.mastodon import filters, filters_before
from lockgate.mastodon.speaking import Asked
from lockgate.mastodon.views.filters import expiry, is_whole
from lockgate.mastodon.views.statuses import number_of


def every(asked: Asked) -> list[dict[str, Any]]:
    return filters_before.every(asked.viewer)


def one(asked: Asked, number: str) -> dict[str, Any]:
    return filters_before.one(asked.viewer, number_of(number))


def create(asked: Asked) -> dict[str, Any]:
    """A filter of one keyword, which is its title too."""
    fields = asked.fields
    words = filters.words_of(fields.text("phrase"))
    kept = filters.keep(
        by=asked.viewer,
        at=asked.at,
        title=words,
        contexts=fields.texts("context"),
        action="hide" if fields.flag("irreversible") else "warn",
        expires_at=expiry(asked),
        words=[(words, is_whole(fields))],
    )
    return filters_before.one(asked.viewer, int(kept["keywords"][0]["id"]))


def change(asked: Asked, number: str) -> dict[str, Any]:
    fields, of = asked.fields, number_of(number)
    action = None
    if "irreversible" in fields:
        # What blurs warns, as far as this version knows: only a change of mind changes it.
        hides = filters_before.one(asked.viewer, of)["irreversible"]
        wanted = fields.flag("irreversible")
        action = None if wanted == hides else "hide" if wanted else "warn"
    filters_before.alter(
        by=asked.viewer,
        number=of,
        words=fields.text("phrase") if "phrase" in fields else None,
        is_whole=fields.flag("whole_word") if "whole_word" in fields else None,
        contexts=fields.texts("context") if "context" in fields else None,
        action=action,
        expires_at=expiry(asked),
        changes_expiry="expires_in" in fields,
    )
    return filters_before.one(asked.viewer, of)


def remove(asked: Asked, number: str) -> dict[str, Any]:
    filters_before.remove(by=asked.viewer, number=number_of(number))
    return {}
