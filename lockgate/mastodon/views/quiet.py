"""What clients ask for and this house does not have: answered as nothing, never as missing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from lockgate.mastodon.speaking import Asked, NotAllowed, as_json, open_to_all


def nothing(asked: Asked, *_more: str, **_named: str) -> list[Any]:
    return []


def empty(asked: Asked, *_more: str, **_named: str) -> dict[str, Any]:
    return {}


def not_here(asked: Asked, *_more: str, **_named: str) -> dict[str, Any]:
    raise NotAllowed(_("This cannot be done from an app here."), _("Open Lockgate in a browser."))


@csrf_exempt
def otherwise(request: HttpRequest, rest: str) -> HttpResponse:
    """An address with a slash at its end is the one without; every other is missing."""
    if rest.endswith("/"):
        try:
            found = resolve("/api/" + rest.rstrip("/"))
        except Resolver404:
            return _missing()
        if found.func is not otherwise:
            response: HttpResponse = found.func(request, *found.args, **found.kwargs)
            return response
    return _missing()


def _missing() -> HttpResponse:
    return open_to_all(as_json({"error": _("Record not found")}, 404), ["GET"])


def preferences(asked: Asked) -> dict[str, Any]:
    return {
        "posting:default:visibility": "public",
        "posting:default:sensitive": False,
        "posting:default:language": asked.viewer.language,
        "posting:default:quote_policy": "nobody",
        "reading:expand:media": "default",
        "reading:expand:spoilers": True,
        "reading:autoplay:gifs": False,
    }
