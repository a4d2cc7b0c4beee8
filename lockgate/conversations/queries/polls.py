"""Polls for one viewer: the options, whether they voted, and the result where it may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from lockgate.base.refusal import NotFound
from lockgate.conversations import rules
from lockgate.conversations.models import Ballot, Poll, Tally, Voted
from lockgate.conversations.queries.hearing import heard
from lockgate.conversations.types import Asks, Heard, OptionResult, PollView
from lockgate.people.models import Person
from lockgate.people.queries import cards
from lockgate.spaces import queries as spaces


def poll(viewer: Person, passage_id: int, at: datetime) -> PollView:
    """A poll that ``viewer`` hears. Raises NotFound."""
    passage = heard(viewer, passage_id, at)
    row = Poll.objects.filter(pk=passage.passage_id).first()
    if row is None:
        raise NotFound
    return poll_view(viewer, row, passage, at)


def polls_asked(bodies: Mapping[int, str]) -> dict[int, tuple[str, Asks]]:
    """{passage id: (words, what is asked)} of those of these passages that are polls, by their bodies; for whoever
    wrote them, before anybody hears them."""
    asked = {}
    for row in Poll.objects.filter(pk__in=list(bodies)):
        words, options = rules.options_of(bodies[row.pk])
        asked[row.pk] = (
            words,
            Asks(
                "poll",
                options,
                is_multiple=row.is_multiple,
                is_anonymous=row.is_anonymous,
                closes_at=row.closes_at,
            ),
        )
    return asked


def poll_view(
    viewer: Person, row: Poll, passage: Heard, at: datetime, *, role: str | None = None
) -> PollView:
    """``row`` as ``viewer`` sees it; that they hear it was asked."""
    role = spaces.role_in(viewer, passage.audience_id, at) if role is None else role
    voters = list(Voted.objects.filter(poll=row).values_list("person_id", flat=True))
    has_voted, closed = viewer.pk in voters, rules.is_closed(row.closes_at, at)
    _words, options = rules.options_of(passage.body)
    shown = rules.shows_result(
        is_anonymous=row.is_anonymous, has_voted=has_voted, is_closed=closed, voters=len(voters)
    )
    return PollView(
        passage_id=passage.passage_id,
        options=options,
        is_multiple=row.is_multiple,
        is_anonymous=row.is_anonymous,
        closes_at=row.closes_at,
        is_closed=closed,
        has_voted=has_voted,
        may_vote=not closed and not has_voted and role not in ("", "observer"),
        voters=len(voters),
        results=_results(viewer, row, options, at) if shown else None,
    )


def _results(viewer: Person, row: Poll, options: tuple[str, ...], at: datetime) -> tuple[OptionResult, ...]:
    if row.is_anonymous:
        counts = dict(Tally.objects.filter(poll=row).values_list("option", "count"))
        return tuple(
            OptionResult(number, words, counts.get(number, 0))
            for number, words in enumerate(options, start=1)
        )
    chosen: dict[int, list[int]] = {}
    for option, person in Ballot.objects.filter(poll=row).order_by("pk").values_list("option", "person_id"):
        chosen.setdefault(option, []).append(person)
    voted = {one for some in chosen.values() for one in some}
    people = cards(spaces.known_to(viewer, at, among=voted))
    return tuple(
        OptionResult(
            number,
            words,
            len(chosen.get(number, ())),
            tuple(people[one].name for one in chosen.get(number, ()) if one in people),
        )
        for number, words in enumerate(options, start=1)
    )
