"""Filters as version 1 knew them, for old phones: each keyword by itself, with what its filter does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from lockgate.base.refusal import BadInput
from lockgate.base.transactions import change
from lockgate.mastodon.entities import instant
from lockgate.mastodon.filters import check, filter_of, keyword_of, mine, words_of
from lockgate.mastodon.models import Filter, Keyword
from lockgate.people.models import Person


def alter(
    *,
    by: Person,
    number: int,
    words: str | None,
    is_whole: bool | None,
    contexts: Sequence[str] | None,
    action: str | None,
    expires_at: datetime | None,
    changes_expiry: bool,
) -> None:
    """A keyword and, where it is all that its filter looks for, the filter: what version 1 knew as one thing. Raises
    BadInput where another word would be changed with it."""
    with change():
        row = keyword_of(by, number)
        whole = filter_of(by, row.filter_id)
        new = (
            whole.contexts if contexts is None else list(contexts),
            action or whole.action,
            expires_at if changes_expiry else whole.expires_at,
        )
        if new != (whole.contexts, whole.action, whole.expires_at) and _is_for_more(whole):
            raise BadInput(
                _("This filter looks for more than these words."),
                _("Change it in an app that knows filters of several words."),
            )
        row.words = row.words if words is None else words_of(words)
        row.is_whole = row.is_whole if is_whole is None else is_whole
        row.save(update_fields=["words", "is_whole"])
        whole.contexts, whole.action, whole.expires_at = new
        check(whole.title, whole.contexts, whole.action)
        whole.save(update_fields=["contexts", "action", "expires_at"])


def remove(*, by: Person, number: int) -> None:
    """A keyword, and its filter where nothing else is in it."""
    with change():
        row = keyword_of(by, number)
        whole = filter_of(by, row.filter_id)
        if _is_for_more(whole):
            row.delete()
        else:
            whole.delete()


def one(viewer: Person, number: int) -> dict[str, Any]:
    """One keyword with what its filter does, as version 1 of the filters knew it."""
    row = keyword_of(viewer, number)
    return drawn(filter_of(viewer, row.filter_id), row)


def every(viewer: Person) -> list[dict[str, Any]]:
    return [drawn(row, one) for row in mine(viewer) for one in row.keywords.all()]


def drawn(row: Filter, one: Keyword) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "phrase": one.words,
        "context": row.contexts,
        "whole_word": one.is_whole,
        "expires_at": instant(row.expires_at) if row.expires_at else None,
        # "blur" came later; version 1 either hides or warns.
        "irreversible": row.action == "hide",
    }


def _is_for_more(row: Filter) -> bool:
    return row.keywords.count() > 1 or row.posts.exists()
