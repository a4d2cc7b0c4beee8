"""The company's feed as Atom 1.0 (RFC 4287) and RSS 2.0, and the validators for conditional requests.

Pure: a feed's facts in, bytes out. What was taken away stands in Atom as a tombstone (RFC 6721), so that readers
who have the entry remove it; RSS has no word for that and simply leaves it out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree

_ATOM = "http://www.w3.org/2005/Atom"
_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
# What XML 1.0 cannot hold at all, escaped or not.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Names are written with their prefixes as they stand: to register prefixes with ElementTree would be for the whole
# process, and Atom's as the default one would draw RSS's own names into Atom.


@dataclass(frozen=True, slots=True)
class Picture:
    url: str
    media_type: str
    alt: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the public sees it. ``removed_at`` set: a tombstone, whose other words are not shown."""

    id: str
    url: str
    title: str
    html: str
    text: str
    published_at: datetime
    updated_at: datetime
    language: str = "en"
    categories: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """The feed as a whole. ``id`` never changes; ``url`` is the page for people; ``begun_at`` is its age."""

    id: str
    title: str
    url: str
    atom_url: str
    rss_url: str
    author: str
    begun_at: datetime
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Validators:
    """For the HTTP headers ETag and Last-Modified. ``etag`` has its quotes; ``last_modified`` is whole seconds."""

    etag: str
    last_modified: datetime


def validators(feed: Feed, entries: Sequence[Entry]) -> Validators:
    """The same for the same content, whatever process answers; another as soon as an entry comes, changes or goes."""
    said = "\n".join(
        [
            repr(feed),
            *(f"{e.id} {e.updated_at.isoformat()} {e.removed_at} {e.title} {hash_of(e)}" for e in entries),
        ]
    )
    newest = max([feed.begun_at, *(entry.updated_at for entry in entries)])
    # Weak, since compression may change the bytes on the way.
    return Validators(
        'W/"' + hashlib.sha256(said.encode()).hexdigest()[:32] + '"',
        newest.astimezone(UTC).replace(microsecond=0),
    )


def hash_of(entry: Entry) -> str:
    return hashlib.sha256(f"{entry.html}{entry.pictures}{entry.categories}".encode()).hexdigest()[:16]


def atom(feed: Feed, entries: Sequence[Entry]) -> bytes:
    """An Atom document, newest entry first as given. Media type application/atom+xml."""
    root = ElementTree.Element("feed", {"xmlns": _ATOM, "xmlns:at": _TOMBSTONES, "xml:lang": feed.language})
    _say(root, "id", feed.id)
    _say(root, "title", feed.title)
    _say(root, "updated", _rfc3339(max([feed.begun_at, *(entry.updated_at for entry in entries)])))
    ElementTree.SubElement(
        root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.atom_url}
    )
    ElementTree.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.url})
    _say(ElementTree.SubElement(root, "author"), "name", feed.author)
    for entry in entries:
        if entry.removed_at is not None:
            gone = {"ref": entry.id, "when": _rfc3339(entry.removed_at)}
            ElementTree.SubElement(root, "at:deleted-entry", gone)
            continue
        made = ElementTree.SubElement(root, "entry", {"xml:lang": entry.language})
        _say(made, "id", entry.id)
        _say(made, "title", entry.title or _beginning(entry.text))
        _say(made, "published", _rfc3339(entry.published_at))
        _say(made, "updated", _rfc3339(entry.updated_at))
        ElementTree.SubElement(made, "link", {"rel": "alternate", "type": "text/html", "href": entry.url})
        for picture in entry.pictures:
            ElementTree.SubElement(
                made,
                "link",
                {
                    "rel": "enclosure",
                    "type": picture.media_type,
                    "length": str(picture.size_bytes),
                    "href": picture.url,
                    "title": _fit(picture.alt),
                },
            )
        for category in entry.categories:
            ElementTree.SubElement(made, "category", {"term": _fit(category)})
        _say(made, "content", _content(entry)).set("type", "html")
    return _document(root)


def rss(feed: Feed, entries: Sequence[Entry]) -> bytes:
    """An RSS 2.0 document of what stands. Media type application/rss+xml."""
    root = ElementTree.Element("rss", {"version": "2.0", "xmlns:atom": _ATOM, "xmlns:content": _CONTENT})
    channel = ElementTree.SubElement(root, "channel")
    _say(channel, "title", feed.title)
    _say(channel, "link", feed.url)
    _say(channel, "description", f"{feed.title} ({feed.author})")
    _say(channel, "language", feed.language)
    _say(channel, "lastBuildDate", _rfc822(max([feed.begun_at, *(entry.updated_at for entry in entries)])))
    ElementTree.SubElement(
        channel, "atom:link", {"rel": "self", "type": "application/rss+xml", "href": feed.rss_url}
    )
    for entry in entries:
        if entry.removed_at is not None:
            continue
        made = ElementTree.SubElement(channel, "item")
        _say(made, "title", entry.title or _beginning(entry.text))
        _say(made, "link", entry.url)
        _say(made, "guid", entry.id).set("isPermaLink", "false")
        _say(made, "pubDate", _rfc822(entry.published_at))
        for category in entry.categories:
            _say(made, "category", category)
        _say(made, "description", entry.text)
        _say(made, "content:encoded", _content(entry))
        if entry.pictures:  # RSS allows one
            first = entry.pictures[0]
            ElementTree.SubElement(
                made,
                "enclosure",
                {"url": first.url, "length": str(first.size_bytes), "type": first.media_type},
            )
    return _document(root)


def _content(entry: Entry) -> str:
    pictures = "".join(
        f'<figure><img src="{escape(picture.url)}" alt="{escape(picture.alt)}"></figure>'
        for picture in entry.pictures
    )
    return entry.html + pictures


def _beginning(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 80 else words[:79].rsplit(" ", 1)[0] + "…"


def _say(under: ElementTree.Element, name: str, words: str) -> ElementTree.Element:
    made = ElementTree.SubElement(under, name)
    made.text = _fit(words)
    return made


def _fit(words: str) -> str:
    return _UNFIT.sub("", words)


def _document(root: ElementTree.Element) -> bytes:
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _rfc822(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)
