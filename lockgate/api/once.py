"""Idempotency-Key: the same write sent again is answered as it was, and done once.

The key, the write and its answer are one transaction. A process that dies in between leaves none of them; two requests
with one key at one moment wait for each other at the row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from lockgate.api.fields import body
from lockgate.api.models import Once
from lockgate.base.refusal import BadInput, Refusal
from lockgate.base.transactions import change
from lockgate.people.models import Person

KEPT = timedelta(hours=24)
_MOST_KEY = 255


class KeyReused(Refusal):
    """The key came before, with another request."""

    code = "idempotency-key-reused"
    status = 422


class _FailedError(Exception):
    """The answer is no answer to keep: all is undone, and the next try is a first one."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.answer = answer


def once(
    request: HttpRequest, key: str, *, by: Person, at: datetime, carry_out: Callable[[], HttpResponse]
) -> HttpResponse:
    """The answer of ``carry_out``, or what it answered when this key came first. Raises KeyReused, BadInput."""
    if not (0 < len(key) <= _MOST_KEY and key.isascii() and key.isprintable()):
        raise BadInput(_("An Idempotency-Key has 1 to 255 plain characters."), _("A UUID is a good one."))
    digest, asked = hashlib.sha256(key.encode()).hexdigest(), _fingerprint(request)
    try:
        with change():
            Once.objects.filter(at__lt=at - KEPT).delete()
            # Whoever comes second waits here until the first one is through, and then finds its row.
            Once.objects.bulk_create([Once(person=by, key=digest, asked=asked, at=at)], ignore_conflicts=True)
            row = Once.objects.get(person=by, key=digest)
            if row.asked != asked:
                raise KeyReused(
                    _("This Idempotency-Key came before with another request."),
                    _("Use a new key for each new request."),
                )
            if row.status is not None:
                return _again(row)
            answer = carry_out()
            if answer.status_code >= 500:
                raise _FailedError(answer)
            row.status, row.answer = answer.status_code, answer.content
            row.save(update_fields=["status", "answer"])
            return answer
    except _FailedError as failed:
        return failed.answer


def _again(row: Once) -> HttpResponse:
    status = row.status or 200
    kind = "application/problem+json" if status >= 400 else "application/json"
    answer = HttpResponse(bytes(row.answer), status=status, content_type=kind)
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


def _fingerprint(request: HttpRequest) -> str:
    """Method, address and what came with it. Of a form its fields, since the boundary between them is another each
    time."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == "multipart/form-data":
        for name, value in sorted(request.POST.items()):
            digest.update(f"{name}={value}\n".encode())
        for name, file in sorted(request.FILES.items()):
            if isinstance(file, list):
                continue
            content = file.read()
            file.seek(0)
            digest.update(f"{name}:{file.name}:{hashlib.sha256(content).hexdigest()}\n".encode())
    else:
        digest.update(body(request))
    return digest.hexdigest()
