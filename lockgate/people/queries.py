"""Reads of persons. A guest finds only those whose rooms they share; that rule is asked of spaces by the
pages, which pass in the ids that the viewer may know of."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from functools import cache, lru_cache
from zoneinfo import available_timezones

from django.db.models import Count, Q, Value
from django.db.models.functions import Lower
from django.utils.text import slugify

from lockgate.base.rows import among, fetched
from lockgate.people.models import AccessToken, Department, Duty, Firm, Person
from lockgate.people.types import PersonCard, TokenView


@lru_cache(maxsize=16384)
def hue(slug: str) -> int:
    """A steady hue (0 to 359) for a person's tile."""
    return int.from_bytes(hashlib.sha256(slug.encode()).digest()[:2]) % 360


def card(person: Person) -> PersonCard:
    """``person`` as others see them; needs firm, department and site loaded to cost no query."""
    return PersonCard(
        id=person.pk,
        slug=person.slug,
        name=person.name,
        title=person.title,
        firm=person.firm.name,
        is_guest=not person.firm.is_house,
        department=person.department.name if person.department else "",
        site=person.site.name if person.site else "",
        language=person.language,
        hue=hue(person.slug),
        is_bot=person.is_bot,
        photo=person.photo_mark,
    )


def cards(ids: Collection[int]) -> dict[int, PersonCard]:
    """Cards of the persons with these ids, by id; one query, and none for nobody."""
    if not ids:
        return {}
    condition, values = among(ids)
    rows = fetched(_CARDS + condition, values)
    return {
        number: PersonCard(
            number, slug, name, title, firm, not is_house, department or "", site or "", language,
            hue(slug), bool(is_bot), photo,
        )
        for number, slug, name, title, firm, is_house, department, site, language, is_bot, photo in rows
    }  # fmt: skip


# A plain statement: nearly every page asks it, and the ORM takes longer over each person than the database.
_CARDS = (
    "SELECT person.id, person.slug, person.name, person.title, firm.name, firm.is_house, department.name, site.name,"
    " person.language, person.kind = 'bot', person.photo_mark FROM people_person person"
    " JOIN people_firm firm ON firm.id = person.firm_id"
    " LEFT JOIN people_department department ON department.id = person.department_id"
    " LEFT JOIN people_site site ON site.id = person.site_id WHERE person.id "
)


def everyone(*, limit: int = 500) -> list[PersonCard]:
    """All active persons, by name."""
    rows = Person.objects.filter(is_active=True).select_related("firm", "department", "site")
    return [card(row) for row in rows.order_by("name")[:limit]]


def by_slug(slug: str) -> Person | None:
    return Person.objects.filter(slug=slug).select_related("firm", "department", "site", "owner").first()


def free_slug(name: str) -> str:
    """``name`` as it stands in an address, that nobody has yet; two people of one name are told apart by a number."""
    slug = slugify(name)[:70] or "person"
    number = 1
    while Person.objects.filter(slug=slug if number == 1 else f"{slug}-{number}").exists():
        number += 1
    return slug if number == 1 else f"{slug}-{number}"


def by_email(email: str) -> Person | None:
    # By the index that keeps addresses apart: compared in any other way, everybody would be looked at.
    found = Person.objects.alias(address=Lower("email")).filter(address=Lower(Value(email)))
    return found.select_related("firm").first()


def by_token_digest(digest: str, at: datetime) -> Person | None:
    """The active person for whom an access token with this SHA-256 (hex) speaks at ``at``."""
    found = speaker(digest, at)
    return found[0] if found else None


def speaker(digest: str, at: datetime) -> tuple[Person, TokenView] | None:
    """Who speaks by the access token with this SHA-256 (hex) at ``at``, and the token. A bot is silent with its owner:
    once they have left, nobody answers for what it says."""
    token = (
        AccessToken.objects.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=at), digest=digest, created_at__lte=at
        )
        .select_related("person__firm", "person__owner")
        .first()
    )
    if token is None or not token.person.is_active:
        return None
    if token.person.owner is not None and not token.person.owner.is_active:
        return None
    return token.person, _token(token)


def tokens(person: Person, at: datetime) -> list[TokenView]:
    """The running access tokens of ``person`` and of the bots that they own, the latest first."""
    rows = (
        AccessToken.objects.filter(Q(person=person) | Q(person__owner=person))
        .filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
        .select_related("person")
        .order_by("-pk")
    )
    return [_token(row) for row in rows]


def bots(owner: Person) -> list[Person]:
    """The bots that ``owner`` answers for, by name."""
    return list(Person.objects.filter(owner=owner, is_active=True).select_related("firm").order_by("name"))


def _token(row: AccessToken) -> TokenView:
    return TokenView(
        row.pk,
        row.name,
        tuple(row.scopes),
        row.created_at,
        row.ends_at,
        row.used_on,
        row.person.name if row.person.is_bot else "",
    )


def who_hold(duty: str, at: datetime) -> list[int]:
    """The ids of those who hold ``duty`` at ``at``."""
    held = Duty.objects.filter(kind=duty, begins_at__lte=at, person__is_active=True)
    return sorted(held.exclude(ends_at__lte=at).values_list("person_id", flat=True).distinct())


def duties(person: Person, at: datetime) -> frozenset[str]:
    """The names of the duties that ``person`` holds at ``at``."""
    rows = Duty.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), person=person, begins_at__lte=at)
    return frozenset(rows.values_list("kind", flat=True))


def house() -> Firm | None:
    """The company whose Lockgate this is."""
    return Firm.objects.filter(is_house=True).first()


def firms() -> list[str]:
    """Names of the firms whose people may be guests."""
    return list(Firm.objects.filter(is_house=False).order_by("name").values_list("name", flat=True))


def firm_named(name: str) -> Firm | None:
    """The firm with exactly this name, if it is not the house."""
    return Firm.objects.filter(name=name, is_house=False).first()


def firm_at(domain: str) -> Firm | None:
    """The firm of most guests whose addresses are of this domain."""
    rows = Person.objects.filter(email__iendswith=f"@{domain}", firm__is_house=False)
    count = rows.values("firm").annotate(count=Count("pk")).order_by("-count", "firm").first()
    return Firm.objects.get(pk=count["firm"]) if count else None


def is_of_house(domain: str) -> bool:
    """Whether employees have their addresses there."""
    rows = Person.objects.filter(email__iendswith=f"@{domain}", firm__is_house=True, is_active=True)
    return rows.exists()


def named_by_pseudonym(pseudonyms: Collection[str]) -> dict[str, tuple[int, str]]:
    """(id, name) of the persons behind these pseudonyms of the archive; one query. The caller asks whom its reader may
    know of before showing a name."""
    rows = Person.objects.filter(pseudonym__in=pseudonyms).values_list("pseudonym", "pk", "name")
    return {pseudonym: (number, name) for pseudonym, number, name in rows}


def named(name: str) -> list[int]:
    """Ids of the persons who are called so: by slug, or by one or more whole words of their name in its order
    ("roux", "nadia-roux"). At most fifty; the caller asks whom its reader may know of."""
    plain = slugify(name)
    if not plain:
        return []
    rows = Person.objects.filter(
        Q(slug=plain)
        | Q(slug__startswith=f"{plain}-")
        | Q(slug__endswith=f"-{plain}")
        | Q(slug__contains=f"-{plain}-")
    )
    return list(rows.order_by("slug").values_list("pk", flat=True)[:50])


def named_by_slug(slugs: Collection[str]) -> dict[str, tuple[int, str]]:
    """(id, name) of the active persons with these slugs; one query. The caller asks whom its reader may know of."""
    rows = Person.objects.filter(slug__in=slugs, is_active=True).values_list("slug", "pk", "name")
    return {slug: (number, name) for slug, number, name in rows}


def departments_by_slug(slugs: Collection[str]) -> dict[str, tuple[int, str]]:
    """(id, name) of the departments that are written so after an @: their names in small letters with hyphens."""
    rows = Department.objects.values_list("pk", "name")
    return {plain: (number, name) for number, name in rows if (plain := slugify(name)) in slugs}


def of_department(department_id: int) -> set[int]:
    """Ids of the active persons of a department. The caller asks who may be told of what."""
    rows = Person.objects.filter(department=department_id, is_active=True)
    return set(rows.values_list("pk", flat=True))


def departments_like(plain: str) -> list[tuple[str, str]]:
    """(slug, name) of the departments whose name, in small letters with hyphens, holds this."""
    return [
        (slug, name)
        for name in Department.objects.order_by("name").values_list("name", flat=True)
        if plain in (slug := slugify(name))
    ]


def beginning(plain: str, *, limit: int = 100) -> list[PersonCard]:
    """Active persons one word of whose short name begins so, by name. The caller asks whom its reader may know of."""
    rows = Person.objects.filter(Q(slug__startswith=plain) | Q(slug__contains=f"-{plain}"), is_active=True)
    return [card(row) for row in rows.select_related("firm", "department", "site").order_by("name")[:limit]]


@cache
def available_zones() -> frozenset[str]:
    """The time zones that a person may keep: IANA names of places, and UTC."""
    return frozenset(one for one in available_timezones() if "/" in one and not one.startswith("Etc/")) | {
        "UTC"
    }
