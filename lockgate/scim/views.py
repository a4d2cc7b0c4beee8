"""Users, groups, and what there is to know about them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from lockgate.base.refusal import NotFound
from lockgate.directory import operations, queries
from lockgate.directory.types import Filter
from lockgate.people.models import Person
from lockgate.scim import filters, reading, shapes
from lockgate.scim.speaking import Asked, as_scim

USUAL = 100
FARTHEST = 10_000_000


def users(asked: Asked) -> HttpResponse:
    wanted, start, count = _page(asked, filters.USER_PATHS)
    total, found = queries.users(wanted, start=start, count=count)
    return _listed(asked, total, start, [shapes.user(one, asked.base) for one in found])


def make_user(asked: Asked) -> HttpResponse:
    person = operations.create(source=asked.source, at=asked.at, wanted=reading.user(asked.said()))
    return _user(asked, person.slug, 201)


def user(asked: Asked, reference: str) -> HttpResponse:
    return _user(asked, reference)


def put_user(asked: Asked, reference: str) -> HttpResponse:
    operations.update(
        source=asked.source, at=asked.at, person=_person(reference), wanted=reading.user(asked.said())
    )
    return _user(asked, reference)


def patch_user(asked: Asked, reference: str) -> HttpResponse:
    operations.update(
        source=asked.source, at=asked.at, person=_person(reference), wanted=reading.user_patch(asked.said())
    )
    return _user(asked, reference)


def drop_user(asked: Asked, reference: str) -> HttpResponse:
    operations.remove(source=asked.source, at=asked.at, person=_person(reference))
    return HttpResponse(status=204)


def groups(asked: Asked) -> HttpResponse:
    wanted, start, count = _page(asked, filters.GROUP_PATHS)
    total, found = queries.groups(wanted, start=start, count=count, with_members=_wants_members(asked))
    return _listed(asked, total, start, [shapes.group(one, asked.base) for one in found])


def make_group(asked: Asked) -> HttpResponse:
    told = reading.group(asked.said())
    reference = operations.open_group(
        source=asked.source,
        at=asked.at,
        name=told.name or "",
        external_id=told.external_id or "",
        members=told.members or [],
    )
    return _group(asked, reference, 201)


def group(asked: Asked, reference: str) -> HttpResponse:
    return _group(asked, reference)


def put_group(asked: Asked, reference: str) -> HttpResponse:
    return _tend(asked, reference, reading.group(asked.said()))


def patch_group(asked: Asked, reference: str) -> HttpResponse:
    return _tend(asked, reference, reading.group_patch(asked.said()))


def drop_group(asked: Asked, reference: str) -> HttpResponse:
    operations.drop_group(source=asked.source, at=asked.at, reference=reference)
    return HttpResponse(status=204)


def config(asked: Asked) -> HttpResponse:
    return as_scim(shapes.config(asked.base))


def types(asked: Asked) -> HttpResponse:
    found = shapes.types(asked.base)
    return as_scim(shapes.listed(len(found), 1, found))


def one_type(asked: Asked, name: str) -> HttpResponse:
    return _named(shapes.types(asked.base), name)


def schemas(asked: Asked) -> HttpResponse:
    found = shapes.schemas(asked.base)
    return as_scim(shapes.listed(len(found), 1, found))


def one_schema(asked: Asked, name: str) -> HttpResponse:
    return _named(shapes.schemas(asked.base), name)


def _named(found: list[dict[str, Any]], name: str) -> HttpResponse:
    for one in found:
        if one["id"] == name:
            return as_scim(one)
    raise NotFound


def _person(reference: str) -> Person:
    found = queries.person(reference)
    if found is None:
        raise NotFound
    return found


def _user(asked: Asked, reference: str, status: int = 200) -> HttpResponse:
    found = queries.user(reference)
    if found is None:
        raise NotFound
    said = shapes.user(found, asked.base)
    return as_scim(_projected(asked, said), status, said["meta"]["location"])


def _tend(asked: Asked, reference: str, told: reading.GroupChange) -> HttpResponse:
    operations.tend_group(
        source=asked.source,
        at=asked.at,
        reference=reference,
        name=told.name,
        external_id=told.external_id,
        members=told.members,
        add=told.add,
        drop=told.drop,
    )
    return _group(asked, reference)


def _group(asked: Asked, reference: str, status: int = 200) -> HttpResponse:
    found = queries.group(reference, with_members=_wants_members(asked))
    if found is None:
        raise NotFound
    said = shapes.group(found, asked.base)
    return as_scim(_projected(asked, said), status, said["meta"]["location"])


def _wants_members(asked: Asked) -> bool:
    wanted = asked.request.GET.get("attributes", "").lower()
    spared = asked.request.GET.get("excludedAttributes", "").lower()
    return "members" not in spared and (not wanted or "members" in wanted)


def _page(asked: Asked, paths: dict[str, str]) -> tuple[Filter | None, int, int]:
    words = asked.request.GET.get("filter", "").strip()
    wanted = filters.read(words, paths) if words else None
    return wanted, max(1, _number(asked, "startIndex", 1)), max(0, _number(asked, "count", USUAL))


def _number(asked: Asked, name: str, usual: int) -> int:
    written = asked.request.GET.get(name, "").strip()
    digits = written.removeprefix("-")
    if not written or not (digits.isascii() and digits.isdigit()):
        return usual
    return max(-1, min(int(written), FARTHEST)) if len(written) <= 12 else usual


def _listed(asked: Asked, total: int, start: int, found: list[dict[str, Any]]) -> HttpResponse:
    return as_scim(shapes.listed(total, start, [_projected(asked, one) for one in found]))


def _projected(asked: Asked, said: dict[str, Any]) -> dict[str, Any]:
    return shapes.projected(
        said, asked.request.GET.get("attributes", ""), asked.request.GET.get("excludedAttributes", "")
    )
