"""What can be done at the gate; one verb a file."""

from lockgate.gateway.operations.amend import amend
from lockgate.gateway.operations.attach import MAX_BYTES as MOST_FILE_BYTES
from lockgate.gateway.operations.attach import attach, describe, detach, open_bytes, open_small
from lockgate.gateway.operations.boost import boost, unboost
from lockgate.gateway.operations.bring_in import bring_in
from lockgate.gateway.operations.bring_in_pieces import bring_in_pieces
from lockgate.gateway.operations.deliver import deliver_next, read_back, retry, settle
from lockgate.gateway.operations.draft import discard_draft, save_draft
from lockgate.gateway.operations.draw import draw_next_paper
from lockgate.gateway.operations.move import move
from lockgate.gateway.operations.opening import ask_for_opened
from lockgate.gateway.operations.recall import recall
from lockgate.gateway.operations.redraw import redraw
from lockgate.gateway.operations.release import release_due
from lockgate.gateway.operations.remind import remind
from lockgate.gateway.operations.reschedule import reschedule
from lockgate.gateway.operations.revise import revise
from lockgate.gateway.operations.sign_off import escalate, sign_off
from lockgate.gateway.operations.submit import submit
from lockgate.gateway.operations.versions import give_version

__all__ = [
    "MOST_FILE_BYTES",
    "amend",
    "ask_for_opened",
    "attach",
    "boost",
    "bring_in",
    "bring_in_pieces",
    "deliver_next",
    "describe",
    "detach",
    "discard_draft",
    "draw_next_paper",
    "escalate",
    "give_version",
    "move",
    "open_bytes",
    "open_small",
    "read_back",
    "recall",
    "redraw",
    "release_due",
    "remind",
    "reschedule",
    "retry",
    "revise",
    "save_draft",
    "settle",
    "sign_off",
    "submit",
    "unboost",
]
