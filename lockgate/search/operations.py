"""Keeping the index: by the work process, after the commit. A post pays nothing for it.

What is to be done is read from the archive's log. Ids and positions are given before a commit and may become visible
out of order, so "what is newer than the last one" would miss some; the log's places are given after the commit, one by
one and without gaps (archive/sequencer.py), and whatever delivers, rewords or recalls writes its line in the same
transaction. So one number says how far the index has come, and nothing is missed, whenever this is killed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from lockgate.archive import queries as archive
from lockgate.base.rows import among, fetched
from lockgate.base.transactions import change, is_postgresql
from lockgate.search import merging, tables, vocabulary
from lockgate.search.models import Indexed, Progress
from lockgate.search.sources import Source, after, misplaced, passages_of, sources, spaces_of

FORM = 3
"""How words are read and written. Whoever changes that raises it, and the index is walked anew."""
# Small enough that SQLite's one write lock is free again within some tens of milliseconds: posts wait for it. A post
# writes three lines.
LINES_AT_ONCE = 150
PASSAGES_AT_ONCE = 50


def keep_up(*, at: datetime) -> bool:
    """Do one piece of what is to be done; answers whether there may be more.

    Lines of the log first, so that what is said now is found now; then, where a walk is under way, passages by id.
    """
    progress = Progress.objects.first()
    if progress is None or progress.form != FORM:
        begin_anew()
        return True
    lines = archive.following(progress.followed, LINES_AT_ONCE)
    if lines:
        named = {name for _place, *names in lines for name in names}
        # A space may have become the company's own, or ceased to be. What lies in the wrong corpus is moved piece by
        # piece before these lines are left behind; killed meanwhile, the same lines are met again.
        if moved := misplaced(spaces_of(named), PASSAGES_AT_ONCE):
            return _index(moved, progress, followed=progress.followed, walked=progress.walked, at=at)
        return _index(
            passages_of(named),
            progress,
            followed=lines[-1][0] + 1,
            walked=progress.walked,
            at=at,
        )
    if progress.walked is None:
        return False
    some = after(progress.walked, PASSAGES_AT_ONCE)
    return _index(some, progress, followed=progress.followed, walked=some[-1] if some else None, at=at)


def begin_anew() -> None:
    """Have the whole index walked again, from now on. What stands in it stays until its turn comes: search goes on."""
    with change():
        # The log is followed from its present end: what is delivered during the walk, behind it, is found there.
        former = Progress.objects.select_for_update().filter(id=1).first()
        Progress.objects.update_or_create(
            id=1,
            defaults={
                "followed": archive.log_size(),
                "walked": 0,
                "form": FORM,
                "walks": former.walks + 1 if former else 1,
            },
        )


def rebuild(*, at: datetime) -> int:
    """Walk all passages now, to the end; answers how many stand in the index."""
    with change():
        # Together: who indexes beside us must not take for known what is forgotten here.
        begin_anew()
        vocabulary.forget_all()
    while keep_up(at=at):
        continue
    _forget_what_is_gone()
    while sort_words(at=at + tables.QUIET):
        continue
    return Indexed.objects.count()


def _index(
    passages: Collection[int], seen: Progress, *, followed: int, walked: int | None, at: datetime
) -> bool:
    """Bring the index's rows of these passages to what they are now, and the progress with them."""
    waiting = list(passages)
    # Words are read outside of the transaction. A recall meanwhile is a later line of the log and undoes this.
    found = {one.passage: one for one in sources(waiting)}
    with change():
        progress = Progress.objects.select_for_update().filter(id=1).first()
        if progress is None or (progress.followed, progress.walked, progress.form) != (
            seen.followed,
            seen.walked,
            seen.form,
        ):
            # Another one has done this meanwhile; what we read may be older than what it wrote.
            return True
        _put(waiting, found, progress.walks)
        progress.followed, progress.walked = followed, walked
        progress.save()
        # Now: the rows are those of a moment after the lines we followed. Crash: nothing was written, and the same
        # lines are followed again.
    if found:
        tables.note_written(len(found), at)
    return True


def sort_words(*, at: datetime) -> bool:
    """Have the words of what was indexed sorted in, where it is time; answers whether it did (tables.sort on
    PostgreSQL, merging.merge on SQLite)."""
    return tables.sort(at=at) if is_postgresql() else merging.merge(at=at)


def _put(passages: Collection[int], found: dict[int, Source], walk: int) -> None:
    condition, values = among(passages)
    old = {
        passage: (key, revision, is_open)
        for key, passage, revision, is_open in fetched(
            f"SELECT id, passage_id, revision, is_open FROM search_indexed WHERE passage_id {condition}",  # noqa: S608
            values,
        )
    }
    gone = [key for key, _revision, _is_open in old.values()]
    if gone:
        tables.erase(gone)
        Indexed.objects.filter(id__in=gone).delete()
    keys = _free_keys([one.position for one in found.values()])
    rows = [
        (
            Indexed(
                id=keys.pop(0),
                passage_id=one.passage,
                audience_id=one.audience,
                revision=one.revision,
                is_open=one.is_open,
            ),
            one,
        )
        for one in found.values()
    ]
    Indexed.objects.bulk_create([row for row, _one in rows])
    for table, is_open in ((tables.OPEN, True), (tables.CONFIDENTIAL, False)):
        tables.write(
            table, [(row.id, one.audience, one.words) for row, one in rows if one.is_open == is_open]
        )
    vocabulary.learn(((one.audience, one.words.words) for _row, one in rows), walk=walk)


def _free_keys(positions: list[int]) -> list[int]:
    """A key for each position: itself, or the next number that is free (chance gives two the same once in millions)."""
    near = [position + step for position in positions for step in range(4)]
    condition, values = among(near)
    taken = {row[0] for row in fetched(f"SELECT id FROM search_indexed WHERE id {condition}", values)}  # noqa: S608
    keys = []
    for position in positions:
        key = position
        while key in taken:
            key += 1
        taken.add(key)
        keys.append(key)
    return keys


def _forget_what_is_gone() -> None:
    """Rows of passages that are no longer there at all."""
    gone = [
        row[0]
        for row in fetched(
            "SELECT id FROM search_indexed WHERE NOT EXISTS"
            " (SELECT 1 FROM gateway_passage passage WHERE passage.id = search_indexed.passage_id)",
            [],
        )
    ]
    if gone:
        with change():
            tables.erase(gone)
            Indexed.objects.filter(id__in=gone).delete()
