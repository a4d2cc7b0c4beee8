"""What changes people: admitting them, their duties, passwords and tokens; letting them go.

``by`` is None where nobody signed in does it: the shell on the server, which the archive calls "system". Whoever has
that shell could write the tables themselves; through here it is at least recorded and held to the rules.
"""

from lockgate.people.operations.coming import admit, amend, guest_firm, let_go, take_back
from lockgate.people.operations.duties import end_duty, give_duty
from lockgate.people.operations.own import mark_photo, set_time_zone
from lockgate.people.operations.sessions import end_sessions, set_password
from lockgate.people.operations.tokens import end_token, make_bot, make_token, note_token_use

__all__ = [
    "admit",
    "amend",
    "end_duty",
    "end_sessions",
    "end_token",
    "give_duty",
    "guest_firm",
    "let_go",
    "make_bot",
    "make_token",
    "mark_photo",
    "note_token_use",
    "set_password",
    "set_time_zone",
    "take_back",
]
