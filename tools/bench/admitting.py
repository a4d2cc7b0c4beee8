"""People who are signed in without their passwords being checked, and one who was told much. Runs inside."""

from __future__ import annotations

import time
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from lockgate.base.clock import now
from lockgate.base.ids import floor_id
from lockgate.notices import operations as notices
from lockgate.notices import queries
from lockgate.notices.models import Notice, SeenUpTo
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces
from tools.bench.pouring import pour, time_as_stored


def admit(count: int) -> list[tuple[int, str, list[str]]]:
    """(number, session key, slugs of the spaces for colleagues alone) of the first ``count`` employees."""
    at = now()
    people = list(Person.objects.filter(firm__is_house=True).order_by("pk")[:count])
    store = SessionStore()
    rows = []
    admitted = []
    for number, person in enumerate(people):
        session = store._get_new_session_key()
        data = {
            SESSION_KEY: str(person.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: person.get_session_auth_hash(),
        }
        rows.append(
            Session(session_key=session, session_data=store.encode(data), expire_date=at + timedelta(days=1))
        )
        # Whoever only listens needs no rooms.
        slugs = (
            [one.slug for one in spaces.places_of(person, at) if one.kind == "inside"] if number < 300 else []
        )
        admitted.append((number, session, slugs))
    Session.objects.bulk_create(rows, batch_size=500)
    return admitted


def marked(count: int) -> dict[str, float]:
    """Milliseconds to mark ``count`` notices of one person as seen: five times, the median and the longest."""
    person = Person.objects.order_by("pk")[20]
    at = now()
    times = []
    for _round in range(5):
        Notice.objects.filter(person=person).delete()
        SeenUpTo.objects.filter(person=person).delete()
        first = floor_id(at - timedelta(days=30))
        pour(
            Notice,
            ("id", "person_id", "kind", "message_id", "words", "at", "seen_at"),
            (
                (
                    first + (number << 22),
                    person.pk,
                    "named",
                    None,
                    "{}",
                    time_as_stored(at - timedelta(days=30)),
                    None,
                )
                for number in range(count)
            ),
        )
        began = time.perf_counter()
        notices.mark_seen(by=person.pk, at=at)
        times.append((time.perf_counter() - began) * 1000)
        if queries.unseen(person):
            raise RuntimeError("some were not marked")
    times.sort()
    return {"p50_ms": times[2], "most_ms": times[-1]}
