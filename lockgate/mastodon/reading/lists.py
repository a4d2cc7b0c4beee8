"""What the people on a list of somebody's own said, of what its owner hears."""

from __future__ import annotations

from lockgate.conversations import queries as conversations
from lockgate.mastodon import lists, mutes
from lockgate.mastodon.ids import person_id
from lockgate.mastodon.models import List
from lockgate.mastodon.reading.feeds import cursors
from lockgate.mastodon.reading.posts import statuses
from lockgate.mastodon.reading.reader import Reader
from lockgate.mastodon.speaking import Asked, Paged


def of_list(asked: Asked, reader: Reader, row: List) -> Paged:
    """One page, by max_id, since_id or min_id. Who is muted, or may no longer be known of, is not on it."""
    limit = asked.fields.limit(20, 40)
    before, after, upwards = cursors(asked, reader)
    muted = mutes.muted(reader.viewer, reader.at)
    said = conversations.said_by(
        reader.viewer,
        lists.known_members(reader.viewer, row, reader.at) - muted,
        reader.at,
        before=before,
        after=after,
        limit=limit,
        answering=lists.answering(reader.viewer, row, reader.at),
        upwards=upwards,
    )
    if not said:
        return Paged([])
    hidden = {person_id(one) for one in muted}
    drawn = [
        one
        for one in statuses(reader, [each.passage_id for each in said])
        if one["account"]["id"] not in hidden
    ]
    return Paged(drawn, str(said[-1].passage_id), str(said[0].passage_id))


def apart(reader: Reader) -> frozenset[int]:
    """Ids of those whom the reader reads on a list alone, and not at home."""
    return lists.apart(reader.viewer)
