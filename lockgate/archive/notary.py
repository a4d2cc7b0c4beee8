"""Signs checkpoints, and never one that does not continue what was signed before."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from lockgate.archive import keys, notes, rules, tiles
from lockgate.archive.models import Checkpoint
from lockgate.archive.sequencer import drain, take_turn
from lockgate.base.refusal import Refusal
from lockgate.base.transactions import change

# At least every 10 s is promised; half of that leaves room for a slow turn.
CHECKPOINT_EVERY = timedelta(seconds=5)


class InconsistentLog(Refusal):
    """The log does not continue what was signed before. Nothing is signed until someone has looked."""

    code = "archive-inconsistent"
    status = 500


def checkpoint(*, at: datetime) -> Checkpoint | None:
    """Sign the log as it stands. Answers the new checkpoint, or None where nothing is new or another one
    signs now.

    An empty log is signed too (an export of it needs a checkpoint).
    """
    key = keys.signer(is_used=Checkpoint.objects.exists)
    with change():
        if not take_turn():
            return None
        # Now: the tree stands still until this transaction ends. Crash: nothing was written.
        size = tiles.tree_size()
        last = Checkpoint.objects.order_by("-size").first()
        if last is not None and last.size == size:
            return None
        tree = rules.Tree(size, tiles.reader())
        try:
            root = tree.root()
            _hold_against(_signed_before(last), tree)
        except rules.BrokenTreeError as error:
            raise _damaged(error) from error
        # Now: the new root is shown to continue the last one signed, as the database and the key's folder
        # remember it. Crash: nothing was signed.
        body = notes.Checkpoint(keys.origin(), size, root)
        note = notes.sign(body.text(), body.origin, key)
        keys.replace(keys.path(keys.LAST_SIGNED), note.encode())
        # Now: beside the key it is written that this size was signed, before anyone can see the note. Crash:
        # the row below is missing, but its entries are committed, so the next turn signs a size that
        # continues this one.
        made = Checkpoint.objects.create(size=size, root=root, note=note, at=at)
    # Now: the checkpoint is committed and pages and exports show it. Crash: nothing is lost.
    return made


def complaint() -> InconsistentLog | None:
    """Why the next checkpoint would be refused, if it would be: the database is older than what was signed (a
    backup was put back), or was changed behind the archive. Changes nothing."""
    try:
        # What was signed first, then the tree: it only grows meanwhile, and what is signed stands in it already.
        signed = _signed_before(Checkpoint.objects.order_by("-size").first())
        tree = rules.Tree(tiles.tree_size(), tiles.reader())
        _hold_against(signed, tree)
    except InconsistentLog as refusal:
        return refusal
    except rules.BrokenTreeError as error:
        return _damaged(error)
    return None


def _damaged(error: rules.BrokenTreeError) -> InconsistentLog:
    return InconsistentLog(
        _("The archive's tree is damaged: %(why)s. Nothing is signed.") % {"why": error},
        _("Compare the database with its newest backup."),
    )


def _signed_before(last: Checkpoint | None) -> list[tuple[int, bytes]]:
    """(size, root) of the last checkpoint, as the database and as the key's own folder remember it."""
    signed = [(last.size, bytes(last.root))] if last is not None else []
    remembered = _remembered()
    if remembered is not None and remembered.origin == keys.origin():
        signed.append((remembered.size, remembered.root))
    return signed


def _hold_against(signed: list[tuple[int, bytes]], tree: rules.Tree) -> None:
    size, root = tree.size, tree.root()
    for old, old_root in signed:
        if old > size:
            raise InconsistentLog(
                _("The archive holds %(size)d entries, but %(old)d were signed before. Nothing is signed.")
                % {"size": size, "old": old},
                _("The database is older than its last checkpoint: restore its newest backup."),
            )
        path = tree.consistency(old) if old else []
        if not rules.is_consistent(old, old_root, size, root, path):
            raise InconsistentLog(
                _("The archive no longer holds what was signed at %(old)d entries. Nothing is signed.")
                % {"old": old},
                _("Entries were changed behind the archive: compare it with a backup or an export."),
            )


def _remembered() -> notes.Checkpoint | None:
    """What the key's own folder says was signed last: a database put back from an old backup cannot make us
    forget it."""
    try:
        note = keys.path(keys.LAST_SIGNED).read_text("utf-8")
    except FileNotFoundError:
        return None
    try:
        return notes.parse_checkpoint(notes.split(note)[0])
    except notes.BadNoteError as error:
        raise InconsistentLog(
            _("The file %(file)s does not read. Nothing is signed.") % {"file": keys.path(keys.LAST_SIGNED)},
            _("Put the file back from your backup of the keys."),
        ) from error


def keep(at: datetime) -> int:
    """One turn of the worker's loop: place all that waits, and sign where something is new and the last
    checkpoint is some seconds old. Answers how many entries were placed."""
    placed = drain(at=at)
    last = Checkpoint.objects.order_by("-size").only("size", "at").first()
    size = tiles.tree_size()
    if size and (last is None or (size > last.size and at - last.at >= CHECKPOINT_EVERY)):
        checkpoint(at=at)
    return placed
