"""Reading and writing the tree's tiles in the database."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from lockgate.archive import rules
from lockgate.archive.models import Sequenced, Tile


def tree_size() -> int:
    """How many entries have a place."""
    last = Sequenced.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


def reader(*, keep: int = 4096) -> rules.TileReader:
    """Reads tiles, and keeps the last ``keep`` of them."""
    held: dict[tuple[int, int], bytes] = {}

    def read(level: int, number: int) -> bytes:
        if (level, number) not in held:
            data = Tile.objects.filter(level=level, number=number).values_list("data", flat=True).first()
            if data is None:
                raise rules.BrokenTreeError(f"tile {level}/{number} is missing")
            if len(held) >= keep:
                del held[next(iter(held))]
            held[level, number] = bytes(data)
        return held[level, number]

    return read


def edge(size: int) -> dict[int, bytes]:
    """The partial tile of each level of a log of ``size`` entries."""
    read, found, level = reader(), {}, 0
    while size >> (rules.TILE_HEIGHT * level):
        hashes = size >> (rules.TILE_HEIGHT * level)
        if hashes % rules.TILE_WIDTH:
            found[level] = read(level, hashes // rules.TILE_WIDTH)
        level += 1
    return found


def write(changed: Mapping[tuple[int, int], bytes]) -> None:
    rows = [(level, number, data) for (level, number), data in changed.items()]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {Tile._meta.db_table} (level, number, data) VALUES (%s, %s, %s)"  # noqa: S608  # our own name
            " ON CONFLICT (level, number) DO UPDATE SET data = excluded.data",
            rows,
        )
