"""Fields of a JSON request, each of its kind or refused with a sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import orjson
from django.http import HttpRequest
from django.http.request import RawPostDataException
from django.utils.translation import gettext as _

from lockgate.base.ids import read_id
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput

_MAX_JSON = 512 * 1024


def read(request: HttpRequest, known: Collection[str]) -> Mapping[str, Any]:
    """The JSON object of a request, if it names nothing that is not ``known``."""
    raw = body(request)
    if len(raw) > _MAX_JSON:
        raise BadInput(_("This request has %(size)s bytes; 524288 is the most.") % {"size": len(raw)})
    try:
        said = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadInput(_("This is not JSON: %(why)s.") % {"why": error}) from error
    if not isinstance(said, dict):
        raise BadInput(_("A JSON object is expected here."))
    unknown = sorted(set(said) - set(known))
    if unknown:
        raise BadInput(
            _("Unknown: %(names)s.") % {"names": ", ".join(name[:40] for name in unknown[:5])},
            _("Known are: %(names)s.") % {"names": ", ".join(sorted(known))},
        )
    return said


def body(request: HttpRequest) -> bytes:
    """The bytes of a request. Raises BadInput for a form, which others have read before us."""
    try:
        return request.body
    except RawPostDataException as error:
        raise BadInput(_("A JSON object is expected here.")) from error


def needed(said: Mapping[str, Any], *names: str) -> None:
    """What must be there and has no usual value."""
    for name in names:
        if name not in said:
            raise BadInput(_("“%(name)s” is missing.") % {"name": name})


def text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name, "")
    if not isinstance(value, str):
        raise BadInput(_("“%(name)s” is a text.") % {"name": name})
    return _storable(value)


def _storable(words: str) -> str:
    if "\x00" in words:
        raise BadInput(_("The text holds a NUL character, which cannot be stored."), _("Remove it."))
    return words


def strings(said: Mapping[str, Any], name: str) -> list[str]:
    value = said.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadInput(_("“%(name)s” is a list of texts.") % {"name": name})
    return [_storable(one) for one in value]


def ids(said: Mapping[str, Any], name: str) -> list[int]:
    return [number(one, name) for one in strings(said, name)]


def number(value: object, name: str) -> int:
    found = read_id(value) if isinstance(value, str) else None
    if found is not None:
        return found
    raise BadInput(_("“%(name)s” is an id: digits in a text.") % {"name": name})


def marking(said: Mapping[str, Any]) -> int:
    value = said.get("marking", "internal")
    try:
        return Marking[value.upper()].value
    except (KeyError, AttributeError) as error:
        raise BadInput(_("“marking” is public, internal, confidential or controlled.")) from error


def moment(said: Mapping[str, Any], name: str = "deliver_at") -> datetime | None:
    value = said.get(name)
    if value in (None, ""):
        return None
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BadInput(
            _("“%(name)s” is a time as RFC 3339 writes it, such as 2027-01-31T09:00:00Z.") % {"name": name}
        ) from error
    if not 2020 <= found.year <= 2088:
        raise BadInput(_("That time is too far away."), _("Choose a nearer one."))
    if found.tzinfo is None:
        raise BadInput(
            _("“%(name)s” names no time zone.") % {"name": name},
            _("End it with Z, or an offset such as +01:00."),
        )
    return found


def flag(said: Mapping[str, Any], name: str) -> bool:
    value = said.get(name, False)
    if not isinstance(value, bool):
        raise BadInput(_("“%(name)s” is true or false.") % {"name": name})
    return value
