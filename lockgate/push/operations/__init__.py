"""What is done with push; one subject a file."""

from lockgate.push.operations.gather import gather
from lockgate.push.operations.send import forget_settled, send_due
from lockgate.push.operations.subscribing import (
    change_app,
    end,
    end_of_those_who_left,
    end_of_token,
    subscribe,
    subscribe_app,
)

__all__ = [
    "change_app",
    "end",
    "end_of_those_who_left",
    "end_of_token",
    "forget_settled",
    "gather",
    "send_due",
    "subscribe",
    "subscribe_app",
]
