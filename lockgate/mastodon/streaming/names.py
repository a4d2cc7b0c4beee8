"""The streams that a client may name, and what each needs. Pure."""

from __future__ import annotations

from collections.abc import Collection

from lockgate.attention.queries import topic
from lockgate.mastodon import rules

Stream = tuple[str, ...]
"""As it stands in a frame: ("user",), ("hashtag", "bench"), ("list", "4711")."""

OF_ALL = (
    "public",
    "public:local",
    "public:remote",
    "public:media",
    "public:local:media",
    "public:remote:media",
)
_PLAIN = ("user", "user:notification", "direct", *OF_ALL)
_WITH = {"hashtag": "tag", "hashtag:local": "tag", "list": "list"}
NOTICES: Stream = ("user:notification",)
USER: Stream = ("user",)
DIRECT: Stream = ("direct",)


def stream_named(name: str, *, tag: str = "", number: str = "") -> Stream | None:
    """The stream that a client means; None where there is none of that name, or what it is about is lacking."""
    if name in _PLAIN:
        return (name,)
    about = {"tag": topic(tag) or tag.lower().removeprefix("#"), "list": number}.get(_WITH.get(name, ""), "")
    return (name, about) if about and len(about) <= 200 else None


def of_path(rest: str) -> str:
    """The name behind an address: "public/local" is "public:local"."""
    return rest.strip("/").replace("/", ":")


def may_open(scopes: Collection[str], stream: Stream) -> bool:
    wanted = "read:notifications" if stream == NOTICES else "read:statuses"
    if stream[0] == "list":
        wanted = "read:lists"
    return rules.covers(scopes, wanted)


def shows(stream: Stream, streams: Collection[Stream] | None) -> bool:
    """Whether what goes to ``streams`` goes out on this one; None is all that show posts."""
    return stream != NOTICES if streams is None else stream in streams
