"""Reads of talk, always for a viewer; one subject a file."""

from lockgate.conversations.queries.announcements import readers, unconfirmed
from lockgate.conversations.queries.feeds import (
    PAGE,
    answers,
    home,
    items,
    newer,
    of_author,
    of_space,
    one,
    position_of,
    since,
)
from lockgate.conversations.queries.hearing import heard
from lockgate.conversations.queries.marks import marks, reacted_by, reacted_with, saved
from lockgate.conversations.queries.polls import poll
from lockgate.conversations.queries.rooms import pinned, questions
from lockgate.conversations.queries.tools import tools
from lockgate.conversations.rules import REACTIONS, mentioned, split_mentions, with_options, without_options

__all__ = [
    "PAGE",
    "REACTIONS",
    "answers",
    "heard",
    "home",
    "items",
    "marks",
    "mentioned",
    "newer",
    "of_author",
    "of_space",
    "one",
    "pinned",
    "poll",
    "position_of",
    "questions",
    "reacted_by",
    "reacted_with",
    "readers",
    "saved",
    "since",
    "split_mentions",
    "tools",
    "unconfirmed",
    "with_options",
    "without_options",
]
