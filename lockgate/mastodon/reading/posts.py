"""Posts and answers as statuses, and what of the reader's own is not through yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from lockgate.approvals import queries as approvals
from lockgate.base.refusal import NotFound
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import Answer, FeedItem, Marks, Shows
from lockgate.gateway import queries as gate
from lockgate.gateway.types import AttachmentView, MessageView, PassageState
from lockgate.mastodon import filters, rules
from lockgate.mastodon.entities import NOT_THERE, boosted, may_be_quoted
from lockgate.mastodon.reading.polls import poll_of
from lockgate.mastodon.reading.reader import Reader, is_for_all, is_talk
from lockgate.notices import queries as told
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.people.types import PersonCard
from lockgate.web.states import state_name

_ANSWERS = 500


def posts(reader: Reader, passage_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Posts with these ids, which must come from a feed of this reader; in their order."""
    found = conversations.items(passage_ids)
    items = [found[one] for one in passage_ids if one in found]
    shown = conversations.shown(reader.viewer, items, reader.at)
    everything = [*items, *shown.values()]
    mentioned = who_is_mentioned(reader, [one.body for one in everything])
    numbers = list(dict.fromkeys(one.passage_id for one in everything))
    marks = conversations.marks(reader.viewer, numbers, reader.at)
    shows = conversations.shows_heard(reader.viewer, numbers, reader.at)
    drawn = []
    for one in items:
        card = shown.get(one.shows_id) if one.shows_id is not None else None
        card_drawn = (
            item_drawn(reader, card, mentioned, marks, shows.get(card.passage_id))
            if card is not None
            else None
        )
        if one.is_boost:
            # Of a boost whose post is not there for the reader nothing is left that an app could show.
            if card_drawn is not None:
                author = reader.draw.person(one.author)
                drawn.append(boosted(card_drawn, number=one.passage_id, author=author, at=one.delivered_at))
            continue
        status = item_drawn(reader, one, mentioned, marks, shows.get(one.passage_id))
        if card_drawn is not None:
            status["quote"] = {"state": "accepted", "quoted_status": card_drawn}
        elif one.has_card:
            status["quote"] = dict(NOT_THERE)
        drawn.append(status)
    return _with_mutes(reader, drawn)


def _with_mutes(reader: Reader, drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Whether the reader muted the thread of each: of an answer, what it answers."""
    every = [*drawn, *(one["reblog"] for one in drawn if one["reblog"])]
    threads = {int(one["in_reply_to_id"] or one["id"]) for one in every}
    muted = told.muted_threads(reader.viewer, threads) if threads else set()
    for one in every if muted else ():
        one["muted"] = int(one["in_reply_to_id"] or one["id"]) in muted
    return drawn


def status(reader: Reader, passage_id: int) -> dict[str, Any]:
    """One post or answer that the reader hears, or one of their own that waits; NotFound alike for all else."""
    try:
        root = conversations.one(reader.viewer, passage_id, reader.at)
    except NotFound:
        return waiting(reader, passage_id)
    if root.passage_id == passage_id:
        drawn = posts(reader, [passage_id])
        if not drawn:
            raise NotFound
        return drawn[0]
    item = conversations.items([root.passage_id])[root.passage_id]
    for one in conversations.answers(reader.viewer, root.passage_id, reader.at, limit=_ANSWERS):
        if one.passage_id == passage_id:
            return _answers_drawn(reader, [(item, one)])[0]
    raise NotFound


def statuses(reader: Reader, passage_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Posts and answers with these ids, of those that the reader hears, in their order. As many statements for
    many as for one."""
    roots = {
        one.passage_id: one.root_id for one in conversations.all_heard(reader.viewer, passage_ids, reader.at)
    }
    drawn = {
        int(one["id"]): one for one in posts(reader, [one for one, root in roots.items() if one == root])
    }
    answers = [one for one, root in roots.items() if one != root]
    if answers:
        found = conversations.answers_among(reader.viewer, answers, reader.at)
        items = conversations.items(list(dict.fromkeys(root for root, _one in found)))
        some = [(items[root], one) for root, one in found if root in items]
        drawn |= {int(one["id"]): one for one in _answers_drawn(reader, some)}
    return [drawn[one] for one in passage_ids if one in drawn]


def _answers_drawn(reader: Reader, pairs: Sequence[tuple[FeedItem, Answer]]) -> list[dict[str, Any]]:
    """Answers, each with the post that it hangs on, with what they quote of what the reader hears."""
    answers = [one for _root, one in pairs]
    shown = conversations.shown(reader.viewer, answers, reader.at)
    mentioned = who_is_mentioned(
        reader, [*(one.body for one in answers), *(one.body for one in shown.values())]
    )
    marks = conversations.marks(reader.viewer, [*(one.passage_id for one in answers), *shown], reader.at)
    drawn = []
    for root, one in pairs:
        status = answer_drawn(reader, one, root, mentioned, marks)
        card = shown.get(one.shows_id) if one.shows_id is not None else None
        if card is not None:
            quoted = item_drawn(reader, card, mentioned, marks)
            status["quote"] = {"state": "accepted", "quoted_status": quoted}
        elif one.shows_id is not None:
            status["quote"] = dict(NOT_THERE)
        drawn.append(status)
    return _with_mutes(reader, drawn)


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
    drawn = _answers_drawn(reader, [(item, one) for one in answers])
    if root.passage_id == passage_id:
        return {"ancestors": [], "descendants": drawn}
    place = next((number for number, one in enumerate(answers) if one.passage_id == passage_id), None)
    if place is None:
        raise NotFound
    return {"ancestors": [*posts(reader, [item.passage_id]), *drawn[:place]], "descendants": []}


def item_drawn(
    reader: Reader,
    one: FeedItem,
    mentioned: dict[str, PersonCard],
    marks: Marks,
    shows: Shows | None = None,
) -> dict[str, Any]:
    is_all = _is_for_all(reader, one)
    drawn = reader.draw.status(
        number=one.passage_id,
        message_id=one.message_id,
        author=reader.draw.person(one.author),
        body=one.words or one.body,
        marking=one.marking,
        place=one.place_name,
        is_for_all=is_all and not one.place.startswith("channel:"),
        visibility=_visibility(reader, one),
        created=one.delivered_at,
        files=one.attachments,
        mentioned=mentioned,
        answers_count=one.answers_count,
        poll=poll_of(reader, one),
        edited=one.edited_at,
    ) | _marked(reader, one.passage_id, one.body, one.reactions, marks)
    drawn["quote_approval"] = may_be_quoted(is_allowed=one.may_be_shown)
    if shows is not None:
        drawn |= {
            "reblogs_count": shows.boosts,
            "quotes_count": shows.quotes,
            "reblogged": shows.is_boosted,
        }
    return drawn


def answer_drawn(
    reader: Reader, one: Answer, root: FeedItem, mentioned: dict[str, PersonCard], marks: Marks
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
        visibility=_visibility(reader, root),
        created=one.delivered_at,
        files=one.attachments,
        mentioned=mentioned,
        answers=(root.passage_id, root.author.id),
        edited=one.edited_at,
    ) | _marked(reader, one.passage_id, one.body, one.reactions, marks)


def _marked(
    reader: Reader, passage_id: int, body: str, reactions: Sequence[tuple[str, int]], marks: Marks
) -> dict[str, Any]:
    """What readers laid over it. A client knows one kind of reaction: ours that says yes."""
    return {
        "filtered": filters.found_in(reader.filters, body, passage_id),
        "favourites_count": dict(reactions).get(rules.FAVOURITE, 0),
        "favourited": rules.FAVOURITE in marks.reacted.get(passage_id, ()),
        "bookmarked": passage_id in marks.saved,
    }


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


def _visibility(reader: Reader, one: FeedItem) -> str:
    """As a client has words for it: all our own people, the few of a talk, or the people of a room."""
    if _is_for_all(reader, one):
        return "public"
    place = reader.place_named(one.place.removeprefix("space:"))
    return "direct" if place is not None and is_talk(place) else "private"


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
