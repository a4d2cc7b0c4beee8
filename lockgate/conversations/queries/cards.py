"""What quotes and boosts show, for each reader by the one rule, at the moment of reading: who does not hear the post
that is shown gets what somebody gets for one that never was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lockgate.conversations.types import FeedKey
from lockgate.gateway.models import Passage, State
from lockgate.gateway.types import KEEPS_ITS_THREADS

if TYPE_CHECKING:
    from lockgate.spaces.models import Audience


def is_heard(floors: Mapping[int, int], audience_id: int, position: int | None) -> bool:
    """Whether what stands at ``position`` of an audience is heard by who hears from these floors on. Of an answer,
    ``position`` is its thread's."""
    return position is not None and floors.get(audience_id, position + 1) <= position


def with_cards(keys: Sequence[FeedKey], floors: Mapping[int, int]) -> list[FeedKey]:
    """The same keys with what they show, of what is heard by who hears ``floors``; one query."""
    if not keys:
        return []
    rows = Passage.objects.filter(pk__in=[one.passage_id for one in keys], shows__state=State.DELIVERED)
    found = {
        passage: (shown, version)
        for passage, shown, version, audience, position, thread, root in rows.values_list(
            "pk",
            "shows_id",
            "shows__version",
            "shows__audience_id",
            "shows__position",
            "shows__thread_id",
            "shows__thread__position",
        )
        if is_heard(floors, audience, position if thread is None else root)
    }
    return [one._replace(shown=found.get(one.passage_id)) for one in keys]


def may_be_shown(audience: Audience) -> bool:
    """Whether what is said there may be quoted or boosted anywhere; where, the gate says."""
    kind = audience.space.kind if audience.space is not None else ""
    return not (kind in KEEPS_ITS_THREADS or audience.lane or audience.sealed_until)
