"""What can be done in talk; one subject a file."""

from lockgate.conversations.operations.announcements import confirm, exempt, remind, remind_now
from lockgate.conversations.operations.marks import react, save, unsave, withdraw
from lockgate.conversations.operations.mentions import tell_mentioned
from lockgate.conversations.operations.pins import pin, unpin
from lockgate.conversations.operations.polls import vote
from lockgate.conversations.operations.questions import accept, withdraw_acceptance
from lockgate.conversations.operations.submit import revise, submit

__all__ = [
    "accept",
    "confirm",
    "exempt",
    "pin",
    "react",
    "remind",
    "remind_now",
    "revise",
    "save",
    "submit",
    "tell_mentioned",
    "unpin",
    "unsave",
    "vote",
    "withdraw",
    "withdraw_acceptance",
]
