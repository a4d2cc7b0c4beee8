"""Facts of this room, in the past tense. None of them holds a name."""

KEY_MADE = "directory.key.made"
KEY_ENDED = "directory.key.ended"
PERSON_LINKED = "directory.person.linked"
PERSON_DEACTIVATED = "directory.person.deactivated"
PERSON_REACTIVATED = "directory.person.reactivated"
GROUP_CHANGED = "directory.group.changed"
WELCOME_SENT = "directory.welcome.sent"
