"""What came with a request, wherever it stood. Clients use all of query string, form, multipart and JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _

from lockgate.base.ids import read_id
from lockgate.base.refusal import BadInput

_MAX_JSON = 512 * 1024

if TYPE_CHECKING:
    # Generic for the checker alone.
    Upload = UploadedFile[bytes]


class Fields:
    """What came with a request, wherever it stood: query string, form, multipart or JSON. Clients use all four."""

    def __init__(self, found: Mapping[str, Any], files: Mapping[str, Upload] | None = None) -> None:
        self._found = found
        self.files = files or {}

    def __contains__(self, name: object) -> bool:
        return name in self._found or f"{name}[]" in self._found

    def text(self, name: str, default: str = "") -> str:
        value = self._found.get(name, default)
        if isinstance(value, list):
            value = value[-1] if value else default
        if value is None:
            return default
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str | int | float):
            return _storable(str(value))
        raise BadInput(_("“%(name)s” is a text.") % {"name": name})

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"true", "1", "on", "t", "yes"}

    def texts(self, name: str, *, most: int = 100) -> list[str]:
        """``name[]=a&name[]=b``, ``name=a`` or a list of JSON; what comes after ``most`` is not read."""
        value = self._found.get(f"{name}[]", self._found.get(name, []))
        values = value if isinstance(value, list) else [value]
        return [_storable(str(one)) for one in values[:most] if isinstance(one, str | int)]

    def within(self, name: str) -> Fields:
        """The fields of ``name[...]``, or of an object of JSON."""
        value = self._found.get(name)
        if isinstance(value, dict):
            return Fields(value)
        start = f"{name}["
        return Fields(
            {
                key[len(start) :].replace("]", "", 1): one
                for key, one in self._found.items()
                if key.startswith(start) and key != f"{name}[]"
            }
        )

    def several(self, name: str) -> list[Fields]:
        """The objects of a list: of JSON, or ``name[][a]`` and ``name[0][a]``, in the order of their numbers."""
        value = self._found.get(name)
        if isinstance(value, list):
            return [Fields(one) for one in value[:100] if isinstance(one, dict)]
        if isinstance(value, dict):
            return [Fields(one) for one in list(value.values())[:100] if isinstance(one, dict)]
        found: dict[int, dict[str, Any]] = {}
        for key, values in self._found.items():
            part = re.fullmatch(re.escape(name) + r"\[(\d{0,4})\]\[(\w+)\]", key)
            if part is None:
                continue
            every = values if isinstance(values, list) else [values]
            if part[1]:
                found.setdefault(int(part[1]), {})[part[2]] = every[-1]
            else:
                for place, one in enumerate(every):
                    found.setdefault(place, {})[part[2]] = one
        return [Fields(found[place]) for place in sorted(found)[:100]]

    def number(self, name: str) -> int | None:
        """An id; None where it is not there or empty (clients send ``max_id=``)."""
        return read_id(self.text(name))

    def limit(self, usual: int, most: int) -> int:
        """How many are asked for; what is empty or no number counts as not said."""
        asked = read_id(self.text("limit"))
        return usual if not asked else min(asked, most)


def read_fields(request: HttpRequest) -> Fields:
    """Query and body together; what stands in the body wins."""
    found: dict[str, Any] = dict(request.GET.lists())
    kind = (request.content_type or "").lower()
    try:
        if kind == "application/json":
            return Fields({**found, **_json(request)})
        if request.method == "POST":
            files = {name: one for name, one in request.FILES.items() if isinstance(one, UploadedFile)}
            return Fields({**found, **dict(request.POST.lists())}, files)
        if request.method in {"PUT", "PATCH", "DELETE"}:
            if kind == "multipart/form-data":
                # Django reads forms of POST alone; clients send them with PUT and PATCH as well.
                post, more = request.parse_file_upload(request.META, request)
                files = {name: one for name, one in more.items() if isinstance(one, UploadedFile)}
                return Fields({**found, **dict(post.lists())}, files)
            if len(request.body) <= _MAX_JSON:
                form = QueryDict(request.body, encoding="utf-8")
                return Fields({**found, **dict(form.lists())})
    except (MultiPartParserError, UnreadablePostError, RequestDataTooBig, UnicodeDecodeError) as error:
        raise BadInput(_("The request cannot be read.")) from error
    except BadRequest as error:
        raise BadInput(_("The request cannot be read.")) from error
    return Fields(found)


def _json(request: HttpRequest) -> dict[str, Any]:
    if not request.body:
        return {}
    if len(request.body) > _MAX_JSON:
        raise BadInput(_("A JSON object of 512 kB at most is expected here."))
    try:
        said = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise BadInput(_("This is not JSON: %(why)s.") % {"why": error}) from error
    if not isinstance(said, dict):
        raise BadInput(_("A JSON object is expected here."))
    return said


def _storable(text: str) -> str:
    if "\x00" in text:
        raise BadInput(_("The text holds a NUL character, which cannot be stored."), _("Remove it."))
    return text
