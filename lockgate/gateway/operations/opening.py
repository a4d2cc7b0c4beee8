"""When a seal is broken: what was held in the box is ruled on anew, and the desks are asked. What was submitted in time
is signed, and delivered, after the deadline."""

from __future__ import annotations

import logging
from datetime import datetime

from lockgate.approvals import queries as signatures
from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import Refusal
from lockgate.base.transactions import change
from lockgate.gateway.models import Passage, State
from lockgate.gateway.operations.release import locked, release
from lockgate.spaces import queries as spaces

log = logging.getLogger("lockgate.gateway")


def ask_for_opened(*, at: datetime, limit: int = 50) -> int:
    """Ask for what was held in boxes that have been opened; answers how many passages moved. For the work process."""
    rows = Passage.objects.filter(state=State.HELD, audience__in=spaces.opened_boxes(at))
    waiting = list(rows.order_by("pk").values_list("pk", flat=True))
    asked = signatures.asked_about(waiting)
    moved = 0
    for passage_id in [one for one in waiting if one not in asked][:limit]:
        try:
            with change():
                passage = locked(passage_id)
                if passage is None or passage.state != State.HELD:
                    continue
                facts: list[Fact] = []
                release(passage, at=at, facts=facts)
                record(facts)
                moved += 1
        except Refusal as refusal:
            # Nobody can sign there: it waits, and whoever staffs the desk sees it in the log.
            log.warning("A submission waits for a desk that nobody can sign for: %s", refusal.sentence)
    return moved
