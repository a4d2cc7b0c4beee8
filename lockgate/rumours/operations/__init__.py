"""What can be done about rumours; one subject a file."""

from lockgate.rumours.operations.answering import answer, pass_on, put_together, set_aside
from lockgate.rumours.operations.asking import ask, no_longer_wish, release, wish
from lockgate.rumours.operations.telling import tell_answered

__all__ = [
    "answer",
    "ask",
    "no_longer_wish",
    "pass_on",
    "put_together",
    "release",
    "set_aside",
    "tell_answered",
    "wish",
]
