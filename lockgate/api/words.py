"""How values of the gate look as JSON. Ids are strings: they have 63 bits, and JavaScript's numbers have 53."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lockgate.base.clock import rfc3339
from lockgate.base.markings import Marking
from lockgate.conversations import queries as talk
from lockgate.conversations.types import Answer, FeedItem, Line
from lockgate.gateway.types import AttachmentView, MessageView, PassageState, PlaceRuling, Preview, Submitted
from lockgate.people.models import Person
from lockgate.people.types import PersonCard
from lockgate.policy.types import Finding
from lockgate.search.types import Hit
from lockgate.spaces.types import PlaceInSpace
from lockgate.webhooks.types import CallView, EndpointView, SourceView


def finding(one: Finding) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "version": one.version,
        "title": one.title,
        "outcome": one.outcome.word,
        "start": one.start,
        "end": one.end,
        "explanation": one.explanation,
        "mend": one.mend,
    }


def as_json(one: PlaceRuling) -> dict[str, Any]:
    """A ruling for one place."""
    return {
        "place": one.place.key,
        "name": one.place.name,
        "outcome": one.ruling.outcome.word,
        "policy": one.ruling.policy_version,
        "content": one.ruling.content_hash.hex(),
        "waits_for": list(one.waits_for),
        "findings": [finding(each) for each in one.ruling.findings],
    }


def preview(one: Preview) -> dict[str, Any]:
    return {
        "outcome": one.outcome.word,
        "action": one.action,
        "audience": {
            "people": one.hearers.people,
            "guests": [{"name": guest.name, "firm": guest.firm} for guest in one.hearers.guests],
            "channels": list(one.channels),
        },
        "rulings": [as_json(each) for each in one.rulings],
    }


def passage(one: PassageState) -> dict[str, Any]:
    return {
        "id": str(one.passage_id),
        "place": one.place,
        "name": one.place_name,
        "state": one.state,
        "deliver_at": rfc3339(one.deliver_at) if one.deliver_at else None,
        "delivered_at": rfc3339(one.delivered_at) if one.delivered_at else None,
        "url": one.outside_url,
        "word": one.last_word,
        "outcome": one.outcome.word,
        "policy": one.policy_version,
        "findings": [finding(each) for each in one.findings],
    }


def message(one: MessageView) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "body": one.body,
        "marking": Marking(one.marking).name.lower(),
        "revision": one.revision,
        "written_at": rfc3339(one.written_at),
        "passages": [passage(each) for each in one.passages],
        "attachments": [file(each) for each in one.attachments],
    }


def hit(one: Hit) -> dict[str, Any]:
    """Something that was found. ``snippet`` is plain text in pieces, so that whoever shows it escapes it."""
    return {
        "id": str(one.message_id),
        "passage": str(one.passage_id),
        "author": person(one.author),
        "place": one.place,
        "name": one.place_name,
        "marking": Marking(one.marking).name.lower(),
        "delivered_at": rfc3339(one.delivered_at),
        "is_answer": one.is_answer,
        "snippet": [{"text": part.text, "found": part.is_found} for part in one.snippet],
        "files": list(one.files),
    }


def person(one: PersonCard) -> dict[str, Any]:
    """Somebody as others see them; a guest and a bot always as what they are."""
    return {
        "slug": one.slug,
        "name": one.name,
        "title": one.title,
        "firm": one.firm,
        "guest": one.is_guest,
        "bot": one.is_bot,
    }


def file(one: AttachmentView) -> dict[str, Any]:
    return {"id": str(one.id), "name": one.name, "media_type": one.media_type, "alt": one.alt}


def submitted(one: Submitted) -> dict[str, Any]:
    return {
        "id": str(one.message_id),
        "revision": one.revision,
        "passages": [passage(each) for each in one.passages],
    }


def posts(viewer: Person, items: Sequence[FeedItem], at: datetime) -> list[dict[str, Any]]:
    """These posts, which ``viewer`` hears, with what they show of what they hear."""
    shown = talk.shown(viewer, items, at)
    return [post(one, shown.get(one.shows_id) if one.shows_id is not None else None) for one in items]


def post(one: FeedItem, shown: FeedItem | None) -> dict[str, Any]:
    return {
        "passage": str(one.passage_id),
        "message": str(one.message_id),
        "author": person(one.author),
        "place": one.place,
        "place_name": one.place_name,
        "audience": one.kind,
        "body": one.body,
        "marking": Marking(one.marking).name.lower(),
        "delivered_at": rfc3339(one.delivered_at),
        "edited_at": rfc3339(one.edited_at) if one.edited_at else None,
        "answers": one.answers_count,
        "attachments": [file(each) for each in one.attachments],
        "reactions": [{"kind": kind, "count": count} for kind, count in one.reactions],
        "question": one.question,
        "announcement": one.is_announcement,
        "poll": one.poll is not None,
        "boost": one.is_boost,
        "shown": None if shown is None else _shown(shown),
    }


def _shown(one: FeedItem) -> dict[str, Any]:
    return {
        "passage": str(one.passage_id),
        "message": str(one.message_id),
        "author": person(one.author),
        "place": one.place,
        "place_name": one.place_name,
        "body": one.body,
        "marking": Marking(one.marking).name.lower(),
        "delivered_at": rfc3339(one.delivered_at),
        "attachments": [file(each) for each in one.attachments],
    }


def answers(viewer: Person, found: Sequence[Answer], at: datetime) -> list[dict[str, Any]]:
    """These answers, which ``viewer`` hears, with what they quote of what they hear."""
    shown = talk.shown(viewer, found, at)
    return [_answer(one, shown.get(one.shows_id) if one.shows_id is not None else None) for one in found]


def _answer(one: Answer, shown: FeedItem | None) -> dict[str, Any]:
    return {
        "passage": str(one.passage_id),
        "message": str(one.message_id),
        "author": person(one.author),
        "body": one.body,
        "marking": Marking(one.marking).name.lower(),
        "delivered_at": rfc3339(one.delivered_at),
        "edited_at": rfc3339(one.edited_at) if one.edited_at else None,
        "attachments": [file(each) for each in one.attachments],
        "reactions": [{"kind": kind, "count": count} for kind, count in one.reactions],
        "accepted": one.is_accepted,
        "shown": None if shown is None else _shown(shown),
    }


def line(one: Line) -> dict[str, Any]:
    return {
        "passage": str(one.passage_id),
        "message": str(one.message_id),
        "author": one.author_name,
        "place_name": one.place_name,
        "body": one.body,
        "delivered_at": rfc3339(one.delivered_at),
    }


def space(one: PlaceInSpace) -> dict[str, Any]:
    return {
        "key": one.key,
        "slug": one.slug,
        "lane": one.lane,
        "name": one.name,
        "about": one.about,
        "kind": one.space_kind,
        "audience": one.kind,
        "ceiling": Marking(one.ceiling).name.lower(),
        "role": one.role,
        "may_write": one.may_write,
        "archived": one.is_archived,
    }


def endpoint(one: EndpointView) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "name": one.name,
        "url": one.url,
        "kinds": list(one.kinds),
        "hears_as": one.hears_as,
        "place": one.place,
        "created_at": rfc3339(one.created_at),
        "ended_at": _moment(one.ended_at),
        "why_ended": one.why_ended,
        "failing_since": _moment(one.failing_since),
    }


def call(one: CallView) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "kind": one.kind,
        "state": one.state,
        "attempts": one.attempts,
        "word": one.last_word,
        "due_at": rfc3339(one.due_at),
        "settled_at": _moment(one.settled_at),
    }


def source(one: SourceView) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "address": f"/hooks/{one.reference}",
        "name": one.name,
        "bot": one.bot,
        "place": one.place,
        "marking": Marking(one.marking).name.lower(),
        "created_at": rfc3339(one.created_at),
        "ended_at": _moment(one.ended_at),
        "used_at": _moment(one.used_at),
    }


def _moment(at: datetime | None) -> str | None:
    return rfc3339(at) if at is not None else None
