"""Files with a status, and the pictures that stand for people and rooms."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from lockgate.base.clock import now
from lockgate.base.refusal import BadInput, NotFound
from lockgate.gateway import operations as gateway
from lockgate.gateway import queries as gate
from lockgate.mastodon import queries, reading
from lockgate.mastodon.avatars import tile
from lockgate.mastodon.entities import media_words
from lockgate.mastodon.reading import Reader
from lockgate.mastodon.speaking import Asked, as_json
from lockgate.mastodon.views.statuses import number_of
from lockgate.profiles import queries as profiles


def upload(asked: Asked) -> dict[str, Any]:
    """Take a file in for a status to come, with words for those who cannot see it."""
    file = asked.fields.files.get("file")
    if file is None:
        raise BadInput(_("There is no file in the field “file”."))
    taken = gateway.attach(
        by=asked.viewer,
        at=asked.at,
        name=_named(file.name or "", file.content_type or ""),
        content=file.read(gateway.MOST_FILE_BYTES + 1),
        alt=asked.fields.text("description"),
    )
    return Reader.of(asked).draw.media(taken)


def one(asked: Asked, number: str) -> dict[str, Any]:
    reader = Reader.of(asked)
    return reader.draw.media(reading.files_of(reader, number_of(number)))


def describe(asked: Asked, number: str) -> dict[str, Any]:
    reader = Reader.of(asked)
    if "description" in asked.fields:
        gateway.describe(
            by=asked.viewer, attachment_id=number_of(number), alt=asked.fields.text("description")
        )
    return reader.draw.media(reading.files_of(reader, number_of(number)))


def remove(asked: Asked, number: str) -> dict[str, Any]:
    gateway.detach(by=asked.viewer, attachment_id=number_of(number))
    return {}


def content(request: HttpRequest, token: int, number: str, until: str, words: str) -> HttpResponse:
    """The bytes, to whoever holds an address that was signed for a token which still speaks, while its person may still
    hear the message. A view of pictures sends no header, so the address itself says for whom it was made."""
    try:
        return _content(token, number_of(number), until, words)
    except NotFound as error:
        return as_json({"error": str(error)}, 404)


def _content(token: int, number: int, until: str, words: str) -> HttpResponse:
    at = now()
    if not constant_time_compare(words, media_words(token, number, until)):
        raise NotFound
    if date.fromisoformat(until) < at.date():
        raise NotFound
    speaker = queries.speaker_of(token, at)
    if speaker is None or speaker.person is None:
        raise NotFound
    found = gate.attachment(speaker.person, number, at)
    response = HttpResponse(gateway.open_bytes(found.id), content_type=found.media_type)
    response.headers["Content-Disposition"] = "inline" if found.is_image else "attachment"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def photo(request: HttpRequest, token: int, slug: str, until: str, words: str) -> HttpResponse:
    """A person's photo, by an address that was signed for a token which still speaks, while its person may know of
    them."""
    try:
        if not constant_time_compare(words, media_words(token, f"photo:{slug}", until)):
            raise NotFound
        at = now()
        speaker = queries.speaker_of(token, at)
        if date.fromisoformat(until) < at.date() or speaker is None or speaker.person is None:
            raise NotFound
        found = profiles.photo(speaker.person, slug, at)
    except NotFound as error:
        return as_json({"error": str(error)}, 404)
    response = HttpResponse(found.content, content_type=found.media_type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def avatar(request: HttpRequest, hue: int, letters: str) -> HttpResponse:
    """A coloured tile with the letters of its own address: it tells nothing that the asker did not say."""
    response = HttpResponse(tile(hue % 360, letters[:2]), content_type="image/png")
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


_ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}


def _named(name: str, kind: str) -> str:
    """Some clients send pictures without an ending to their name."""
    ending = _ENDINGS.get(kind, "")
    return name if "." in name or not ending else f"{name or 'picture'}{ending}"
