"""Lockgate on a phone's home screen, and what it shows there without a network."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.conversations import queries as conversations
from lockgate.spaces import queries as spaces
from lockgate.web import assets
from lockgate.web.shell import bare, viewer

MOST_KEPT = 30


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest: the same for everybody, so that it tells nothing of anybody."""

    def icon(name: str, sizes: str, purpose: str = "any") -> dict[str, str]:
        kind = "image/svg+xml" if name.endswith("svg") else "image/png"
        return {"src": assets.address(name), "sizes": sizes, "type": kind, "purpose": purpose}

    response = JsonResponse(
        {
            "id": "/",
            "name": "Lockgate",
            "short_name": "Lockgate",
            "description": _("What your company says, inside, with partners, and outside."),
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#fbfaf7",
            "theme_color": "#fbfaf7",
            "icons": [
                icon("icon.svg", "any"),
                icon("icon-192.png", "192x192"),
                icon("icon-512.png", "512x512"),
                icon("icon-maskable-512.png", "512x512", "maskable"),
            ],
            "shortcuts": [
                {"name": _("Write"), "url": "/?write=1#write"},
                {"name": _("Waiting for you"), "url": "/approvals"},
            ],
        },
        content_type="application/manifest+json",
    )
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It stands at the root because it may only speak for what lies beneath it."""
    response = HttpResponse(assets.worker_text(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def no_network(request: HttpRequest) -> HttpResponse:
    """What stands there without a network: nobody's, so that it can be kept for all."""
    return bare(request, "web/offline.html", {})


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The newest of Home, for the device to keep: without pictures, without answers, and without anything that is
    marked Confidential or above."""
    person, at = viewer(request), now()
    feed = conversations.home(person, at, seated=spaces.seated(person, at))
    found = conversations.items([key.passage_id for key in feed.keys[:MOST_KEPT]])
    kept = [
        found[key.passage_id]
        for key in feed.keys[:MOST_KEPT]
        if key.passage_id in found and found[key.passage_id].marking < Marking.CONFIDENTIAL
    ]
    response = bare(request, "web/offline_home.html", {"posts": kept, "at": at})
    response.headers["Lockgate-Keep"] = "home"
    return response
