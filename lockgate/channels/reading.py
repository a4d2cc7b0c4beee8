"""Reads back what a channel shows, as words, and says plainly where it differs from what was sent."""

from __future__ import annotations

import unicodedata
from html.parser import HTMLParser

from django.utils.translation import gettext as _

_BLOCKS = {
    *("p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr"),
    *("tr", "table", "thead", "tbody", "figure", "figcaption"),
}
_UNREAD = {"script", "style", "template"}
# Sites set straight quotes and hyphens in type; that is no difference in what was said.
_TYPESET = str.maketrans(
    {
        **dict.fromkeys("“”„«»″", '"'),
        **dict.fromkeys("‘’‚′ʼ", "'"),
        **dict.fromkeys("–—−", "-"),
        "×": "x",
        "\u200b": None,
        "\ufeff": None,
    }
)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNREAD:
            self._unread += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in {"td", "th"}:
            self.parts.append(" ")
        elif tag == "img" and "emoji" in (dict(attrs).get("class") or ""):
            self.parts.append(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD:
            self._unread = max(0, self._unread - 1)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.parts.append(data)


def words_of_html(html: str) -> str:
    """The words that a reader of ``html`` sees, one line a block."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def folded(words: str) -> str:
    """``words`` as they are compared: spaces run together and typographic dress taken off."""
    words = unicodedata.normalize("NFKC", words).translate(_TYPESET)
    while "--" in words:
        words = words.replace("--", "-")
    return " ".join(words.split())


def same_words(sent: str, shown: str) -> bool:
    return folded(sent) == folded(shown)


def difference(sent: str, shown: str) -> str:
    """A sentence on how ``shown`` departs from ``sent``; empty when it does not."""
    mine, theirs = folded(sent), folded(shown)
    if mine == theirs:
        return ""
    if mine.startswith(theirs):
        return _("The text was cut after %(shown)s of %(sent)s characters.") % {
            "shown": len(theirs),
            "sent": len(mine),
        }
    at = next(
        (i for i, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), min(len(mine), len(theirs))
    )
    return _("The text differs from what was sent, from “%(words)s” on.") % {
        "words": theirs[max(0, at - 20) : at + 30]
    }
