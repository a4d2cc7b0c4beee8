"""Reactions, which everybody who hears it sees; and what one saves, which nobody else does."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.transactions import change
from lockgate.conversations import events, rules
from lockgate.conversations.models import Bookmark, Reaction
from lockgate.conversations.queries.hearing import heard
from lockgate.conversations.refusals import NoSuchReaction, ObserversListen
from lockgate.conversations.types import Heard
from lockgate.gateway.operations import redraw
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces


def react(*, by: Person, at: datetime, passage_id: int, kind: str) -> bool:
    """Lay one reaction on a post or an answer; answers whether it was new. Once more changes nothing.

    Raises NotFound where ``by`` does not hear it, ObserversListen, NoSuchReaction.
    """
    with change():
        passage = _may_mark(by, at, passage_id, kind)
        _row, is_new = Reaction.objects.get_or_create(
            passage_id=passage.passage_id, person=by, kind=kind, defaults={"at": at}
        )
        if is_new:
            _changed(passage, by, at, kind, events.REACTION_GIVEN)
    return is_new


def withdraw(*, by: Person, at: datetime, passage_id: int, kind: str) -> bool:
    """Take one's own reaction back; answers whether there was one. Raises what ``react`` does."""
    with change():
        passage = _may_mark(by, at, passage_id, kind)
        gone = Reaction.objects.filter(passage=passage.passage_id, person=by, kind=kind).delete()[0]
        if gone:
            _changed(passage, by, at, kind, events.REACTION_WITHDRAWN)
    return bool(gone)


def save(*, by: Person, at: datetime, passage_id: int) -> None:
    """Keep a post or an answer at hand. Raises NotFound where ``by`` does not hear it.

    The archive is not told: what somebody keeps for themselves is no communication.
    """
    with change():
        passage = heard(by, passage_id, at)
        Bookmark.objects.get_or_create(person=by, passage_id=passage.passage_id, defaults={"at": at})


def unsave(*, by: Person, at: datetime, passage_id: int) -> None:
    """Keep it no longer. Raises NotFound where ``by`` does not hear it."""
    with change():
        passage = heard(by, passage_id, at)
        Bookmark.objects.filter(person=by, passage=passage.passage_id).delete()


def _may_mark(by: Person, at: datetime, passage_id: int, kind: str) -> Heard:
    # Asked first: to who does not hear it, a wrong kind must look like a right one.
    passage = heard(by, passage_id, at)
    if kind not in rules.REACTIONS:
        raise NoSuchReaction(
            _("There is no such reaction."),
            _("Known are: %(names)s.") % {"names": ", ".join(rules.REACTIONS)},
        )
    if spaces.role_in(by, passage.audience_id, at) == "observer":
        raise ObserversListen(_("You listen here as an observer, so you leave no reactions."))
    return passage


def _changed(passage: Heard, by: Person, at: datetime, kind: str, action: str) -> None:
    record(
        [
            Fact(
                action,
                f"x:{passage.passage_id}",
                by.pseudonym,
                at,
                parent=f"m:{passage.message_id}",
                body=kind.encode(),
            )
        ]
    )
    redraw(passage_id=passage.passage_id, audience_id=passage.audience_id, thread_id=passage.thread_id, at=at)
