"""Files of messages and their versions, for machines: what stands, what stood, a new one in its place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from lockgate.api import shapes, words
from lockgate.api.declared import COUNT, MOMENT, TEXT, Verb, many, or_null, record
from lockgate.api.speaker import answering
from lockgate.base.clock import rfc3339
from lockgate.base.refusal import BadInput
from lockgate.gateway import operations as gateway
from lockgate.gateway import queries as gate
from lockgate.gateway.types import AttachmentView, FileVersion
from lockgate.people.models import Person

_FILE = record({**shapes.FILE["properties"], "size": COUNT, "sha256": TEXT, "version": COUNT})
_VERSION = record({**_FILE["properties"], "replaced_at": or_null(MOMENT)})


@answering(GET=Verb("A file that the caller may open.", "read", _FILE))
def file(request: HttpRequest, attachment_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    return JsonResponse(_file(gate.attachment(viewer, attachment_id, at)))


@answering(
    GET=Verb(
        "Its bytes, whatever version it is of.",
        "read",
        {"type": "string", "format": "binary"},
        media="application/octet-stream",
    )
)
def content(request: HttpRequest, attachment_id: int, *, viewer: Person, at: datetime) -> HttpResponse:
    """The bytes of a file. Of no type, so that nothing of it is ever run or sniffed: ``media_type`` says what it is."""
    found = gate.attachment(viewer, attachment_id, at)
    answer = HttpResponse(gateway.open_bytes(found.id), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = "attachment"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@answering(
    GET=Verb(
        "The versions of a file that the caller may open, the newest first.",
        "read",
        record({"versions": many(_VERSION)}),
    ),
    POST=Verb(
        "A new file in the place of one that the caller has sent; the gate reads it as it read the first.",
        "post",
        shapes.MESSAGE,
        takes=record({"file": {"type": "string", "format": "binary"}}, {"alt": TEXT}),
        status=201,
        is_form=True,
    ),
)
def versions(request: HttpRequest, attachment_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """What stands in the place of this file and what stood there; POST (multipart, ``file``) puts a new one."""
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is None or isinstance(upload, list):
            raise BadInput(_("There is no file in the field “file”."))
        standing = gateway.give_version(
            by=viewer,
            at=at,
            attachment_id=attachment_id,
            name=upload.name or "",
            content=upload.read(gateway.MOST_FILE_BYTES + 1),
            alt=request.POST.get("alt", "").replace("\x00", ""),
        )
        return JsonResponse(words.message(standing), status=201)
    found = gate.versions(viewer, attachment_id, at)
    return JsonResponse({"versions": [_version(one) for one in found]})


def _file(one: AttachmentView) -> dict[str, Any]:
    return {**words.file(one), "size": one.size, "sha256": one.sha256, "version": one.version}


def _version(one: FileVersion) -> dict[str, Any]:
    return {**_file(one.file), "replaced_at": rfc3339(one.replaced_at) if one.replaced_at else None}
