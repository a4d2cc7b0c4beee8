"""Holds back whoever guesses passwords. The counts are rows of the session store, so that every worker sees them
and a restart forgets nothing; they end by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FREE_TRIES_OF_ADDRESS = 50
FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Count:
    """Wrong tries in a row, and since when the last one stands."""

    wrong: int
    last_at: datetime | None


def wait(count: Count, free: int, at: datetime) -> timedelta:
    """How long from ``at`` until the next try is looked at: nothing for the first ``free`` wrong ones, then 30
    seconds, doubled with each, 15 minutes at most."""
    if count.last_at is None or count.wrong < free:
        return timedelta(0)
    doublings = min(count.wrong - free, 10)
    doubled = min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings))
    return max(timedelta(0), count.last_at + doubled - at)


def caller(request: HttpRequest) -> str:
    """The address that a request comes from, as far as can be known.

    Behind our own proxy that is the last hop of X-Forwarded-For, which the proxy wrote; all hops before it are the
    client's own words, as the whole header is where no proxy stands in front. Then only the connection is believed.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.BEHIND_PROXY:
        return peer
    last = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    try:
        return str(ip_address(last))
    except ValueError:
        return peer


def until_next_try(email: str, address: str, at: datetime) -> timedelta:
    """How long this account, or this address, must wait. The same for accounts that there are and are not."""
    of_account = wait(_read("account", email.strip().lower(), at), FREE_TRIES, at)
    of_address = wait(_read("address", address, at), FREE_TRIES_OF_ADDRESS, at)
    return max(of_account, of_address)


def wrong_try(email: str, address: str, at: datetime) -> None:
    """Count a wrong password, for the account and for the address it came from."""
    _add("account", email.strip().lower(), at)
    _add("address", address, at)


def wrong_address(address: str, at: datetime) -> None:
    """Count something wrong that named no account, for the address that it came from."""
    _add("address", address, at)


def right_try(email: str) -> None:
    """Signed in: the account's count is forgotten. The address's stays: one account must not cover many guesses."""
    SessionStore(_key("account", email.strip().lower())).delete()


def too_many(kind: str, name: str, *, most: int, at: datetime) -> bool:
    """Count one more of something that nobody needs to be signed in for, and say whether it was too many: more than
    ``most`` with never an hour of rest between."""
    if _read(kind, name, at).wrong >= most:
        return True
    _add(kind, name, at)
    return False


def _key(kind: str, name: str) -> str:
    # Keyed with the secret: nobody can name such a row as their own session.
    return "t" + salted_hmac("lockgate.web.throttle", f"{kind}:{name}", algorithm="sha256").hexdigest()[:39]


def _read(kind: str, name: str, at: datetime) -> Count:
    kept = SessionStore(_key(kind, name)).load()
    last = kept.get("last_at")
    if last is None or at - datetime.fromisoformat(last) > FORGOTTEN_AFTER:
        return Count(0, None)
    return Count(int(kept.get("wrong", 0)), datetime.fromisoformat(last))


def _add(kind: str, name: str, at: datetime) -> None:
    with transaction.atomic():
        count = _read(kind, name, at)
        store = SessionStore(_key(kind, name))
        model = SessionStore.get_model_class()
        model.objects.update_or_create(
            session_key=store.session_key,
            defaults={
                "session_data": store.encode({"wrong": count.wrong + 1, "last_at": at.isoformat()}),
                "expire_date": at + FORGOTTEN_AFTER,
            },
        )
