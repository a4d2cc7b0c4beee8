"""Taking out, for machines: the same zips as the pages give."""

from __future__ import annotations

import io
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from lockgate.api.declared import Verb
from lockgate.api.speaker import answering
from lockgate.people.models import Person
from lockgate.portability import operations

_ZIP = {"type": "string", "format": "binary"}


@answering(
    GET=Verb("Everything that the caller has written, as a zip.", "export", _ZIP, media="application/zip")
)
def own(request: HttpRequest, *, viewer: Person, at: datetime) -> HttpResponse:
    out = io.BytesIO()
    operations.take_out_own(by=viewer, at=at, out=out)
    return _zip(out)


@answering(
    GET=Verb("What was said in a space, as a zip, for its owners.", "export", _ZIP, media="application/zip")
)
def space(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> HttpResponse:
    out = io.BytesIO()
    lane = request.GET.get("lane", "")[:32].replace("\x00", "")
    operations.take_out_space(by=viewer, at=at, slug=slug, lane=lane, out=out)
    return _zip(out)


def _zip(out: io.BytesIO) -> HttpResponse:
    answer = HttpResponse(out.getvalue(), content_type="application/zip")
    answer.headers["Cache-Control"] = "no-store"
    return answer
