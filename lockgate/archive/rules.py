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


def _pairs(hashes: bytes) -> bytes:
    """The level above: one hash for each complete pair."""
    pair = 2 * HASH_BYTES
    whole = len(hashes) - len(hashes) % pair
    return b"".join([sha256(b"\x01" + hashes[at : at + pair]).digest() for at in range(0, whole, pair)])


def fold(tile: bytes) -> bytes:
    """The root over a full tile."""
    for _ in range(TILE_HEIGHT):
        tile = _pairs(tile)
    return tile


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


class Tree:
    """A log of ``size`` entries over its tiles: its root, and proofs of what it holds."""

    def __init__(self, size: int, read: TileReader) -> None:
        self.size = size
        self._read = read
        self._expanded: dict[tuple[int, int], list[bytes]] = {}
        self._edge: dict[int, bytes] = {}

    def root(self) -> bytes:
        return self._range(0, self.size) if self.size else EMPTY_ROOT

    def inclusion(self, index: int) -> list[bytes]:
        """RFC 6962 section 2.1.1: the audit path of one entry, the leaf's sibling first."""
        if not 0 <= index < self.size:
            raise ValueError("the entry lies outside the tree")
        path: list[bytes] = []
        low, high = 0, self.size
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                path.append(self._range(middle, high))
                high = middle
            else:
                path.append(self._range(low, middle))
                low = middle
        path.reverse()
        return path

    def consistency(self, old: int) -> list[bytes]:
        """RFC 6962 section 2.1.2: that the log of ``old`` entries is the beginning of this one."""
        if not 0 < old <= self.size:
            raise ValueError("a log can only continue an earlier one that held something")
        path: list[bytes] = []
        low, high, is_whole = 0, self.size, True
        while old != high:
            middle = low + _split(high - low)
            if old <= middle:
                path.append(self._range(middle, high))
                high = middle
            else:
                path.append(self._range(low, middle))
                low, is_whole = middle, False
        if not is_whole:
            path.append(self._range(low, high))
        path.reverse()
        return path

    def _range(self, low: int, high: int) -> bytes:
        """MTH(D[low:high]) for the ranges that RFC 6962 asks for: complete subtrees, and those that end
        with the log."""
        length = high - low
        if length & (length - 1) == 0:
            return self._node(length.bit_length() - 1, low // length)
        if low not in self._edge:
            middle = low + _split(length)
            self._edge[low] = node_hash(self._range(low, middle), self._range(middle, high))
        return self._edge[low]

    def _node(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree of 2**level entries that begins at entry index * 2**level."""
        tile_level, height = divmod(level, TILE_HEIGHT)
        number, place = divmod(index << height, TILE_WIDTH)
        start = (place >> height) * HASH_BYTES
        found = self._levels(tile_level, number)[height][start : start + HASH_BYTES]
        if len(found) != HASH_BYTES:
            raise BrokenTreeError(f"tile {tile_level}/{number} is shorter than the log needs")
        return found

    def _levels(self, level: int, number: int) -> list[bytes]:
        """A tile's hashes and the seven levels of complete subtrees above them within the tile."""
        held = self._expanded.get((level, number))
        if held is None:
            if len(self._expanded) >= 64:
                del self._expanded[next(iter(self._expanded))]
            held = [self._read(level, number)]
            for _ in range(TILE_HEIGHT - 1):
                held.append(_pairs(held[-1]))
            self._expanded[level, number] = held
        return held


def _split(length: int) -> int:
    """The largest power of two smaller than ``length``."""
    return 1 << ((length - 1).bit_length() - 1)


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
