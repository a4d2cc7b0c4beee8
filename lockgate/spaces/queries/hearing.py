"""Reads of spaces, always for a viewer. ``audible`` is the visibility rule of the whole house."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Case, Q, QuerySet, When

from lockgate.base.refusal import NotFound
from lockgate.base.rows import fetched, stored
from lockgate.people.models import Person
from lockgate.spaces.models import Audience, Seat
from lockgate.spaces.types import (
    GuestName,
    Hearers,
    PlaceInSpace,
    Seated,
    Sitter,
    place_name,
    split_key,
)


def seats_at(at: datetime) -> QuerySet[Seat]:
    """The seats that are taken at ``at`` by people who are still with us."""
    return Seat.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at), begins_at__lte=at, person__is_active=True
    )


def audible(viewer: Person, at: datetime) -> dict[int, int]:
    """Which audiences may ``viewer`` hear at ``at``, and from which passage position on?

    The one visibility function: every surface (feed, page, API, stream, export, notice) asks it, at the moment it
    answers or sends. Nothing is kept between two askings, so an ended seat holds at the very next read.
    """
    if not viewer.is_active or viewer.pk is None:
        return {}
    now = stored(at)
    return dict(fetched(_AUDIBLE, [viewer.pk, now, now]))


# Plain statements: every page and every post asks these two, most of them twice. Every seat that is taken now:
_TAKEN = "seat.person_id = %s AND seat.begins_at <= %s AND (seat.ends_at IS NULL OR seat.ends_at > %s)"
_AUDIBLE = f"SELECT seat.audience_id, seat.hears_from FROM spaces_seat seat WHERE {_TAKEN}"  # noqa: S608 (our own)
# The one public audience has no space and so no place here, but who sits in it hears it.
_SEATED = (
    "SELECT audience.id, space.slug, space.name, audience.name, space.about, space.kind, audience.kind,"  # noqa: S608 (our own)
    " audience.ceiling, seat.role, seat.hears_from, audience.lane, space.entry, space.archived_at IS NOT NULL,"
    " CASE WHEN audience.sealed_until IS NULL THEN 0 WHEN audience.sealed_until <= %s THEN 2 ELSE 1 END"
    " FROM spaces_seat seat"
    " JOIN spaces_audience audience ON audience.id = seat.audience_id"
    f" LEFT JOIN spaces_space space ON space.id = audience.space_id WHERE {_TAKEN}"
)


def seated(viewer: Person, at: datetime) -> Seated:
    """What ``places_of`` and ``audible`` answer, of one moment and in one query, for a page that needs both."""
    if not viewer.is_active or viewer.pk is None:
        return Seated([], {})
    rows = fetched(*seated_question(viewer, at))
    places = [_place(row) for row in rows if row[1] is not None]
    return Seated(
        [one for one in places if not one.is_archived],
        {row[0]: row[9] for row in rows},
        [one for one in places if one.is_archived],
    )


def seated_question(viewer: Person, at: datetime) -> tuple[str, list[Any]]:
    """What ``seated`` asks the database, for ``rows.ahead``."""
    now = stored(at)
    return _SEATED + _BY_NAME, [now, viewer.pk, now, now]


def places_of(viewer: Person, at: datetime, *, slugs: Collection[str] | None = None) -> list[PlaceInSpace]:
    """The places in which ``viewer`` sits, by name, the main one of a space before its lanes. With ``slugs``, those of
    these spaces alone, archived ones among them. One query."""
    if slugs is None:
        return seated(viewer, at).places
    if not viewer.is_active or viewer.pk is None or not slugs:
        return []
    return [_place(row) for row in fetched(*places_question(viewer, at, slugs))]


def places_question(viewer: Person, at: datetime, slugs: Collection[str]) -> tuple[str, list[Any]]:
    """What ``places_of`` asks the database, for ``rows.ahead``."""
    now = stored(at)
    named = f" AND space.slug IN ({', '.join(['%s'] * len(slugs))})"
    return _SEATED + named + _BY_NAME, [now, viewer.pk, now, now, *sorted(slugs)]


_BY_NAME = " ORDER BY space.name, space.slug, audience.lane"


def _place(row: tuple[Any, ...]) -> PlaceInSpace:
    (
        audience,
        slug,
        name,
        phase,
        about,
        space_kind,
        kind,
        ceiling,
        role,
        floor,
        lane,
        entry,
        archived,
        seal,
    ) = row
    return PlaceInSpace(
        audience,
        slug,
        place_name(name, phase),
        about,
        space_kind,
        kind,
        ceiling,
        role,
        floor,
        lane,
        entry,
        bool(archived),
        seal == 2,
        seal == 1,
    )


def place(viewer: Person, slug: str, at: datetime, *, lane: str = "") -> PlaceInSpace:
    """The place ``slug`` (its ``lane``, where one is named) as ``viewer`` sits in it; where they sit in lanes
    alone, the
    first of these. Raises NotFound where they do not, or it is not."""
    for candidate in places_of(viewer, at, slugs=(slug,)):
        if not lane or candidate.lane == lane:
            return candidate
    raise NotFound


def place_of_key(viewer: Person, key: str, at: datetime) -> PlaceInSpace:
    """The place with exactly this key. Raises NotFound where ``viewer`` does not sit there, or it is not."""
    for candidate in places_of(viewer, at, slugs=(split_key(key)[0],)):
        if candidate.key == key:
            return candidate
    raise NotFound


def speaks_in(viewer: Person, at: datetime, among: Collection[int]) -> set[int]:
    """The audiences ``among`` these where ``viewer`` may say something at ``at``: asked in the transaction in which it
    is said."""
    if not viewer.is_active or viewer.pk is None or not among:
        return set()
    now = stored(at)
    named = f" AND seat.audience_id IN ({', '.join(['%s'] * len(among))})"
    return {row[0] for row in fetched(_SPEAKS + named, [viewer.pk, now, now, now, *sorted(among)])}


_SPEAKS = (
    "SELECT seat.audience_id FROM spaces_seat seat"  # noqa: S608 (our own)
    " JOIN spaces_audience audience ON audience.id = seat.audience_id"
    f" LEFT JOIN spaces_space space ON space.id = audience.space_id WHERE {_TAKEN}"
    " AND seat.role <> 'observer' AND space.archived_at IS NULL"
    " AND (audience.sealed_until IS NULL OR audience.sealed_until > %s)"
)


def may_invite(viewer: Person, place: PlaceInSpace) -> bool:
    """Whether ``viewer`` may invite people into a place as they see it: one where guests may sit, that they tend or
    that is a circle in which they speak. A deal room's firms are let in by their lanes alone."""
    if not viewer.firm.is_house or viewer.is_bot or place.kind != "guests" or place.is_archived:
        return False
    if place.space_kind == "circle":
        return place.role in {"owner", "moderator", "member"}
    return place.tends and place.space_kind != "deal"


def talks_among(audiences: Collection[int]) -> set[int]:
    """Those of these audiences that are talks of a few."""
    if not audiences:
        return set()
    rows = Audience.objects.filter(pk__in=audiences, space__kind="circle", space__archived_at__isnull=True)
    return set(rows.values_list("pk", flat=True))


def words_stay(audiences: Collection[int]) -> bool:
    """Whether one of these audiences is of a space whose words no letter, text or message to a device may say. Asked
    when something is sent, of the audiences by which its reader hears it."""
    return Audience.objects.filter(pk__in=audiences, space__words_stay=True).exists()


def outside() -> Audience:
    """The one audience that is the public."""
    return Audience.objects.get(kind=Audience.Kind.OUTSIDE)


def hearers(audiences: Collection[int], at: datetime) -> Hearers:
    """Exactly who hears these audiences at ``at``: each person once, guests by name and firm. Two queries."""
    if not audiences:
        return Hearers(0, ())
    seats = seats_at(at).filter(audience_id__in=audiences)
    people = seats.values("person_id").distinct().count()
    guests = (
        seats.filter(person__firm__is_house=False)
        .values_list("person__name", "person__firm__name")
        .distinct()
        .order_by("person__firm__name", "person__name")
    )
    return Hearers(people, tuple(GuestName(name, firm) for name, firm in guests))


def covering(audience_id: int, at: datetime) -> set[int]:
    """Audiences that already hold everyone who sits in ``audience_id``: words from there tell them nothing new."""
    return _covering(audience_id, at) | {audience_id}


def covers(wider: int, narrower: int, at: datetime) -> bool:
    """Whether ``wider`` is among ``covering(narrower)``, asked of that one room alone."""
    return wider == narrower or wider in _covering(narrower, at, only=wider)


def _covering(audience_id: int, at: datetime, only: int | None = None) -> set[int]:
    moment = connection.ops.adapt_datetimefield_value(at)
    question = _COVERING if only is None else _COVERING + " AND candidate.audience_id = %(only)s"
    given = {"audience": audience_id, "at": moment} | ({} if only is None else {"only": only})
    with connection.cursor() as cursor:
        cursor.execute(question, given)
        return {row[0] for row in cursor.fetchall()}


# What holds everyone holds the first of them, too: so only that person's rooms are held against the others, each by the
# index of a person's seats and no further than to the first who is not there. All counted together, as it was before,
# is every seat of everybody.
_COVERING = """
    SELECT candidate.audience_id
      FROM spaces_seat candidate
     WHERE candidate.person_id = (
           SELECT first.person_id FROM spaces_seat first
            WHERE first.audience_id = %(audience)s
              AND first.begins_at <= %(at)s AND (first.ends_at IS NULL OR first.ends_at > %(at)s)
            ORDER BY first.person_id LIMIT 1)
       AND candidate.begins_at <= %(at)s AND (candidate.ends_at IS NULL OR candidate.ends_at > %(at)s)
       AND candidate.hears_from = 0
       AND NOT EXISTS (
           SELECT 1 FROM spaces_seat mine
            WHERE mine.audience_id = %(audience)s
              AND mine.begins_at <= %(at)s AND (mine.ends_at IS NULL OR mine.ends_at > %(at)s)
              AND NOT EXISTS (
                  SELECT 1 FROM spaces_seat theirs
                   WHERE theirs.person_id = mine.person_id AND theirs.audience_id = candidate.audience_id
                     AND theirs.begins_at <= %(at)s AND (theirs.ends_at IS NULL OR theirs.ends_at > %(at)s)
                     -- Who heard nothing of what was said there before they came has not heard it all.
                     AND theirs.hears_from = 0))
"""


def sitters(viewer: Person, audience_id: int, at: datetime, *, most: int | None = None) -> list[Sitter]:
    """Who sits in an audience that ``viewer`` hears, by name; NotFound otherwise. With ``most`` no more than so many,
    guests before all others: a page of ten thousand names is of use to nobody."""
    if audience_id not in audible(viewer, at):
        raise NotFound
    rows = seats_at(at).filter(audience_id=audience_id).order_by("person__name")
    if most is not None:
        rows = rows.order_by(Case(When(role="guest", then=0), default=1), "person__name")[:most]
    return [Sitter(*row) for row in rows.values_list("person_id", "role", "ends_at")]


def sitters_of(viewer: Person, audiences: Collection[int], at: datetime) -> dict[int, list[int]]:
    """Ids of those who sit in each of these audiences that ``viewer`` hears, by name; one query for all of them."""
    heard = audible(viewer, at)
    found: dict[int, list[int]] = {one: [] for one in audiences if one in heard}
    rows = seats_at(at).filter(audience_id__in=list(found)).order_by("person__name", "person_id")
    for audience, person in rows.values_list("audience_id", "person_id"):
        found[audience].append(person)
    return found


def known_to(viewer: Person, at: datetime, *, among: Collection[int] | None = None) -> set[int]:
    """Ids of the persons that ``viewer`` may know of: all for an employee; for a guest, those in the same rooms. With
    ``among``, which of these: a page that shows five names need not read ten thousand."""
    if among is not None and not among:
        return set()
    if viewer.firm.is_house:
        people = Person.objects.filter(is_active=True)
        if among is not None:
            people = people.filter(pk__in=among)
        return set(people.values_list("pk", flat=True))
    seats = seats_at(at).filter(audience_id__in=audible(viewer, at))
    if among is not None:
        seats = seats.filter(person_id__in=among)
    themselves = {viewer.pk} if among is None else {viewer.pk} & set(among)
    return set(seats.values_list("person_id", flat=True)) | themselves


def role_in(viewer: Person, audience_id: int, at: datetime) -> str:
    """The viewer's role in an audience at ``at``; "" where they do not sit there."""
    rows = Seat.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at), person=viewer, audience_id=audience_id, begins_at__lte=at
    )
    return rows.values_list("role", flat=True).first() or ""


def sitting(persons: Collection[int], audiences: Collection[int], at: datetime) -> set[tuple[int, int]]:
    """(audience id, person id) for those of these persons who sit in one of these audiences at ``at``; one query."""
    rows = seats_at(at).filter(person_id__in=persons, audience_id__in=audiences)
    return set(rows.values_list("audience_id", "person_id"))


def hearing(audience_id: int, position: int, at: datetime) -> list[int]:
    """Ids of those who hear what was delivered to an audience at ``position``: they sit there at ``at``, and from early
    enough on. For lists that are made for who may see them, and for telling."""
    rows = seats_at(at).filter(audience_id=audience_id, hears_from__lte=position)
    return list(rows.order_by("person__name", "person_id").values_list("person_id", flat=True))
