"""The one shape of a refusal: problem details (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, JsonResponse


def refusal(status: int, code: str, sentence: str, mend: str = "", **more: object) -> JsonResponse:
    """Problem details: ``code`` is the stable word for machines, ``detail`` and ``mend`` are for people."""
    said = {
        "type": f"/api/v1/problems/{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
        "code": code,
        **({"mend": mend} if mend else {}),
        **{key: value for key, value in more.items() if value},
    }
    return JsonResponse(said, status=status, content_type="application/problem+json")


def is_ours(request: HttpRequest) -> bool:
    """Whether an address of this API was asked: whatever refuses it answers in this shape."""
    match = request.resolver_match
    return match is not None and match.func.__module__.startswith("lockgate.api.")
