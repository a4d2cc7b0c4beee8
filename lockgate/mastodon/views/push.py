"""Being told in an app: one subscription for the token by which it speaks."""

from __future__ import annotations

from typing import Any

from lockgate.base.refusal import NotFound
from lockgate.mastodon.fields import Fields
from lockgate.mastodon.speaking import Asked
from lockgate.push import operations as push
from lockgate.push import queries
from lockgate.push.types import ALERTS, Keys


def shown(asked: Asked) -> dict[str, Any]:
    found = queries.of_app(asked.viewer, _token(asked))
    if found is None:
        raise NotFound
    return {
        "id": str(found.id),
        "endpoint": found.endpoint,
        # What is sent is as RFC 8291 and 8292 have it; the draft before them is not spoken here.
        "standard": True,
        "alerts": dict(found.alerts),
        "policy": found.policy,
        "server_key": queries.public_key(),
    }


def subscribe(asked: Asked) -> dict[str, Any]:
    """Instead of what this app asked for before."""
    given, data = asked.fields.within("subscription"), asked.fields.within("data")
    keys = given.within("keys")
    push.subscribe_app(
        by=asked.viewer,
        at=asked.at,
        token_id=_token(asked),
        keys=Keys(given.text("endpoint"), keys.text("p256dh"), keys.text("auth")),
        alerts=_alerts(data),
        policy=_policy(asked, "all"),
    )
    return shown(asked)


def change(asked: Asked) -> dict[str, Any]:
    before = shown(asked)
    push.change_app(
        by=asked.viewer,
        token_id=_token(asked),
        alerts=_alerts(asked.fields.within("data")),
        policy=_policy(asked, before["policy"]),
    )
    return shown(asked)


def end(asked: Asked) -> dict[str, Any]:
    push.end_of_token(at=asked.at, token_id=_token(asked))
    return {}


def _token(asked: Asked) -> int:
    return asked.speaker.token_id if asked.speaker else 0


def _alerts(data: Fields) -> dict[str, bool]:
    alerts = data.within("alerts")
    return {one: alerts.flag(one) for one in ALERTS}


def _policy(asked: Asked, otherwise: str) -> str:
    # Clients send it in "data" or beside it.
    return asked.fields.within("data").text("policy") or asked.fields.text("policy") or otherwise
