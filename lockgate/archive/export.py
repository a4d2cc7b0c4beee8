"""Writes the log as a folder that others can check with tools that are not ours. Memory stays bounded at
any size."""

from __future__ import annotations

import shutil
import time
from base64 import b64encode
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from types import TracebackType

from django.utils.translation import gettext as _

from lockgate.archive import events, keys, leaves, manifest, notes, proofs, queries, rules, tiles
from lockgate.archive.models import Checkpoint, Entry, Pending, Sealed
from lockgate.archive.notary import InconsistentLog, checkpoint
from lockgate.archive.operations import record
from lockgate.archive.sequencer import drain
from lockgate.archive.types import Exported, Fact
from lockgate.base.refusal import Refusal
from lockgate.base.transactions import change

LOG_RECORD = "archive:log"
_BODIES_AT_ONCE = 128
_TRIES = 200


class FolderInTheWay(Refusal):
    """The folder to export into holds something already."""

    code = "folder-in-the-way"


def export(
    folder: Path,
    *,
    by: str,
    at: datetime,
    records: Collection[str] | None = None,
    may_disclose: bool = True,
    reason: str = "",
) -> Exported:
    """Write the whole log into ``folder`` (made; must be empty if it is there).

    ``records`` chooses whose entries get files and proofs of their own ("m:77"), with all that happened under them
    (rulings, signatures, deliveries: the entries whose parent they are); None means every record that has or had
    words. ``may_disclose`` False leaves out the words and their salts. The export is itself a fact of the log,
    recorded before it begins; ``by`` is a pseudonym or "system", and ``reason`` is sealed beside it. Raises
    FolderInTheWay, KeysMissing, InconsistentLog.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInTheWay(
            _("The folder %(folder)s is not empty.") % {"folder": folder},
            _("Choose another folder, or empty this one."),
        )
    signed = _up_to_date(_told(by, at, records, reason), at)
    beside = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        with _Folder(beside) as out:
            done = _write(out, signed, records, may_disclose)
        # Whole or not at all: what stands under the asked name is never half an export.
        beside.replace(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return done


def _told(by: str, at: datetime, records: Collection[str] | None, reason: str) -> list[Fact]:
    chosen = [LOG_RECORD] if records is None else sorted(records) or [LOG_RECORD]
    return [Fact(events.EXPORT_MADE, name, by, at, body=reason.encode() or None) for name in chosen]


def _up_to_date(told: list[Fact], at: datetime) -> Checkpoint:
    """Record the export, place all that waits and sign it, so that the folder shows the log as it is now."""
    if Entry.objects.exists():
        with change():
            told_ids = record(told)
        tries = 0
        while Pending.objects.filter(entry_id__in=told_ids).exists() and tries < _TRIES:
            tries += 1
            if not drain(at=at):
                # Another process has the turn; it places ours too.
                time.sleep(0.05)
    signed = checkpoint(at=at) or Checkpoint.objects.order_by("-size").first()
    if signed is None:
        raise InconsistentLog(
            _("Another process is signing the archive now."), _("Try again in some seconds.")
        )
    return signed


def _write(out: _Folder, signed: Checkpoint, records: Collection[str] | None, may_disclose: bool) -> Exported:
    size, root = signed.size, bytes(signed.root)
    verifier = notes.Verifier.parse(queries.vkey())
    page = (files("lockgate.archive") / "outside" / "VERIFY.md").read_text("utf-8")
    stated = {
        "origin": keys.origin(),
        "size": size,
        "root": b64encode(root).decode(),
        "vkey": verifier.vkey(),
    }
    out.put("VERIFY.md", page.format(**stated).encode())
    out.put("verify.go", (files("lockgate.archive") / "outside" / "verify.go").read_bytes())
    out.put("keys/vkey", verifier.vkey().encode() + b"\n")
    out.put("keys/public.pem", verifier.pem())
    out.put("checkpoint", signed.note.encode())
    read = tiles.reader(keep=64)
    for tile in rules.tiles_of(size):
        out.put(tile.path(), read(tile.level, tile.number)[: tile.width * rules.HASH_BYTES])
    tree = rules.Tree(size, read)
    if tree.root() != root:
        raise InconsistentLog(_("The archive's tree is not the one that was signed. Nothing is exported."))
    shown = disclosed = 0
    for number, rows in _bundles(size):
        _put_bundle(out, number, rows, read)
        chosen = [row for row in rows if _is_chosen(row, records)]
        bodies = _bodies([row.entry_id for row in chosen]) if may_disclose else {}
        for row in chosen:
            shown += 1
            out.put(f"records/{row.index}.json", row.leaf)
            if row.entry_id in bodies:
                disclosed += 1
                body, salt = bodies[row.entry_id]
                out.put(f"records/{row.index}.salt", salt)
                out.put(f"records/{row.index}.body", body)
            out.put(
                f"proofs/{row.index}.tlog-proof", proofs.text(row.leaf, row.index, tree, signed.note).encode()
            )
    return Exported(size=size, root=root, vkey=verifier.vkey(), shown=shown, disclosed=disclosed)


@dataclass(frozen=True, slots=True)
class _Row:
    index: int
    entry_id: int
    record: str
    parent: str
    leaf: bytes


def _is_chosen(row: _Row, records: Collection[str] | None) -> bool:
    if records is None:
        return leaves.has_body(row.leaf)
    return row.record in records or row.parent in records


def _bundles(size: int) -> Iterator[tuple[int, list[_Row]]]:
    """The entries, 256 at a time. Places never change, so each bundle is a query of its own and no
    transaction stays open over the whole export."""
    for start in range(0, size, rules.TILE_WIDTH):
        end = min(start + rules.TILE_WIDTH, size)
        rows = [
            _Row(index, entry_id, name, parent or "", bytes(leaf))
            for index, entry_id, name, parent, leaf in Entry.objects.filter(
                place__index__gte=start, place__index__lt=end
            )
            .order_by("place__index")
            .values_list("place__index", "id", "record", "parent", "leaf")
        ]
        if [row.index for row in rows] != list(range(start, end)):
            raise InconsistentLog(
                _("Entries between %(start)d and %(end)d are missing.") % {"start": start, "end": end}
            )
        yield start // rules.TILE_WIDTH, rows


def _put_bundle(out: _Folder, number: int, rows: list[_Row], read: rules.TileReader) -> None:
    hashes = b"".join([rules.leaf_hash(row.leaf) for row in rows])
    if hashes != read(0, number)[: len(hashes)]:
        raise InconsistentLog(
            _("An entry in bundle %(number)d is not the one in the tree. Nothing is exported.")
            % {"number": number}
        )
    at = rules.TileAt(0, number, len(rows))
    out.put(at.entries_path(), b"".join([len(row.leaf).to_bytes(2, "big") + row.leaf for row in rows]))


def _bodies(entry_ids: list[int]) -> dict[int, tuple[bytes, bytes]]:
    """entry id -> (body, salt) of those that still have one."""
    found = {}
    for start in range(0, len(entry_ids), _BODIES_AT_ONCE):
        some = entry_ids[start : start + _BODIES_AT_ONCE]
        rows = Sealed.objects.filter(entry_id__in=some).values_list("entry_id", "data", "wrapped", "epoch")
        for entry_id, data, wrapped, epoch in rows:
            found[entry_id] = queries.open_body(entry_id, bytes(data), bytes(wrapped), epoch)
    return found


class _Folder:
    """Puts files and lists each in MANIFEST.sha256, in the order in which they are put."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._made: set[Path] = set()

    def __enter__(self) -> _Folder:
        # Disclosed words are in it: its owner alone may look in until they pass it on.
        self._path.mkdir(parents=True, mode=0o700)
        self._manifest = (self._path / manifest.NAME).open("w", encoding="ascii")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._manifest.close()

    def put(self, name: str, data: bytes) -> None:
        file = self._path / name
        if file.parent not in self._made:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(file.parent)
        file.write_bytes(data)
        self._manifest.write(f"{sha256(data).hexdigest()}  {name}\n")
