"""Talks of a few as the conversations of a client: who else sits there, what was said last, and whether it was read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lockgate.attention import queries as attention
from lockgate.base.refusal import NotFound
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import Latest
from lockgate.gateway import queries as gate
from lockgate.mastodon import queries
from lockgate.mastodon.ids import SPACE, behind, space_id
from lockgate.mastodon.reading.feeds import cursors
from lockgate.mastodon.reading.posts import answer_drawn, item_drawn, who_is_mentioned
from lockgate.mastodon.reading.reader import Reader, is_talk
from lockgate.mastodon.speaking import Asked, Paged
from lockgate.people import queries as people
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import PlaceInSpace


def talks(asked: Asked, reader: Reader) -> Paged:
    """One page of the talks in which something was said, the latest first; what the reader put away stands there again
    once more is said. The cursors are the ids of what was said last, as with Mastodon."""
    limit = asked.fields.limit(20, 40)
    before, after, upwards = cursors(asked, reader)
    places = {one.audience_id: one for one in reader.places() if is_talk(one)}
    latest = conversations.latest(reader.viewer, places, reader.at)
    away = queries.put_away(reader.viewer)
    rows = sorted(
        (
            (last.position, audience, last)
            for audience, last in latest.items()
            if last.position > max(after, away.get(audience, 0))
            and (before is None or last.position < before)
        ),
        reverse=True,
        key=lambda row: row[0],
    )
    shown = rows[-limit:] if upwards else rows[:limit]
    drawn = _drawn(reader, [(places[audience], last) for _position, audience, last in shown])
    if not shown:
        return Paged(drawn)
    return Paged(drawn, str(shown[-1][2].passage_id), str(shown[0][2].passage_id))


def talk(reader: Reader, number: str) -> tuple[PlaceInSpace, dict[str, Any]]:
    """One talk in which the reader sits and something was said; NotFound alike for all else."""
    found = behind(number)
    place = reader.place(found[1]) if found is not None and found[0] == SPACE else None
    if place is None or not is_talk(place):
        raise NotFound
    latest = conversations.latest(reader.viewer, [place.audience_id], reader.at)
    if place.audience_id not in latest:
        raise NotFound
    return place, _drawn(reader, [(place, latest[place.audience_id])])[0]


def is_of_talk(reader: Reader, passage_id: int) -> bool:
    """Whether a post or an answer stands in a talk. Raises NotFound where the reader does not hear it."""
    heard = conversations.heard(reader.viewer, passage_id, reader.at)
    place = reader.place(heard.audience_id)
    return place is not None and is_talk(place)


def talk_among(reader: Reader, persons: Collection[int]) -> PlaceInSpace | None:
    """The talk in which the reader may speak and where these persons, and nobody else, sit with them: of several the
    one in which something was said last."""
    wanted = {*persons, reader.viewer.pk}
    places = {one.audience_id: one for one in reader.places() if is_talk(one) and one.may_write}
    sitting = spaces.sitters_of(reader.viewer, places, reader.at)
    same = [one for one, sitters in sitting.items() if set(sitters) == wanted]
    if not same:
        return None
    latest = conversations.latest(reader.viewer, same, reader.at)
    return places[max(same, key=lambda one: (latest[one].position if one in latest else 0, one))]


def _drawn(reader: Reader, shown: Sequence[tuple[PlaceInSpace, Latest]]) -> list[dict[str, Any]]:
    sitting = spaces.sitters_of(reader.viewer, [place.audience_id for place, _last in shown], reader.at)
    cards = people.cards({one for some in sitting.values() for one in some} - {reader.viewer.pk})
    statuses = _statuses(reader, [last for _place, last in shown])
    unread = attention.unread(reader.viewer, [last.passage_id for _place, last in shown], reader.at)
    return [
        {
            "id": space_id(place.audience_id),
            "unread": last.passage_id in unread,
            "accounts": [
                reader.draw.person(cards[one]) for one in sitting.get(place.audience_id, ()) if one in cards
            ],
            "last_status": statuses.get(last.passage_id),
        }
        for place, last in shown
    ]


def _statuses(reader: Reader, lasts: Sequence[Latest]) -> Mapping[int, dict[str, Any]]:
    """What was said last in each, posts and answers alike, in as many queries for one as for forty."""
    items = conversations.items([one.root_id for one in lasts])
    answers = {
        one.passage_id: found
        for one in lasts
        if one.passage_id != one.root_id
        and (found := items[one.root_id].last_answer) is not None
        and found.passage_id == one.passage_id
    }
    files = gate.attachments_of({one.message_id for one in answers.values()})
    bodies = [*(one.body for one in items.values()), *(one.body for one in answers.values())]
    mentioned = who_is_mentioned(reader, bodies)
    marks = conversations.marks(reader.viewer, [one.passage_id for one in lasts], reader.at)
    drawn: dict[int, dict[str, Any]] = {}
    for one in lasts:
        root = items[one.root_id]
        if one.passage_id == one.root_id:
            drawn[one.passage_id] = item_drawn(reader, root, mentioned, marks)
        elif one.passage_id in answers:
            answer = answers[one.passage_id]
            whole = replace(answer, attachments=tuple(files.get(answer.message_id, ())))
            drawn[one.passage_id] = answer_drawn(reader, whole, root, mentioned, marks)
    return drawn
