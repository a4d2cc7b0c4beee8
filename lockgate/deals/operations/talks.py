"""Said to every firm alike, and the end of the talks."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.gateway.operations import submit
from lockgate.gateway.types import Submitted
from lockgate.people.models import Person
from lockgate.spaces import operations as seats
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import place_key


def answer_all(
    *,
    by: Person,
    at: datetime,
    slug: str,
    question: str,
    answer: str,
    marking: int,
    justification: str = "",
) -> Submitted:
    """One answer into every firm's lane. Who asked is not named, and nothing binds it to their question: it begins
    a thread
    of its own in each lane, also in the one where it was asked.

    Raises NotFound unless ``by`` owns the room, or does not sit in each lane; else what ``submit`` raises.
    """
    if spaces.place(by, slug, at).role != "owner":
        raise NotFound
    places = [one.key for one in spaces.lanes(by, slug, at) if one.sealed_until is None]
    question, answer = question.strip(), answer.strip()
    if not places:
        raise BadInput(_("No firm has a lane here yet."), _("Open the lanes first."))
    if not question or not answer:
        raise BadInput(_("Write the question as everybody may read it, and the answer."))
    body = "\n\n".join(
        [_("**A question was asked:**"), question, _("**Our answer, to all who take part:**"), answer]
    )
    return submit(
        by=by, at=at, body=body, marking=marking, places=places, justification=justification, slot=""
    )


def clear(
    *, by: Person, at: datetime, slug: str, why: str, decision: str = "", marking: int = 2
) -> tuple[int, Submitted | Refusal | None]:
    """Every guest leaves; then the ``decision`` with its reasons is said among the buyers. Answers how many people
    left, and
    what became of the decision: a refusal of its words undoes no clearing. Raises NotFound unless ``by`` owns the
    room."""
    left = seats.clear_room(by=by, at=at, slug=slug, why=why)
    if not decision.strip():
        return left, None
    try:
        return left, submit(
            by=by,
            at=at,
            body=decision,
            marking=marking,
            places=[place_key(slug)],
            justification=why,
            slot="",
        )
    except Refusal as refusal:
        return left, refusal


__all__ = ["answer_all", "clear"]
