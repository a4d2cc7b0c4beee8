"""From the author's Markdown to what a channel takes: HTML for sites and feeds, plain words for microblogs.

One parse serves both, so that a link is a link everywhere. Raw HTML is never passed through.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

_TAGS = {
    *(
        "p",
        "br",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "strong",
        "em",
        "s",
        "a",
        "code",
        "pre",
    ),
    *("blockquote", "hr", "table", "thead", "tbody", "tr", "th", "td"),
}
_SCHEMES = {"http", "https", "mailto"}
_BARE = re.compile(r"(?<![\w@/.])https?://[^\s<>\"'`]+", re.IGNORECASE)
_TITLE_LETTERS = 100


@dataclass(frozen=True, slots=True)
class Link:
    """A link in plain words: from ``start`` to ``end`` (code points) it leads to ``url``."""

    start: int
    end: int
    url: str


@dataclass(frozen=True, slots=True)
class Plain:
    text: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """A post for a site: its title, and the rest as clean HTML."""

    title: str
    html: str


def article(markdown: str, title: str = "") -> Article:
    """``markdown`` as a page. The title is ``title``, else a first heading (which leaves the body), else the
    beginning of the first line (which stays in it)."""
    tokens = _parser().parse(markdown)
    if not title.strip() and len(tokens) > 3 and tokens[0].type == "heading_open":
        return Article(_short(_words_of(tokens[:3])), _clean(tokens[3:]))
    if title.strip():
        return Article(_short(title), _clean(tokens))
    first = next((line for line in plain(markdown).text.split("\n") if line.strip()), "")
    return Article(_short(first), _clean(tokens))


def plain(markdown: str, *, spell_links: bool = False) -> Plain:
    """``markdown`` as plain words. With ``spell_links`` an address follows its label in brackets and ``links``
    covers the addresses; without, ``links`` covers the labels."""
    return _joined(_blocks(_tree(markdown).children, spell_links))


def cut_trailing(url: str) -> str:
    """``url`` without the punctuation that belongs to the sentence around it."""
    while url:
        last = url[-1]
        if last in ".,;:!?*_~»”’" or (
            last in ")]}" and url.count(last) > url.count({")": "(", "]": "[", "}": "{"}[last])
        ):
            url = url[:-1]
        else:
            break
    return url


@lru_cache(maxsize=16)
def _tree(markdown: str) -> SyntaxTreeNode:
    # A composer asks each channel of the same draft at every pause in typing; the tree is only ever read.
    return SyntaxTreeNode(_parser().parse(markdown))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    parser.core.ruler.after("inline", "bare_links", _link_bare_addresses)
    parser.add_render_rule("image", _image_as_words)
    return parser


def _image_as_words(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    # A picture in the words points at somebody's server; pictures travel as attachments.
    return escape(tokens[index].content)


def _link_bare_addresses(state: StateCore) -> None:
    for block in state.tokens:
        if block.type != "inline" or not block.children:
            continue
        children: list[Token] = []
        depth = 0
        for token in block.children:
            depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            if token.type == "text" and depth == 0 and "://" in token.content:
                children.extend(_split(token))
            else:
                children.append(token)
        block.children = children


def _split(token: Token) -> list[Token]:
    made: list[Token] = []
    at = 0
    for found in _BARE.finditer(token.content):
        url = cut_trailing(found.group())
        if len(url) < len("https://a"):
            continue
        made += [
            _text(token.content[at : found.start()]),
            Token("link_open", "a", 1, attrs={"href": _parser().normalizeLink(url)}),
            _text(url),
            Token("link_close", "a", -1),
        ]
        at = found.start() + len(url)
    return [*made, _text(token.content[at:])]


def _text(words: str) -> Token:
    return Token("text", "", 0, content=words)


def _clean(tokens: Sequence[Token]) -> str:
    parser = _parser()
    raw = parser.renderer.render(list(tokens), parser.options, {})
    return nh3.clean(
        raw, tags=_TAGS, attributes={"a": {"href"}}, url_schemes=_SCHEMES, link_rel="noopener"
    ).strip()


def _words_of(tokens: Sequence[Token]) -> str:
    return _joined(_blocks(SyntaxTreeNode(list(tokens)).children, False)).text


def _short(words: str) -> str:
    words = " ".join(words.split())
    if len(words) <= _TITLE_LETTERS:
        return words
    cut = words[: _TITLE_LETTERS - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[40:] else cut).rstrip(" ,;:.-–") + "…"


# Plain words are put together from pieces: words, and the address that they lead to (or "").
_Piece = tuple[str, str]


def _joined(pieces: list[_Piece]) -> Plain:
    text = ""
    links: list[Link] = []
    for words, url in pieces:
        if url and words:
            links.append(Link(len(text), len(text) + len(words), url))
        text += words
    kept = text.rstrip()
    lead = len(kept) - len(kept.lstrip())
    return Plain(
        kept[lead:],
        tuple(
            Link(link.start - lead, min(link.end, len(kept)) - lead, link.url)
            for link in links
            if lead <= link.start < len(kept)
        ),
    )


def _blocks(nodes: Sequence[SyntaxTreeNode], spell: bool, gap: str = "\n\n") -> list[_Piece]:
    pieces: list[_Piece] = []
    for node in nodes:
        made = _block(node, spell)
        if made:
            if pieces:
                pieces.append((gap, ""))
            pieces += made
    return pieces


def _block(node: SyntaxTreeNode, spell: bool) -> list[_Piece]:
    match node.type:
        case "paragraph" | "heading" | "th" | "td":
            return _blocks(node.children, spell)
        case "inline":
            return _inline(node.children, spell)
        case "bullet_list" | "ordered_list":
            return _list(node, spell)
        case "blockquote":
            return [("“", ""), *_blocks(node.children, spell), ("”", "")]
        case "fence" | "code_block":
            return [(node.content.rstrip("\n"), "")]
        case "table" | "thead" | "tbody":
            return _blocks(node.children, spell, "\n")
        case "tr":
            return _blocks(node.children, spell, " · ")
        case _:
            return []


def _list(node: SyntaxTreeNode, spell: bool) -> list[_Piece]:
    number = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else 0
    depth = sum(1 for above in _above(node) if above.type == "list_item")
    pieces: list[_Piece] = []
    for item in node.children:
        mark = f"{number}. " if node.type == "ordered_list" else "• "
        pieces.append((("\n" if pieces else "") + "  " * depth + mark, ""))
        pieces += _blocks(item.children, spell, "\n")
        number += 1
    return pieces


def _above(node: SyntaxTreeNode) -> list[SyntaxTreeNode]:
    found: list[SyntaxTreeNode] = []
    parent = node.parent
    while parent is not None:
        found.append(parent)
        parent = parent.parent
    return found


def _inline(nodes: Sequence[SyntaxTreeNode], spell: bool) -> list[_Piece]:
    pieces: list[_Piece] = []
    for node in nodes:
        match node.type:
            case "softbreak" | "hardbreak":
                pieces.append(("\n", ""))
            case "link":
                pieces += _link(node, spell)
            case "image" | "text" | "code_inline" | "text_special":
                pieces.append((node.content, ""))
            case _:
                pieces += _inline(node.children, spell)
    return pieces


def _link(node: SyntaxTreeNode, spell: bool) -> list[_Piece]:
    url = str(node.attrs.get("href", ""))
    label = "".join(words for words, _url in _inline(node.children, spell))
    if url.split(":", 1)[0].lower() not in _SCHEMES:
        return [(label, "")]
    if not spell:
        return [(label or url, url)]
    bare = url.removeprefix("mailto:")
    spoken = _parser().normalizeLink(label)
    if not label or spoken in {url, bare} or url.split("://", 1)[-1].rstrip("/") == spoken.rstrip("/"):
        return [(bare, url)]
    return [(f"{label} (", ""), (bare, url), (")", "")]
