"""The OpenAPI document of this edge."""

from __future__ import annotations

from typing import Any

from lockgate.mastodon.speaking import Asked


def openapi(asked: Asked) -> dict[str, Any]:
    """What this edge answers, for whoever writes an app."""
    from lockgate.mastodon.openapi import document

    return document() | {"servers": [{"url": asked.base}]}
