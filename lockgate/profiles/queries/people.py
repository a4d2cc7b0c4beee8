"""One person's page, their photo, and the directory."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

from django.db.models import Q

from lockgate.base.refusal import NotFound
from lockgate.channels.queries import small_image
from lockgate.people.models import Person
from lockgate.people.queries import by_slug, card, cards
from lockgate.profiles.models import Keyword, Line, Membership, Photo, Profile
from lockgate.profiles.queries.absences import away_among
from lockgate.profiles.types import Photo as PhotoView
from lockgate.profiles.types import Profile as ProfileView
from lockgate.profiles.types import TeamName, Written
from lockgate.spaces.queries import known_to


def may_know(viewer: Person, person: Person, at: datetime) -> bool:
    """Whether ``viewer`` may know that ``person`` is here: an employee of everybody, a guest of those in their
    rooms."""
    if not person.is_active or not viewer.is_active:
        return False
    return viewer.firm.is_house or person.pk in known_to(viewer, at, among=[person.pk])


def profile(viewer: Person, slug: str, at: datetime) -> ProfileView:
    """The page of ``slug`` as ``viewer`` may see it. Raises NotFound where they may not know of such a person."""
    person = by_slug(slug)
    if person is None or not may_know(viewer, person, at):
        raise NotFound
    sees_all = viewer.firm.is_house or viewer.pk == person.pk
    written = written_by(person)
    page = ProfileView(
        card=card(person),
        email="" if person.is_bot else person.email,
        time_zone=person.time_zone,
        joined_at=person.joined_at,
        written=written if sees_all else _for_guests(written),
        photo=photos([person.pk]).get(person.pk, ""),
        away=away_among(viewer, [person.pk], at).get(person.pk),
    )
    return _with_organisation(page, person) if viewer.firm.is_house and person.firm.is_house else page


def _with_organisation(page: ProfileView, person: Person) -> ProfileView:
    lines = Line.objects.filter(Q(person=person) | Q(manager=person))
    drawn = list(lines.values_list("person_id", "manager_id"))
    found = {one.id: one for one in cards({one for pair in drawn for one in pair}).values()}
    here = set(Person.objects.filter(pk__in=found, is_active=True).values_list("pk", flat=True))
    manager = next((above for below, above in drawn if below == person.pk and above in here), None)
    reports = [found[below] for below, above in drawn if above == person.pk and below in here]
    teams = Membership.objects.filter(person=person, team__closed_at__isnull=True).order_by("team__name")
    return ProfileView(
        card=page.card,
        email=page.email,
        time_zone=page.time_zone,
        joined_at=page.joined_at,
        written=page.written,
        photo=page.photo,
        away=page.away,
        manager=found[manager] if manager else None,
        reports=tuple(sorted(reports, key=lambda one: one.name)),
        teams=tuple(TeamName(*row) for row in teams.values_list("team__slug", "team__name")),
    )


def _for_guests(written: Written) -> Written:
    return Written(
        languages=written.languages, spoken=written.spoken, ipa=written.ipa, pronouns=written.pronouns
    )


def written_by(person: Person) -> Written:
    """What ``person`` wrote of themselves, whole: for their own form. Two queries."""
    row = Profile.objects.filter(person=person).first()
    said: dict[str, list[str]] = {}
    for kind, name in Keyword.objects.filter(person=person).order_by("place").values_list("kind", "name"):
        said.setdefault(kind, []).append(name)
    return Written(
        works_on=row.works_on if row else "",
        ask_about=tuple(said.get(Keyword.Kind.ASK_ABOUT, ())),
        skills=tuple(said.get(Keyword.Kind.SKILL, ())),
        languages=tuple(said.get(Keyword.Kind.LANGUAGE, ())),
        spoken=row.spoken if row else "",
        ipa=row.ipa if row else "",
        pronouns=row.pronouns if row else "",
        phone=row.phone if row else "",
    )


def photo(viewer: Person, slug: str, at: datetime) -> PhotoView:
    """The photo of ``slug``. Raises NotFound where there is none that ``viewer`` may see."""
    person = by_slug(slug)
    if person is None or not may_know(viewer, person, at):
        raise NotFound
    row = Photo.objects.filter(person=person).first()
    if row is None:
        raise NotFound
    return PhotoView(row.digest, "image/jpeg", bytes(row.content))


def small_photo(viewer: Person, slug: str, at: datetime) -> PhotoView:
    """The same, as small as it stands beside a post. Raises NotFound as ``photo`` does."""
    found = photo(viewer, slug, at)
    return PhotoView(f"{found.digest}-small", "image/webp", _small(found.content))


@lru_cache(maxsize=256)
def _small(content: bytes) -> bytes:
    drawn = small_image(content, side=_BESIDE_A_POST)
    if drawn is None:
        raise NotFound
    return drawn


_BESIDE_A_POST = 96


def photos(persons: Collection[int]) -> dict[int, str]:
    """{person id: first signs of the photo's digest} of those persons who have one; the caller knows of them all."""
    rows = Photo.objects.filter(person_id__in=persons).values_list("person_id", "digest")
    return {person: digest[:12] for person, digest in rows}


def sites(viewer: Person) -> list[str]:
    """Names of the sites, for the directory's choice; none for guests."""
    if not viewer.firm.is_house:
        return []
    rows = Person.objects.filter(is_active=True, site__isnull=False).order_by("site__name")
    return list(rows.values_list("site__name", flat=True).distinct())


def told_like(viewer: Person, beginnings: Collection[str], at: datetime) -> list[tuple[int, str, str]]:
    """(person id, kind, words) of what people tell of themselves, where one of these beginnings (see ``rules.plain``)
    stands in it; ``kind`` is "ask_about", "skill", "works_on" or "title". A guest is told titles alone, and of those
    whom they may know of."""
    if not beginnings or not viewer.is_active:
        return []
    titled = Person.objects.filter(_any("title__icontains", beginnings), is_active=True)
    if not viewer.firm.is_house:
        titled = titled.filter(pk__in=known_to(viewer, at))
    found = [
        (number, "title", said)
        for number, said in titled.order_by("pk").values_list("pk", "title")[:MOST_TOLD]
    ]
    if not viewer.firm.is_house:
        return found
    named = Keyword.objects.filter(_any("plain__contains", beginnings), person__is_active=True)
    named = named.exclude(kind=Keyword.Kind.LANGUAGE).order_by("person_id", "kind", "place")
    found += list(named.values_list("person_id", "kind", "name")[:MOST_TOLD])
    works = Profile.objects.filter(_any("works_on_plain__contains", beginnings), person__is_active=True)
    told = works.order_by("person_id").values_list("person_id", "works_on")[:MOST_TOLD]
    return found + [(number, "works_on", said) for number, said in told]


MOST_TOLD = 400


def _any(field: str, beginnings: Collection[str]) -> Q:
    wanted = Q()
    for one in beginnings:
        wanted |= Q(**{field: one})
    return wanted
