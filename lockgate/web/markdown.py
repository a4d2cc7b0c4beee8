"""Markdown to HTML that is safe to show: no raw HTML in, and a second washing on the way out.

Nothing is ever fetched from elsewhere: pictures by address become plain links, since loading one would tell
its host who reads this page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import quote

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from lockgate.attention.queries import split_topics
from lockgate.conversations.queries import split_mentions
from lockgate.web import code

MAX_CHARACTERS = 200_000

_TAGS = {
    "p", "br", "strong", "em", "del", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "div", "span",
}  # fmt: skip
_ADDRESS = re.compile(r"https?://[^\s<>\"]{3,500}")  # ours, and linear
_SCHEMES = {"http", "https", "mailto"}


def _image_as_link(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    words = renderer.renderInlineAsText(token.children or [], options, env) or "picture"
    address = str(token.attrs.get("src", ""))
    return f'<a href="{_escape(address)}">{_escape(words)}</a>'


def _code_block(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return code.block(tokens[index].content, tokens[index].info)


def _escape(text: str) -> str:
    return nh3.clean_text(text)


def _lowered_heading(tokens: list[Token]) -> None:
    """Headings of a post stand below the page's own (h1, h2)."""
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"


def _link_bare_addresses(tokens: Sequence[Token]) -> None:
    """An address that stands in the text is a link, as people expect; inside links and code it stays text."""
    for block in tokens:
        if block.type != "inline" or not block.children or "://" not in block.content:
            continue
        inside = 0
        children: list[Token] = []
        for child in block.children:
            inside += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            if child.type == "text" and not inside:
                children += _with_links(child.content)
            else:
                children.append(child)
        block.children = children


def _with_links(text: str) -> list[Token]:
    parts: list[Token] = []
    at = 0
    for found in _ADDRESS.finditer(text):
        address = found.group().rstrip(".,;:!?)»”'\"")
        parts.append(_text(text[at : found.start()]))
        parts.append(Token("link_open", "a", 1, attrs={"href": address}))
        parts.append(_text(address))
        parts.append(Token("link_close", "a", -1))
        at = found.start() + len(address)
    return [*parts, _text(text[at:])]


def _link_names(tokens: Sequence[Token], names: Mapping[str, str]) -> None:
    """Who is named and hears it is a link to their page, under their whole name."""
    for block in tokens:
        if block.type != "inline" or not block.children or "@" not in block.content:
            continue
        inside = 0
        children: list[Token] = []
        for child in block.children:
            inside += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            if child.type != "text" or inside:
                children.append(child)
                continue
            for words, slug in split_mentions(child.content):
                if slug in names:
                    children.append(Token("link_open", "a", 1, attrs={"href": f"/people/{slug}"}))
                    children.append(_text(f"@{names[slug]}"))
                    children.append(Token("link_close", "a", -1))
                else:
                    children.append(_text(words))
        block.children = children


def _link_topics(tokens: Sequence[Token]) -> None:
    """A topic leads to what was said on it, where its reader sits."""
    for block in tokens:
        if block.type != "inline" or not block.children or "#" not in block.content:
            continue
        inside = 0
        children: list[Token] = []
        for child in block.children:
            inside += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            if child.type != "text" or inside or "#" not in child.content:
                children.append(child)
                continue
            for words, topic in split_topics(child.content):
                if topic:
                    children.append(Token("link_open", "a", 1, attrs={"href": f"/topics/{quote(topic)}"}))
                    children.append(_text(words))
                    children.append(Token("link_close", "a", -1))
                else:
                    children.append(_text(words))
        block.children = children


def _text(words: str) -> Token:
    return Token("text", "", 0, content=words)


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True, "maxNesting": 20})
    reader.enable(["table", "strikethrough"])
    reader.add_render_rule("image", _image_as_link)
    return reader


def _reader_of_code() -> MarkdownIt:
    reader = _reader()
    reader.add_render_rule("fence", _code_block)
    reader.add_render_rule("code_block", _code_block)
    return reader


_READER = _reader_of_code()
_PLAIN_READER = _reader()
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}, "th": set(), "td": set(), "pre": {"aria-label"}},
    tag_attribute_values={"pre": {"tabindex": {"0"}, "role": {"group"}}},
    allowed_classes={"span": set(code.CLASSES)},
    url_schemes=_SCHEMES,
    link_rel="noopener noreferrer nofollow",
)


@lru_cache(maxsize=2048)
def markdown_html(
    text: str, named: tuple[tuple[str, str], ...] = (), *, for_our_pages: bool = True
) -> SafeString:
    """``text`` as HTML. Bounded: longer texts are shown up to ``MAX_CHARACTERS``. ``named`` are (slug, name) of those
    who hear it; an @ before any other word is only a sign. Elsewhere than on our pages code is plain: an app has
    neither our colours nor our keyboard."""
    tokens = _READER.parse(text[:MAX_CHARACTERS])
    _lowered_heading(tokens)
    _link_bare_addresses(tokens)
    _link_topics(tokens)
    if named:
        _link_names(tokens, dict(named))
    reader = _READER if for_our_pages else _PLAIN_READER
    drawn = reader.renderer.render(tokens, reader.options, {})
    clean = _CLEANER.clean(drawn).replace("<th></th>", "<td></td>")  # an empty head names no column
    return mark_safe(clean)  # noqa: S308 (washed by nh3 above)


def first_words(text: str, limit: int = 120) -> str:
    """The beginning of ``text`` as plain words, for a line in a list; a heading ends with a colon."""
    lines = []
    for line in text[: limit * 4].splitlines():
        plain = line.strip().lstrip(">").strip()
        heading = plain.lstrip("#").strip()
        lines.append(heading + ":" if heading != plain and heading[-1:].isalnum() else heading)
    words = " ".join(" ".join(lines).replace("*", "").replace("`", "").split())
    return words if len(words) <= limit else words[: limit - 1].rsplit(" ", 1)[0].rstrip(",;:") + "\u00a0…"
