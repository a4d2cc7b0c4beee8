"""The index of search over a measured company: the rows that search.operations would write, poured in.

A text of the store is read once; what differs between two posts of it (audience, author, rare words) is put into the
place that was left for it. tests/speed holds the result to what the index itself would have written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.db import connection

from lockgate.archive import queries as archive
from lockgate.base.clock import now
from lockgate.search import tables
from lockgate.search.models import Indexed, Progress
from lockgate.search.operations import FORM, sort_words
from lockgate.search.rules import document
from lockgate.search.stems import stems
from lockgate.search.words import fold, read
from tools.bench.history import Written, texts
from tools.bench.pouring import pour, pour_into

_BEFORE, _AUTHOR = "\x02", 0

_vocabulary: dict[int, set[str]] = {}


@contextmanager
def without_index_of_words() -> Iterator[None]:
    """PostgreSQL makes a GIN index of a filled table in a quarter of the time that it takes to fill it row by row."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes"
            " WHERE tablename IN ('search_open', 'search_confidential') AND indexdef LIKE '%%USING gin%%'"
        )
        made = dict(cursor.fetchall())
        for name in made:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for definition in made.values():
            cursor.execute(definition)
        cursor.execute("RESET maintenance_work_mem")


def lay_down(piece: list[Written]) -> None:
    pour(
        Indexed,
        ("id", "passage_id", "audience_id", "revision", "is_open"),
        ((one.position, one.passage, one.room.audience, 1, one.room.is_open) for one in piece),
    )
    for table, is_open in ((tables.OPEN, True), (tables.CONFIDENTIAL, False)):
        rows = (one for one in piece if one.room.is_open == is_open)
        if connection.vendor == "postgresql":
            columns = ("id", "audience_id", "words")
            pour_into(table, columns, ((one.position, one.room.audience, _words(one)) for one in rows))
        else:
            pour_into(table, ("rowid", "words"), ((one.position, _words(one)) for one in rows))
    for one in piece:
        _vocabulary.setdefault(one.room.audience, set()).update(_said(one.text), one.rare)


def lay_down_vocabulary() -> None:
    pour_into(
        "search_vocabulary",
        ("audience_id", "word"),
        ((audience, word) for audience, said in sorted(_vocabulary.items()) for word in sorted(said)),
    )
    _vocabulary.clear()


def has_come_to_the_end() -> None:
    """The index says of itself that it has followed the whole log."""
    Progress.objects.update_or_create(
        id=1, defaults={"followed": archive.log_size(), "walked": None, "form": FORM}
    )
    # What the work process does in a quiet moment.
    at = now()
    sort_words(at=at)
    while sort_words(at=at + tables.QUIET):
        continue


def _words(one: Written) -> str:
    """The document as the table of this database takes it."""
    before = "" if one.room.is_open else tables.scope(one.room.audience)
    template, count = _template(one.text, one.thread is not None)
    made = template.replace(_BEFORE, before).replace(f"__from_{_AUTHOR}", f"__from_{one.author}")
    if not one.rare:
        return made
    rare = [fold(word) for word in one.rare]
    endings = sorted({stem for word in rare for stem in stems(word)})
    if connection.vendor == "postgresql":
        places = [f"'{before}{word}':{count + 1 + place}" for place, word in enumerate(rare)]
        return " ".join([made, *places, *(f"'{before}_{stem}'" for stem in endings)])
    # The order of words is what a phrase is found by: the rare ones stand at the end of the text, before the marks.
    said, _, marks = made.partition(f" {before}_")
    return " ".join([said, *(before + word for word in rare), *(f"{before}_{stem}" for stem in endings)]) + (
        f" {before}_{marks}" if marks else ""
    )


@cache
def _template(text: int, is_answer: bool) -> tuple[str, int]:
    """A text as the index holds it, with a mark where an audience goes, and how many words it has."""
    found = document(_texts()[text], author=_AUTHOR, has_file=False, is_answer=is_answer)
    return tables.written(found, _BEFORE), len(found.words)


@cache
def _said(text: int) -> frozenset[str]:
    return frozenset(word.text for word in read(_texts()[text]))


@cache
def _texts() -> list[str]:
    return texts()
