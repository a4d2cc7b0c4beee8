"""Posts as they stand in a feed: drawn once for a passage, its version and a language, then kept.

Nothing in a drawn post depends on who reads it; whether they may was asked when the ids were fetched.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from lockgate.conversations import queries as conversations
from lockgate.conversations.types import Answer, FeedItem, FeedKey

KEPT = 8192
LONG = 1100
_drawn: OrderedDict[tuple[int, int, str], str] = OrderedDict()
_lock = threading.Lock()


def drawn_by_id(keys: Sequence[FeedKey]) -> dict[int, str]:
    """The HTML of these posts by passage id; only those not kept cost queries. A post taken back in between is not
    among them."""
    language = get_language() or "en"
    found: dict[int, str] = {}
    missing: list[int] = []
    for key in keys:
        kept = _drawn.get((key.passage_id, key.version, language))
        if kept is None:
            missing.append(key.passage_id)
        else:
            found[key.passage_id] = kept
    if missing:
        template = get_template("parts/post.html")
        for passage_id, item in conversations.items(missing).items():
            html = template.render({"post": item, "shown": beginning(item.words), "kind": _css(item.kind)})
            found[passage_id] = html
            _keep((passage_id, item.version, language), html)
    return found


def joined(keys: Sequence[FeedKey]) -> SafeString:
    """The HTML of these posts, in their order."""
    found = drawn_by_id(keys)
    html = "".join([found[key.passage_id] for key in keys if key.passage_id in found])
    return mark_safe(html)  # noqa: S308 (drawn by our own template, which escapes)


def drawn_whole(item: FeedItem) -> SafeString:
    """One post with all its words, for its own page."""
    html = get_template("parts/post.html").render(
        {"post": item, "shown": None, "kind": _css(item.kind), "whole": True}
    )
    return mark_safe(html)  # noqa: S308 (drawn by our own template, which escapes)


def drawn_answer(answer: Answer, kind: str, *, may_accept: bool = False, csrf: str = "") -> SafeString:
    """One answer in its thread; with ``may_accept``, for a viewer who says what answered their question."""
    html = get_template("parts/answer.html").render(
        {"answer": answer, "kind": _css(kind), "may_accept": may_accept, "csrf": csrf}
    )
    return mark_safe(html)  # noqa: S308 (drawn by our own template, which escapes)


def beginning(body: str) -> str | None:
    """The first part of long words, cut at a paragraph or a blank; None where they are short."""
    if len(body) <= LONG:
        return None
    cut = body.rfind("\n\n", LONG // 2, LONG)
    if cut == -1:
        cut = body.rfind(" ", LONG // 2, LONG)
    return body[: cut if cut != -1 else LONG].rstrip() + " …"


def _css(kind: str) -> str:
    return "guest" if kind == "guests" else kind


def _keep(key: tuple[int, int, str], html: str) -> None:
    with _lock:
        _drawn[key] = html
        while len(_drawn) > KEPT:
            _drawn.popitem(last=False)
