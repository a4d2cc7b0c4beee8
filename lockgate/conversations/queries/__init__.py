"""Reads of talk, always for a viewer; one subject a file."""

from lockgate.conversations.queries.announcements import readers, unconfirmed
from lockgate.conversations.queries.authors import said_by
from lockgate.conversations.queries.boosts import (
    boosted_in,
    quoted_by,
    showing,
    shown,
    shown_of,
    shows_heard,
)
from lockgate.conversations.queries.feeds import (
    PAGE,
    answers,
    answers_among,
    home,
    items,
    newer,
    of_author,
    of_space,
    one,
    position_of,
    since,
)
from lockgate.conversations.queries.gatherings import (
    calendar,
    calendar_of,
    draft_asks,
    event,
    faq,
    has_calendar_key,
    praise_of,
    questions_among,
)
from lockgate.conversations.queries.hearing import (
    all_delivered,
    all_heard,
    delivered,
    heard,
    is_named,
    names,
    said_before,
)
from lockgate.conversations.queries.latest import latest
from lockgate.conversations.queries.marks import marks, reacted_by, reacted_with, saved
from lockgate.conversations.queries.polls import poll, polls_asked
from lockgate.conversations.queries.rooms import pinned, questions
from lockgate.conversations.queries.tools import tools
from lockgate.conversations.rules import (
    COMING,
    REACTIONS,
    mentioned,
    split_mentions,
    title_of,
    with_options,
    without_options,
)

__all__ = [
    "COMING",
    "PAGE",
    "REACTIONS",
    "all_delivered",
    "all_heard",
    "answers",
    "answers_among",
    "boosted_in",
    "calendar",
    "calendar_of",
    "delivered",
    "draft_asks",
    "event",
    "faq",
    "has_calendar_key",
    "heard",
    "home",
    "is_named",
    "items",
    "latest",
    "marks",
    "mentioned",
    "names",
    "newer",
    "of_author",
    "of_space",
    "one",
    "pinned",
    "poll",
    "polls_asked",
    "position_of",
    "praise_of",
    "questions",
    "questions_among",
    "quoted_by",
    "reacted_by",
    "reacted_with",
    "readers",
    "said_before",
    "said_by",
    "saved",
    "showing",
    "shown",
    "shown_of",
    "shows_heard",
    "since",
    "split_mentions",
    "title_of",
    "tools",
    "unconfirmed",
    "with_options",
    "without_options",
]
