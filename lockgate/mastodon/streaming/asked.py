"""What stands in a request for a stream: host, token, query."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from lockgate.live.types import Scope

Headers = dict[bytes, bytes]


def query_of(scope: Scope) -> dict[str, str]:
    """Each field once, the last that was said; what holds a NUL is not said at all."""
    found = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=50)
    return {name: values[-1] for name, values in found.items() if "\x00" not in values[-1]}


def listener_words(scope: Scope, headers: Headers, query: dict[str, str]) -> str:
    """The token: by header, by query, or, where a page can set neither, as the name of a subprotocol."""
    kind, _space, words = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if kind.lower() == "bearer":
        return words.strip()
    if query.get("access_token"):
        return query["access_token"]
    offered = scope.get("subprotocols") or []
    return str(offered[0]) if offered else ""


def host_of(headers: Headers) -> str:
    return urlsplit(f"//{_host(headers)}").hostname or ""


def is_secure(scope: Scope, headers: Headers) -> bool:
    told = headers.get(b"x-forwarded-proto", b"").decode("latin-1") if settings.BEHIND_PROXY else ""
    return (told or scope.get("scheme", "http")) in {"https", "wss"}


def base_of(headers: Headers, pages_port: int, secure: bool) -> str:
    """The address of the pages, which entities name: behind a proxy the same host, else the same name at the port of
    the pages."""
    scheme = "https" if secure else "http"
    if settings.LIVE_URL or not pages_port:
        return str(settings.PUBLIC_URL).rstrip("/") or f"{scheme}://{_host(headers)}"
    name = host_of(headers)
    return f"{scheme}://{f'[{name}]' if ':' in name else name}:{pages_port}"


def _host(headers: Headers) -> str:
    return headers.get(b"host", b"").decode("latin-1")
