"""What is done with webhooks; one subject a file."""

from lockgate.webhooks.operations.gather import gather
from lockgate.webhooks.operations.opening import end_endpoint, end_source, open_endpoint, open_source
from lockgate.webhooks.operations.send import forget_settled, send_due
from lockgate.webhooks.operations.take import AlreadyTaken, NotBelieved, take

__all__ = [
    "AlreadyTaken",
    "NotBelieved",
    "end_endpoint",
    "end_source",
    "forget_settled",
    "gather",
    "open_endpoint",
    "open_source",
    "send_due",
    "take",
]
