"""What a post asks of its reader, as a letter says it: to vote, to confirm, to accept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.base.refusal import NotFound
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import PollView
from lockgate.people.models import Person


@dataclass(frozen=True, slots=True)
class Asked:
    """``how`` says how to do it by mail; ``words`` are the post's with its options numbered, "" where it has none.
    ``is_duty``: it is to be confirmed, and told whether its thread is muted or not."""

    how: str = ""
    words: str = ""
    may_accept: bool = False
    is_duty: bool = False


def asked(person: Person, passage_id: int, at: datetime) -> Asked:
    """What the post or answer ``passage_id`` asks of ``person``."""
    try:
        passage = conversations.heard(person, passage_id, at)
        tools = conversations.tools(person, passage.thread_id or passage.passage_id, at)
    except NotFound:
        return Asked()
    if passage.thread_id is not None:
        if not tools.may_accept:
            return Asked()
        return Asked(
            _("If this answers the question, answer with one word on the first line:\naccept"),
            may_accept=True,
        )
    if tools.asks_receipt and not tools.has_receipt:
        return Asked(_("When you have read it, answer with one word on the first line:\nread"), is_duty=True)
    if tools.poll is not None:
        return _poll(tools.poll, passage.body)
    return Asked()


def _poll(poll: PollView, body: str) -> Asked:
    lines = [f"{number}. {words}" for number, words in enumerate(poll.options, start=1)]
    numbered = "\n\n".join([conversations.without_options(body), "\n".join(lines)])
    if not poll.may_vote:
        return Asked(words=numbered)
    how = (
        _("To vote, answer with the numbers of your choice alone on the first line, like this:\nvote: 1, 2")
        if poll.is_multiple
        else _("To vote, answer with the number of your choice alone on the first line, like this:\nvote: 1")
    )
    if poll.is_anonymous:
        how += "\n" + _(
            "The vote is anonymous here, but your own mail program and the mail servers on the way keep what you write."
        )
    return Asked(how, numbered)
