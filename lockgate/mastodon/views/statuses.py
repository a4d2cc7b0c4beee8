"""One status: reading it, saying it, other words for it, taking it back."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from lockgate.base.ids import read_id
from lockgate.base.refusal import BadInput, NotFound
from lockgate.conversations import operations as talk
from lockgate.conversations import queries as conversations
from lockgate.gateway import operations as gateway
from lockgate.gateway import queries as gate
from lockgate.mastodon import posting, reading
from lockgate.mastodon.content import words_html
from lockgate.mastodon.entities import instant
from lockgate.mastodon.reading import Reader, is_for_all
from lockgate.mastodon.speaking import Asked, Paged


def create(asked: Asked) -> dict[str, Any]:
    return posting.say(asked, Reader.of(asked))


def many(asked: Asked) -> list[dict[str, Any]]:
    reader = Reader.of(asked)
    told = []
    for words in asked.fields.texts("id")[:40]:
        try:
            told.append(reading.status(reader, number_of(words)))
        except NotFound:
            continue
    return told


def one(asked: Asked, number: str) -> dict[str, Any]:
    return reading.status(Reader.of(asked), number_of(number))


def context(asked: Asked, number: str) -> dict[str, Any]:
    return reading.context(Reader.of(asked), number_of(number))


def source(asked: Asked, number: str) -> dict[str, Any]:
    """The words as they were typed; for their author alone, as with Mastodon."""
    message = reading.message_of(Reader.of(asked), number_of(number))
    if not message.is_mine:
        raise NotFound
    return {"id": number, "text": message.body, "spoiler_text": ""}


def history(asked: Asked, number: str) -> list[dict[str, Any]]:
    """Wordings, oldest first: earlier ones for who may know them."""
    reader = Reader.of(asked)
    drawn = reading.status(reader, number_of(number))
    message = reading.message_of(reader, number_of(number))
    shared = {
        "account": drawn["account"],
        "spoiler_text": "",
        "sensitive": False,
        "emojis": [],
        "poll": None,
        "quote": None,
    }
    # Each wording stands from when the one before it was replaced; the first from when it came.
    begins = [drawn["created_at"]]
    earlier = []
    for each in sorted(message.revisions, key=lambda one: one.number):
        earlier.append(
            {
                **shared,
                "content": words_html(each.body, asked.base),
                "created_at": begins[-1],
                "media_attachments": [],
            }
        )
        begins.append(instant(each.replaced_at))
    now = {
        **shared,
        "content": drawn["content"],
        "created_at": begins[-1],
        "media_attachments": drawn["media_attachments"],
    }
    return [*earlier, now]


def revise(asked: Asked, number: str) -> dict[str, Any]:
    """Other words: for what waits, every signature is void by that; what stands in spaces is corrected there."""
    reader = Reader.of(asked)
    message = reading.message_of(reader, number_of(number))
    if not message.is_mine:
        raise NotFound
    words = asked.fields.text("status")
    if not words.strip():
        raise BadInput(_("There are no words to send yet."))
    revised = talk.revise(
        by=asked.viewer, at=asked.at, message_id=message.id, body=words, marking=message.marking
    )
    state = next(
        (one for one in revised.passages if one.passage_id == number_of(number)), revised.passages[0]
    )
    return reading.status(Reader.of(asked), state.passage_id)


def recall(asked: Asked, number: str) -> dict[str, Any]:
    """Take it back. Answers what it said, with the words as typed, so that they can be written anew."""
    reader = Reader.of(asked)
    drawn = reading.status(reader, number_of(number))
    message = reading.message_of(reader, number_of(number))
    if not any(one.passage_id == number_of(number) and one.can_recall for one in message.passages):
        raise NotFound
    gateway.recall(by=asked.viewer, at=asked.at, passage_id=number_of(number), why=_("Taken back in an app."))
    return drawn | {"text": message.body}


def reblog(asked: Asked, number: str) -> dict[str, Any]:
    """Shown again where it was said: an app names no other place. What was said outside, to the company."""
    reader = Reader.of(asked)
    shown = gate.shown_id(reader.viewer, number_of(number), reader.at)
    item = conversations.shown_of(reader.viewer, {shown}, reader.at)[shown]
    company = next((one.key for one in reader.seated.places if is_for_all(one)), "")
    place = company if item.place.startswith("channel:") else item.place
    done = gateway.boost(by=asked.viewer, at=asked.at, passage_id=shown, place=place)
    return reading.status(Reader.of(asked), done.passage_id)


def unreblog(asked: Asked, number: str) -> dict[str, Any]:
    shown = gate.shown_id(asked.viewer, number_of(number), asked.at)
    gateway.unboost(by=asked.viewer, at=asked.at, passage_id=shown)
    return reading.status(Reader.of(asked), shown)


def reblogged_by(asked: Asked, number: str) -> Paged:
    """Who boosted it where the reader hears it, and whom they may know of."""
    reader = Reader.of(asked)
    shown = gate.shown_id(reader.viewer, number_of(number), reader.at)
    boosted = conversations.boosted_in(reader.viewer, shown, reader.at)
    people = {person.id: person for one in boosted for person in one.people}
    return Paged([reader.draw.person(one) for one in people.values()][: asked.fields.limit(40, 80)])


def quotes(asked: Asked, number: str) -> Paged:
    reader = Reader.of(asked)
    limit = asked.fields.limit(20, 40)
    return Paged(
        reading.statuses(
            reader, conversations.quoted_by(reader.viewer, number_of(number), reader.at, limit=limit)
        )
    )


def number_of(words: str) -> int:
    number = read_id(words)
    if number is None:
        raise NotFound
    return number
