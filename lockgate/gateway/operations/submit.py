"""Submit: from words in a box to a passage for each place. The hot path of the house.

Read and ruled before anything is written; then message, rulings, passages, requests, fingerprints, outbox rows,
archive entries and happenings in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.rows import execute, gathered, insert, prepared, stored, together
from lockgate.base.transactions import change, is_postgresql, once_more
from lockgate.gateway import events
from lockgate.gateway.judging import Judgement, asked_ahead, check_words, chosen, judge
from lockgate.gateway.models import Attachment, Passage, State
from lockgate.gateway.operations.attempt import record_attempt, refuse_if_must
from lockgate.gateway.operations.place import Placed, lay_down, needs_no_answer
from lockgate.gateway.queries import attachment_view
from lockgate.gateway.refusals import NoPlace, NothingToSay, RefusedByPolicy
from lockgate.gateway.showing import quotable
from lockgate.gateway.types import (
    AttachmentView,
    Opened,
    PassageState,
    PlaceChoice,
    Submitted,
)
from lockgate.people.models import Person
from lockgate.policy import queries as policy
from lockgate.spaces import queries as spaces

LAST_YEAR = 2088  # ids reach no further
QUICKLY_RULED = 5_000
"""Characters that are ruled on in some milliseconds."""
MESSAGE_COLUMNS = (
    "id",
    "author_id",
    "body",
    "marking",
    "revision",
    "content_hash",
    "justification",
    "written_at",
)


@once_more
def submit(
    *,
    by: Person,
    at: datetime,
    body: str,
    marking: int,
    places: Sequence[str] = (),
    answers: int | None = None,
    attachments: Sequence[int] = (),
    deliver_at: datetime | None = None,
    justification: str = "",
    slot: str = "new",
    shows: int | None = None,
    alongside: Callable[[Submitted], None] | None = None,
    opens: Callable[[], Opened] | None = None,
) -> Submitted:
    """Send words to places ("space:<slug>", "channel:<slug>"), or as an answer to the passage ``answers``.

    Each place rules for itself: what may go is delivered at once (or at ``deliver_at``), what is held waits for its
    signers, what is refused stays with the author. Raises NotFound for a place or thread that is not there for
    ``by``; NothingToSay, NoPlace, BadInput; ReasonNeeded where a rule asks for a justification; RefusedByPolicy where
    no place takes the words (the attempt is recorded, the draft is kept).

    ``shows`` is the passage that these words quote: it is shown with them to those of their hearers who hear it. Raises
    NotShowable for a place where it stays out.

    ``alongside`` is called at the end of the same transaction with what is about to stand: for rooms above that lay
    something over the passages. What it raises undoes all of it. Most posts bring none, and cost nothing more.

    ``opens`` is called at the beginning of that transaction, instead of ``places``: it opens the place where these are
    the first words. Where they do not go, for whatever reason, it was never opened.
    """
    body = check_words(body)
    if not body.strip():
        raise NothingToSay(_("There are no words to send yet."))
    check_marking(marking)
    justification = justification.strip()[:500]
    if deliver_at is not None:
        check_later(deliver_at, at)
    # Files bring words of their own, and an answer finds its place by its thread: those are asked one by one.
    is_plain = not attachments and answers is None and shows is None
    reading = policy.read(body) if is_plain else None

    def look() -> _Seen:
        with asked_ahead(by, places, reading, at) if reading else nullcontext():
            thread, choices = _where(by, places, answers, at)
            files = own_files(by, attachments)
            quoted = quotable(by, shows, choices, at) if shows is not None else None
            judged = judge(
                body=body,
                # Whoever may not read what is shown is not to hold it in their hands by what shows it.
                marking=marking if quoted is None else max(marking, quoted.marking),
                places=choices,
                attachments=files,
                at=at,
                reading=reading,
                shows=quoted.message_id if quoted is not None else None,
            )
        return _Seen(thread, choices, files, judged, quoted)

    def lay(seen: _Seen, message_id: int) -> Submitted:
        words = seen.judged
        insert(
            "gateway_message",
            MESSAGE_COLUMNS,
            [(message_id, by.pk, body, words.marking, 1, words.digest, justification, stored(at))],
        )
        if seen.files:
            Attachment.objects.filter(pk__in=[one.id for one in seen.files]).update(message_id=message_id)
        facts = [
            Fact(
                action=events.MESSAGE_SUBMITTED,
                record=f"m:{message_id}",
                actor=by.pseudonym,
                at=at,
                marking=words.marking,
                body=words.content,
            )
        ]
        placed = lay_down(
            by=by,
            at=at,
            message_id=message_id,
            revision=1,
            body=body,
            marking=words.marking,
            digest=words.digest,
            ruled=words.rulings,
            attachments=seen.files,
            thread=seen.thread,
            deliver_at=deliver_at,
            justification=justification,
            facts=facts,
            shows=seen.quoted.pk if seen.quoted is not None else None,
        )
        if slot:
            execute("DELETE FROM gateway_draft WHERE author_id = %s AND slot = %s", [by.pk, slot])
        return Submitted(message_id, 1, tuple(_told(one, at) for one in placed))

    seen = None
    if opens is not None:
        message_id = new_id(at)
        try:
            # Ruled on beside what was just opened, as nowhere else in a transaction that writes: talks begin seldom,
            # and what took long to read of plain words has been read.
            with change():
                opened = opens()
                places, at = [opened.key], max(at, opened.at)
                seen = look()
                refuse_if_must(by, at, seen.judged.content, seen.judged.rulings, justification, message_id)
                submitted = lay(seen, message_id)
                if alongside is not None:
                    alongside(submitted)
            return submitted
        except RefusedByPolicy as refusal:
            if seen is not None:
                # What said so on record was undone with the place.
                record_attempt(by, at, seen.judged.content, refusal.rulings, message_id)
            raise
    if reading is not None and alongside is None and len(body) <= QUICKLY_RULED and is_postgresql():
        # A transaction that has only read keeps nobody waiting there (on SQLite it would keep all): most posts are
        # asked about, ruled on and laid down in one, in two round trips.
        with together(), change(), gathered():
            seen = look()
            if _only_goes(seen.judged, justification):
                return lay(seen, new_id(at))
    seen = seen or look()
    message_id = new_id(at)
    refuse_if_must(by, at, seen.judged.content, seen.judged.rulings, justification, message_id)
    plain = alongside is None and _only_goes(seen.judged, justification)
    # The room may have been cleared while we read: the seat is asked for again inside the transaction.
    heard = {place.audience_id for place in seen.choices}
    if plain and not seen.files and not is_postgresql():
        with prepared() as kept:
            submitted = lay(seen, message_id)
        with change():
            _check_seats(by, at, heard)
            kept.carry_out()
        return submitted
    with (
        together() if plain else nullcontext(),
        change(),
        gathered() if plain else nullcontext(),
    ):
        _check_seats(by, at, heard)
        submitted = lay(seen, message_id)
        if alongside is not None:
            alongside(submitted)
    return submitted


def _check_seats(by: Person, at: datetime, heard: set[int]) -> None:
    if spaces.speaks_in(by, at, heard) != heard:
        raise NotFound


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was found of the places, and ruled."""

    thread: Passage | None
    choices: Sequence[PlaceChoice]
    files: Sequence[AttachmentView]
    judged: Judgement
    quoted: Passage | None


def _only_goes(judged: Judgement, justification: str) -> bool:
    return needs_no_answer(judged.rulings, judged.marking, justification)


def _told(one: Placed, at: datetime) -> PassageState:
    return PassageState(
        passage_id=one.passage_id,
        place=one.place.key,
        place_name=one.place.name,
        kind=one.place.kind,
        state=one.state,
        deliver_at=one.deliver_at,
        delivered_at=at if one.position is not None else None,
        outcome=one.ruling.outcome,
        findings=one.ruling.findings,
        policy_version=one.ruling.policy_version,
        audience_id=one.place.audience_id,
        position=one.position,
    )


def check_later(deliver_at: datetime, at: datetime, *, mend: str = "") -> None:
    """Raises BadInput for a time at which nothing can be sent any more, or not yet for very long."""
    if deliver_at <= at:
        raise BadInput(_("The time to send this is past."), mend or _("Choose a later time, or send it now."))
    if deliver_at.year > LAST_YEAR:
        raise BadInput(_("That time is too far away."), _("Choose a nearer one."))


def check_marking(marking: int) -> None:
    if marking not in Marking.values:
        raise BadInput(_("A marking is Public, Internal, Confidential or Controlled."))


def _where(
    by: Person, places: Sequence[str], answers: int | None, at: datetime
) -> tuple[Passage | None, list[PlaceChoice]]:
    if answers is None:
        choices = chosen(by, places, at)
        if not choices:
            raise NoPlace(_("No place is chosen yet."), _("Choose at least one space or channel."))
        return None, choices
    passage = Passage.objects.filter(pk=answers).select_related("audience__space").first()
    if passage is None or passage.state != State.DELIVERED or passage.position is None:
        raise NotFound
    # An answer to an answer joins the thread: threads are one level deep.
    root = (
        passage
        if passage.thread_id is None
        else Passage.objects.select_related("audience__space").get(pk=passage.thread_id)
    )
    if root.state != State.DELIVERED:
        raise NotFound
    if spaces.audible(by, at).get(passage.audience_id, passage.position + 1) > passage.position:
        raise NotFound
    if passage.audience.space is None:
        raise BadInput(
            _("A public post cannot be answered from here."), _("Talk about it in one of your spaces.")
        )
    # Never to another audience of the same space: an answer is heard by those who heard what it answers.
    return root, chosen(by, [root.audience.key], at)


def own_files(by: Person, attachments: Sequence[int]) -> list[AttachmentView]:
    if len(attachments) > 10:
        raise BadInput(_("A message carries ten files at most."))
    rows = {
        row.pk: row
        for row in (
            Attachment.objects.filter(owner=by, message__isnull=True, pk__in=attachments)
            if attachments
            else ()
        )
    }
    if len(rows) != len(set(attachments)):
        raise NotFound(_("One of the files is no longer there."), _("Attach it again."))
    return [attachment_view(rows[one]) for one in dict.fromkeys(attachments)]
