"""To whom people report, as the directory says it: drawn in the organisation chart, which refuses what comes round.

A directory names people in its own order: whom it calls a manager may come later, and then those who wait for them are
put beneath them. Somebody who left is not reported to, and is again when they come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from lockgate.base.transactions import change
from lockgate.directory import queries
from lockgate.directory.models import Record
from lockgate.directory.types import Source
from lockgate.people.models import Person
from lockgate.profiles.operations import ComesRound, draw_line
from lockgate.profiles.queries import managers


def follow(*, source: Source, at: datetime, person: Person, manager: str | None) -> None:
    """Put ``person`` beneath ``manager`` (nobody where it is empty; None leaves it), and beneath ``person`` those who
    wait for them. Inside the caller's transaction. Raises ComesRound where they would stand above themselves."""
    if not Person.objects.filter(pk=person.pk, is_active=True).exists():
        return
    if manager is not None:
        above = queries.named(manager, source.word) if manager else None
        if above is not None or not manager:
            draw_line(by=None, at=at, person=person, manager=above)
    for below, above in queries.waiting(person):
        try:
            draw_line(by=None, at=at, person=below, manager=above)
        except ComesRound:
            continue  # said in another breath than this one, which is not refused for it


def draw(
    *, at: datetime, wanted: Mapping[int, int | None], words: Mapping[int, str]
) -> tuple[int, list[int]]:
    """Bring {person: manager} about, whatever the order: (how many lines changed, those whose line comes round).
    ``words`` are kept of whom the directory calls otherwise than before.

    From the top down no order of changes between two trees comes round on its way, so what is refused is tried again
    as long as something moves.
    """
    for person, said in words.items():
        Record.objects.filter(person=person).update(manager=said[:254])
    standing = managers()
    left = {person: above for person, above in wanted.items() if standing.get(person) != above}
    ids = {one for pair in left.items() for one in pair if one is not None}
    persons = Person.objects.select_related("firm").in_bulk(ids)
    drawn = 0
    while left:
        refused: dict[int, int | None] = {}
        for person, above in left.items():
            try:
                with change():
                    draw_line(
                        by=None, at=at, person=persons[person], manager=persons[above] if above else None
                    )
            except ComesRound:
                refused[person] = above
            else:
                drawn += 1
        if len(refused) == len(left):
            return drawn, list(refused)
        left = refused
    return drawn, []
