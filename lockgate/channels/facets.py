"""Bluesky's facets: which bytes of a text are a link, a mention or a tag. Offsets count UTF-8 bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lockgate.channels.rendering import Plain

# A handle is a host name; what stands before "@" must not be part of a word or an address.
_MENTION = re.compile(
    r"(?<![\w@/.])@((?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]{2,63})(?![\w-])"
)
_TAG = re.compile(r"(?<![\w#&/])#(?!\d+\b)(\w{1,64})")

Resolve = Callable[[str], str | None]


def mentioned(text: str) -> tuple[str, ...]:
    """The handles that ``text`` mentions, in order, each once, in lower case."""
    return tuple(dict.fromkeys(found.group(1).lower() for found in _MENTION.finditer(text)))


def facets(plain: Plain, resolve: Resolve) -> list[dict[str, Any]]:
    """Facets in order of their place. ``resolve`` answers a handle's DID, or None where there is no such account
    (then the mention stays plain words). What lies inside a link is never a mention or a tag."""
    made = [
        (link.start, link.end, {"$type": "app.bsky.richtext.facet#link", "uri": link.url})
        for link in plain.links
        if link.url.startswith(("http://", "https://"))
    ]
    taken = [(link.start, link.end) for link in plain.links]
    for found in _MENTION.finditer(plain.text):
        did = None if _overlaps(found, taken) else resolve(found.group(1).lower())
        if did:
            made.append((*found.span(), {"$type": "app.bsky.richtext.facet#mention", "did": did}))
    for found in _TAG.finditer(plain.text):
        if not _overlaps(found, taken):
            made.append((*found.span(), {"$type": "app.bsky.richtext.facet#tag", "tag": found.group(1)}))
    return [
        {
            "$type": "app.bsky.richtext.facet",
            "index": {"byteStart": _bytes(plain.text[:start]), "byteEnd": _bytes(plain.text[:end])},
            "features": [feature],
        }
        for start, end, feature in sorted(made, key=lambda entry: entry[:2])
    ]


def _bytes(text: str) -> int:
    return len(text.encode())


def _overlaps(found: re.Match[str], taken: list[tuple[int, int]]) -> bool:
    return any(found.start() < end and start < found.end() for start, end in taken)
