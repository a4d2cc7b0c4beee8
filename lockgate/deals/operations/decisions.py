"""Deciding among the buyers: a question with options, one vote each with its reason, and the decision. Every word goes
through the gate into the deliberation, which no guest ever heard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.deals import events, rules
from lockgate.deals.models import Decision, Vote
from lockgate.deals.queries import decision, deliberation
from lockgate.deals.refusals import HasDecided, HasVoted
from lockgate.deals.types import DecisionView
from lockgate.gateway.operations import submit
from lockgate.gateway.types import Submitted
from lockgate.people.models import Person
from lockgate.spaces.types import PlaceInSpace


def call(*, by: Person, at: datetime, slug: str, question: str, options: Sequence[str]) -> Submitted:
    """Ask the buyers to decide between ``options`` (two to ten). NotFound for who is not among them; else what
    ``submit`` raises. Where the gate holds the words, nobody votes before they are signed."""
    place = _writing(by, slug, at)
    listed = [" ".join(one.split()) for one in options if one.strip()]
    if not question.strip() or not 2 <= len(listed) <= rules.MOST_OPTIONS:
        raise BadInput(_("Write the question and two to ten options, one a line."))
    if len(set(listed)) < len(listed):
        raise BadInput(_("Two of the options are the same."))

    def alongside(sent: Submitted) -> None:
        row = Decision.objects.create(
            id=new_id(at),
            audience_id=place.audience_id,
            passage_id=sent.passages[0].passage_id,
            options=len(listed),
            called_by=by,
            called_at=at,
        )
        record([_fact(events.DECISION_CALLED, row.pk, by, at, sent.message_id)])

    return submit(
        by=by,
        at=at,
        body=rules.written(_("To be decided:"), " ".join(question.split()), listed),
        marking=_marking(place),
        places=[place.key],
        justification=_("For those who decide."),
        slot="",
        alongside=alongside,
    )


def vote(*, by: Person, at: datetime, slug: str, decision_id: int, option: int, reason: str) -> Submitted:
    """Choose an option and say why; once, and for good. NotFound for who is not among the buyers or only observes,
    HasVoted, HasDecided, BadInput."""
    place, asked = _writing(by, slug, at), decision(by, slug, decision_id, at)
    words = _option(asked, option)
    if not reason.strip():
        raise BadInput(_("Say why: the reason stands beside your vote."))
    if asked.chosen is not None:
        raise _has_decided()
    if asked.has_voted:
        raise _has_voted()

    def alongside(sent: Submitted) -> None:
        # Asked again in the transaction: a vote and the decision may come at one moment.
        if Decision.objects.select_for_update().get(pk=asked.id).decided_at is not None:
            raise _has_decided()
        Vote.objects.create(
            decision_id=asked.id, person=by, option=option, reason_id=sent.passages[0].passage_id, at=at
        )
        record([_fact(events.VOTE_CAST, asked.id, by, at, sent.message_id, str(option))])

    try:
        return submit(
            by=by,
            at=at,
            body=f"**{_('I choose “%(option)s”.') % {'option': words}}**\n\n{reason.strip()}",
            marking=_marking(place),
            answers=asked.passage_id,
            justification=_("For those who decide."),
            slot="",
            alongside=alongside,
        )
    except IntegrityError as error:
        raise _has_voted() from error


def decide(*, by: Person, at: datetime, slug: str, decision_id: int, option: int, why: str) -> Submitted:
    """Take the decision, with its reasons; no vote comes after it. NotFound for who does not own the room, HasDecided,
    BadInput."""
    place, asked = _writing(by, slug, at), decision(by, slug, decision_id, at)
    if place.role != "owner":
        raise NotFound
    words = _option(asked, option)
    if not why.strip():
        raise BadInput(_("Say why it is decided so: it stands in the record."))
    if asked.chosen is not None:
        raise _has_decided()

    def alongside(sent: Submitted) -> None:
        open_one = Decision.objects.filter(pk=asked.id, decided_at__isnull=True)
        if not open_one.update(chosen=option, decided_by=by, decided_at=at):
            raise _has_decided()
        record([_fact(events.DECISION_TAKEN, asked.id, by, at, sent.message_id, str(option))])

    return submit(
        by=by,
        at=at,
        body=f"**{_('Decided: “%(option)s”.') % {'option': words}}**\n\n{why.strip()}",
        marking=_marking(place),
        answers=asked.passage_id,
        justification=_("For those who decide."),
        slot="",
        alongside=alongside,
    )


def _writing(by: Person, slug: str, at: datetime) -> PlaceInSpace:
    place = deliberation(by, slug, at)
    if not place.may_write:
        raise NotFound
    return place


def _marking(place: PlaceInSpace) -> int:
    return min(Marking.CONFIDENTIAL, place.ceiling)


def _option(asked: DecisionView, number: int) -> str:
    for one in asked.choices:
        if one.number == number:
            return one.words
    raise BadInput(_("Choose one of the options."))


def _has_voted() -> HasVoted:
    return HasVoted(_("You have voted here already, and a vote stands."))


def _has_decided() -> HasDecided:
    return HasDecided(_("This is decided."), _("Ask anew if it must be decided again."))


def _fact(event: str, decision_id: int, by: Person, at: datetime, message_id: int, body: str = "") -> Fact:
    return Fact(
        event, f"v:{decision_id}", by.pseudonym, at, parent=f"m:{message_id}", body=body.encode() or None
    )
