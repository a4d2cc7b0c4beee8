"""What a viewer may read, as entities; one subject a file. All of it is found by the house's own queries, and in no
other way."""

from lockgate.mastodon.reading import later
from lockgate.mastodon.reading.accounts import account, found, kind_of, named, person_card, relationships
from lockgate.mastodon.reading.feeds import by_author, feed, on_topics, topics_found
from lockgate.mastodon.reading.lists import apart, of_list
from lockgate.mastodon.reading.polls import poll
from lockgate.mastodon.reading.posts import (
    context,
    files_of,
    message_of,
    posts,
    status,
    statuses,
)
from lockgate.mastodon.reading.reader import Reader, is_for_all, is_talk
from lockgate.mastodon.reading.talks import is_of_talk, talk, talk_among, talks
from lockgate.mastodon.reading.told import notice, notices

__all__ = [
    "Reader",
    "account",
    "apart",
    "by_author",
    "context",
    "feed",
    "files_of",
    "found",
    "is_for_all",
    "is_of_talk",
    "is_talk",
    "kind_of",
    "later",
    "message_of",
    "named",
    "notice",
    "notices",
    "of_list",
    "on_topics",
    "person_card",
    "poll",
    "posts",
    "relationships",
    "status",
    "statuses",
    "talk",
    "talk_among",
    "talks",
    "topics_found",
]
