"""What the buyers decide, for those who sit among them and nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lockgate.base.refusal import NotFound
from lockgate.deals import rules
from lockgate.deals.models import Decision, Vote
from lockgate.deals.types import Choice, DecisionView, Voice
from lockgate.gateway import queries as gate
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import PlaceInSpace


def deliberation(viewer: Person, slug: str, at: datetime) -> PlaceInSpace:
    """The place of the buyers in a deal room, as ``viewer`` sits in it. NotFound for all others, its guests too."""
    place = spaces.place(viewer, slug, at)
    if place.lane or place.space_kind != "deal" or not viewer.firm.is_house:
        raise NotFound
    return place


def decisions(viewer: Person, slug: str, at: datetime) -> list[DecisionView]:
    """What is, or was, to be decided in a deal room, the latest first. NotFound for who is not among the buyers."""
    place = deliberation(viewer, slug, at)
    rows = (
        Decision.objects.filter(audience_id=place.audience_id).select_related("passage").order_by("-id")[:50]
    )
    return [view for one in rows if (view := _view(viewer, one, at)) is not None]


def decision(viewer: Person, slug: str, decision_id: int, at: datetime) -> DecisionView:
    """One of them; NotFound alike for all else."""
    place = deliberation(viewer, slug, at)
    row = (
        Decision.objects.filter(audience_id=place.audience_id, pk=decision_id)
        .select_related("passage")
        .first()
    )
    view = _view(viewer, row, at) if row is not None else None
    if view is None:
        raise NotFound
    return view


def _view(viewer: Person, row: Decision, at: datetime) -> DecisionView | None:
    """None where the question was not delivered, was taken back, or was asked before this viewer heard anything."""
    body = _heard(viewer, row.passage.message_id, row.passage_id, at)
    if not body:
        return None
    question, options = rules.options_of(body)
    votes = Vote.objects.filter(decision=row).select_related("reason").order_by("at", "pk")
    voices = [_voice(viewer, one, at) for one in votes]
    return DecisionView(
        id=row.pk,
        message_id=row.passage.message_id,
        passage_id=row.passage_id,
        question=question,
        choices=_choices(options, voices),
        called_by=row.called_by_id,
        called_at=row.called_at,
        chosen=row.chosen,
        decided_by=row.decided_by_id,
        decided_at=row.decided_at,
        has_voted=any(one.person_id == viewer.pk for one in voices),
    )


def _choices(options: Sequence[str], voices: Sequence[Voice]) -> tuple[Choice, ...]:
    return tuple(
        Choice(number, words, tuple(one for one in voices if one.option == number))
        for number, words in enumerate(options, 1)
    )


def _voice(viewer: Person, vote: Vote, at: datetime) -> Voice:
    reason = _heard(viewer, vote.reason.message_id, vote.reason_id, at)
    return Voice(vote.person_id, vote.option, reason.partition("\n\n")[2], vote.at)


def _heard(viewer: Person, message_id: int, passage_id: int, at: datetime) -> str:
    """The words of a message whose passage was delivered and is heard; "" otherwise."""
    try:
        found = gate.message(viewer, message_id, at)
    except NotFound:
        return ""
    is_out = any(one.passage_id == passage_id and one.position is not None for one in found.passages)
    return found.body if is_out else ""
