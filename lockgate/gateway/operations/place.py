"""Lay the passages of a message down, each in the state that its ruling gives it. Shared by submit and revise;
always inside their transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.markings import Marking
from lockgate.base.rows import execute, insert, settle, stored
from lockgate.channels import queries as channels
from lockgate.gateway import events, rules
from lockgate.gateway.attached import whole_text, words_before
from lockgate.gateway.files import stored_at
from lockgate.gateway.models import Passage, Ruling, State
from lockgate.gateway.operations.asking import ask_desks
from lockgate.gateway.types import AttachmentView, PlaceChoice, PlaceRuling
from lockgate.notices.operations import announce
from lockgate.people.models import Person
from lockgate.policy import operations as policy
from lockgate.policy.queries import finding_to_json
from lockgate.policy.types import Outcome
from lockgate.policy.types import Ruling as PolicyRuling
from lockgate.publishing.operations import plan
from lockgate.publishing.types import Attached


@dataclass(frozen=True, slots=True)
class Placed:
    """A passage as it was laid down."""

    passage_id: int
    place: PlaceChoice
    ruling: PolicyRuling
    state: str
    position: int | None
    deliver_at: datetime | None


RULING_COLUMNS = (
    "id",
    "message_id",
    "revision",
    "place",
    "outcome",
    "findings",
    "policy_version",
    "content_hash",
    "ruled_at",
)
PASSAGE_COLUMNS = (
    "id",
    "message_id",
    "audience_id",
    "account_id",
    "thread_id",
    "ruling_id",
    "marking",
    "state",
    "deliver_at",
    "position",
    "delivered_at",
    "version",
    "answers_count",
    "outside_url",
    "last_word",
)


def first_state(ruling: PolicyRuling, justification: str, *, is_public: bool, is_later: bool) -> str:
    """The state that a passage begins in. What may not go is held: only an explicit "may go" lets it through."""
    if ruling.outcome == Outcome.REFUSE:
        return State.REFUSED
    if not rules.may_go(ruling, justification):
        return State.HELD
    if is_later:
        return State.SCHEDULED
    return State.QUEUED if is_public else State.DELIVERED


def needs_no_answer(ruled: Sequence[PlaceRuling], marking: int, justification: str) -> bool:
    """Whether laying these down only inserts: nobody is asked to sign, nothing is queued, nothing is fingerprinted.

    Most posts are so, and their statements may travel together (``base.rows.together``).
    """
    return marking < Marking.CONFIDENTIAL and all(
        not one.place.is_public and rules.may_go(one.ruling, justification) for one in ruled
    )


def lay_down(
    *,
    by: Person,
    at: datetime,
    message_id: int,
    revision: int,
    body: str,
    marking: int,
    digest: bytes,
    ruled: Sequence[PlaceRuling],
    attachments: Sequence[AttachmentView],
    thread: Passage | None,
    deliver_at: datetime | None,
    justification: str,
    facts: list[Fact],
    shows: int | None = None,
) -> list[Placed]:
    """Insert rulings and passages; record ``facts`` (the caller's own first) with theirs; then deliver, queue, schedule
    or ask for signatures, so that the log tells it in the order in which it happened."""
    moment = stored(at)
    later = stored(deliver_at) if deliver_at is not None else None
    placed = []
    rulings = []
    passages = []
    happened = []
    for one in ruled:
        passage_id, ruling_id = new_id(at), new_id(at)
        state = first_state(
            one.ruling, justification, is_public=one.place.is_public, is_later=deliver_at is not None
        )
        position = new_id(at) if state == State.DELIVERED else None
        placed.append(Placed(passage_id, one.place, one.ruling, state, position, deliver_at))
        rulings.append(
            (
                ruling_id,
                message_id,
                revision,
                one.place.key,
                int(one.ruling.outcome),
                findings_as_text(one),
                one.ruling.policy_version,
                digest,
                moment,
            )
        )
        # A refused passage above its place's ceiling is not stored as a passage at all: the database would refuse
        # it, rightly. Its ruling and its archive entry remain.
        if marking <= one.place.ceiling:
            passages.append(
                (
                    passage_id,
                    message_id,
                    one.place.audience_id,
                    one.place.account_id,
                    thread.pk if thread is not None else None,
                    ruling_id,
                    marking,
                    str(state),
                    later,
                    position,
                    moment if position is not None else None,
                    1,
                    0,
                    "",
                    "",
                )
            )
        facts.append(ruled_fact(passage_id, message_id, one, marking, at))
        if state == State.DELIVERED:
            facts.append(delivered_fact(passage_id, message_id, marking, at, by.pseudonym))
            happened.append((one.place.audience_id, passage_id, "delivered"))
        elif state == State.SCHEDULED:
            facts.append(
                Fact(events.PASSAGE_SCHEDULED, f"x:{passage_id}", by.pseudonym, at, parent=f"m:{message_id}")
            )
        elif state == State.QUEUED:
            facts.append(queued_fact(passage_id, message_id, at, by.pseudonym))
    insert("gateway_ruling", RULING_COLUMNS, rulings)
    settle()  # the triggers of a passage look at its message and its ruling
    if shows is None:
        insert("gateway_passage", PASSAGE_COLUMNS, passages)
    else:
        insert("gateway_passage", (*PASSAGE_COLUMNS, "shows_id"), [(*one, shows) for one in passages])
    record(facts)
    for one_placed in placed:
        if one_placed.state == State.HELD:
            ask_desks(
                passage_id=one_placed.passage_id,
                message_id=message_id,
                author=by,
                audience_id=one_placed.place.audience_id,
                place_key=one_placed.place.key,
                desks=rules.desks_of(one_placed.ruling, one_placed.place),
                content_hash=digest,
                policy_version=one_placed.ruling.policy_version,
                justification=justification,
                at=at,
            )
        elif one_placed.state == State.QUEUED:
            queue(one_placed.passage_id, message_id, one_placed.place, body, attachments, digest, by, at)
    protect(message_id, [one.place for one in placed], body, attachments, marking, at, is_new=revision == 1)
    if thread is not None and happened:
        execute(
            "UPDATE gateway_passage SET answers_count = answers_count + 1, version = version + 1 WHERE id = %s",
            [thread.pk],
        )
        happened = [(audience, thread.pk, "answered") for audience, _passage, _kind in happened]
    announce(happened, at=at)
    return placed


def findings_as_text(one: PlaceRuling) -> str:
    return orjson.dumps([finding_to_json(finding) for finding in one.ruling.findings]).decode()


def ruling_row(
    ruling_id: int, message_id: int, revision: int, one: PlaceRuling, digest: bytes, at: datetime
) -> Ruling:
    return Ruling(
        id=ruling_id,
        message_id=message_id,
        revision=revision,
        place=one.place.key,
        outcome=int(one.ruling.outcome),
        findings=[finding_to_json(finding) for finding in one.ruling.findings],
        policy_version=one.ruling.policy_version,
        content_hash=digest,
        ruled_at=at,
    )


def ruled_fact(passage_id: int, message_id: int, one: PlaceRuling, marking: int, at: datetime) -> Fact:
    return Fact(
        action=events.PASSAGE_RULED,
        record=f"x:{passage_id}",
        actor="system",
        at=at,
        parent=f"m:{message_id}",
        rule=one.ruling.policy_version,
        marking=marking,
        body=orjson.dumps(
            {
                "outcome": one.ruling.outcome.word,
                "place": one.place.key,
                "reasons": [finding_to_json(finding) for finding in one.ruling.findings],
            }
        ),
    )


def delivered_fact(passage_id: int, message_id: int, marking: int, at: datetime, actor: str) -> Fact:
    return Fact(
        action=events.PASSAGE_DELIVERED,
        record=f"x:{passage_id}",
        actor=actor,
        at=at,
        parent=f"m:{message_id}",
        marking=marking,
    )


def protect(
    message_id: int,
    places: Sequence[PlaceChoice],
    body: str,
    files: Sequence[AttachmentView],
    marking: int,
    at: datetime,
    *,
    is_new: bool = False,
) -> None:
    """Keep the fingerprints of words that are Confidential or above, those of the files included, from the moment they
    are submitted, also while they wait: a copy of them is a copy, whoever has heard them. What a message said before
    stays protected with it; of one that ``is_new`` there is nothing before."""
    if marking < Marking.CONFIDENTIAL:
        return
    text = "\n\n".join([whole_text(body, files), *([] if is_new else words_before(message_id))])
    for audience in {place.audience_id for place in places if not place.is_public}:
        policy.remember(message_id=message_id, audience_id=audience, text=text, marking=marking, at=at)


def queued_fact(passage_id: int, message_id: int, at: datetime, actor: str) -> Fact:
    return Fact(events.PASSAGE_QUEUED, f"x:{passage_id}", actor, at, parent=f"m:{message_id}")


def queue(
    passage_id: int,
    message_id: int,
    place: PlaceChoice,
    body: str,
    attachments: Sequence[AttachmentView],
    digest: bytes,
    by: Person,
    at: datetime,
) -> None:
    """Put a passage into the outbox of its channel; the row is the promise that it will be delivered once."""
    if place.account_id is None:
        raise ValueError("only a channel has an outbox")
    plan(
        passage_id=passage_id,
        message_id=message_id,
        account=channels.account(place.key.removeprefix("channel:")),
        markdown=body,
        attachments=[
            Attached(
                path=stored_at(one.id),
                name=one.name,
                media_type=one.media_type,
                alt=one.alt,
                sha256=one.sha256,
            )
            for one in attachments
        ],
        content_hash=digest,
        language=by.language,
        at=at,
    )
