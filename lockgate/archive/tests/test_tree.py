"""The tree against a naive implementation written straight from RFC 6962, which shares no code with ours."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.archive import rules

# --- RFC 6962 section 2.1, word for word: no tiles, no caches, no bit tricks. ---


def naive_mth(d: list[bytes]) -> bytes:
    n = len(d)
    if n == 0:
        return hashlib.sha256(b"").digest()
    if n == 1:
        return hashlib.sha256(b"\x00" + d[0]).digest()
    k = naive_split(n)
    return hashlib.sha256(b"\x01" + naive_mth(d[:k]) + naive_mth(d[k:])).digest()


def naive_split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def naive_path(m: int, d: list[bytes]) -> list[bytes]:
    if len(d) == 1:
        return []
    k = naive_split(len(d))
    if m < k:
        return [*naive_path(m, d[:k]), naive_mth(d[k:])]
    return [*naive_path(m - k, d[k:]), naive_mth(d[:k])]


def naive_proof(m: int, d: list[bytes]) -> list[bytes]:
    def subproof(m: int, d: list[bytes], whole: bool) -> list[bytes]:
        if m == len(d):
            return [] if whole else [naive_mth(d)]
        k = naive_split(len(d))
        if m <= k:
            return [*subproof(m, d[:k], whole), naive_mth(d[k:])]
        return [*subproof(m - k, d[k:], False), naive_mth(d[:k])]

    return subproof(m, d, True)


# --- ours ---


def entries(size: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(size)]


class Log:
    """Tiles in a dictionary, grown in batches."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.size = 0

    def grow(self, data: list[bytes]) -> None:
        edge = {}
        for level in range(4):
            hashes = self.size >> (8 * level)
            if hashes % 256:
                edge[level] = self.tiles[level, hashes // 256]
        self.tiles |= rules.append(self.size, edge, [rules.leaf_hash(entry) for entry in data])
        self.size += len(data)

    def tree(self, size: int | None = None) -> rules.Tree:
        return rules.Tree(
            self.size if size is None else size, lambda level, number: self.tiles[level, number]
        )


@pytest.fixture(scope="module")
def log() -> tuple[Log, list[bytes]]:
    grown, data = Log(), entries(1500)
    for start in range(0, 1500, 97):
        grown.grow(data[start : start + 97])
    return grown, data


SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025, 1500]


@pytest.mark.parametrize("size", SIZES)
def test_root_is_the_rfcs(log, size):
    assert log[0].tree(size).root() == naive_mth(log[1][:size])


@settings(max_examples=60, deadline=None)
@given(batches=st.lists(st.integers(1, 300), max_size=6))
def test_batches_leave_no_trace_in_the_tree(batches):
    grown, data = Log(), entries(sum(batches))
    for count in batches:
        grown.grow(data[grown.size : grown.size + count])
    assert grown.tree().root() == naive_mth(data)
    widths = {(tile.level, tile.number): tile.width for tile in rules.tiles_of(grown.size)}
    assert {place: len(tile) // 32 for place, tile in grown.tiles.items()} == widths


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_inclusion_is_the_rfcs_and_fits_one_entry_alone(log, data):
    size = data.draw(st.integers(1, 1500))
    index = data.draw(st.integers(0, size - 1))
    entry, tree = log[1][index], log[0].tree(size)
    path = tree.inclusion(index)
    assert path == naive_path(index, log[1][:size])
    leaf, root = rules.leaf_hash(entry), tree.root()
    assert rules.is_included(leaf, index, size, path, root)
    assert not rules.is_included(rules.leaf_hash(entry + b"."), index, size, path, root)
    assert not rules.is_included(leaf, index, size, [*path, root], root)
    assert not rules.is_included(leaf, size, size, path, root)
    if path:
        assert not rules.is_included(leaf, index, size, path[:-1], root)
        assert not rules.is_included(leaf, index, size, [root, *path[1:]], root)
        other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index))
        assert not rules.is_included(leaf, other, size, path, root)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_consistency_is_the_rfcs_and_fits_one_beginning_alone(log, data):
    new = data.draw(st.integers(1, 1500))
    old = data.draw(st.integers(1, new))
    tree = log[0].tree(new)
    path = tree.consistency(old)
    assert path == naive_proof(old, log[1][:new])
    old_root, new_root = naive_mth(log[1][:old]), tree.root()
    assert rules.is_consistent(old, old_root, new, new_root, path)
    forged = naive_mth([b"forged", *log[1][1:old]])
    assert not rules.is_consistent(old, forged, new, new_root, path)
    if old < new:
        assert not rules.is_consistent(old, old_root, new, forged, path)
        assert not rules.is_consistent(old, old_root, new, new_root, path[:-1])
        assert not rules.is_consistent(new, new_root, old, old_root, path)


def test_an_empty_log_is_the_beginning_of_any():
    assert rules.is_consistent(0, rules.EMPTY_ROOT, 5, b"r" * 32, [])
    assert not rules.is_consistent(0, b"r" * 32, 5, b"r" * 32, [])
    assert not rules.is_consistent(5, b"r" * 32, 5, b"s" * 32, [])


def test_what_lies_outside_has_no_proof(log):
    for index in (-1, 10):
        with pytest.raises(ValueError, match="outside"):
            log[0].tree(10).inclusion(index)
    for old in (0, 11):
        with pytest.raises(ValueError, match="earlier"):
            log[0].tree(10).consistency(old)


def test_a_short_tile_is_noticed():
    tree = rules.Tree(300, lambda level, number: b"h" * 32 * 8)
    with pytest.raises(rules.BrokenTreeError):
        tree.root()
    with pytest.raises(rules.BrokenTreeError):
        rules.append(5, {0: b"h" * 64}, [b"h" * 32])


@pytest.mark.parametrize(
    ("number", "width", "path"),
    [
        (0, 256, "000"),
        (999, 256, "999"),
        (1000, 256, "x001/000"),
        (1234067, 256, "x001/x234/067"),
        (273, 112, "273.p/112"),
    ],
)
def test_tiles_are_named_as_the_standard_says(number, width, path):
    assert rules.TileAt(0, number, width).path() == f"tile/0/{path}"
    assert rules.TileAt(0, number, width).entries_path() == f"tile/entries/{path}"


def test_the_tiles_of_the_standards_own_example():
    tiles = list(rules.tiles_of(70_000))
    assert [sum(1 for tile in tiles if tile.level == level and tile.width == 256) for level in (0, 1, 2)] == [
        273,
        1,
        0,
    ]
    assert [(tile.level, tile.width) for tile in tiles if tile.width < 256] == [(0, 112), (1, 17), (2, 1)]
    assert [(tile.level, tile.width) for tile in rules.tiles_of(256)] == [(0, 256), (1, 1)]
    assert list(rules.tiles_of(0)) == []
