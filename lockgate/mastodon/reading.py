"""What a viewer may read, as entities. All of it is found by the house's own queries, and in no other way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from lockgate.approvals import queries as approvals
from lockgate.base.ids import MOST
from lockgate.base.refusal import NotFound
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import Answer, FeedItem, FeedKey
from lockgate.gateway import queries as gate
from lockgate.gateway.types import AttachmentView, MessageView, PassageState
from lockgate.mastodon import rules
from lockgate.mastodon.entities import Drawing, relationship
from lockgate.mastodon.ids import PERSON, SPACE, behind, person_id, space_id
from lockgate.mastodon.speaking import Asked, Paged
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.people.types import PersonCard
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import PlaceInSpace, Seated
from lockgate.web.states import state_name

_ANSWERS = 500


@dataclass(frozen=True, slots=True)
class Reader:
    """One viewer at one moment: where they sit, asked once a request, and how answers are drawn for them."""

    viewer: Person
    at: datetime
    seated: Seated
    draw: Drawing

    @classmethod
    def of(cls, asked: Asked) -> Reader:
        token = asked.speaker.token_id if asked.speaker else 0
        return cls(
            asked.viewer,
            asked.at,
            spaces.seated(asked.viewer, asked.at),
            Drawing(asked.base, token, asked.at),
        )

    def places(self) -> list[PlaceInSpace]:
        """One for each space; of a space with several audiences, the one that is named first."""
        return list({one.audience_id: one for one in self.seated.places}.values())

    def place(self, audience: int) -> PlaceInSpace | None:
        return next((one for one in self.seated.places if one.audience_id == audience), None)

    def place_named(self, slug: str) -> PlaceInSpace | None:
        return next((one for one in self.seated.places if one.slug == slug), None)

    def for_all(self) -> dict[int, int]:
        """The audiences at which every employee sits: the company's own rooms, and what it says outside."""
        rooms = {one.audience_id for one in self.seated.places}
        company = {one.audience_id for one in self.seated.places if is_for_all(one)}
        return {
            audience: floor
            for audience, floor in self.seated.heard.items()
            if audience in company or audience not in rooms
        }

    def knows(self) -> Collection[int]:
        return spaces.known_to(self.viewer, self.at)


def is_for_all(place: PlaceInSpace) -> bool:
    """Whether every employee, and nobody else, sits there."""
    return place.space_kind == "company" and place.kind == "inside"


# Feeds


def feed(asked: Asked, reader: Reader, heard: dict[int, int], *, most: int = 40) -> Paged:
    """One page of the posts in these audiences, by max_id, since_id or min_id."""
    limit = asked.fields.limit(20, most)
    before, after, upwards = cursors(asked, reader)
    if upwards:
        keys = conversations.newer(
            reader.viewer, reader.at, after=after, limit=limit, seated=Seated([], dict(heard))
        )[::-1]
    else:
        floors = {audience: max(floor, after + 1) for audience, floor in heard.items()}
        page = conversations.home(
            reader.viewer, reader.at, before=before, limit=limit, seated=Seated([], floors)
        )
        keys = list(page.keys)
    return paged(reader, keys)


def by_author(asked: Asked, reader: Reader, author: int) -> Paged:
    limit = asked.fields.limit(20, 40)
    before, after, _upwards = cursors(asked, reader)
    keys = conversations.of_author(reader.viewer, author, reader.at, before=before, after=after, limit=limit)
    return paged(reader, keys)


def tagged(asked: Asked, reader: Reader, tags: set[str]) -> Paged:
    """Posts of the last thousand heard that bear one of these tags."""
    limit = asked.fields.limit(20, 40)
    before, after, _upwards = cursors(asked, reader)
    found: list[FeedKey] = []
    floors = {audience: max(floor, after + 1) for audience, floor in reader.seated.heard.items()}
    for _turn in range(10):
        page = conversations.home(
            reader.viewer, reader.at, before=before, limit=100, seated=Seated([], floors)
        )
        items = conversations.items([one.passage_id for one in page.keys])
        found += [
            key
            for key in page.keys
            if key.passage_id in items and tags & set(rules.tags(items[key.passage_id].body))
        ]
        before = page.older
        if len(found) >= limit or before is None:
            break
    return paged(reader, found[:limit])


def cursors(asked: Asked, reader: Reader) -> tuple[int | None, int, bool]:
    """(before, after, upwards) as positions. A client pages by ids of posts; feeds are ordered by when they were
    delivered, which is later where somebody signed first."""
    fields = asked.fields

    def position(number: int) -> int:
        return conversations.position_of(reader.viewer, number, reader.at) or number

    before = fields.number("max_id")
    lowest, since = fields.number("min_id"), fields.number("since_id")
    after = lowest if lowest is not None else since
    return (
        position(before) if before else None,
        min(position(after), MOST - 1) if after else 0,
        lowest is not None and before is None,
    )


def paged(reader: Reader, keys: Sequence[FeedKey]) -> Paged:
    drawn = posts(reader, [one.passage_id for one in keys])
    if not keys:
        return Paged(drawn)
    return Paged(drawn, str(keys[-1].passage_id), str(keys[0].passage_id))


# Posts


def posts(reader: Reader, passage_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Posts with these ids, which must come from a feed of this reader; in their order."""
    found = conversations.items(passage_ids)
    items = [found[one] for one in passage_ids if one in found]
    mentioned = who_is_mentioned(reader, [one.body for one in items])
    return [item_drawn(reader, one, mentioned) for one in items]


def status(reader: Reader, passage_id: int) -> dict[str, Any]:
    """One post or answer that the reader hears, or one of their own that waits; NotFound alike for all else."""
    try:
        root = conversations.one(reader.viewer, passage_id, reader.at)
    except NotFound:
        return waiting(reader, passage_id)
    if root.passage_id == passage_id:
        return posts(reader, [passage_id])[0]
    item = conversations.items([root.passage_id])[root.passage_id]
    for one in conversations.answers(reader.viewer, root.passage_id, reader.at, limit=_ANSWERS):
        if one.passage_id == passage_id:
            return answer_drawn(reader, one, item, who_is_mentioned(reader, [one.body]))
    raise NotFound


def message_of(reader: Reader, passage_id: int) -> MessageView:
    """The message behind a status, as this reader may see it."""
    return gate.message(reader.viewer, _message_id(reader, passage_id), reader.at)


def context(reader: Reader, passage_id: int) -> dict[str, Any]:
    """What stands above and below a status: threads are one level deep."""
    try:
        root = conversations.one(reader.viewer, passage_id, reader.at)
    except NotFound:
        waiting(reader, passage_id)
        return {"ancestors": [], "descendants": []}
    item = conversations.items([root.passage_id])[root.passage_id]
    answers = conversations.answers(reader.viewer, root.passage_id, reader.at, limit=_ANSWERS)
    mentioned = who_is_mentioned(reader, [item.body, *(one.body for one in answers)])
    drawn = [answer_drawn(reader, one, item, mentioned) for one in answers]
    if root.passage_id == passage_id:
        return {"ancestors": [], "descendants": drawn}
    place = next((number for number, one in enumerate(answers) if one.passage_id == passage_id), None)
    if place is None:
        raise NotFound
    return {"ancestors": [item_drawn(reader, item, mentioned), *drawn[:place]], "descendants": []}


def item_drawn(reader: Reader, one: FeedItem, mentioned: dict[str, PersonCard]) -> dict[str, Any]:
    is_all = _is_for_all(reader, one)
    return reader.draw.status(
        number=one.passage_id,
        message_id=one.message_id,
        author=reader.draw.person(one.author),
        body=one.body,
        marking=one.marking,
        place=one.place_name,
        is_for_all=is_all and not one.place.startswith("channel:"),
        visibility="public" if is_all else "private",
        created=one.delivered_at,
        files=one.attachments,
        mentioned=mentioned,
        answers_count=one.answers_count,
    )


def answer_drawn(
    reader: Reader, one: Answer, root: FeedItem, mentioned: dict[str, PersonCard]
) -> dict[str, Any]:
    is_all = _is_for_all(reader, root)
    return reader.draw.status(
        number=one.passage_id,
        message_id=one.message_id,
        author=reader.draw.person(one.author),
        body=one.body,
        marking=one.marking,
        place=root.place_name,
        is_for_all=is_all,
        visibility="public" if is_all else "private",
        created=one.delivered_at,
        files=one.attachments,
        mentioned=mentioned,
        answers=(root.passage_id, root.author.id),
    )


def waiting(reader: Reader, passage_id: int) -> dict[str, Any]:
    """One of the reader's own that is not through: they alone see it, with a line of what it waits for."""
    for message_id, _words, state in gate.waiting_of(reader.viewer, reader.at):
        if state.passage_id == passage_id:
            return waiting_drawn(reader, gate.message(reader.viewer, message_id, reader.at), state)
    raise NotFound


def waiting_drawn(reader: Reader, message: MessageView, state: PassageState) -> dict[str, Any]:
    author = people.cards([message.author_id])[message.author_id]
    return reader.draw.status(
        number=state.passage_id,
        message_id=message.id,
        author=reader.draw.person(author),
        body=message.body,
        marking=message.marking,
        place=state.place_name,
        is_for_all=False,
        visibility="direct",
        created=message.written_at,
        files=message.attachments,
        mentioned={},
        waits=waits_for(reader, state),
    )


def waits_for(reader: Reader, state: PassageState) -> str:
    """What became of a passage that nobody else reads yet, in a sentence or two."""
    said = [f"{state.place_name}: {state_name(state.state)}."]
    if state.state == "held":
        asked = approvals.of_passages([state.passage_id], reader.at, viewer=reader.viewer)
        for one in asked.get(state.passage_id, []):
            if one.is_open:
                said.append(
                    _("%(desk)s: %(people)s.") % {"desk": one.desk_name, "people": ", ".join(one.waits_for)}
                )
    said += [one.explanation for one in state.findings if one.explanation][:3]
    if state.last_word:
        said.append(state.last_word)
    said.append(_("Nobody else reads it now."))
    return " ".join(dict.fromkeys(said))


def files_of(reader: Reader, number: int) -> AttachmentView:
    return gate.attachment(reader.viewer, number, reader.at)


def who_is_mentioned(reader: Reader, bodies: Iterable[str]) -> dict[str, PersonCard]:
    """The persons whom these words name, of those that the reader may know of."""
    host = reader.draw.base.partition("://")[2]
    names = {name for body in bodies if "@" in body for name in rules.mentions(body, host)}
    if not names:
        return {}
    ids = Person.objects.filter(slug__in=names, is_active=True).values_list("pk", flat=True)
    if not reader.viewer.firm.is_house:
        known = reader.knows()
        found = people.cards([one for one in ids if one in known])
    else:
        found = people.cards(list(ids))
    return {one.slug: one for one in found.values()}


def _is_for_all(reader: Reader, one: FeedItem) -> bool:
    if one.kind == "outside":
        return True
    place = reader.place_named(one.place.removeprefix("space:"))
    return place is not None and is_for_all(place)


def _message_id(reader: Reader, passage_id: int) -> int:
    try:
        root = conversations.one(reader.viewer, passage_id, reader.at)
    except NotFound:
        for message_id, _words, state in gate.waiting_of(reader.viewer, reader.at):
            if state.passage_id == passage_id:
                return message_id
        raise
    if root.passage_id == passage_id:
        return conversations.items([passage_id])[passage_id].message_id
    for one in conversations.answers(reader.viewer, root.passage_id, reader.at, limit=_ANSWERS):
        if one.passage_id == passage_id:
            return one.message_id
    raise NotFound


# Accounts


def account(reader: Reader, number: str) -> dict[str, Any]:
    """A person whom the reader may know of, or a room where they sit; NotFound alike for all else."""
    kind, found = _behind(number)
    if kind == SPACE:
        place = reader.place(found)
        if place is None:
            raise NotFound
        return reader.draw.space(place)
    return reader.draw.person(person_card(reader, found), _joined(found))


def person_card(reader: Reader, number: int) -> PersonCard:
    if number not in reader.knows():
        raise NotFound
    return people.cards([number])[number]


def kind_of(number: str) -> tuple[int, int]:
    return _behind(number)


def named(reader: Reader, acct: str) -> dict[str, Any]:
    """The account called ``acct``: "name", "@name" or "name@this-host"."""
    name, _at, host = acct.strip().removeprefix("@").lower().partition("@")
    ours = reader.draw.base.partition("://")[2].lower()
    if host and host not in {ours, ours.partition(":")[0]}:
        raise NotFound
    place = reader.place_named(name)
    if place is not None:
        return reader.draw.space(place)
    found = people.by_slug(name)
    if found is None or found.pk not in reader.knows():
        raise NotFound
    return reader.draw.person(people.card(found), found.joined_at)


def found(reader: Reader, words: str, limit: int) -> list[dict[str, Any]]:
    """Rooms where the reader sits and persons whom they may know of, whose name holds these words."""
    words = words.strip().removeprefix("@").partition("@")[0][:80]
    low = words.lower()
    if not low:
        return []
    rooms = [one for one in reader.places() if low in one.name.lower() or low in one.slug]
    known = reader.knows()
    persons = [one for one in people.everyone(words=words.replace("-", " ")) if one.id in known]
    drawn = [reader.draw.space(one) for one in rooms] + [reader.draw.person(one) for one in persons]
    return drawn[:limit]


def relationships(reader: Reader, numbers: Sequence[str]) -> list[dict[str, Any]]:
    """What the reader is to each account that they may know of; the others are left out."""
    known = reader.knows()
    told = []
    for number in numbers:
        of = behind(number)
        if of is None:
            continue
        kind, one = of
        if kind == SPACE and reader.place(one) is not None:
            told.append(relationship(space_id(one), is_seated=True))
        elif kind == PERSON and one in known:
            told.append(relationship(person_id(one), is_seated=False))
    return told


def _behind(number: str) -> tuple[int, int]:
    of = behind(number)
    if of is None:
        raise NotFound
    return of


def _joined(number: int) -> datetime | None:
    return Person.objects.filter(pk=number).values_list("joined_at", flat=True).first()
