"""Taking out: what one has written, and, for its owners, what was said in a space."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import IO

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_POST

from lockgate.base.clock import now
from lockgate.portability import operations
from lockgate.web.shell import viewer

_IN_MEMORY = 4 * 1024 * 1024


@require_POST
def own(request: HttpRequest) -> FileResponse:
    person, at = viewer(request), now()
    return _sent(
        lambda out: operations.take_out_own(by=person, at=at, out=out), f"{person.slug}-{at:%Y-%m-%d}.zip"
    )


@require_POST
def space(request: HttpRequest, slug: str, lane: str = "") -> FileResponse:
    person, at = viewer(request), now()
    return _sent(
        lambda out: operations.take_out_space(by=person, at=at, slug=slug, lane=lane, out=out),
        f"{slug}-{at:%Y-%m-%d}.zip",
    )


def _sent(write: Callable[[IO[bytes]], int], name: str) -> FileResponse:
    # Written whole before the first byte goes: what breaks off is told as a refusal, not as half a file.
    out = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (the response closes it)
    try:
        write(out)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    answer = FileResponse(out, as_attachment=True, filename=name, content_type="application/zip")
    answer.headers["Cache-Control"] = "no-store"
    return answer
