"""Markdown to HTML that is safe to show: no raw HTML in, and a second washing on the way out.

Nothing is ever fetched from elsewhere: pictures by address become plain links, since loading one would tell
its host who reads this page.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

MAX_CHARACTERS = 200_000

_TAGS = {
    "p", "br", "strong", "em", "del", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "div",
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto"}


def _image_as_link(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    words = renderer.renderInlineAsText(token.children or [], options, env) or "picture"
    address = str(token.attrs.get("src", ""))
    return f'<a href="{_escape(address)}">{_escape(words)}</a>'


def _escape(text: str) -> str:
    return nh3.clean_text(text)


def _lowered_heading(tokens: list[Token]) -> None:
    """Headings of a post stand below the page's own (h1, h2)."""
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
        elif token.type == "table_open":
            token.attrSet("class", "said")


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True, "maxNesting": 20})
    reader.enable(["table", "strikethrough"])
    reader.add_render_rule("image", _image_as_link)
    return reader


_READER = _reader()
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}, "th": set(), "td": set()},
    url_schemes=_SCHEMES,
    link_rel="noopener noreferrer nofollow",
)


@lru_cache(maxsize=2048)
def markdown_html(text: str) -> SafeString:
    """``text`` as HTML. Bounded: longer texts are shown up to ``MAX_CHARACTERS``."""
    tokens = _READER.parse(text[:MAX_CHARACTERS])
    _lowered_heading(tokens)
    drawn = _READER.renderer.render(tokens, _READER.options, {})
    return mark_safe(_CLEANER.clean(drawn))  # noqa: S308 (washed by nh3 on this line)


def first_words(text: str, limit: int = 120) -> str:
    """The beginning of ``text`` as plain words, for a line in a list."""
    plain = " ".join(
        text[: limit * 4].replace("*", "").replace("#", "").replace(">", "").replace("`", "").split()
    )
    return plain if len(plain) <= limit else plain[: limit - 1].rstrip() + "…"
