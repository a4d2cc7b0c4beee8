"""What can be done by text message; one verb a file."""

from lockgate.sms.operations.gather import gather
from lockgate.sms.operations.numbers import TooManyCodes, ask, confirm, end
from lockgate.sms.operations.send import forget_settled, send_due
from lockgate.sms.operations.take import AlreadyTaken, NotBelieved, take

__all__ = [
    "AlreadyTaken",
    "NotBelieved",
    "TooManyCodes",
    "ask",
    "confirm",
    "end",
    "forget_settled",
    "gather",
    "send_due",
    "take",
]
