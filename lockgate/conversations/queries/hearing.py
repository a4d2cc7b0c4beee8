"""What a viewer hears, asked of the one rule for the passages that talk is about."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from lockgate.base.ids import MOST
from lockgate.base.refusal import NotFound
from lockgate.conversations.models import Mention
from lockgate.conversations.types import Heard
from lockgate.gateway.models import Passage, State
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces


def heard(viewer: Person, passage_id: int, at: datetime) -> Heard:
    """One delivered post or answer that ``viewer`` hears now. Raises NotFound alike for all else."""
    found = all_heard(viewer, [passage_id], at)
    if not found:
        raise NotFound
    return found[0]


def all_heard(viewer: Person, passage_ids: Collection[int], at: datetime) -> list[Heard]:
    """Of these passages, those that ``viewer`` hears now; an answer only while its thread stands."""
    known = [one for one in passage_ids if one <= MOST]
    if not known:
        return []
    floors = spaces.audible(viewer, at)
    rows = Passage.objects.filter(pk__in=known, state=State.DELIVERED).select_related(
        "message__author", "audience__space", "thread"
    )
    return [
        found
        for row in rows
        if (found := _as_heard(row)) is not None
        and floors.get(row.audience_id, found.position + 1) <= found.position
        and (row.thread is None or _stands(row.thread, floors))
    ]


def said_before(viewer: Person, audience_id: int, before: int, at: datetime, *, limit: int) -> list[Heard]:
    """The latest ``limit`` posts and answers of one audience beneath position ``before`` that ``viewer`` hears, oldest
    first: for whoever is told at once what was said before they came."""
    floor = spaces.audible(viewer, at).get(audience_id)
    if floor is None:
        return []
    rows = Passage.objects.filter(audience_id=audience_id, position__gte=floor, position__lt=before)
    latest = list(rows.order_by("-position").values_list("pk", flat=True)[:limit])
    return sorted(all_heard(viewer, latest, at), key=lambda one: one.position)


def delivered(passage_id: int) -> Heard | None:
    """A delivered post as it stands, for the work process; who hears it is asked for each who is told."""
    return next(iter(all_delivered([passage_id])), None)


def all_delivered(passage_ids: Collection[int]) -> list[Heard]:
    """Those of these that are delivered, as they stand and in their order; for the work process, as ``delivered``."""
    rows = Passage.objects.filter(pk__in=list(passage_ids), state=State.DELIVERED)
    rows = rows.select_related("message__author", "audience__space").order_by("position")
    return [found for row in rows if (found := _as_heard(row)) is not None]


def _as_heard(row: Passage) -> Heard | None:
    if row.position is None or row.delivered_at is None:
        return None
    return Heard(
        passage_id=row.pk,
        audience_id=row.audience_id,
        position=row.position,
        thread_id=row.thread_id,
        message_id=row.message_id,
        author_id=row.message.author_id,
        author_name=row.message.author.name,
        body=row.message.body,
        is_public=row.account_id is not None,
        marking=row.marking,
        place_name=row.audience.space.name if row.audience.space else "",
        delivered_at=row.delivered_at,
    )


def _stands(root: Passage, floors: dict[int, int]) -> bool:
    return (
        root.state == State.DELIVERED
        and root.position is not None
        and floors.get(root.audience_id, root.position + 1) <= root.position
    )


def is_named(viewer: Person, passage_id: int) -> bool:
    """Whether a passage that ``viewer`` hears names them."""
    return Mention.objects.filter(passage=passage_id, person=viewer).exists()


def names(passage: Heard, person_id: int) -> bool:
    """Whether a passage names somebody, who then is told of that."""
    return Mention.objects.filter(passage=passage.passage_id, person=person_id).exists()
