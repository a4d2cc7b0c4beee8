"""What a deployment must have, looked at once for `lockgate serve` (which refuses) and `lockgate doctor`
(which tells)."""

from __future__ import annotations

from lockgate.cli.examination import database, edges, machine, rooms
from lockgate.cli.examination.observation import Observation
from lockgate.cli.tables import unapplied

__all__ = ["Observation", "examine"]


def examine(*, may_migrate: bool = False, asks_channels: bool = False) -> list[Observation]:
    """Everything that can be seen, in the order in which one would mend it. With ``asks_channels`` the network too."""
    seen = [
        *machine.secret(),
        *machine.modes(),
        *machine.hosts(),
        *machine.folders(),
        *machine.private(),
    ]
    answers = list(database.database())
    seen += answers
    if any(one.is_grave for one in answers):
        return seen
    seen += database.tables(may_migrate)
    if not unapplied():
        for look in (
            rooms.people,
            rooms.archive,
            rooms.search,
            rooms.channels,
            rooms.deliveries,
            edges.mail,
            edges.ways_in,
            database.clocks,
        ):
            seen += look()
        if asks_channels:
            seen += rooms.introductions()
            seen += edges.directories_answer()
    return [*seen, *machine.processes()]
