"""Reads of rumours, always for a viewer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from lockgate.approvals import queries as approvals
from lockgate.base.ids import floor_id
from lockgate.base.refusal import NotFound
from lockgate.people.models import Person
from lockgate.people.queries import by_slug, cards
from lockgate.rumours import rules
from lockgate.rumours.models import Rumour, Wish
from lockgate.rumours.types import AskingPlace, RumourView
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import PlaceInSpace

OVER = ("refused", "rejected", "recalled")
_MOST = 200


def places(viewer: Person, at: datetime) -> list[AskingPlace]:
    """Where ``viewer`` may ask."""
    return [
        AskingPlace(one.key, one.name, rules.may_hide(spaces.hearers([one.audience_id], at).people))
        for one in spaces.places_of(viewer, at)
        if one.may_write and rules.may_be_asked_in(space_kind=one.space_kind, lane=one.lane)
    ]


def rumours(viewer: Person, at: datetime, *, key: str = "") -> list[RumourView]:
    """The rumours that ``viewer`` may know of at ``at``, in one place or in all, the newest day first: those that
    wait, and those that were answered where they sit."""
    seats = {one.audience_id: one for one in spaces.places_of(viewer, at) if not key or one.key == key}
    rows = _let_out().filter(audience__in=list(seats), same_as__isnull=True)
    found = list(rows.order_by("-asked_on", "id")[:_MOST])
    return _views(viewer, found, seats, at)


def rumour(viewer: Person, rumour_id: int, at: datetime) -> RumourView:
    """One that ``viewer`` may know of. Raises NotFound alike for all else."""
    row = _let_out().filter(pk=rumour_id).first()
    seats = {one.audience_id: one for one in spaces.places_of(viewer, at)}
    views = _views(viewer, [row] if row is not None else [], seats, at)
    if not views:
        raise NotFound
    return views[0]


def alike(viewer: Person, key: str, words: str, at: datetime) -> list[RumourView]:
    """Rumours of this place that ``viewer`` may know of and that say nearly the same."""
    return [
        one
        for one in rumours(viewer, at, key=key)
        if one.state != "set-aside" and rules.likeness(one.words, words) >= rules.ALIKE
    ][:5]


def answerers(audience_id: int, desk: str, at: datetime) -> set[int]:
    """Ids of those who may answer: who staffs the desk, or tends the space, and hears it at ``at``. A desk never
    brings a rumour before somebody who does not sit where it was asked."""
    if desk:
        names = {one.slug: (one.approver_slug, one.deputy_slug) for one in approvals.desks()}
        staff = [by_slug(slug) for slug in names.get(desk, ()) if slug]
        wanted = {one.pk for one in staff if one is not None and one.is_active}
        return {person for _audience, person in spaces.sitting(wanted, [audience_id], at)}
    seats = spaces.seats_at(at).filter(audience_id=audience_id)
    return {person for person, role in seats.values_list("person_id", "role") if rules.tends(role)}


def _let_out() -> QuerySet[Rumour]:
    return Rumour.objects.filter(released_at__isnull=False).select_related("answer", "audience__space")


def _views(
    viewer: Person, rows: Iterable[Rumour], seats: Mapping[int, PlaceInSpace], at: datetime
) -> list[RumourView]:
    rows = [
        one
        for one in rows
        if one.released_at is not None
        and one.audience_id in seats
        # Who hears nothing of what was said before they came hears no rumour of that time either.
        and floor_id(one.released_at) >= seats[one.audience_id].hears_from
    ]
    ids = [one.pk for one in rows]
    counts = dict(Wish.objects.filter(rumour__in=ids).values_list("rumour").annotate(Count("pk")))
    own = set(Wish.objects.filter(rumour__in=ids, person=viewer).values_list("rumour_id", flat=True))
    people = cards({one.asker_id for one in rows if one.asker_id is not None})
    desks = {one.slug: one.name for one in approvals.desks()}
    who: dict[tuple[int, str], bool] = {}
    found = []
    for one in rows:
        knows = (one.audience_id, one.desk)
        if knows not in who:
            who[knows] = viewer.pk in answerers(*knows, at)
        may_answer = who[knows] and one.asker_id != viewer.pk
        state = state_of(one)
        if not (one.is_shown or state == "answered" or may_answer or one.asker_id == viewer.pk):
            continue
        place = seats[one.audience_id]
        found.append(
            RumourView(
                id=one.pk,
                words=one.words,
                place_key=place.key,
                place_name=place.name,
                place_url=place.address,
                place_kind=place.kind,
                desk=one.desk,
                desk_name=desks.get(one.desk, ""),
                asker=people.get(one.asker_id) if one.asker_id is not None else None,
                asked_on=one.asked_on,
                wanted_by=counts.get(one.pk, 0),
                state=state,
                is_mine=one.asker_id == viewer.pk,
                wants=one.pk in own,
                may_answer=may_answer and state == "waiting",
                is_shown=one.is_shown,
                answer_message_id=one.answer.message_id if state == "answered" and one.answer else None,
                why=one.set_aside_why,
            )
        )
    return found


def state_of(row: Rumour) -> str:
    """An answer that was refused, rejected or taken back answers no more."""
    if row.answer is not None and row.answer.position is not None:
        return "answered"
    if row.answer is not None and row.answer.state not in OVER:
        return "answering"
    return "set-aside" if row.set_aside_why else "waiting"


def to_tell(limit: int) -> list[Wish]:
    """Wishes whose rumour has been answered, for the work process."""
    answered = Q(rumour__answer__position__isnull=False)
    rows = Wish.objects.filter(answered, is_told=False).select_related("person__firm", "rumour")
    return list(rows[:limit])
