"""Sign off: a person answers for a held passage, and what they decide takes effect in the same breath."""

from __future__ import annotations

from datetime import datetime

from lockgate.approvals import operations as approvals
from lockgate.approvals import queries as signatures
from lockgate.approvals.types import Decision, Standing, Verdict
from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.transactions import change
from lockgate.gateway import events
from lockgate.gateway.models import State
from lockgate.gateway.operations.release import choice_of, locked, release
from lockgate.notices.operations import tell
from lockgate.people.models import Person

_TOLD = {Verdict.APPROVE: "signed", Verdict.CHANGE: "change-asked", Verdict.REJECT: "rejected"}


def sign_off(*, request_id: int, by: Person, decision: str, word: str, at: datetime) -> Decision:
    """Approve, ask for a change, or reject (``decision`` "approve", "change", "reject") with a word of reason.

    With the last signature the passage goes on: into its space at once, into the outbox of its channel, or to its
    schedule. Raises what approvals raises: NotFound for who was not asked, AlreadyDecided for who came second.
    """
    passage_id = signatures.passage_of(request_id)
    with change():
        # The passage before its requests, as everybody locks them: an edit or a recall in this moment waits its
        # turn, and none of the two is thrown out by the database.
        passage = locked(passage_id) if passage_id is not None else None
        decided = approvals.sign_off(request_id=request_id, by=by, decision=decision, word=word, at=at)
        facts: list[Fact] = []
        if passage is not None and passage.state == State.HELD:
            told = (
                "signed-late"
                if decided.was_late and decided.verdict == Verdict.APPROVE
                else _TOLD[decided.verdict]
            )
            if decided.standing == Standing.SIGNED:
                release(passage, at=at, facts=facts)
            elif decided.standing in (Standing.CHANGE_ASKED, Standing.REJECTED):
                rejected = decided.standing == Standing.REJECTED
                passage.state = State.REJECTED if rejected else State.RETURNED
                passage.last_word = decided.word
                passage.version += 1
                passage.save()
                facts.append(
                    Fact(
                        events.PASSAGE_REJECTED if rejected else events.PASSAGE_RETURNED,
                        f"x:{passage.pk}",
                        by.pseudonym,
                        at,
                        parent=f"m:{passage.message_id}",
                    )
                )
            tell(
                [passage.message.author_id],
                told,
                words={"place": choice_of(passage).name, "who": by.name, "word": decided.word},
                message_id=passage.message_id,
                at=at,
            )
        if facts:
            record(facts)
    return decided


def escalate(*, request_id: int, by: Person, to: Person, word: str, at: datetime) -> None:
    """Pass a request on to somebody else, with a word of reason; the author is told where it now waits."""
    with change():
        escalation = approvals.escalate(request_id=request_id, by=by, to=to, word=word, at=at)
        request = escalation.request
        tell(
            [request.author_id],
            "escalated",
            words={"who": by.name, "to": to.name, "word": word[:500]},
            message_id=request.message_id,
            at=at,
        )
        tell(
            [to.pk], "asked", words={"who": by.name, "word": word[:500]}, message_id=request.message_id, at=at
        )
