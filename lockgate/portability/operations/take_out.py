"""Take out: what one has written, and what was said in a space, in open formats. Every word is asked for as its reader
hears it now: what they may not hear is not in it, whoever wrote it. That it was taken out is on record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import IO, Any

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.clock import rfc3339
from lockgate.base.markings import Marking
from lockgate.base.refusal import NotFound
from lockgate.base.transactions import change
from lockgate.conversations import queries as talk
from lockgate.conversations.types import Answer, FeedItem
from lockgate.gateway import operations as files
from lockgate.gateway import queries as gate
from lockgate.gateway.types import AttachmentView, MessageView
from lockgate.people.models import Person
from lockgate.people.queries import card, cards
from lockgate.people.types import PersonCard
from lockgate.portability import events
from lockgate.portability.bundle import Bundle, safe_name
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import PlaceInSpace

VERSION = 1
_SOME = 100
_README = """# {title}

Made on {when} by Lockgate. Open formats, to be read by anybody:

{files}
- `files/`: what was attached, each under its id and its name; their SHA-256 stands in the JSON Lines
- `manifest.json`: every file with its size and SHA-256

One JSON object a line (UTF-8, RFC 8259). Ids are strings. Times are UTC (RFC 3339). Bodies are Markdown (CommonMark).
"""


def take_out_own(*, by: Person, at: datetime, out: IO[bytes]) -> int:
    """Everything that ``by`` has written and still hears, as a zip into ``out``: messages with what they said
    before, drafts, files, and what the house knows of them. Answers how many messages.

    Of what they said in a room where they sit no longer nothing is told, as on every page.
    """
    _recorded(by, at, by.pseudonym)
    bundle = Bundle(out, at)
    written: list[dict[str, Any]] = []
    for number in gate.written_by(by):
        try:
            one = gate.message(by, number, at)
        except NotFound:
            continue
        shown = talk.shown_of(by, {one.shows_id}, at).get(one.shows_id) if one.shows_id is not None else None
        written.append(_own(one, shown))
        bundle.add(f"messages/{one.written_at:%Y-%m-%d}-{one.id}.md", _as_markdown(one, shown).encode())
        _add_files(bundle, by, one.attachments, at)
    bundle.add_lines("messages.jsonl", written)
    bundle.add_lines("drafts.jsonl", (_draft(each) for each in gate.drafts(by)))
    bundle.add_lines("person.jsonl", [_person_whole(by)])
    _readme(
        bundle,
        at,
        f"What {by.name} has written",
        {
            "messages.jsonl": "each message: words, marking, places with state, what it said before, files",
            "messages/": "the same as Markdown, one file a message",
            "drafts.jsonl": "words not yet submitted",
            "person.jsonl": "what is kept of oneself",
        },
    )
    bundle.end(_head("own", at))
    return len(written)


def take_out_space(*, by: Person, at: datetime, slug: str, out: IO[bytes], lane: str = "") -> int:
    """What was said in a space, as a zip into ``out``; answers how many posts. Raises NotFound for everybody but its
    owners."""
    place = spaces.place(by, slug, at, lane=lane)
    if place.role != "owner":
        raise NotFound
    _recorded(by, at, f"a:{place.audience_id}")
    bundle = Bundle(out, at)
    count = 0
    rows: list[dict[str, Any]] = []
    for post in _posts(by, place, at):
        answers = list(_answers(by, post.passage_id, at))
        shows = talk.shown(by, [post, *answers], at)
        rows.append(_post(post, by, at, _of(post, shows)))
        rows += [_answer(one, post, _of(one, shows)) for one in answers]
        bundle.add(
            f"threads/{post.delivered_at:%Y-%m-%d}-{post.passage_id}.md",
            _thread(post, answers, shows).encode(),
        )
        for attached in (post.attachments, *(one.attachments for one in answers)):
            _add_files(bundle, by, attached, at)
        count += 1
    bundle.add_lines("posts.jsonl", rows)
    sitting = spaces.sitters(by, place.audience_id, at)
    known = cards([one.person_id for one in sitting])
    bundle.add_lines(
        "seats.jsonl",
        (
            {
                "person": _person(known[one.person_id]),
                "role": one.role,
                "ends_at": rfc3339(one.ends_at) if one.ends_at else None,
            }
            for one in sitting
            if one.person_id in known
        ),
    )
    bundle.add_lines("space.jsonl", [_space(place)])
    _readme(
        bundle,
        at,
        place.name,
        {
            "posts.jsonl": "each post, and each answer with the `thread` that it answers",
            "threads/": "the same as Markdown, one file a thread",
            "seats.jsonl": "who sits there now",
            "space.jsonl": "the space itself",
        },
    )
    bundle.end(_head("space", at) | {"space": place.key})
    return count


def _recorded(by: Person, at: datetime, about: str) -> None:
    """Before the first word leaves: an export that breaks off was one, too."""
    with change():
        record([Fact(events.EXPORT_MADE, about, by.pseudonym, at)])


def _posts(by: Person, place: PlaceInSpace, at: datetime) -> Iterator[FeedItem]:
    before: int | None = None
    while True:
        page = talk.of_space(by, place.slug, at, lane=place.lane, before=before, limit=_SOME)
        items = talk.items([one.passage_id for one in page.keys])
        yield from (items[one.passage_id] for one in page.keys if one.passage_id in items)
        if page.older is None:
            return
        before = page.older


def _answers(by: Person, passage: int, at: datetime) -> Iterator[Answer]:
    after = 0
    while True:
        some = talk.answers(by, passage, at, after=after, limit=_SOME)
        yield from some
        last = talk.position_of(by, some[-1].passage_id, at) if len(some) == _SOME else None
        if last is None:
            return
        after = last


def _add_files(bundle: Bundle, by: Person, attached: tuple[AttachmentView, ...], at: datetime) -> None:
    for one in attached:
        with suppress(NotFound):
            # Asked for each: a file is heard with its message, now.
            gate.attachment(by, one.id, at)
            bundle.add(f"files/{one.id}-{safe_name(one.name)}", files.open_bytes(one.id))


def _own(one: MessageView, shown: FeedItem | None) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "body": one.body,
        "boost": one.is_boost,
        "shown": _shown(shown),
        "marking": _marking(one.marking),
        "revision": one.revision,
        "justification": one.justification,
        "written_at": rfc3339(one.written_at),
        "thread": str(one.thread_id) if one.thread_id else None,
        "passages": [
            {
                "id": str(each.passage_id),
                "place": each.place,
                "place_name": each.place_name,
                "state": each.state,
                "delivered_at": rfc3339(each.delivered_at) if each.delivered_at else None,
                "url": each.outside_url,
            }
            for each in one.passages
        ],
        "before": [
            {"revision": each.number, "body": each.body, "until": rfc3339(each.replaced_at)}
            for each in one.revisions
        ],
        "files": [_file(each) for each in one.attachments],
    }


def _shown(one: FeedItem | None) -> dict[str, Any] | None:
    """The post that is quoted or boosted, for a reader who hears it; None for all others, and where it is gone."""
    if one is None:
        return None
    return {
        "id": str(one.passage_id),
        "message": str(one.message_id),
        "author": _person(one.author),
        "place": one.place,
        "place_name": one.place_name,
        "body": one.body,
        "marking": _marking(one.marking),
        "delivered_at": rfc3339(one.delivered_at),
    }


def _draft(one: Any) -> dict[str, Any]:
    return {
        "slot": one.slot,
        "body": one.body,
        "marking": _marking(one.marking),
        "places": list(one.places),
        "saved_at": rfc3339(one.saved_at) if one.saved_at else None,
    }


def _post(one: FeedItem, by: Person, at: datetime, shown: FeedItem | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": str(one.passage_id),
        "message": str(one.message_id),
        "thread": None,
        "author": _person(one.author),
        "body": one.body,
        "marking": _marking(one.marking),
        "delivered_at": rfc3339(one.delivered_at),
        "reactions": dict(one.reactions),
        "question": one.question,
        "announcement": one.is_announcement,
        "poll": None,
        "boost": one.is_boost,
        "shown": _shown(shown),
        "files": [_file(each) for each in one.attachments],
    }
    if one.poll is not None:
        seen = talk.poll(by, one.passage_id, at)
        said["poll"] = {
            "options": list(seen.options),
            "multiple": seen.is_multiple,
            "anonymous": seen.is_anonymous,
            "closes_at": rfc3339(seen.closes_at) if seen.closes_at else None,
            # Shown to its reader or not: an export tells no more than the page.
            "results": [{"option": each.number, "count": each.count} for each in seen.results]
            if seen.results is not None
            else None,
        }
    return said


def _of(one: FeedItem | Answer, shows: Mapping[int, FeedItem]) -> FeedItem | None:
    return shows.get(one.shows_id) if one.shows_id is not None else None


def _answer(one: Answer, post: FeedItem, shown: FeedItem | None) -> dict[str, Any]:
    return {
        "id": str(one.passage_id),
        "message": str(one.message_id),
        "thread": str(post.passage_id),
        "author": _person(one.author),
        "body": one.body,
        "marking": _marking(one.marking),
        "delivered_at": rfc3339(one.delivered_at),
        "reactions": dict(one.reactions),
        "accepted": one.is_accepted,
        "shown": _shown(shown),
        "files": [_file(each) for each in one.attachments],
    }


def _file(one: AttachmentView) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "name": one.name,
        "in": f"files/{one.id}-{safe_name(one.name)}",
        "media_type": one.media_type,
        "bytes": one.size,
        "sha256": one.sha256,
        "alt": one.alt,
    }


def _person(one: PersonCard) -> dict[str, Any]:
    return {"slug": one.slug, "name": one.name, "firm": one.firm, "guest": one.is_guest, "bot": one.is_bot}


def _person_whole(by: Person) -> dict[str, Any]:
    seen = card(by)
    return {
        **_person(seen),
        "email": by.email,
        "title": by.title,
        "department": seen.department,
        "site": seen.site,
        "language": by.language,
        "time_zone": by.time_zone,
        "joined_at": rfc3339(by.joined_at),
    }


def _space(place: PlaceInSpace) -> dict[str, Any]:
    return {
        "key": place.key,
        "name": place.name,
        "about": place.about,
        "kind": place.space_kind,
        "audience": place.kind,
        "ceiling": _marking(place.ceiling),
    }


def _as_markdown(one: MessageView, shown: FeedItem | None) -> str:
    places = ", ".join(each.place_name for each in one.passages)
    names = "".join(f"\n- [{each.name}](../{_file(each)['in']})" for each in one.attachments)
    words = one.body + _quoted(shown)
    return f"{_line(one.written_at, places, one.marking)}\n\n{words}\n{names}\n"


def _quoted(shown: FeedItem | None) -> str:
    if shown is None:
        return ""
    said = f"{_line(shown.delivered_at, f'{shown.author.name}, {shown.place_name}', shown.marking)}\n\n{shown.body}"
    return "\n\n" + "\n".join(f"> {line}".rstrip() for line in said.split("\n"))


def _thread(post: FeedItem, answers: list[Answer], shows: Mapping[int, FeedItem]) -> str:
    def said(one: FeedItem | Answer) -> str:
        names = "".join(f"\n- [{each.name}](../{_file(each)['in']})" for each in one.attachments)
        words = one.body + _quoted(_of(one, shows))
        return f"{_line(one.delivered_at, one.author.name, one.marking)}\n\n{words}\n{names}\n"

    return "\n---\n\n".join([said(post), *(said(one) for one in answers)])


def _line(at: datetime, who: str, marking: int) -> str:
    return f"**{who}**, {at:%Y-%m-%d %H:%M} UTC, {_marking(marking)}"


def _marking(marking: int) -> str:
    return Marking(marking).name.lower()


def _head(kind: str, at: datetime) -> dict[str, Any]:
    return {"format": f"lockgate-{kind}", "version": VERSION, "made_at": rfc3339(at)}


def _readme(bundle: Bundle, at: datetime, title: str, told: dict[str, str]) -> None:
    lines = "\n".join(f"- `{name}`: {words}" for name, words in told.items())
    bundle.add("README.md", _README.format(title=title, when=f"{at:%Y-%m-%d}", files=lines).encode())
