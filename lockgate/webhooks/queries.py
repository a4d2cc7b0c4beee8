"""Reads of webhooks, each person their own."""

from __future__ import annotations

from lockgate.base.refusal import NotFound
from lockgate.people.models import Person
from lockgate.webhooks.models import Call, Endpoint, Source
from lockgate.webhooks.types import CallView, EndpointView, SourceView

_MOST = 100


def endpoints(owner: Person) -> list[EndpointView]:
    """The endpoints that ``owner`` opened, the latest first."""
    rows = Endpoint.objects.filter(owner=owner).select_related("audience__space", "hears_as").order_by("-pk")
    return [
        EndpointView(
            one.pk,
            one.name,
            one.url,
            tuple(one.kinds),
            one.hears_as.name,
            one.audience.key if one.audience is not None else "",
            one.created_at,
            one.ended_at,
            one.why_ended,
            one.failing_since,
        )
        for one in rows[:_MOST]
    ]


def calls(owner: Person, endpoint_id: int) -> list[CallView]:
    """The latest calls of an endpoint of ``owner``'s. Raises NotFound."""
    if not Endpoint.objects.filter(pk=endpoint_id, owner=owner).exists():
        raise NotFound
    return [
        CallView(one.pk, one.kind, one.state, one.attempts, one.last_word, one.due_at, one.settled_at)
        for one in Call.objects.filter(endpoint=endpoint_id).order_by("-pk")[:_MOST]
    ]


def sources(owner: Person) -> list[SourceView]:
    """The sources that ``owner`` opened, the latest first."""
    rows = Source.objects.filter(owner=owner).select_related("audience__space", "bot").order_by("-pk")
    return [
        SourceView(
            one.pk,
            str(one.reference),
            one.name,
            one.bot.name,
            one.audience.key,
            one.marking,
            one.created_at,
            one.ended_at,
            one.used_at,
        )
        for one in rows[:_MOST]
    ]
