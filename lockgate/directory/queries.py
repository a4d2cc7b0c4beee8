"""What a directory may read back: the house's own people and its groups. Guests are none of its business."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Lower

from lockgate.directory import ldap
from lockgate.directory.models import Group, Key, Record, Sync, Welcome
from lockgate.directory.types import (
    Both,
    Either,
    Filter,
    GroupView,
    KeyView,
    LastSync,
    ManagerView,
    Source,
    Step,
    UserView,
    Without,
)
from lockgate.people.models import Person
from lockgate.profiles.queries import managers

_USER = {
    "id": "slug",
    "userName": "called",
    "externalId": "directory_record__external_id",
    "emails": "email",
    "displayName": "name",
    "givenName": "directory_record__given_name",
    "familyName": "directory_record__family_name",
    "title": "title",
    "department": "department__name",
    "active": "is_active",
    "created": "joined_at",
    "lastModified": "changed",
}
_GROUP = {
    "id": "reference",
    "displayName": "name",
    "externalId": "external_id",
    "members": "persons__slug",
    "created": "created_at",
    "lastModified": "updated_at",
}
USER_FIELDS, GROUP_FIELDS = frozenset(_USER), frozenset(_GROUP)
_LOOKS = {
    "eq": "iexact",
    "co": "icontains",
    "sw": "istartswith",
    "ew": "iendswith",
    "gt": "gt",
    "ge": "gte",
    "lt": "lt",
    "le": "lte",
}
MOST_AT_ONCE = 200
LATE = timedelta(minutes=30)


def speaking_key(words: str, at: datetime) -> tuple[Source, frozenset[str]] | None:
    """Who speaks with this key at ``at``, and what it may do. A key dies with the administrator's leaving, too."""
    digest = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()
    row = (
        Key.objects.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=at), digest=digest, made_by__is_active=True
        )
        .only("id", "scopes")
        .first()
    )
    return (Source("scim", f"k:{row.pk}", row.pk), frozenset(row.scopes)) if row else None


def keys(at: datetime) -> list[KeyView]:
    """The keys that hold, newest first."""
    rows = Key.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at)).order_by("-pk")[:100]
    return [
        KeyView(
            row.pk, row.name, tuple(row.scopes), row.made_at, row.used_on.isoformat() if row.used_on else ""
        )
        for row in rows
    ]


def users(wanted: Filter | None, *, start: int = 1, count: int = 100) -> tuple[int, list[UserView]]:
    """How many people ``wanted`` finds, and ``count`` of them from the ``start``-th on, in a steady order."""
    rows = _people()
    if wanted is not None:
        rows = rows.filter(_as_q(wanted, _USER))
    total = rows.count()
    first = max(start, 1) - 1
    page = list(rows.order_by("pk")[first : first + min(max(count, 0), MOST_AT_ONCE)]) if count > 0 else []
    return total, _views(page)


def user(reference: str) -> UserView | None:
    found = _views(list(_people().filter(slug=reference)))
    return found[0] if found else None


def person(reference: str) -> Person | None:
    """The person behind an id that a directory was told."""
    return _people().filter(slug=reference).first()


def removed(user_name: str, email: str) -> Person | None:
    """Who was taken out of the directory for good, and comes again under the same name and address."""
    return (
        Person.objects.alias(address=Lower("email"), called=Lower("directory_record__user_name"))
        .filter(
            firm__is_house=True,
            is_active=False,
            directory_record__removed_at__isnull=False,
            called=Lower(Value(user_name)),
            address=Lower(Value(email)),
        )
        .select_related("firm", "department")
        .first()
    )


def is_called(user_name: str, *, besides: int | None = None) -> bool:
    """Whether somebody of the house goes by ``user_name``: the name that a directory gave them, else their address. By
    the two unique indexes, since it is asked for each of a company's people."""
    name = Lower(Value(user_name))
    recorded = Record.objects.alias(called=Lower("user_name")).filter(called=name)
    if recorded.exclude(pk=besides or 0).exists():
        return True
    others = Person.objects.alias(called=Lower("email")).filter(called=name, directory_record__isnull=True)
    return others.exclude(pk=besides or 0).exists()


def groups(
    wanted: Filter | None, *, start: int = 1, count: int = 100, with_members: bool = True
) -> tuple[int, list[GroupView]]:
    rows = Group.objects.all()
    if wanted is not None:
        rows = rows.filter(_as_q(wanted, _GROUP)).distinct()
    total = rows.count()
    first = max(start, 1) - 1
    page = list(rows.order_by("pk")[first : first + min(max(count, 0), MOST_AT_ONCE)]) if count > 0 else []
    return total, _group_views(page, with_members)


def group(reference: str, *, with_members: bool = True) -> GroupView | None:
    found = _group_views(list(Group.objects.filter(reference=reference)), with_members)
    return found[0] if found else None


def welcomed(slug: str, token: str) -> Person | None:
    """Who may set a first password with the address that they were sent: once, and for three days."""
    found = Person.objects.filter(slug=slug, is_active=True).first()
    if found is None or found.has_usable_password() or not default_token_generator.check_token(found, token):
        return None
    return found


def by_external_id(source: str, external_id: str) -> Person | None:
    """The person whom the directory ``source`` knows by ``external_id``, whether or not they have left."""
    if not external_id:
        return None
    return (
        Person.objects.filter(
            directory_record__source=source, directory_record__external_id=external_id, firm__is_house=True
        )
        .select_related("firm", "department")
        .first()
    )


def named(words: str, source: str) -> Person | None:
    """Whom a directory means by ``words``: our id for them, its own, their user name or their address. Only who is
    here; a bot is nobody's manager."""
    rows = Person.objects.filter(firm__is_house=True, is_active=True, owner__isnull=True).select_related(
        "firm"
    )
    rows = rows.alias(address=Lower("email"), called=Lower("directory_record__user_name"))
    for wanted in (
        Q(slug=words),
        Q(directory_record__source=source, directory_record__external_id=words),
        Q(called=Lower(Value(words))),
        Q(address=Lower(Value(words))),
    ):
        if (found := rows.filter(wanted).first()) is not None:
            return found
    return None


def waiting(person: Person) -> list[tuple[Person, Person]]:
    """(who reports to nobody, to whom the directory said they report) where one of the two is ``person``, and both are
    here: to be asked when somebody comes or is called anew."""
    kept = Record.objects.filter(person=person).first()
    names = {person.slug, person.email.lower()}
    names |= {kept.user_name, kept.user_name.lower(), kept.external_id} - {""} if kept else set()
    rows = Record.objects.filter(Q(manager__in=names) | (Q(person=person) & ~Q(manager="")))
    rows = rows.filter(person__is_active=True).select_related("person__firm").order_by("person")
    found = list(rows)
    drawn = managers([one.person_id for one in found])
    pairs = [(one.person, named(one.manager, one.source)) for one in found if one.person_id not in drawn]
    return [(below, above) for below, above in pairs if above is not None and above.pk != below.pk]


def known_by(source: str) -> tuple[dict[str, Person], dict[str, Person], set[int]]:
    """The house's people by the id that ``source`` has for them, those by their address whom no other directory tends,
    and which of them came from ``source``."""
    by_id: dict[str, Person] = {}
    by_email: dict[str, Person] = {}
    linked: set[int] = set()
    rows = Person.objects.filter(firm__is_house=True).order_by("pk")
    for row in rows.select_related("firm", "department", "directory_record"):
        kept: Record | None = getattr(row, "directory_record", None)
        if kept is not None and kept.source == source:
            linked.add(row.pk)
            if kept.external_id:
                by_id[kept.external_id] = row
        elif kept is not None and kept.source != "sso":
            continue
        by_email[row.email.lower()] = row
    return by_id, by_email, linked


def all_users() -> list[UserView]:
    """Everybody of the house, also who has left or was removed; without to whom they report."""
    rows = Person.objects.filter(firm__is_house=True).select_related("department", "directory_record")
    return [_view(row, (), None) for row in rows]


def called(source: str) -> dict[str, int]:
    """Everybody here by each name that a list of ``source`` may have for them."""
    found: dict[str, int] = {}
    rows = Person.objects.filter(firm__is_house=True, is_active=True, owner__isnull=True)
    for row in rows.select_related("directory_record").order_by("pk"):
        kept: Record | None = getattr(row, "directory_record", None)
        found[row.email.lower()] = row.pk
        if kept is not None:
            found.setdefault(kept.user_name.lower(), row.pk)
            if kept.source == source and kept.external_id:
                found[kept.external_id] = row.pk
    return found


def managers_told() -> dict[int, str]:
    """{person: to whom they report, as a directory said it last}."""
    return dict(Record.objects.values_list("person_id", "manager"))


def ldap_is_on() -> bool:
    return ldap.is_on()


def last_sync(at: datetime) -> LastSync | None:
    """How the last look at the LDAP server went; None where none was taken yet, or no server is named."""
    row = Sync.objects.filter(source="ldap").first() if ldap.is_on() else None
    if row is None:
        return None
    return LastSync(
        outcome=row.outcome,
        why=row.why,
        ended_at=row.ended_at,
        due_at=row.due_at,
        joined=row.joined,
        changed=row.changed,
        came_back=row.came_back,
        left=row.left,
        same=row.same,
        not_taken=row.not_taken,
        is_late=bool(settings.LDAP_SYNC_MINUTES) and at > row.due_at + LATE and row.held_until is None,
    )


def look_at_ldap() -> str:
    """ "" where the server answers as it should, else what is wrong. Asks the network."""
    return ldap.look()


def signs_in_by_ldap() -> bool:
    return ldap.may_sign_in()


def welcomes_waiting(at: datetime) -> int:
    """How many letters to set a password are due."""
    return Welcome.objects.filter(due_at__lte=at).count()


def counted() -> dict[str, int]:
    """How many people came from each directory."""
    found: dict[str, int] = {}
    for source in Record.objects.filter(person__is_active=True).values_list("source", flat=True):
        found[source] = found.get(source, 0) + 1
    return found


def _people() -> QuerySet[Person]:
    return (
        Person.objects.filter(firm__is_house=True)
        .exclude(directory_record__removed_at__isnull=False)
        .select_related("firm", "department", "directory_record")
        .annotate(
            called=Coalesce("directory_record__user_name", "email", output_field=CharField()),
            changed=Coalesce(F("directory_record__updated_at"), F("joined_at")),
        )
    )


def _as_q(wanted: Filter, fields: dict[str, str]) -> Q:
    if isinstance(wanted, Both):
        return _as_q(wanted.left, fields) & _as_q(wanted.right, fields)
    if isinstance(wanted, Either):
        return _as_q(wanted.left, fields) | _as_q(wanted.right, fields)
    if isinstance(wanted, Without):
        return ~_as_q(wanted.inner, fields)
    return _step(wanted, fields[wanted.field])


def _step(step: Step, column: str) -> Q:
    if step.op == "pr":
        return Q(**{f"{column}__isnull": False}) & (
            Q()
            if column in {"is_active", "joined_at", "changed", "created_at", "updated_at"}
            else ~Q(**{column: ""})
        )
    if step.op == "ne":
        return ~_step(Step(step.field, "eq", step.value), column)
    if isinstance(step.value, bool):
        return Q(**{column: step.value})
    if isinstance(step.value, datetime):
        look = "exact" if step.op == "eq" else _LOOKS[step.op]
        return Q(**{f"{column}__{look}": step.value})
    if step.value is None:
        return Q(**{f"{column}__isnull": True}) | Q(**{column: ""})
    return Q(**{f"{column}__{_LOOKS[step.op]}": step.value})


def _views(rows: Sequence[Person]) -> list[UserView]:
    belongs: dict[int, list[tuple[str, str]]] = {}
    if rows:
        held = Group.objects.filter(persons__in=[row.pk for row in rows]).order_by("pk")
        for person_id, reference, name in held.values_list("persons", "reference", "name"):
            belongs.setdefault(person_id, []).append((reference, name))
    above = managers([row.pk for row in rows]) if rows else {}
    known = Person.objects.in_bulk(set(above.values()))
    return [_view(row, tuple(belongs.get(row.pk, ())), known.get(above.get(row.pk, 0))) for row in rows]


def _view(row: Person, belongs: tuple[tuple[str, str], ...], above: Person | None) -> UserView:
    kept: Record | None = getattr(row, "directory_record", None)
    return UserView(
        id=row.slug,
        user_name=kept.user_name if kept else row.email,
        email=row.email,
        name=row.name,
        given_name=kept.given_name if kept else "",
        family_name=kept.family_name if kept else "",
        title=row.title,
        department=row.department.name if row.department else "",
        language=row.language,
        external_id=kept.external_id if kept else "",
        is_active=row.is_active,
        created_at=row.joined_at,
        updated_at=kept.updated_at if kept else row.joined_at,
        groups=belongs,
        manager=ManagerView(above.slug, above.name)
        if above
        else ManagerView(kept.manager)
        if kept and kept.manager
        else None,
    )


def _group_views(rows: Sequence[Group], with_members: bool) -> list[GroupView]:
    sitting: dict[int, list[tuple[str, str]]] = {}
    if with_members and rows:
        held = Group.objects.filter(pk__in=[row.pk for row in rows], persons__firm__is_house=True)
        for number, slug, name in held.order_by("persons__pk").values_list(
            "pk", "persons__slug", "persons__name"
        ):
            sitting.setdefault(number, []).append((slug, name))
    return [
        GroupView(
            row.reference,
            row.name,
            row.external_id,
            row.created_at,
            row.updated_at,
            tuple(sitting.get(row.pk, ())) if with_members else None,
        )
        for row in rows
    ]
