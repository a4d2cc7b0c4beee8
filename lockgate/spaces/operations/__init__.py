"""What is done in spaces. See the files for each verb."""

from lockgate.spaces.operations.archiving import archive_space
from lockgate.spaces.operations.clearing import clear_room
from lockgate.spaces.operations.glass import agree_to_glass, ask_for_glass, decline_glass
from lockgate.spaces.operations.inviting import invite
from lockgate.spaces.operations.joining import (
    accept,
    ask_to_join,
    decline,
    join,
    keep_words,
    set_entry,
    withdraw,
)
from lockgate.spaces.operations.lanes import AlreadyThere, open_lane, open_sealed, seal_submissions
from lockgate.spaces.operations.nda import file_nda, record_ends
from lockgate.spaces.operations.seats import (
    admit_to_company,
    change_role,
    end_seat,
    leave_company,
    open_space,
    seat,
)
from lockgate.spaces.operations.talks import open_talk
from lockgate.spaces.refusals import AboveTheirNda, CircleFull, LastOwner, NotForGuests, SeatTaken

__all__ = [
    "AboveTheirNda",
    "AlreadyThere",
    "CircleFull",
    "LastOwner",
    "NotForGuests",
    "SeatTaken",
    "accept",
    "admit_to_company",
    "agree_to_glass",
    "archive_space",
    "ask_for_glass",
    "ask_to_join",
    "change_role",
    "clear_room",
    "decline",
    "decline_glass",
    "end_seat",
    "file_nda",
    "invite",
    "join",
    "keep_words",
    "leave_company",
    "open_lane",
    "open_sealed",
    "open_space",
    "open_talk",
    "record_ends",
    "seal_submissions",
    "seat",
    "set_entry",
    "withdraw",
]
