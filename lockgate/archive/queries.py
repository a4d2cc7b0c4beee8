"""Reading the archive: trails, proofs, bodies, and how the log stands. Who may ask is decided by the rooms
above."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from lockgate.archive import guards, keys, leaves, notes, proofs, rules, sealing, tiles
from lockgate.archive.models import Checkpoint, Entry, Pending, Sealed, Sequenced
from lockgate.archive.notary import complaint
from lockgate.archive.types import LogState, TrailEntry
from lockgate.base.ids import floor_id
from lockgate.base.refusal import NotFound, Refusal


class NotYetProven(Refusal):
    """The entry is recorded, and no checkpoint covers it yet."""

    code = "not-yet-proven"
    status = 409


class BodyErased(Refusal):
    """The body was erased; its entry and proof stand."""

    code = "body-erased"
    status = 410


_FIELDS = ("id", "place__index", "action", "record", "parent", "actor", "at", "rule", "marking")


def trail(records: Sequence[str]) -> list[TrailEntry]:
    """What happened to these records ("m:77"), oldest first."""
    return _lines(Entry.objects.filter(record__in=records).order_by("id"))


def trail_of(parent: str, *, before: int | None = None, limit: int = 50) -> list[TrailEntry]:
    """What happened under a parent ("s:12"), newest first."""
    entries = Entry.objects.filter(Q(parent=parent) | Q(record=parent))
    return _lines(_page(entries, before, limit))


def recent(*, before: int | None = None, limit: int = 50) -> list[TrailEntry]:
    """The newest lines of the whole log; ``before`` is the entry id at which the page before ended."""
    return _lines(_page(Entry.objects.all(), before, limit))


def _page(entries: QuerySet[Entry], before: int | None, limit: int) -> QuerySet[Entry]:
    if before is not None:
        entries = entries.filter(id__lt=before)
    return entries.order_by("-id")[:limit]


def _lines(entries: QuerySet[Entry]) -> list[TrailEntry]:
    signed = signed_size()
    lines = []
    for number, index, action, record, parent, actor, at, rule, marking in entries.values_list(*_FIELDS):
        is_proven = index is not None and index < signed
        lines.append(
            TrailEntry(number, index, action, record, parent or "", actor, at, rule, marking, is_proven)
        )
    return lines


def count(action: str, begins: datetime, ends: datetime) -> int:
    """How often ``action`` is on record in a span of time. Looks at every entry of it: no question for a busy page."""
    entries = Entry.objects.filter(pk__gte=floor_id(begins), pk__lt=floor_id(ends), action=action)
    return entries.count()


def signed_size() -> int:
    """How many entries the last checkpoint covers."""
    return Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0


def state() -> LogState:
    """How the log stands: entries placed, waiting, signed, and the last signed note."""
    last = Checkpoint.objects.order_by("-size").first()
    return LogState(
        origin=keys.origin(),
        size=tiles.tree_size(),
        waiting=Pending.objects.count(),
        signed_size=last.size if last else 0,
        signed_at=last.at if last else None,
        note=last.note if last else "",
        vkey=vkey() if last else "",
    )


def vkey() -> str:
    """The public verifier key, as c2sp.org/signed-note writes it."""
    key = keys.signer(is_used=Checkpoint.objects.exists)
    return notes.Verifier(keys.origin(), notes.public(key)).vkey()


def leaf(entry_id: int) -> dict[str, Any]:
    """The entry as it stands in the log."""
    fields: dict[str, Any] = orjson.loads(_leaf(entry_id))
    return fields


def _leaf(entry_id: int) -> bytes:
    found = Entry.objects.filter(id=entry_id).values_list("leaf", flat=True).first()
    if found is None:
        raise NotFound()
    return bytes(found)


def proof(entry_id: int) -> str:
    """The entry's proof as c2sp.org/tlog-proof text, with the entry itself as its extra line. Raises
    NotYetProven while it waits for its place or for the next checkpoint."""
    data = _leaf(entry_id)
    last = Checkpoint.objects.order_by("-size").first()
    index = Entry.objects.filter(id=entry_id).values_list("place__index", flat=True).first()
    if last is None or index is None or index >= last.size:
        raise NotYetProven(
            _("This entry is recorded, and the next checkpoint will cover it."),
            _("Ask again in some seconds."),
        )
    return proofs.text(data, index, rules.Tree(last.size, tiles.reader()), last.note)


def content(entry_id: int) -> bytes:
    """Open an entry's sealed body. Raises NotFound where there never was one, BodyErased where it is gone,
    KeysMissing."""
    return opened(entry_id)[0]


def opened(entry_id: int) -> tuple[bytes, bytes]:
    """(body, salt): what SHA-256(salt and body) in the entry was made of."""
    row = (
        Entry.objects.filter(id=entry_id)
        .values_list("leaf", "sealed__data", "sealed__wrapped", "sealed__epoch")
        .first()
    )
    if row is None or not leaves.has_body(bytes(row[0])):
        raise NotFound()
    if row[1] is None:
        raise BodyErased(_("The text of this entry was erased. Its entry and its proof stand."))
    return open_body(entry_id, bytes(row[1]), bytes(row[2]), row[3])


def open_body(entry_id: int, data: bytes, wrapped: bytes, epoch: str) -> tuple[bytes, bytes]:
    wrapping = keys.wrapping(is_used=lambda: True)
    try:
        return sealing.unseal(entry_id, data, wrapped, wrapping.of(epoch))
    except sealing.BrokenSealError as error:
        raise keys.KeysMissing(
            _("This body does not open: %(why)s.") % {"why": error},
            _("Compare the database and the key files with their backups."),
        ) from error


def faults() -> list[str]:
    """What is wrong with the archive, a sentence each; empty when all is well. For `lockgate doctor`."""
    found = [
        _("The trigger %(name)s is missing from the database.") % {"name": name}
        for name in guards.GUARDS.missing(connection)
    ]
    try:
        wrapping = keys.wrapping(is_used=Sealed.objects.exists)
        for epoch in Sealed.objects.values_list("epoch", flat=True).distinct():
            wrapping.of(epoch)
        vkey()
    except Refusal as refusal:
        found.append(str(refusal))
    for name in (keys.SIGNING, keys.WRAPPING):
        file = keys.path(name)
        if file.exists() and file.stat().st_mode & 0o077:
            found.append(_("Others can read the key file %(file)s.") % {"file": file})
    lost = Entry.objects.filter(place__isnull=True).exclude(id__in=Pending.objects.values("entry_id")).count()
    if lost:
        found.append(_("%(lost)d entries neither have a place in the log nor wait for one.") % {"lost": lost})
    return found


def inconsistency() -> Refusal | None:
    """What keeps the next checkpoint from being signed: an older database was put back, or entries were changed."""
    return complaint()


def waits_since(now: datetime) -> float:
    """Seconds that the oldest waiting entry has waited (0 when none waits); more than 10 means the worker
    is not running."""
    oldest = Pending.objects.order_by("entry_id").values_list(F("entry__at"), flat=True).first()
    return max(0.0, (now.astimezone(UTC) - oldest).total_seconds()) if oldest else 0.0


def following(place: int, limit: int) -> list[tuple[int, str, str]]:
    """(place, record, parent) of the lines that stand at ``place`` in the log and after it, in their order.

    For whoever keeps up with what happened: places are given after the commit, one after the other and without gaps, so
    that a reader who goes on where they ended misses nothing.
    """
    lines = Sequenced.objects.filter(index__gte=place).order_by("index")[:limit]
    return [
        (index, record, parent or "")
        for index, record, parent in lines.values_list("index", "entry__record", "entry__parent")
    ]


def told_of_action(action: str, begins: int, ends: int, limit: int) -> list[tuple[int, str]]:
    """(place, record) of the lines of one action from place ``begins`` up to ``ends``; the first ``limit``.
    As ``following``, for whoever wants one kind of line alone."""
    lines = Sequenced.objects.filter(index__gte=begins, index__lt=ends, entry__action=action)
    return list(lines.order_by("index").values_list("index", "entry__record")[:limit])


def having(action: str, records: Collection[str]) -> set[str]:
    """Those of these records ("m:77") to which this happened."""
    rows = Entry.objects.filter(record__in=list(records), action=action)
    return set(rows.values_list("record", flat=True))


def log_size() -> int:
    """How many lines have their place in the log."""
    return tiles.tree_size()
