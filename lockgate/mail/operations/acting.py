"""Vote, confirm and accept by mail: what the first line of an answer asks for, where its thread asks for that.

Of a vote no word goes on: neither to the room, where an anonymous one would be told, nor back in the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.base.refusal import NotFound, Refusal
from lockgate.conversations import operations as talk
from lockgate.conversations import queries as conversations
from lockgate.mail.types import Outcome
from lockgate.people.models import Person


def act(*, by: Person, at: datetime, passage_id: int, name: str, options: Sequence[int]) -> Outcome | None:
    """Carry out ``name`` ("vote", "read", "accept") for the post or answer ``passage_id``. None where nothing of the
    kind is asked there, and the words are words like any. That ``by`` hears it was asked."""
    try:
        passage = conversations.heard(by, passage_id, at)
        root = passage.thread_id or passage.passage_id
        tools = conversations.tools(by, root, at)
    except NotFound:
        return None
    try:
        if name == "vote" and tools.poll is not None:
            talk.vote(by=by, at=at, passage_id=root, options=options)
            # Not even which poll: nothing beside the poll keeps who voted in it.
            return Outcome("voted", _("Your vote is counted."), was_taken=True)
        if name == "read" and tools.asks_receipt:
            talk.confirm(by=by, at=at, passage_id=root)
            return Outcome("confirmed", _("Thank you: it is noted that you have read it."), was_taken=True)
        if name == "accept" and tools.may_accept and passage.thread_id is not None:
            talk.accept(by=by, at=at, answer_id=passage.passage_id)
            said = _("It is marked as the answer to the question.")
            return Outcome("accepted", said, passage.message_id, was_taken=True)
    except NotFound:
        return None
    except Refusal as refusal:
        return Outcome("not-" + name, str(refusal), may_try_again=True)
    return None


def with_more(done: Outcome, has_more: bool) -> Outcome:
    """``done``, and that what else stood in the mail went nowhere."""
    if not has_more:
        return done
    more = _("Nothing else of your mail was sent on. To say something there, answer with your words alone.")
    return replace(done, answer=f"{done.answer}\n\n{more}")
