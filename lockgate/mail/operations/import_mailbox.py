"""Import a mailbox into a space: every mail through the gate, threads kept, and nothing lost without a word.

Whoever imports answers for it here: they are the author of record. Who wrote each mail, and when, stands at its head
in the words themselves, since a name in a file proves nobody and makes nobody speak (docs/decisions, mailboxes). It may
be broken off and begun again: what was brought in is known by its digest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.refusal import BadInput
from lockgate.base.transactions import change
from lockgate.gateway import operations as gateway
from lockgate.gateway.types import Brought
from lockgate.mail import events, reading, rules, threads
from lockgate.mail.mailbox import Lies, mails
from lockgate.mail.models import Imported
from lockgate.mail.operations.enclosing import enclose
from lockgate.mail.types import LeftOut, MailboxImport
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces

MOST_LETTERS = 49_000
"""A message has 50,000; the line that says who wrote it stands before."""


@dataclass(frozen=True, slots=True)
class _Mail:
    """A mail of the mailbox before its words are read."""

    lies: Lies
    digest: bytes
    head: threads.Head
    has_date: bool


class _Tally:
    """What has become of the mails so far."""

    def __init__(self) -> None:
        self.brought = self.known = self.threads = 0
        self.left_out: list[LeftOut] = []
        self.noted: list[LeftOut] = []

    def leave(self, mail: _Mail, why: str) -> None:
        self.left_out.append(LeftOut(mail.lies.where, mail.head.mail_id, why))

    def note(self, mail: _Mail, what: str) -> None:
        self.noted.append(LeftOut(mail.lies.where, mail.head.mail_id, what))


def import_mailbox(
    *,
    by: Person,
    clock: Callable[[], datetime],
    slug: str,
    source: Path,
    marking: int,
    justification: str = "",
    is_rehearsal: bool = False,
    so_far: Callable[[int, int], None] = lambda _done, _all: None,
) -> MailboxImport:
    """Bring the mails of ``source`` into the space ``slug``, oldest first; answers what became of each. With
    ``is_rehearsal`` nothing changes. ``so_far`` is told now and then how many of how many are done.

    Raises NotFound where ``by`` does not sit there, BadInput for a marking above what the space may hear, OSError where
    the mailbox cannot be read.
    """
    place = spaces.place(by, slug, clock())
    if marking > place.ceiling:
        raise BadInput(
            _("%(place)s may not hear of anything marked so high.") % {"place": place.name},
            _("Choose a lower marking, or another space."),
        )
    tally = _Tally()
    found = sorted(_looked_at(source), key=lambda one: one.head.at)
    numbers = threads.conversations([one.head for one in found])
    waiting, roots = _not_yet(found, numbers, place.audience_id, tally)
    with override(by.language):
        tally.brought, tally.threads = gateway.bring_in_pieces(
            by=by,
            clock=clock,
            place=place.key,
            waiting=waiting,
            read=lambda one: _read(*one, by, clock(), tally, is_rehearsal),
            keep=lambda at, stand: _keep(at, stand, place.audience_id),
            leave=lambda one, why: tally.leave(one[0], why),
            marking=marking,
            justification=justification,
            roots=roots,
            is_rehearsal=is_rehearsal,
            so_far=lambda done: so_far(len(found) - len(waiting) + done, len(found)),
        )
    if tally.brought and not is_rehearsal:
        with change():
            record([Fact(events.MAILBOX_IMPORTED, f"e:{new_id(clock())}", by.pseudonym, clock())])
    return MailboxImport(
        len(found), tally.brought, tally.known, tally.threads, tuple(tally.left_out), tuple(tally.noted)
    )


def _looked_at(source: Path) -> Iterator[_Mail]:
    for lies in mails(source):
        raw = lies.raw()
        headers = reading.headers_of(raw)

        def one(name: str, headers: dict[str, list[str]] = headers) -> str:
            return (headers.get(name) or [""])[0]

        written_at = reading.date_of(one("date"))
        subject = reading.decoded(one("subject"))
        named = threads.ids(one("message-id"))
        head = threads.Head(
            mail_id=named[0] if named else "",
            answers=(*threads.ids(one("references")), *threads.ids(one("in-reply-to"))),
            subject=rules.plain_subject(subject).casefold(),
            is_answer=threads.is_answer(subject),
            people=frozenset(reading.addresses_of(headers, ("from", "to", "cc"))),
            at=written_at or datetime(1970, 1, 1, tzinfo=UTC),
        )
        yield _Mail(lies, _digest(raw, headers), head, written_at is not None)


def _digest(raw: bytes, headers: dict[str, list[str]]) -> bytes:
    """The same for the same mail, however it came into the mailbox: what servers put on top does not count."""
    said = ["\n".join(headers.get(one, ())) for one in ("from", "date", "message-id", "subject", "to", "cc")]
    return sha256("\x00".join(said).encode("utf-8", "replace") + b"\x00" + reading.body_of(raw)).digest()


def _not_yet(
    found: Sequence[_Mail], numbers: Sequence[int], audience: int, tally: _Tally
) -> tuple[list[tuple[_Mail, int]], dict[int, int]]:
    """The mails that are not in the space yet, with their conversations; and {conversation: the passage that opens it}
    where it stands there already."""
    digests: dict[bytes, int] = {}
    named: dict[bytes, int] = {}
    rows = Imported.objects.filter(audience=audience).values_list("digest", "mail_digest", "thread_id")
    for digest, mail_digest, thread in rows.iterator(chunk_size=2000):
        digests[bytes(digest)] = thread
        named[bytes(mail_digest)] = thread
    roots: dict[int, int] = {}
    waiting: list[tuple[_Mail, int]] = []
    seen: set[bytes] = set()
    for mail, number in zip(found, numbers, strict=True):
        for mail_id in (mail.head.mail_id, *mail.head.answers):
            if mail_id and (stands := named.get(_name_digest(mail_id))):
                roots.setdefault(number, stands)
        if mail.digest in seen:
            tally.leave(mail, _("The same mail stands in this mailbox a second time."))
        elif mail.digest in digests:
            roots.setdefault(number, digests[mail.digest])
            tally.known += 1
        else:
            waiting.append((mail, number))
        seen.add(mail.digest)
    return waiting, roots


def _name_digest(mail_id: str) -> bytes:
    return sha256(mail_id.encode("utf-8", "replace")).digest()


def _read(
    mail: _Mail, number: int, by: Person, at: datetime, tally: _Tally, is_rehearsal: bool
) -> Brought | None:
    """The mail's words as they will stand here; None where it has none that could."""
    try:
        raw = mail.lies.raw()
        if reading.is_encrypted(raw):
            tally.leave(mail, _("It is encrypted, and nobody here has the key."))
            return None
        letter = reading.whole(raw)
        who = reading.author_of(reading.headers_of(raw))
    except Exception as error:
        tally.leave(mail, _("It could not be read (%(why)s).") % {"why": type(error).__name__})
        return None
    if not letter.words.strip() and not letter.files:
        tally.leave(mail, _("It has no words and no files."))
        return None
    if len(letter.words) > MOST_LETTERS:
        tally.leave(
            mail,
            _("It has %(count)s characters; %(most)s is the most that fits.")
            % {"count": len(letter.words), "most": MOST_LETTERS},
        )
        return None
    if not mail.has_date:
        tally.note(mail, _("It says nothing readable of when it was written."))
    if not who:
        tally.note(mail, _("It does not say who wrote it."))
    files: list[int] = []
    if letter.files and not is_rehearsal:
        taken, left_out = enclose(by, at, letter.files)
        files = [one for one, _name in taken]
        for sentence in left_out:
            tally.note(mail, sentence)
    for name in letter.left_out:
        tally.note(mail, _("“%(name)s”: a mail within a mail.") % {"name": name})
    return Brought(
        _body(letter.subject, who, mail, letter.words),
        mail.head.at if mail.has_date else at,
        number,
        tuple(files),
    )


def _body(subject: str, who: str, mail: _Mail, words: str) -> str:
    """The words with who wrote them, and when, at their head: as a forwarded mail has it."""
    lines = []
    plain = " ".join(subject.replace("*", "").split())
    if plain:
        lines.append(f"**{plain}**")
    lines.append(
        _("Written by %(who)s on %(when)s, by e-mail.")
        % {
            "who": who or _("somebody"),
            "when": f"{mail.head.at:%Y-%m-%d %H:%M}" if mail.has_date else _("an unknown day"),
        }
    )
    return "\n\n".join([*lines, words.strip("\n")]).rstrip()


def _keep(at: datetime, stand: Sequence[tuple[tuple[_Mail, int], int, int]], audience: int) -> None:
    Imported.objects.bulk_create(
        Imported(
            id=new_id(at),
            audience_id=audience,
            digest=mail.digest,
            mail_digest=_name_digest(mail.head.mail_id or mail.digest.hex()),
            message_id=message,
            thread_id=thread,
        )
        for (mail, _number), message, thread in stand
    )
