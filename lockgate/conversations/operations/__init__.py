"""What can be done in talk; one subject a file."""

from lockgate.conversations.operations.announcements import confirm, exempt, remind, remind_now
from lockgate.conversations.operations.drafts import keep_asks
from lockgate.conversations.operations.faq import put_into_faq, take_out_of_faq
from lockgate.conversations.operations.gatherings import answer_event, end_calendar_key, make_calendar_key
from lockgate.conversations.operations.links import look_at_links
from lockgate.conversations.operations.marks import react, save, unsave, withdraw
from lockgate.conversations.operations.mentions import tell_mentioned
from lockgate.conversations.operations.moving import move_thread
from lockgate.conversations.operations.pins import pin, unpin
from lockgate.conversations.operations.polls import vote
from lockgate.conversations.operations.questions import accept, withdraw_acceptance
from lockgate.conversations.operations.rescheduling import reschedule
from lockgate.conversations.operations.submit import revise, submit

__all__ = [
    "accept",
    "answer_event",
    "confirm",
    "end_calendar_key",
    "exempt",
    "keep_asks",
    "look_at_links",
    "make_calendar_key",
    "move_thread",
    "pin",
    "put_into_faq",
    "react",
    "remind",
    "remind_now",
    "reschedule",
    "revise",
    "save",
    "submit",
    "take_out_of_faq",
    "tell_mentioned",
    "unpin",
    "unsave",
    "vote",
    "withdraw",
    "withdraw_acceptance",
]
