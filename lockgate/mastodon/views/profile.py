"""One's own account as an app edits it: the photo, and what one says one works on. The rest is kept by the company."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from lockgate.base.transactions import change
from lockgate.mastodon.fields import Fields
from lockgate.mastodon.reading import Reader
from lockgate.mastodon.reading.accounts import whole
from lockgate.mastodon.speaking import Asked, NotAllowed
from lockgate.people.models import Person
from lockgate.profiles import operations as profiles
from lockgate.profiles import queries as told

_ROLE = {
    "id": "0",
    "name": "",
    "color": "",
    "permissions": "0",
    "highlighted": False,
    "collection_limit": 0,
}
_MOST_PHOTO = 16 * 1024 * 1024


def verify_credentials(asked: Asked) -> dict[str, Any]:
    reader = Reader.of(asked)
    drawn = whole(reader, asked.viewer)
    return drawn | {"source": _source(asked.viewer), "role": dict(_ROLE)}


def update_credentials(asked: Asked) -> dict[str, Any]:
    """A new photo, other words about one's work. Apps send all that they know, so what is as it was is taken without a
    word; what the company keeps is not changed."""
    fields = asked.fields
    _refuse_what_differs(fields, verify_credentials(asked))
    photo = fields.files.get("avatar")
    content = photo.read(_MOST_PHOTO) if photo is not None else b""
    written = told.written_by(asked.viewer)
    said = replace(written, works_on=fields.text("note")) if "note" in fields else written
    # Both or neither. A photo alone is drawn anew before anything is written, and nobody waits for that.
    with change() if content and said != written else nullcontext():
        if said != written:
            profiles.write(by=asked.viewer, at=asked.at, written=said)
        if content:
            profiles.set_photo(by=asked.viewer, at=asked.at, content=content)
    return _afresh(asked)


def remove_avatar(asked: Asked) -> dict[str, Any]:
    profiles.remove_photo(by=asked.viewer, at=asked.at)
    return _afresh(asked)


def remove_header(asked: Asked) -> dict[str, Any]:
    """Nobody has a picture behind their name, so none is left."""
    return verify_credentials(asked)


def _afresh(asked: Asked) -> dict[str, Any]:
    """As it stands after a change: whose photo stands where was read before it."""
    viewer = Person.objects.select_related("firm", "department", "site").get(pk=asked.viewer.pk)
    drawn = whole(Reader.of(asked), viewer)
    return drawn | {"source": _source(viewer), "role": dict(_ROLE)}


def _source(person: Person) -> dict[str, Any]:
    return {
        "privacy": "public",
        "sensitive": False,
        "language": person.language,
        "note": told.written_by(person).works_on,
        "fields": [],
        "follow_requests_count": 0,
        "hide_collections": True,
        "discoverable": False,
        "indexable": False,
        "attribution_domains": [],
        "quote_policy": "nobody",
    }


def _refuse_what_differs(fields: Fields, mine: dict[str, Any]) -> None:
    """Raises NotAllowed for another name, row of facts, header or way to be found."""
    if fields.files.get("header") is not None:
        raise NotAllowed(
            _("There is no picture behind a name here."),
            _("Save your profile without one; a photo is taken."),
        )
    source = mine["source"]
    stands = {
        "display_name": mine["display_name"],
        **{name: mine[name] for name in ("locked", "bot", "discoverable", "indexable", "hide_collections")},
    }
    preferred = {name: source[name] for name in ("privacy", "sensitive", "language", "quote_policy")}
    said = fields.within("source")
    differs = any(_differs(fields, name, value) for name, value in stands.items())
    differs = differs or any(_differs(said, name, value) for name, value in preferred.items())
    differs = differs or any(one.strip() for one in fields.texts("attribution_domains"))
    if differs or _facts_differ(fields, mine):
        raise NotAllowed(
            _("Your name, your role and who finds you are kept by the company and not changed from an app."),
            _("Ask an administrator where something is wrong. Photo and note can be changed here."),
        )


def _differs(fields: Fields, name: str, stands: Any) -> bool:
    if name not in fields:
        return False
    if isinstance(stands, bool):
        return fields.flag(name) != stands
    # A field that an app leaves empty is one that its user never filled in.
    return fields.text(name).strip() not in {"", str(stands)}


def _facts_differ(fields: Fields, mine: dict[str, Any]) -> bool:
    """Rows beside a name: none, as ``source`` tells them, or those that the account shows."""
    rows = [
        (one.text("name").strip(), one.text("value").strip()) for one in fields.several("fields_attributes")
    ]
    said = [row for row in rows if any(row)]
    return bool(said) and said != [(one["name"], one["value"]) for one in mine["fields"]]
