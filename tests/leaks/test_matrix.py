"""Every address, asked by everybody: nobody is told a word that is not for them, and missing is forbidden's twin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.leaks.asking import Answered, ask, client_of, counted, undone
from tests.leaks.routes import MISSING_OF_KIND, ROUTES, Row
from tests.leaks.world import ACTORS, EVERYBODY, World

CANARY = re.compile(rb"zq[a-z]+?kx", re.IGNORECASE)
_SLOT = re.compile(r"\{(\w+)\}")


def resolved() -> set[str]:
    """Every route that the resolver knows, with what the parts demo adds."""

    def below(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
        for one in patterns:
            route = before + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from below(one.url_patterns, route)
            else:
                yield route

    return set(below(get_resolver().url_patterns, ""))


def test_every_route_has_a_row() -> None:
    assert resolved() - {"_parts"} == set(ROUTES) - {"_parts"}


def filled(template: Any, chosen: dict[str, str]) -> Any:
    if isinstance(template, dict):
        return {filled(key, chosen): filled(value, chosen) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(one, chosen) for one in template]
    if not isinstance(template, str):
        return template
    return _SLOT.sub(lambda slot: chosen[slot[1]], template)


def slots(*templates: Any) -> list[str]:
    return list(dict.fromkeys(_SLOT.findall(repr(templates))))


def questions(row: Row) -> Iterator[tuple[str, Any, Any]]:
    for address in row.gets:
        yield "GET", address, None
    for address, fields in row.posts:
        yield "POST", address, fields
    for address, fields in row.deletes:
        yield "DELETE", address, fields


def choices(world: World, kinds: list[str]) -> Iterator[tuple[dict[str, str], set[str]]]:
    """Each way to fill the slots with what was planted, and who may read all of it."""
    options = [list(world.objects[kind].items()) for kind in kinds]
    for picked in product(*options):
        readers = set(EVERYBODY)
        for _number, may in picked:
            readers &= may
        yield {kind: str(number) for kind, (number, _may) in zip(kinds, picked, strict=True)}, readers


@pytest.mark.parametrize("actor", ["anonymous", *ACTORS])
def test_nobody_is_told_what_is_not_for_them(actor: str, world: World) -> None:
    """Leak classes A1 to A5, B6 to B8, C13 to C18, D20, E25, F29, F31."""
    client = client_of(world, actor)
    heard: set[str] = set()
    faults: list[str] = []
    before = counted()
    standing = resolved()
    for route, row in ROUTES.items():
        if route not in standing:
            continue
        for method, address, fields in questions(row):
            kinds = slots(address, fields)
            missing = None
            if kinds:
                gone = {kind: MISSING_OF_KIND[kind] for kind in kinds}
                with undone():
                    missing = ask(
                        client,
                        method,
                        filled(address, gone),
                        filled(fields, gone) if fields is not None else None,
                        is_json=row.is_json,
                        mask=gone[kinds[0]],
                    )
            for chosen, readers in choices(world, kinds):
                asked = f"{method} {filled(address, chosen)} {chosen}"
                with undone():
                    answer = ask(
                        client,
                        method,
                        filled(address, chosen),
                        filled(fields, chosen) if fields is not None else None,
                        is_json=row.is_json,
                        mask=chosen[kinds[0]] if kinds else "",
                    )
                    after = counted() if method != "GET" else before
                found = {
                    word.decode().lower() for word in CANARY.findall(answer.whole)
                } & world.canaries.keys()
                heard |= found
                if words := {one for one in found if actor not in world.canaries[one]}:
                    faults.append(f"{asked}: told {words}")
                if answer.status >= 500:
                    faults.append(f"{asked}: {answer.status}")
                may = actor in row.comes_in and actor in readers
                idle = method != "GET" and row.acts is not None and actor not in row.acts
                if may and idle and (answer.status < 400 or after != before):
                    faults.append(f"{asked}: {answer.status} for one who may not")
                if missing is not None and not may:
                    if (answer.status, answer.masked) != (missing.status, missing.masked):
                        faults.append(
                            f"{asked}: {answer.status}, missing answers {missing.status}\n"
                            + differing(answer, missing)
                        )
                    if after != before and not is_own_doing(address):
                        faults.append(f"{asked}: something changed")
                elif not may and actor not in row.comes_in:
                    if answer.status < 300 or answer.status == 409:
                        faults.append(f"{asked}: comes in with {answer.status}")
                    if after != before:
                        faults.append(f"{asked}: something changed")
    assert not faults, "\n".join(faults)
    # The other side of it: what they may be told, they were.
    unheard = {word for word, may in world.canaries.items() if actor in may} - heard
    # Not shown again even to those who may know: the name of a picture's file, the reason once the words have gone.
    assert not {word for word in unheard if not word.endswith(("filekx", "zqreasonkx"))}, unheard


def is_own_doing(address: str) -> bool:
    """A draft, or an attempt, is one's own and may name places that are not there."""
    return address in {"/compose/draft", "/sign-in", "/messages", "/api/v1/messages"}


def differing(one: Answered, other: Answered) -> str:
    ours, theirs = one.masked.splitlines(), other.masked.splitlines()
    return "\n".join(
        f"    {a[:200]!r}\n    {b[:200]!r}" for a, b in zip(ours, theirs, strict=False) if a != b
    )[:900]
