"""Who may hear a happening at this moment, and whose sessions still live. Asked anew for each delivery.

`spaces.queries.audible` answers "what may this viewer hear?" for one viewer; a stream process asks the other
way about, "who may hear this?", for thousands, and must do so in one statement. The two are held together by
a test that asks both about every person and every passage (tests/test_hearing.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils.crypto import constant_time_compare

from lockgate.base.ids import floor_id
from lockgate.live.types import Happened
from lockgate.spaces import types

T = TypeVar("T")

AT_ONCE = 800
"""Parameters in one statement: SQLite may have been built to take 999 and no more."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose a session is. ``seal`` changes with the person's password and ends the stream then."""

    person: int
    session: str
    seal: str


def signed_in(session_key: str) -> SignedIn | None:
    """The person behind a session cookie; None where it is unknown, over, or its person may not sign in."""
    session = SessionStore(session_key)
    held = session.load()
    if session.session_key is None or SESSION_KEY not in held:
        return None
    person = get_user_model()._default_manager.filter(pk=held[SESSION_KEY], is_active=True).first()
    if person is None or not constant_time_compare(
        held.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash()
    ):
        return None
    return SignedIn(person.pk, session_key, person.password)


def still_signed_in(seals: dict[str, tuple[int, str]], at: datetime) -> frozenset[str]:
    """Of sessions {key: (person, seal)}, the keys whose session and person are as they were at sign-in."""
    living: set[str] = set()
    now = connection.ops.adapt_datetimefield_value(at)
    for keys in _batches(seals):
        living |= {
            key
            for (key,) in _rows(
                f"SELECT session_key FROM django_session WHERE expire_date > %s AND session_key IN ({_marks(keys)})",  # noqa: S608  (marks only)
                [now, *keys],
            )
        }
    sealed: dict[int, str] = {}
    for persons in _batches({person for person, _ in seals.values()}):
        sealed.update(
            _rows(
                f"SELECT id, password FROM people_person WHERE is_active AND id IN ({_marks(persons)})",  # noqa: S608  (marks only)
                [*persons],
            )
        )
    return frozenset(key for key in living if sealed.get(seals[key][0]) == seals[key][1])


def hearers(happened: Happened, at: datetime, *, among: Collection[int] | None = None) -> frozenset[int]:
    """Every person who sits in the happening's audience now and may hear its passage's position; of ``among`` alone,
    where that is given: few have a page open of the thousands who may sit there.

    What was recalled has no position any more; the time at which it was delivered stands for it, so that the
    pages that show it are told to take it away, and no others.
    """
    now = connection.ops.adapt_datetimefield_value(at)
    if among is not None and not among:
        return frozenset()
    only = (
        f" AND seat.person_id IN ({_marks(among)})" if among is not None and len(among) <= AT_ONCE - 4 else ""
    )
    rows = _rows(
        "SELECT seat.person_id, seat.hears_from, passage.position, passage.delivered_at, passage.id"  # noqa: S608  (marks only)
        " FROM gateway_passage passage JOIN spaces_seat seat ON seat.audience_id = passage.audience_id"
        " JOIN people_person person ON person.id = seat.person_id AND person.is_active"
        " WHERE passage.id = %s AND passage.audience_id = %s AND seat.begins_at <= %s"
        " AND (seat.ends_at IS NULL OR seat.ends_at > %s)" + only,
        [happened.passage, happened.audience, now, now, *(among if only and among else ())],
    )
    if not rows:
        return frozenset()
    position = rows[0][2] or _position_then(rows[0][3], rows[0][4])
    return frozenset(row[0] for row in rows if row[1] <= position)


def _position_then(delivered_at: Any, passage: int) -> int:
    """The lowest position that a passage without one can have had."""
    if isinstance(delivered_at, str):
        delivered_at = datetime.fromisoformat(delivered_at)
    if delivered_at and delivered_at.tzinfo is None:
        # SQLite keeps UTC and does not say so.
        delivered_at = delivered_at.replace(tzinfo=UTC)
    return floor_id(delivered_at) if delivered_at else passage


def place_key(audience: int) -> str:
    """The key of an audience of a space, "outside" for the public one."""
    for slug, lane in _rows(
        "SELECT space.slug, audience.lane FROM spaces_audience audience"
        " JOIN spaces_space space ON space.id = audience.space_id"
        " WHERE audience.id = %s",
        [audience],
    ):
        return types.place_key(slug, lane)
    return "outside"


def seats_ended(after: datetime, until: datetime) -> dict[int, int]:
    """Seats whose end came between two moments: {seat: person}."""
    moments = [connection.ops.adapt_datetimefield_value(one) for one in (after, until)]
    return dict(_rows("SELECT id, person_id FROM spaces_seat WHERE ends_at > %s AND ends_at <= %s", moments))


def after(number: int, *, overlap_ms: int, limit: int) -> list[Happened]:
    """The log after id ``number``, oldest first, begun ``overlap_ms`` earlier.

    Ids are given before the commit, so one that sorts lower can appear later; the overlap finds it.
    """
    low = max(0, number - (overlap_ms << 22))
    return [
        Happened(*row)
        for row in _rows(
            "SELECT id, audience_id, passage_id, kind FROM notices_happening WHERE id > %s ORDER BY id LIMIT %s",
            [low, limit],
        )
    ]


def missed(person: int, number: int, at: datetime, *, overlap_ms: int, limit: int) -> list[Happened]:
    """What ``person`` may hear of the log after id ``number``, oldest first; begun ``overlap_ms`` earlier.

    One statement, however much the others said meanwhile: after a restart everybody asks this at once. ``limit`` counts
    what is heard, so that nothing is left out unseen.
    """
    now = connection.ops.adapt_datetimefield_value(at)
    rows = _rows(
        "SELECT happening.id, happening.audience_id, happening.passage_id, happening.kind, seat.hears_from,"
        " passage.position, passage.delivered_at FROM notices_happening happening"
        " JOIN spaces_seat seat ON seat.audience_id = happening.audience_id AND seat.person_id = %s"
        " AND seat.begins_at <= %s AND (seat.ends_at IS NULL OR seat.ends_at > %s)"
        " JOIN people_person person ON person.id = seat.person_id AND person.is_active"
        " JOIN gateway_passage passage ON passage.id = happening.passage_id"
        " AND passage.audience_id = happening.audience_id"
        " WHERE happening.id > %s ORDER BY happening.id LIMIT %s",
        [person, now, now, max(0, number - (overlap_ms << 22)), limit],
    )
    return [Happened(*row[:4]) for row in rows if row[4] <= (row[5] or _position_then(row[6], row[2]))]


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _marks(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _batches(values: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(values)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch
