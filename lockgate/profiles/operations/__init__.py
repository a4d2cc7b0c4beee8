"""Writing of oneself, the photo, absences, lines and teams. Each is one transaction with its record in the archive,
which tells that something changed and never what was written."""

from lockgate.profiles.operations.absences import end_absence, note_absence
from lockgate.profiles.operations.organisation import (
    ComesRound,
    add_to_team,
    close_team,
    describe_team,
    draw_line,
    open_team,
    take_from_team,
)
from lockgate.profiles.operations.profile import remove_photo, set_photo, write

__all__ = [
    "ComesRound",
    "add_to_team",
    "close_team",
    "describe_team",
    "draw_line",
    "end_absence",
    "note_absence",
    "open_team",
    "remove_photo",
    "set_photo",
    "take_from_team",
    "write",
]
