"""What clients ask for and this house does not have: answered as nothing, never as missing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from lockgate.base.refusal import Refusal
from lockgate.mastodon import reading
from lockgate.mastodon.reading import Reader
from lockgate.mastodon.speaking import Asked, NotAllowed, as_json, open_to_all
from lockgate.mastodon.views.statuses import number_of


def nothing(asked: Asked, *_more: str, **_named: str) -> list[Any]:
    return []


def empty(asked: Asked, *_more: str, **_named: str) -> dict[str, Any]:
    return {}


def not_here(asked: Asked, *_more: str, **_named: str) -> dict[str, Any]:
    raise NotAllowed(_("This cannot be done from an app here."), _("Open Lockgate in a browser."))


def not_featured(asked: Asked, number: str = "") -> dict[str, Any]:
    raise NotAllowed(
        _("Tags are not shown on a person’s page here."),
        _("Write on your profile what people may ask you about."),
    )


def not_reported(asked: Asked) -> dict[str, Any]:
    raise NotAllowed(
        _("Nothing is reported from an app here, and nothing was sent."),
        _("Tell an owner of the space, who may take a post back there."),
    )


class NoTranslator(Refusal):
    """There is nobody here who translates."""

    code = "no-translator"
    status = 503


def translate(asked: Asked, number: str) -> dict[str, Any]:
    """As Mastodon without a translator: asked for what one reads, and not done."""
    reading.status(Reader.of(asked), number_of(number))
    raise NoTranslator(_("Posts are not translated here."), _("Your device may do it."))


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
