"""What a subscription is bound to: while that stands, its device is told; once it does not, never again."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils.crypto import constant_time_compare

from lockgate.base.sealing import Unreadable, seal, unseal
from lockgate.people.models import Person
from lockgate.push.models import Subscription
from lockgate.push.types import Keys

_KEY = "push.key"


@dataclass(frozen=True, slots=True)
class Opened:
    """A subscription's secrets. ``session`` is of a browser; ``stamp``, which changes with the password, of an app."""

    keys: Keys
    session: str
    stamp: str

    def __repr__(self) -> str:
        return "<an opened subscription>"


def sealed(subscription_id: int, keys: Keys, *, session: str, stamp: str) -> bytes:
    words = orjson.dumps([keys.endpoint, keys.p256dh, keys.auth, session, stamp])
    return seal(words, key=_KEY, bound_to=f"push:{subscription_id}")


def opened(row: Subscription) -> Opened | None:
    """Its secrets; None where they were sealed with a key that is gone."""
    try:
        words = orjson.loads(unseal(bytes(row.sealed), key=_KEY, bound_to=f"push:{row.pk}"))
    except (Unreadable, ValueError):
        return None
    return Opened(Keys(*words[:3]), *words[3:])


def stands(person: Person, what: Opened) -> bool:
    """Whether the person is still here, and what the subscription is bound to lives: the session of a browser, the
    password that an app was let in with. (An app's token ends its subscription itself.)"""
    if not person.is_active:
        return False
    stamp = str(person.get_session_auth_hash())
    if not what.session:
        return constant_time_compare(what.stamp, stamp)
    held = SessionStore(what.session).load()
    return str(held.get(SESSION_KEY, "")) == str(person.pk) and constant_time_compare(
        str(held.get(HASH_SESSION_KEY, "")), stamp
    )
