"""The archive: entries recorded and sequenced as fast as it goes; an exported log of any size, and its verification."""

from __future__ import annotations

import hashlib
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from lockgate.archive import leaves, notes, rules
from lockgate.archive.export import _Folder
from lockgate.archive.operations import checkpoint, record, sequence
from lockgate.archive.types import Fact
from lockgate.archive.verify import verify
from lockgate.base.clock import now
from lockgate.base.ids import new_id
from lockgate.base.transactions import change

A_TRANSACTION = 100
ORIGIN = "measured.example/archive"


def _fact(number: int, at: datetime) -> Fact:
    """As a delivered passage is recorded; every third carries words, as with a post."""
    return Fact(
        "gateway.passage.delivered", f"x:{number}", "p:9f3a0c51d2e84b7a90cc", at, parent=f"m:{number}",
        rule="markings@1 numbers@1 secrets@1 standards@1", marking=1, body=b"w" * 300 if number % 3 == 0 else None,
    )  # fmt: skip


def appended(seconds: float) -> dict[str, Any]:
    """Rates of recording, of sequencing, and of both one after the other (what one core sustains)."""
    at = now()
    with change():
        record([_fact(new_id(at), at)])
    recorded = 0
    used = time.process_time()
    began = time.perf_counter()
    while time.perf_counter() - began < seconds / 2:
        at = now()
        with change():
            record([_fact(new_id(at), at) for _ in range(A_TRANSACTION)])
        recorded += A_TRANSACTION
    recording = time.perf_counter() - began
    placed = 0
    began = time.perf_counter()
    while done := sequence(at=now()):
        placed += done
    checkpoint(at=now())
    sequencing = time.perf_counter() - began
    used = time.process_time() - used
    return {
        "figure": {"a_second": recorded / (recording + sequencing * recorded / placed)},
        "record_a_second": recorded / recording,
        "sequence_a_second": placed / sequencing,
        "processor_ms": used * 1000 / recorded,
        "limit": {"a_second": _bare(seconds / 4)},
    }


def _bare(seconds: float) -> float:
    """Rows of the size of an entry, one INSERT each, as many a transaction, in a table without an index."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare_entries (id bigint, leaf text)")
        leaf = "x" * 420
        count = 0
        began = time.perf_counter()
        while time.perf_counter() - began < seconds:
            with change():
                for number in range(A_TRANSACTION):
                    cursor.execute("INSERT INTO bare_entries (id, leaf) VALUES (%s, %s)", [number, leaf])
            count += A_TRANSACTION
        rate = count / (time.perf_counter() - began)
        cursor.execute("DROP TABLE bare_entries")
    return rate


def write(folder: str, entries: int) -> None:
    """An export of ``entries`` entries without words, written as archive.export writes one, but from no database."""
    key = Ed25519PrivateKey.generate()
    began = datetime(2026, 1, 1, tzinfo=UTC)
    edge: dict[int, bytes] = {}
    tiles: dict[tuple[int, int], bytes] = {}
    with _Folder(Path(folder)) as out:
        for start in range(0, entries, rules.TILE_WIDTH):
            count = min(rules.TILE_WIDTH, entries - start)
            some = [_leaf(start + step, began) for step in range(count)]
            tiles |= rules.append(start, edge, [rules.leaf_hash(leaf) for leaf in some])
            bundle = b"".join([len(leaf).to_bytes(2, "big") + leaf for leaf in some])
            out.put(rules.TileAt(0, start // rules.TILE_WIDTH, count).entries_path(), bundle)
        for tile in rules.tiles_of(entries):
            out.put(tile.path(), tiles[tile.level, tile.number][: tile.width * rules.HASH_BYTES])
        root = rules.Tree(entries, lambda level, number: tiles[level, number]).root()
        note = notes.sign(notes.Checkpoint(ORIGIN, entries, root).text(), ORIGIN, key)
        verifier = notes.Verifier(ORIGIN, key.public_key().public_bytes_raw())
        out.put("keys/vkey", verifier.vkey().encode() + b"\n")
        out.put("keys/public.pem", verifier.pem())
        out.put("checkpoint", note.encode())
        out.put("VERIFY.md", f"{entries} entries, {b64encode(root).decode()}\n".encode())


def _leaf(number: int, began: datetime) -> bytes:
    at = began + timedelta(milliseconds=number)
    fact = Fact("gateway.passage.delivered", f"x:{10**17 + number}", "p:9f3a0c51d2e84b7a90cc", at, marking=1,
                parent=f"m:{10**17 + number}", rule="markings@1 standards@1")  # fmt: skip
    return leaves.leaf(fact, entry_id=10**17 + number, origin=ORIGIN)


def verified(folder: str) -> dict[str, Any]:
    path = Path(folder)
    began = time.perf_counter()
    report = verify(path)
    took = time.perf_counter() - began
    if not report.is_good:
        raise RuntimeError(f"the export does not verify: {report.faults[:3]}")
    bundles = sorted(path.glob("tile/entries/**/*"))
    began = time.perf_counter()
    sha256 = hashlib.sha256
    for bundle in bundles:
        if bundle.is_file():
            data, at = bundle.read_bytes(), 0
            while at < len(data):
                length = int.from_bytes(data[at : at + 2], "big")
                sha256(data[at + 2 : at + 2 + length]).digest()
                at += 2 + length
    return {"took_s": took, "hash_s": time.perf_counter() - began, "size": report.size}
