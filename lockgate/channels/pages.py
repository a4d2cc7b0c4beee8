"""What a page elsewhere says of itself: fetched with nobody's rights, from public addresses alone, a little of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

import httpx2

from lockgate.channels.addresses import ForbiddenError, UnreachableError, allowed_inside
from lockgate.channels.outgoing import _Pinned, _trust

WHOLE_SECONDS = 10.0
MOST_BYTES = 512 * 1024
HOPS = 3
_TIMEOUT = httpx2.Timeout(connect=4.0, read=6.0, write=6.0, pool=4.0)


@dataclass(frozen=True, slots=True)
class PageSaid:
    """A page's own title and description, each on one line; the host that finally answered."""

    host: str
    title: str
    description: str


def look_at(address: str) -> PageSaid | None:
    """The title and description of a page; None where there is none, it is no HTML, or it leads inside.

    No cookie, no referrer, no name of anybody goes along. Each hop is checked anew, and the connection goes to the very
    address that was checked.
    """
    ends = time.monotonic() + WHOLE_SECONDS
    try:
        with httpx2.Client(
            transport=_Pinned(_trust()),
            timeout=_TIMEOUT,
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "Lockgate", "Accept": "text/html", "Accept-Encoding": "identity"},
        ) as client:
            for _hop in range(HOPS + 1):
                if not _is_sound(address) or time.monotonic() > ends:
                    return None
                # A cookie that a hop sets goes to no other.
                client.cookies.clear()
                with client.stream("GET", address) as response:
                    if 300 <= response.status_code < 400 and "location" in response.headers:
                        address = str(response.url.join(response.headers["location"]))
                        continue
                    return _read(response, ends)
    except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError, ValueError):
        return None
    except (ForbiddenError, UnreachableError):
        return None
    return None


def _is_sound(address: str) -> bool:
    parts = urlsplit(address)
    host = (parts.hostname or "").casefold()
    usual = parts.port in {None, 80, 443} or host in allowed_inside()
    return parts.scheme in {"http", "https"} and bool(host) and usual and "@" not in parts.netloc


def _read(response: httpx2.Response, ends: float) -> PageSaid | None:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if response.status_code != 200 or kind not in {"text/html", "application/xhtml+xml"}:
        return None
    if response.headers.get("content-encoding", "identity") != "identity":
        return None
    parts: list[bytes] = []
    size = 0
    for part in response.iter_raw():
        parts.append(part[: MOST_BYTES - size])
        size += len(part)
        if size >= MOST_BYTES or time.monotonic() > ends:
            break
    head = _Head()
    head.feed(b"".join(parts).decode(_charset(response), "replace"))
    title = _line(head.said.get("og:title") or head.title, 200)
    if not title:
        return None
    described = head.said.get("og:description") or head.said.get("description", "")
    return PageSaid(response.url.host[:200], title, _line(described, 300))


def _charset(response: httpx2.Response) -> str:
    name = response.charset_encoding or "utf-8"
    try:
        "".encode(name)
    except LookupError:
        return "utf-8"
    return name


def _line(words: str, most: int) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in words).split())[:most]


class _Head(HTMLParser):
    """Title and named meta lines; what stands in scripts and styles is not read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.said: dict[str, str] = {}
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title" and not self.title:
            self._in_title = True
        if tag == "meta":
            given = dict(attrs)
            name = (given.get("property") or given.get("name") or "").casefold()
            if name in {"og:title", "og:description", "description"}:
                self.said.setdefault(name, (given.get("content") or "")[:2000])

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title and len(self.title) < 2000:
            self.title += data
