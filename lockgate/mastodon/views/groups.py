"""Notifications of version 2: in groups, of which each holds one notice; and requests, of which there are none."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from lockgate.base.ids import read_id
from lockgate.base.refusal import BadInput, NotFound
from lockgate.mastodon import reading
from lockgate.mastodon.reading import Reader
from lockgate.mastodon.speaking import Answer, Asked
from lockgate.mastodon.views import timelines

_KEY = "ungrouped-"
_EXPAND = ("full", "partial_avatars")


def every(asked: Asked) -> Answer:
    """A page of groups. Mastodon groups stars, boosts and follows alone, whatever ``grouped_types`` asks for; a notice
    here is a mention, and so a group of its own."""
    drawn = timelines.notices_asked(asked, Reader.of(asked))
    told = _grouped(asked, drawn)
    return Answer(told, older=drawn[-1]["id"], newer=drawn[0]["id"]) if drawn else Answer(told)


def one(asked: Asked, key: str) -> dict[str, Any]:
    return _grouped(asked, [_of_group(asked, key)])


def accounts(asked: Asked, key: str) -> list[dict[str, Any]]:
    return [_of_group(asked, key)["account"]]


def dismiss(asked: Asked, key: str) -> dict[str, Any]:
    return timelines.dismiss(asked, _of_group(asked, key)["id"])


def merged(asked: Asked) -> dict[str, Any]:
    """Nothing is ever kept apart here, so what was let in stands among the rest at once."""
    return {"merged": True}


def no_request(asked: Asked, number: str) -> dict[str, Any]:
    """Nobody's notices are kept back until one lets them in, so there is no request with any number."""
    raise NotFound


def no_requests(asked: Asked) -> dict[str, Any]:
    """Of several requests those that are not there are passed over, as with Mastodon; here it is all of them."""
    return {}


def _of_group(asked: Asked, key: str) -> dict[str, Any]:
    number = read_id(key.removeprefix(_KEY)) if key.startswith(_KEY) else None
    found = reading.notice(Reader.of(asked), number) if number is not None else None
    if found is None:
        raise NotFound
    return found


def _grouped(asked: Asked, drawn: list[dict[str, Any]]) -> dict[str, Any]:
    if (asked.fields.text("expand_accounts") or "full") not in _EXPAND:
        raise BadInput(_("“expand_accounts” is full or partial_avatars."))
    accounts = {one["account"]["id"]: one["account"] for one in drawn}
    statuses = {one["status"]["id"]: one["status"] for one in drawn if one.get("status")}
    return {
        "accounts": list(accounts.values()),
        # Whoever stands first in a group is told whole; no group here has a second.
        "partial_accounts": [],
        "statuses": list(statuses.values()),
        "notification_groups": [_group(one) for one in drawn],
    }


def _group(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "group_key": one["group_key"],
        "notifications_count": 1,
        "type": one["type"],
        # A number in Mastodon too, the one id that is.
        "most_recent_notification_id": int(one["id"]),
        "page_min_id": one["id"],
        "page_max_id": one["id"],
        "latest_page_notification_at": one["created_at"],
        "sample_account_ids": [one["account"]["id"]],
        "status_id": one["status"]["id"] if one.get("status") else None,
    }
