"""What clients ask for and this house does not have: answered as nothing, never as missing."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from lockgate.mastodon.speaking import Asked, NotAllowed


def nothing(asked: Asked, *_more: str, **_named: str) -> list[Any]:
    return []


def empty(asked: Asked, *_more: str, **_named: str) -> dict[str, Any]:
    return {}


def not_here(asked: Asked, *_more: str, **_named: str) -> dict[str, Any]:
    raise NotAllowed(_("This cannot be done from an app here."), _("Open Lockgate in a browser."))


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
