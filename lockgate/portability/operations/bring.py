"""Bring a channel of another network into a space: all of it through the gate, threads kept, nothing lost without
a word.

Whoever brings it in answers for it here: they are the author of record. Who wrote each, and when, stands at its head in
the words themselves, since a name in a file proves nobody and makes nobody speak (docs/decisions, mailboxes). Somebody
whose address is that of a person here is named as that person. It may be broken off and begun again: what was
brought in is known by its digest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from django.utils.translation import gettext as _
from django.utils.translation import override

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.base.transactions import change
from lockgate.gateway import operations as gateway
from lockgate.gateway.types import Brought
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.portability import events
from lockgate.portability.models import Imported
from lockgate.portability.readers import Export
from lockgate.portability.types import Conversation, Enclosed, ImportTold, LeftOut, Unread, Written
from lockgate.spaces import queries as spaces

MOST_LETTERS = 49_000
"""A message has 50,000; the line that says who wrote it stands before."""
MOST_FILES = 10
_LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _One:
    """One of them with its digest, and the number of its thread among all of them."""

    written: Written
    digest: bytes
    conversation: int


class _Tally:
    def __init__(self) -> None:
        self.found = self.brought = self.known = self.threads = self.matched = 0
        self.left_out: list[LeftOut] = []
        self.noted: list[LeftOut] = []

    def leave(self, number: str, why: str) -> None:
        self.left_out.append(LeftOut(number, why))

    def note(self, number: str, what: str) -> None:
        self.noted.append(LeftOut(number, what))


class _Names:
    """Writes people of the export as people here, where their address is one's: each is looked up once."""

    def __init__(self, by: Person, at: datetime) -> None:
        self._may_know = spaces.known_to(by, at)
        self._found: dict[str, Person | None] = {}

    def here(self, email: str) -> Person | None:
        """Whom ``by`` may know of with this address."""
        plain = email.strip().lower()
        if not plain:
            return None
        if plain not in self._found:
            found = people.by_email(plain)
            self._found[plain] = found if found is not None and found.pk in self._may_know else None
        return self._found[plain]

    def written(self, name: str, email: str) -> str:
        found = self.here(email)
        return f"@{found.slug}" if found is not None else f"@{_plain(name) or _('somebody')}"


def bring(
    *,
    by: Person,
    clock: Callable[[], datetime],
    export: Export,
    conversation: str,
    place: str,
    marking: int,
    justification: str = "",
    is_rehearsal: bool = False,
    so_far: Callable[[int, int], None] = lambda _done, _all: None,
) -> ImportTold:
    """Bring ``conversation`` of the export into ``place`` ("space:<slug>"), oldest first; answers what became of each.
    With ``is_rehearsal`` nothing changes. ``so_far`` is told now and then how many of how many are done.

    Raises NotFound where ``by`` does not sit there or the export has no such conversation; BadInput for a marking above
    what the space may hear, and for what was private there and would be heard by whoever joins here.
    """
    there = spaces.place_of_key(by, place, clock())
    told = next((one for one in export.conversations() if one.key == conversation), None)
    if told is None:
        raise NotFound(_("The export has no conversation “%(name)s”.") % {"name": conversation})
    # The room of the whole company is listed nowhere and heard by all.
    _refuse_wider(told, is_private=there.entry == "private" and there.space_kind != "company")
    if marking > there.ceiling:
        raise BadInput(
            _("%(place)s may not hear of anything marked so high.") % {"place": there.name},
            _("Choose a lower marking, or another space."),
        )
    tally = _Tally()
    with override(by.language):
        names = _Names(by, clock())
        waiting, roots = _not_yet(export, conversation, names, there.audience_id, tally)
        tally.brought, tally.threads = gateway.bring_in_pieces(
            by=by,
            clock=clock,
            place=there.key,
            waiting=waiting,
            read=lambda one: _read(one, export, told, names, by, clock(), tally, is_rehearsal),
            keep=lambda at, stand: _keep(at, stand, there.audience_id),
            leave=lambda one, why: tally.leave(one.written.number, why),
            marking=marking,
            justification=justification,
            roots=roots,
            is_rehearsal=is_rehearsal,
            so_far=lambda done: so_far(tally.found - len(waiting) + done, tally.found),
        )
    if tally.brought and not is_rehearsal:
        with change():
            at = clock()
            record([Fact(events.IMPORT_ENDED, f"i:{new_id(at)}", by.pseudonym, at)])
    return ImportTold(
        tally.found,
        tally.brought,
        tally.known,
        tally.threads,
        tally.matched,
        tuple(tally.left_out),
        tuple(tally.noted),
    )


def _refuse_wider(told: Conversation, *, is_private: bool) -> None:
    """What was said to few there is not heard by more here than whoever tends the room lets in."""
    if told.kind != "channel":
        raise BadInput(
            _("These are messages between few people, and are not brought in."),
            _("Choose a channel."),
        )
    if told.is_private and not is_private:
        raise BadInput(
            _("“%(name)s” was private there, and this space is one that others find.") % {"name": told.name},
            _("Bring it into a private space."),
        )


def _not_yet(
    export: Export, conversation: str, names: _Names, audience: int, tally: _Tally
) -> tuple[list[_One], dict[int, int]]:
    """What is not in the space yet, oldest first; and {conversation: the passage that opens it} where it stands there
    already."""
    known = {
        bytes(digest): thread
        for digest, thread in Imported.objects.filter(audience=audience)
        .values_list("digest", "thread_id")
        .iterator(chunk_size=2000)
    }
    threads: dict[str, int] = {}
    roots: dict[int, int] = {}
    waiting: list[_One] = []
    seen: set[str] = set()
    for one in export.said(conversation, names.written):
        tally.found += 1
        if isinstance(one, Unread):
            tally.leave(one.number, one.why)
            continue
        if one.number in seen:
            tally.leave(one.number, _("The same message stands in this export a second time."))
            continue
        seen.add(one.number)
        thread = threads.setdefault(one.thread, len(threads) + 1)
        digest = _digest(export.source, conversation, one.number)
        if digest in known:
            roots.setdefault(thread, known[digest])
            tally.known += 1
        else:
            waiting.append(_One(one, digest, thread))
    # What opens a thread stands before what answers it, whatever their clocks say.
    waiting.sort(key=lambda one: (one.written.at or _LONG_AGO, one.written.number != one.written.thread))
    return waiting, roots


def _digest(source: str, conversation: str, number: str) -> bytes:
    return sha256(f"{source}\x00{conversation}\x00{number}".encode("utf-8", "replace")).digest()


def _read(
    one: _One,
    export: Export,
    told: Conversation,
    names: _Names,
    by: Person,
    at: datetime,
    tally: _Tally,
    is_rehearsal: bool,
) -> Brought | None:
    """The words as they will stand here; None where there are none that could."""
    written = one.written
    body = written.body.replace("\x00", "").strip()
    if not body and not written.files:
        tally.leave(written.number, _("It has no words and no files."))
        return None
    if len(body) > MOST_LETTERS:
        tally.leave(
            written.number,
            _("It has %(count)s characters; %(most)s is the most that fits.")
            % {"count": len(body), "most": MOST_LETTERS},
        )
        return None
    for note in written.notes:
        tally.note(written.number, note)
    if written.at is None:
        tally.note(written.number, _("It says nothing readable of when it was written."))
    if not written.author.name:
        tally.note(written.number, _("It does not say who wrote it."))
    files, lines = _files(written.files, written.number, by, at, tally, is_rehearsal)
    if written.reactions:
        lines.append(
            _("Reactions there: %(reactions)s.")
            % {"reactions": ", ".join(f"{_plain(name)} {count}" for name, count in written.reactions)}
        )
    head = _("Written by %(who)s on %(when)s, in %(source)s, %(channel)s.") % {
        "who": _who(written, names, tally),
        "when": f"{written.at:%Y-%m-%d %H:%M}" if written.at else _("an unknown day"),
        "source": export.source,
        "channel": _plain(told.name),
    }
    return Brought(
        "\n\n".join(part for part in (head, body, *lines) if part),
        written.at or at,
        one.conversation,
        tuple(files),
    )


def _who(written: Written, names: _Names, tally: _Tally) -> str:
    name = _plain(written.author.name) or _("somebody")
    found = names.here(written.author.email)
    if found is not None:
        tally.matched += 1
        return f"{_plain(found.name)} (@{found.slug})"
    return _("%(name)s (a program)") % {"name": name} if written.author.is_bot else name


def _plain(words: str) -> str:
    """A name as plain words: it makes no link and no heading of its own."""
    return " ".join("".join(one if one.isalnum() or one in " .,'-’()#&/" else " " for one in words).split())[
        :120
    ]


def _files(
    enclosed: Sequence[Enclosed],
    number: str,
    by: Person,
    at: datetime,
    tally: _Tally,
    is_rehearsal: bool,
) -> tuple[list[int], list[str]]:
    """The files that could be taken, and lines that name the others."""
    taken: list[int] = []
    lines: list[str] = []
    for one in enclosed:
        why = ""
        if one.content is None:
            why = _("its bytes are not in the export")
        elif len(taken) == MOST_FILES:
            why = _("a message carries ten files at most")
        elif not is_rehearsal:
            try:
                taken.append(gateway.attach(by=by, at=at, name=one.name, content=one.content()).id)
            except Refusal as refusal:
                why = refusal.sentence
        if why:
            tally.note(number, f"“{one.name}”: {why}")
            lines.append(_("A file there: “%(name)s”.") % {"name": _plain(one.name)})
    return taken, lines


def _keep(at: datetime, stand: Sequence[tuple[_One, int, int]], audience: int) -> None:
    Imported.objects.bulk_create(
        Imported(
            id=new_id(at),
            audience_id=audience,
            digest=one.digest,
            message_id=message,
            thread_id=thread,
        )
        for one, message, thread in stand
    )
