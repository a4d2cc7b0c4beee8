"""The words of a mail that came as HTML, as plain text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_MOST = 60_000
_SILENT = {"script", "style", "head", "title", "template"}
_BLOCKS = {"p", "div", "br", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "pre", "hr", "section"}


class _Text(HTMLParser):
    """The words of HTML; quoted mails (``blockquote``, Gmail's and Outlook's marks) are left out."""

    def __init__(self, *, without_quotes: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.without_quotes = without_quotes
        self.words: list[str] = []
        self.silent: list[str] = []
        self.is_over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marks = dict(attrs)
        if tag in _SILENT or (tag == "blockquote" and self.without_quotes) or self.silent:
            if tag not in {"br", "hr", "img", "meta", "link", "input", "wbr", "area", "base", "col"}:
                self.silent.append(tag)
            return
        if not self.without_quotes:
            pass
        elif marks.get("id") in {
            "divRplyFwdMsg",
            "appendonsend",
            "OLK_SRC_BODY_SECTION",
        } or "gmail_quote" in (marks.get("class") or ""):
            self.is_over = True
        if tag == "li":
            self.words.append("\n- ")
        elif tag in _BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self.silent:
            if tag in self.silent:
                while self.silent.pop() != tag:
                    continue
            return
        if tag in {"p", "h1", "h2", "h3", "h4", "table"}:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent and not self.is_over:
            self.words.append(re.sub(r"\s+", " ", data))


def of_html(html: str, *, without_quotes: bool = True) -> str:
    """The words of an HTML mail as plain text."""
    reader = _Text(without_quotes=without_quotes)
    try:
        reader.feed(html[: 40 * _MOST])
        reader.close()
    except (ValueError, AssertionError, RecursionError):
        return re.sub(r"<[^>]{0,2000}>", " ", html[:_MOST])
    lines = [line.strip() for line in "".join(reader.words).replace("\xa0", " ").splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
