"""What stands at the top of a room, and its questions."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from lockgate.conversations.models import Pin
from lockgate.conversations.queries.cards import with_cards
from lockgate.conversations.types import FeedKey, FeedPage, Line
from lockgate.gateway.models import Passage, State
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces

PAGE = 30


def pinned(viewer: Person, slug: str, at: datetime, *, lane: str = "") -> list[Line]:
    """What is pinned in a space and heard by ``viewer``, in the order of its spots. Raises NotFound."""
    place = spaces.place(viewer, slug, at, lane=lane)
    rows = (
        Pin.objects.filter(
            audience=place.audience_id,
            passage__state=State.DELIVERED,
            passage__position__gte=place.hears_from,
        )
        .select_related("passage__message__author", "passage__audience__space")
        .order_by("spot")
    )
    return [line(one.passage) for one in rows]


def questions(
    viewer: Person,
    slug: str,
    at: datetime,
    *,
    lane: str = "",
    state: str,
    before: int | None = None,
    limit: int = PAGE,
) -> FeedPage:
    """The questions of a space that are "open" or "answered", newest first. Raises NotFound."""
    place = spaces.place(viewer, slug, at, lane=lane)
    rows = Passage.objects.filter(
        question__audience=place.audience_id,
        audience=place.audience_id,
        state=State.DELIVERED,
        position__gte=place.hears_from,
    )
    answered = Q(question__acceptance__answer__position__isnull=False)
    rows = rows.filter(answered) if state == "answered" else rows.exclude(answered)
    if before is not None:
        rows = rows.filter(position__lt=before)
    keys = tuple(
        FeedKey(position or 0, passage, version)
        for position, passage, version in rows.order_by("-position").values_list("position", "pk", "version")[
            :limit
        ]
    )
    shown = with_cards(keys, spaces.audible(viewer, at))
    return FeedPage(tuple(shown), keys[-1].position if len(keys) == limit else None)


def line(passage: Passage) -> Line:
    """A post in a short list; needs message, author, audience and space loaded."""
    space = passage.audience.space
    return Line(
        passage_id=passage.pk,
        message_id=passage.message_id,
        author_name=passage.message.author.name,
        body=passage.message.body,
        place_name=space.name if space else "",
        place_url=f"/spaces/{space.slug}" if space else "",
        kind=passage.audience.kind,
        delivered_at=passage.delivered_at or passage.message.written_at,
    )
