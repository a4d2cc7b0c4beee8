"""Who may do what at the gate, each rule under a plain sentence."""

from __future__ import annotations

from datetime import datetime

from lockgate.gateway.models import Passage, State
from lockgate.people.models import Person
from lockgate.people.queries import duties
from lockgate.spaces.queries import role_in

_TAKEN_BACK_BY_AUTHOR = (
    State.DELIVERED,
    State.QUEUED,
    State.UNKNOWN,
    State.SCHEDULED,
    State.HELD,
    State.RETURNED,
)


def may_recall(viewer: Person, passage: Passage, at: datetime) -> bool:
    """The author may take back what is out, on its way or waiting. What is out may be taken back in a space also by its
    owners and moderators, on a channel also by the channel managers."""
    if passage.message.author_id == viewer.pk:
        return passage.state in _TAKEN_BACK_BY_AUTHOR
    if passage.state != State.DELIVERED:
        return False
    if passage.account_id is not None:
        return viewer.firm.is_house and "channel_manager" in duties(viewer, at)
    return role_in(viewer, passage.audience_id, at) in {"owner", "moderator"}
