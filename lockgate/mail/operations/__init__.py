"""What can be done by e-mail; one verb a file."""

from lockgate.mail.operations.choose import choose
from lockgate.mail.operations.fetch import MailboxUnreachable, fetch
from lockgate.mail.operations.gather import forget_spread, gather
from lockgate.mail.operations.import_mailbox import import_mailbox
from lockgate.mail.operations.invite import TooManyInvited, invite, read_invited
from lockgate.mail.operations.plain import send_plain
from lockgate.mail.operations.receive import receive
from lockgate.mail.operations.send import forget_settled, send_due
from lockgate.mail.operations.write_to import MOST_PEOPLE, open_talk, say_first, write_to

__all__ = [
    "MOST_PEOPLE",
    "MailboxUnreachable",
    "TooManyInvited",
    "choose",
    "fetch",
    "forget_settled",
    "forget_spread",
    "gather",
    "import_mailbox",
    "invite",
    "open_talk",
    "read_invited",
    "receive",
    "say_first",
    "send_due",
    "send_plain",
    "write_to",
]
