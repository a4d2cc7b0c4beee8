"""Checks an exported folder with no database and no settings: ``python -m lockgate.archive.verify DIR
[VKEY]``.

It is our second opinion, not the proof: VERIFY.md in the folder does the same with tools that are not ours.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import orjson

from lockgate.archive import manifest, notes, proofs, rules

_MOST_FAULTS = 20


@dataclass(slots=True)
class Report:
    """What was found. ``is_good`` means that nothing is wrong; ``is_own_key`` that the key came with the
    folder itself."""

    path: Path
    vkey: str = ""
    is_own_key: bool = True
    origin: str = ""
    size: int = 0
    root: bytes = b""
    shown: int = 0
    disclosed: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.faults


class _Enough(Exception):
    """No more faults are needed to know."""


def verify(path: Path | str, *, vkey: str | None = None, earlier: str | None = None) -> Report:
    """Check everything in ``path``.

    ``vkey`` is the log's key as you got it from elsewhere; without it the folder's own is used, and then
    the report shows only that the folder agrees with itself. ``earlier`` is the text of a checkpoint that
    you kept: the log must continue it, which even the holder of the key cannot forge.
    """
    report = Report(Path(path), is_own_key=vkey is None)
    try:
        _Check(report).run(vkey, earlier)
    except _Enough:
        report.faults.append("There may be more; the check ended here.")
    except (OSError, UnicodeDecodeError) as error:
        report.faults.append(f"A file cannot be read: {error}.")
    return report


class _Check:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.path = report.path
        self.note = ""
        self.shown: list[int] = []
        self._bundle: tuple[int, list[bytes]] = (-1, [])

    def fault(self, sentence: str) -> None:
        self.report.faults.append(sentence)
        if len(self.report.faults) >= _MOST_FAULTS:
            raise _Enough

    def read(self, name: str) -> bytes:
        return (self.path / name).read_bytes()

    def run(self, vkey: str | None, earlier: str | None) -> None:
        if not self.path.is_dir():
            self.fault(f"{self.path} is not a folder.")
            return
        if not self.checkpoint(vkey):
            return
        self.shown = manifest.check(self.path, self.fault)
        self.tree(earlier)
        self.records()

    # The checkpoint and its key

    def checkpoint(self, vkey: str | None) -> bool:
        report = self.report
        try:
            report.vkey = (vkey or self.read("keys/vkey").decode()).strip()
            self.note = self.read("checkpoint").decode()
        except (OSError, UnicodeDecodeError) as error:
            self.fault(f"The checkpoint or its key cannot be read: {error}.")
            return False
        try:
            verifier = notes.Verifier.parse(report.vkey)
            stated = notes.parse_checkpoint(notes.open_note(self.note, verifier))
        except notes.BadNoteError as error:
            self.fault(str(error))
            return False
        report.origin, report.size, report.root = stated.origin, stated.size, stated.root
        if stated.origin != verifier.name:
            self.fault(
                f"The checkpoint is of the log {stated.origin}, and the key signs for {verifier.name}."
            )
        if self._has("keys/vkey", verifier.vkey().encode() + b"\n"):
            self._has("keys/public.pem", verifier.pem())
        return True

    def _has(self, name: str, expected: bytes) -> bool:
        try:
            is_same = self.read(name) == expected
        except OSError as error:
            self.fault(f"{name} cannot be read: {error.strerror}.")
            return False
        if not is_same:
            self.fault(f"{name} is not the key that signed the checkpoint.")
        return is_same

    # The tree: every entry hashed again, every tile bound to the root

    def tree(self, earlier: str | None) -> None:
        size = self.report.size
        expected: dict[int, bytearray] = {0: bytearray()}
        tops: dict[tuple[int, int], bytes] = {}
        for tile in rules.tiles_of(size):
            data = self._tile(tile.path(), tile.width)
            if data is None:
                return
            if tile.level == 0:
                hashes = self._entry_hashes(tile)
            else:
                start = tile.number * rules.FULL_TILE_BYTES
                hashes = bytes(expected[tile.level][start : start + tile.width * rules.HASH_BYTES])
            if hashes != data:
                self.fault(f"{tile.path()} does not hold the hashes of what stands below it.")
            if tile.width == rules.TILE_WIDTH:
                expected.setdefault(tile.level + 1, bytearray()).extend(rules.fold(data))
            tops[tile.level, tile.number] = data
            if tile.number:
                tops.pop((tile.level, tile.number - 1), None)
        self._root(size, expected, tops)
        if earlier is not None:
            self._continues(earlier)

    def _continues(self, earlier: str) -> None:
        def read(level: int, number: int) -> bytes:
            width = min(
                rules.TILE_WIDTH,
                (self.report.size >> (rules.TILE_HEIGHT * level)) - number * rules.TILE_WIDTH,
            )
            return self.read(rules.TileAt(level, number, width).path())

        try:
            kept = notes.parse_checkpoint(notes.open_note(earlier, notes.Verifier.parse(self.report.vkey)))
        except notes.BadNoteError as error:
            self.fault(f"The earlier checkpoint: {error}")
            return
        if kept.size > self.report.size:
            self.fault(
                f"The log had {kept.size} entries at the earlier checkpoint and has {self.report.size} here."
            )
            return
        try:
            is_same = rules.Tree(kept.size, read).root() == kept.root
        except rules.BrokenTreeError:
            is_same = False
        if not is_same:
            self.fault(
                f"The log is not the one of the earlier checkpoint at {kept.size} entries: it was rewritten."
            )

    def _root(self, size: int, expected: dict[int, bytearray], tops: dict[tuple[int, int], bytes]) -> None:
        def read(level: int, number: int) -> bytes:
            held = tops.get((level, number))
            if held is None:
                start = number * rules.FULL_TILE_BYTES
                held = bytes(expected.get(level, b"")[start : start + rules.FULL_TILE_BYTES])
            return held

        try:
            root = rules.Tree(size, read).root()
        except rules.BrokenTreeError as error:
            self.fault(f"The tree is not whole: {error}.")
            return
        if root != self.report.root:
            self.fault("The entries do not have the root that was signed.")

    def _tile(self, name: str, width: int) -> bytes | None:
        try:
            data = self.read(name)
        except OSError:
            self.fault(f"{name} is missing, and a log of {self.report.size} entries has it.")
            return None
        if len(data) != width * rules.HASH_BYTES:
            self.fault(f"{name} holds {len(data)} bytes, not {width * rules.HASH_BYTES}.")
            return None
        return data

    def _entry_hashes(self, tile: rules.TileAt) -> bytes:
        return b"".join([sha256(b"\x00" + entry).digest() for entry in self.entries(tile.number)])

    def entries(self, number: int) -> list[bytes]:
        """The entries of one bundle, exactly as many as the log's size says; [] after a fault."""
        if self._bundle[0] == number:
            return self._bundle[1]
        width = min(rules.TILE_WIDTH, self.report.size - number * rules.TILE_WIDTH)
        name = rules.TileAt(0, number, width).entries_path()
        found: list[bytes] = []
        try:
            data = self.read(name)
        except OSError:
            self.fault(f"{name} is missing, and a log of {self.report.size} entries has it.")
            return found
        at, end = 0, len(data)
        while at + 2 <= end:
            start = at + 2
            at = start + (data[at] << 8 | data[at + 1])
            found.append(data[start:at])
        if at != end or len(found) != width:
            self.fault(f"{name} does not hold exactly {width} entries.")
            found = []
        self._bundle = (number, found)
        return found

    # Records and proofs

    def records(self) -> None:
        for index in self.shown:
            if index >= self.report.size:
                self.fault(f"records/{index}.json is of an entry that the log does not have.")
                continue
            entries = self.entries(index // rules.TILE_WIDTH)
            if entries:
                self.report.shown += 1
                entry = entries[index % rules.TILE_WIDTH]
                self._record(index, entry)
                self._proof(index, entry)

    def _record(self, index: int, entry: bytes) -> None:
        stem = f"records/{index}"
        if self._maybe(f"{stem}.json") != entry:
            self.fault(f"{stem}.json is not entry {index} of the log.")
            return
        salt, body = self._maybe(f"{stem}.salt"), self._maybe(f"{stem}.body")
        if salt is None and body is None:
            return
        if salt is None or body is None:
            self.fault(f"{stem}: a salt and a body come together, and one of them is missing.")
            return
        fields = _fields(entry)
        if (len(salt), fields.get("len")) != (32, len(body)) or fields.get("pt") != sha256(
            salt + body
        ).hexdigest():
            self.fault(f"{stem}.body is not what entry {index} says was said.")
            return
        self.report.disclosed += 1

    def _proof(self, index: int, entry: bytes) -> None:
        name = f"proofs/{index}.tlog-proof"
        data = self._maybe(name)
        if data is None:
            self.fault(f"{name} is missing.")
            return
        try:
            proof = proofs.parse(data.decode())
        except ValueError as error:
            self.fault(f"{name} does not read: {error}.")
            return
        if (proof.index, proof.entry, proof.checkpoint) != (index, entry, self.note):
            self.fault(f"{name} is of another entry or another checkpoint.")
        elif not rules.is_included(
            rules.leaf_hash(entry), index, self.report.size, proof.path, self.report.root
        ):
            self.fault(f"{name} does not lead to the signed root.")

    def _maybe(self, name: str) -> bytes | None:
        try:
            return self.read(name)
        except OSError:
            return None


def _fields(entry: bytes) -> dict[str, object]:
    try:
        found = orjson.loads(entry)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m lockgate.archive.verify")
    parser.add_argument("dir", type=Path)
    parser.add_argument("vkey", nargs="?", help="the log's verifier key, got from elsewhere")
    parser.add_argument(
        "--earlier", type=Path, help="a checkpoint kept from before, which the log must continue"
    )
    asked = parser.parse_args(arguments)
    earlier = asked.earlier.read_text("utf-8") if asked.earlier else None
    report = verify(asked.dir, vkey=asked.vkey, earlier=earlier)
    for fault in report.faults:
        sys.stdout.write(f"REFUSED: {fault}\n")
    if report.is_good:
        sys.stdout.write(
            f"good: {report.size} entries of {report.origin}, root {report.root.hex()},"
            f" {report.shown} records shown, {report.disclosed} with their words\n"
        )
        if report.is_own_key:
            sys.stdout.write(
                f"The key came with the folder. Compare it with one from elsewhere: {report.vkey}\n"
            )
    return 0 if report.is_good else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
