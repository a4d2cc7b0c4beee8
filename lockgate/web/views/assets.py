"""Stylesheet, script and fonts: the same bytes for ever under one name."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lockgate.web import assets


@require_safe
def asset(request: HttpRequest, name: str) -> HttpResponse:
    found = assets.find(name)
    if found is None:
        raise Http404
    packs = bool(found.packed) and "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(found.packed if packs else found.body, content_type=found.media_type)
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    if found.packed:
        response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
