"""Events, praise, the FAQ of a room, and what a draft asks: always for a viewer."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import QuerySet

from lockgate.base.refusal import NotFound
from lockgate.conversations import rules
from lockgate.conversations.models import CalendarKey, Coming, DraftAsks, Event, FaqEntry, Mention, Question
from lockgate.conversations.queries.cards import with_cards
from lockgate.conversations.queries.hearing import all_heard, heard
from lockgate.conversations.types import Asks, EventView, FaqLine, FeedKey, Heard
from lockgate.gateway.models import Passage, State
from lockgate.people.models import Person
from lockgate.people.queries import cards
from lockgate.spaces import queries as spaces

_KEPT = timedelta(days=90)


def event(viewer: Person, passage_id: int, at: datetime) -> EventView:
    """An event that ``viewer`` hears, with who comes. Raises NotFound."""
    passage = heard(viewer, passage_id, at)
    row = Event.objects.filter(pk=passage.passage_id).select_related("passage").first()
    if row is None:
        raise NotFound
    return event_view(viewer, row, passage, at, role=spaces.role_in(viewer, passage.audience_id, at))


def event_view(viewer: Person, row: Event, passage: Heard, at: datetime, *, role: str) -> EventView:
    """The caller has asked whether ``viewer`` hears it."""
    answers = dict(Coming.objects.filter(event=row).order_by("at").values_list("person_id", "answer"))
    # Who was cleared from the room is no longer of those who come.
    here = set(spaces.hearing(passage.audience_id, passage.position, at))
    people = cards(spaces.known_to(viewer, at, among={one for one in answers if one in here}))
    return EventView(
        passage_id=row.pk,
        message_id=passage.message_id,
        title=rules.title_of(passage.body),
        body=passage.body,
        place_name=passage.place_name,
        marking=row.passage.marking,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        time_zone=row.time_zone,
        mine=answers.get(viewer.pk, ""),
        is_over=row.ends_at <= at,
        may_answer=role not in ("", "observer") and row.ends_at > at,
        coming=tuple(
            (
                kind,
                tuple(people[one] for one, said in answers.items() if said == kind and one in people),
                sum(said == kind and one in here and one not in people for one, said in answers.items()),
            )
            for kind in rules.COMING
        ),
    )


def calendar(viewer: Person, at: datetime, *, limit: int = 200) -> list[EventView]:
    """Events that ``viewer`` hears at ``at`` and did not decline, from three months ago on, the earliest first."""
    floors = spaces.audible(viewer, at)
    rows = Event.objects.filter(
        audience__in=list(floors), ends_at__gt=at - _KEPT, passage__state=State.DELIVERED
    ).select_related("passage")
    found = {one.pk: one for one in rows.order_by("ends_at")[: limit * 2]}
    passages = all_heard(viewer, list(found), at)
    own = dict(Coming.objects.filter(person=viewer, event__in=list(found)).values_list("event_id", "answer"))
    views = [
        EventView(
            passage_id=one.passage_id,
            message_id=one.message_id,
            title=rules.title_of(one.body),
            body=one.body,
            place_name=one.place_name,
            marking=found[one.passage_id].passage.marking,
            begins_at=found[one.passage_id].begins_at,
            ends_at=found[one.passage_id].ends_at,
            time_zone=found[one.passage_id].time_zone,
            mine=own.get(one.passage_id, ""),
            is_over=found[one.passage_id].ends_at <= at,
        )
        for one in passages
        if own.get(one.passage_id) != "no"
    ]
    return sorted(views, key=lambda one: (one.begins_at, one.passage_id))[:limit]


def calendar_of(key: str) -> Person | None:
    """Whose calendar this secret opens; None for all others, and for who has left."""
    digest = hashlib.sha256(key.encode()).hexdigest()
    row = CalendarKey.objects.filter(digest=digest).select_related("person__firm").first()
    return row.person if row is not None and row.person.is_active else None


def has_calendar_key(viewer: Person) -> bool:
    return CalendarKey.objects.filter(person=viewer).exists()


def praise_of(viewer: Person, person_id: int, at: datetime, *, limit: int = 10) -> list[FeedKey]:
    """Praise of a person that ``viewer`` hears, the newest first. Whether they may know of the person was asked."""
    ids = Mention.objects.filter(person=person_id, passage__praise__isnull=False)
    return _feed(viewer, _delivered(ids.values_list("passage_id", flat=True)), at, limit)


def _delivered(ids: QuerySet[Mention, int]) -> list[int]:
    rows = Passage.objects.filter(pk__in=ids, state=State.DELIVERED).order_by("-position")
    return list(rows.values_list("pk", flat=True)[:300])


def _feed(viewer: Person, ids: Collection[int], at: datetime, limit: int) -> list[FeedKey]:
    heard_now = {one.passage_id for one in all_heard(viewer, list(ids), at) if one.thread_id is None}
    rows = Passage.objects.filter(pk__in=heard_now).order_by("-position")[:limit]
    keys = [FeedKey(one.position or 0, one.pk, one.version) for one in rows]
    return with_cards(keys, spaces.audible(viewer, at))


def faq(viewer: Person, slug: str, at: datetime, *, lane: str = "") -> list[FaqLine]:
    """The FAQ of a room that ``viewer`` hears, the oldest entry first. A question whose answer is accepted no longer,
    or taken back, stands in it no more. Raises NotFound."""
    place = spaces.place(viewer, slug, at, lane=lane)
    rows = (
        FaqEntry.objects.filter(
            audience=place.audience_id,
            question__passage__state=State.DELIVERED,
            question__passage__position__gte=place.hears_from,
            question__acceptance__answer__position__gte=place.hears_from,
        )
        .select_related("question__passage__message", "question__acceptance__answer__message__author")
        .order_by("at", "pk")
    )
    return [
        FaqLine(
            question_id=one.question_id,
            message_id=one.question.passage.message_id,
            question=one.question.passage.message.body,
            answer=one.question.acceptance.answer.message.body,
            answered_by=one.question.acceptance.answer.message.author.name,
            at=one.question.acceptance.at,
        )
        for one in rows[:300]
    ]


def questions_among(viewer: Person, passages: Collection[int], at: datetime) -> list[Heard]:
    """Those of these passages, or their threads, that are questions which ``viewer`` hears, in the order given."""
    roots = list(dict.fromkeys(one.root_id for one in all_heard(viewer, passages, at)))
    asked = set(Question.objects.filter(pk__in=roots).values_list("pk", flat=True))
    found = {one.passage_id: one for one in all_heard(viewer, [one for one in roots if one in asked], at)}
    return [found[one] for one in roots if one in found]


def draft_asks(viewer: Person, slot: str = "new") -> Asks | None:
    """What the viewer's own draft in ``slot`` asks."""
    row = DraftAsks.objects.filter(person=viewer, slot=slot).first()
    if row is None:
        return None
    kept = row.asks
    moments = {
        name: datetime.fromisoformat(kept[name]) if kept.get(name) else None
        for name in ("closes_at", "begins_at", "ends_at")
    }
    return Asks(
        kept["kind"],
        options=tuple(kept.get("options", ())),
        is_multiple=bool(kept.get("is_multiple")),
        is_anonymous=bool(kept.get("is_anonymous")),
        time_zone=kept.get("time_zone", ""),
        **moments,
    )
