"""How values of the gate look as JSON. Ids are strings: they have 63 bits, and JavaScript's numbers have 53."""

from __future__ import annotations

from typing import Any

from lockgate.base.clock import rfc3339
from lockgate.base.markings import Marking
from lockgate.gateway.types import MessageView, PassageState, PlaceRuling, Preview
from lockgate.policy.types import Finding
from lockgate.search.types import Hit


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
        "attachments": [
            {"id": str(each.id), "name": each.name, "media_type": each.media_type, "alt": each.alt}
            for each in one.attachments
        ],
    }


def hit(one: Hit) -> dict[str, Any]:
    """Something that was found. ``snippet`` is plain text in pieces, so that whoever shows it escapes it."""
    return {
        "id": str(one.message_id),
        "passage": str(one.passage_id),
        "author": {"slug": one.author.slug, "name": one.author.name},
        "place": one.place,
        "name": one.place_name,
        "marking": Marking(one.marking).name.lower(),
        "delivered_at": rfc3339(one.delivered_at),
        "is_answer": one.is_answer,
        "snippet": [{"text": part.text, "found": part.is_found} for part in one.snippet],
        "files": list(one.files),
    }
