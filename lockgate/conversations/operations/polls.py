"""Voting. An open poll keeps who chose what; an anonymous one keeps who has voted and, apart from it, how often each
option was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError
from django.db.models import Case, F, IntegerField, Value, When
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.conversations import events, rules
from lockgate.conversations.models import Ballot, Poll, Tally, Voted
from lockgate.conversations.queries.hearing import heard
from lockgate.conversations.refusals import HasVoted, ObserversListen, PollClosed
from lockgate.gateway.operations import redraw
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces


def vote(*, by: Person, at: datetime, passage_id: int, options: Sequence[int]) -> None:
    """Choose, once and for good; options are counted from 1. Raises NotFound where ``by`` does not hear the poll,
    ObserversListen, PollClosed, HasVoted, BadInput for no option, one too many, or one that is not there."""
    try:
        with change():
            _vote(by, at, passage_id, sorted(set(options)))
    except IntegrityError as error:
        # The same person voted twice at one moment: one of the two stands.
        raise _has_voted() from error


def _vote(by: Person, at: datetime, passage_id: int, chosen: list[int]) -> None:
    passage = heard(by, passage_id, at)
    # One vote after another for a poll: each leaves all its tallies written anew.
    row = Poll.objects.select_for_update().filter(pk=passage.passage_id).first()
    if row is None:
        raise NotFound
    if spaces.role_in(by, passage.audience_id, at) == "observer":
        raise ObserversListen(_("You listen here as an observer, so you do not vote."))
    if rules.is_closed(row.closes_at, at):
        raise PollClosed(_("This poll is closed."))
    if Voted.objects.filter(poll=row, person=by).exists():
        raise _has_voted()
    _words, known = rules.options_of(passage.body)
    if not chosen or not all(1 <= one <= len(known) for one in chosen):
        raise BadInput(_("Choose one of the options."))
    if len(chosen) > 1 and not row.is_multiple:
        raise BadInput(_("Only one option can be chosen here."))
    Voted.objects.create(poll=row, person=by)
    if row.is_anonymous:
        _count(row, chosen, len(known))
    else:
        Ballot.objects.bulk_create([Ballot(poll=row, person=by, option=one) for one in chosen])
    # Of an anonymous vote the archive learns that there was one: neither whose it was nor what was chosen.
    record(
        [
            Fact(
                events.VOTE_CAST,
                f"x:{passage.passage_id}",
                "system" if row.is_anonymous else by.pseudonym,
                at,
                parent=f"m:{passage.message_id}",
                body=None if row.is_anonymous else " ".join(str(one) for one in chosen).encode(),
            )
        ]
    )
    redraw(passage_id=passage.passage_id, audience_id=passage.audience_id, thread_id=None, at=at)


def _count(row: Poll, chosen: list[int], options: int) -> None:
    """Every tally is written with every vote, so that no row bears the mark of the one vote that changed it."""
    if not Tally.objects.filter(poll=row).exists():
        Tally.objects.bulk_create([Tally(poll=row, option=one) for one in range(1, options + 1)])
    Tally.objects.filter(poll=row).update(
        count=F("count")
        + Case(When(option__in=chosen, then=Value(1)), default=Value(0), output_field=IntegerField())
    )


def _has_voted() -> HasVoted:
    return HasVoted(_("You have voted here already, and a vote stands."))
