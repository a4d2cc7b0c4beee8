"""The tree: RFC 6962 hashing over SHA-256, kept as C2SP tlog-tiles. Pure; no ORM, no clock, no files.

A *tile* is up to 256 consecutive hashes of one level, joined: tile (level L, number n) holds the hashes of
the complete subtrees of 256**L entries that begin at entry n * 256**(L+1). A partial tile is a prefix of
the full one, so one stored tile answers for every earlier size of the log as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
FULL_TILE_BYTES = TILE_WIDTH * HASH_BYTES
EMPTY_ROOT = sha256(b"").digest()

TileReader = Callable[[int, int], bytes]
"""Given (level, number) answers the tile's bytes, at least as many hashes as the tree of the size asked
has."""


class BrokenTreeError(Exception):
    """The tiles do not hold what the size says they hold."""


@dataclass(frozen=True, slots=True)
class TileAt:
    """A tile's place and how many hashes it holds in a tree of one size."""

    level: int
    number: int
    width: int

    def path(self) -> str:
        return f"tile/{self.level}/{numbered(self.number, self.width)}"

    def entries_path(self) -> str:
        return f"tile/entries/{numbered(self.number, self.width)}"


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: bytes) -> bytes:
    """The root over a power-of-two run of joined hashes (at most a tile)."""
    while len(hashes) > HASH_BYTES:
        pair = 2 * HASH_BYTES
        hashes = b"".join(
            [sha256(b"\x01" + hashes[at : at + pair]).digest() for at in range(0, len(hashes), pair)]
        )
    return hashes


def numbered(number: int, width: int) -> str:
    """A tile's number as path parts of three digits: 1234067 is x001/x234/067; a partial tile ends in
    .p/<width>."""
    parts = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        parts.append(f"x{number % 1000:03d}")
    whole = "/".join(reversed(parts))
    return whole if width == TILE_WIDTH else f"{whole}.p/{width}"


def tiles_of(size: int) -> Iterator[TileAt]:
    """Every tile that a log of ``size`` entries serves, level by level."""
    level, hashes = 0, size
    while hashes:
        full, rest = divmod(hashes, TILE_WIDTH)
        for number in range(full):
            yield TileAt(level, number, TILE_WIDTH)
        if rest:
            yield TileAt(level, full, rest)
        level, hashes = level + 1, full


def append(size: int, edge: dict[int, bytes], leaves: Sequence[bytes]) -> dict[tuple[int, int], bytes]:
    """Add leaf hashes to a log of ``size`` entries; answers the tiles that are new or longer, by (level,
    number).

    ``edge`` holds the partial tile of each level (missing means empty) and is brought up to date.
    """
    changed: dict[tuple[int, int], bytes] = {}
    level, hashes, rising = 0, size, b"".join(leaves)
    while rising:
        data = edge.get(level, b"") + rising
        if len(data) != (hashes % TILE_WIDTH) * HASH_BYTES + len(rising):
            raise BrokenTreeError(f"the edge of level {level} does not hold {hashes % TILE_WIDTH} hashes")
        number, above = hashes // TILE_WIDTH, []
        while len(data) >= FULL_TILE_BYTES:
            whole, data = data[:FULL_TILE_BYTES], data[FULL_TILE_BYTES:]
            changed[level, number] = whole
            above.append(fold(whole))
            number += 1
        if data:
            changed[level, number] = data
        edge[level] = data
        level, hashes, rising = level + 1, hashes // TILE_WIDTH, b"".join(above)
    return changed


def node(level: int, index: int, read: TileReader) -> bytes:
    """The hash of the complete subtree of 2**level entries that begins at entry index * 2**level."""
    tile_level, height = divmod(level, TILE_HEIGHT)
    first = index << height
    data = read(tile_level, first >> TILE_HEIGHT)
    start = (first & (TILE_WIDTH - 1)) * HASH_BYTES
    part = data[start : start + (HASH_BYTES << height)]
    if len(part) != HASH_BYTES << height:
        raise BrokenTreeError(f"tile {tile_level}/{first >> TILE_HEIGHT} is shorter than the log needs")
    return fold(part)


def subtree(low: int, high: int, read: TileReader) -> bytes:
    """MTH(D[low:high]) for a range that RFC 6962 asks for (low is a multiple of the largest power of two in
    it)."""
    root = b""
    # From the right: the smallest complete subtree first, then each larger one to its left.
    for start, level in reversed(_complete(low, high)):
        part = node(level, start >> level, read)
        root = node_hash(part, root) if root else part
    return root


def _complete(low: int, high: int) -> list[tuple[int, int]]:
    parts = []
    while low < high:
        level = (high - low).bit_length() - 1
        parts.append((low, level))
        low += 1 << level
    return parts


def root(size: int, read: TileReader) -> bytes:
    """The root of the first ``size`` entries."""
    return subtree(0, size, read) if size else EMPTY_ROOT


def _split(length: int) -> int:
    """The largest power of two smaller than ``length``."""
    return 1 << ((length - 1).bit_length() - 1)


def inclusion(index: int, size: int, read: TileReader) -> list[bytes]:
    """RFC 6962 section 2.1.1: the audit path of one entry, the leaf's sibling first."""
    if not 0 <= index < size:
        raise ValueError("the entry lies outside the tree")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(subtree(middle, high, read))
            high = middle
        else:
            path.append(subtree(low, middle, read))
            low = middle
    path.reverse()
    return path


def consistency(old: int, new: int, read: TileReader) -> list[bytes]:
    """RFC 6962 section 2.1.2: that the tree of ``old`` entries is the beginning of the tree of ``new``."""
    if not 0 < old <= new:
        raise ValueError("a tree can only be consistent with a later one")
    path: list[bytes] = []
    low, high, whole = 0, new, True
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(subtree(middle, high, read))
            high = middle
        else:
            path.append(subtree(low, middle, read))
            low, whole = middle, False
    if not whole:
        path.append(subtree(low, high, read))
    path.reverse()
    return path


def is_included(leaf: bytes, index: int, size: int, path: Iterable[bytes], root_hash: bytes) -> bool:
    """RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    fn, sn, found = index, size - 1, leaf
    for part in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            found = node_hash(part, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, part)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and found == root_hash


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """RFC 9162 section 2.1.4.2, with the two trivial cases (same size, empty beginning) decided first."""
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    if not 0 < old < new or not path:
        return False
    parts = list(path)
    if old & (old - 1) == 0:
        parts.insert(0, old_root)
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = parts[0]
    for part in parts[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = node_hash(part, first), node_hash(part, second)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = node_hash(second, part)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and first == old_root and second == new_root
