"""Who may do what at the gate, each rule under a plain sentence."""

from __future__ import annotations

from datetime import datetime

from lockgate.gateway.models import Passage, State
from lockgate.people.models import Person
from lockgate.people.queries import duties
from lockgate.spaces.queries import role_in


def may_recall(viewer: Person, passage: Passage, at: datetime) -> bool:
    """What was delivered may be taken back by its author; in a space also by its owners and moderators, on a channel
    also by the channel managers."""
    if passage.state != State.DELIVERED:
        return False
    if passage.message.author_id == viewer.pk:
        return True
    if passage.account_id is not None:
        return viewer.firm.is_house and "channel_manager" in duties(viewer, at)
    return role_in(viewer, passage.audience_id, at) in {"owner", "moderator"}
