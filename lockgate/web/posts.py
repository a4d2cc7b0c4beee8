"""Posts as they stand in a feed: drawn once for a passage, its version and a language, then kept.

Nothing in a drawn post depends on who reads it; whether they may was asked when the ids were fetched.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from lockgate.conversations import queries as conversations
from lockgate.conversations.types import Answer, FeedItem, FeedKey
from lockgate.people.models import Person
from lockgate.web.kept import slot

KEPT = 8192
LONG = 1100
CARD_LONG = 500
_drawn: OrderedDict[tuple[int, int, str], str] = OrderedDict()
_lock = threading.Lock()
# Where the post that another one shows is put, for each reader by itself.
_CARD = slot("card")


def drawn_by_id(keys: Sequence[FeedKey]) -> dict[int, str]:
    """The HTML of these posts by passage id; only those not kept cost queries. A post taken back in between is not
    among them."""
    found = _drawn_without_cards(keys)
    with_card = [key for key in keys if _CARD in found.get(key.passage_id, "")]
    if with_card:
        drawn = _drawn_cards([key.shown for key in with_card if key.shown is not None])
        for key in with_card:
            html = drawn.get(key.shown[0]) if key.shown is not None else None
            found[key.passage_id] = found[key.passage_id].replace(_CARD, html or not_there())
    return found


def _drawn_cards(shown: Sequence[tuple[int, int]]) -> dict[int, str]:
    """The cards of posts (passage, version) that the reader hears, by passage."""
    language = f"card {get_language() or 'en'}"
    found: dict[int, str] = {}
    missing: list[int] = []
    for passage_id, version in shown:
        kept = _drawn.get((passage_id, version, language))
        if kept is None:
            missing.append(passage_id)
        else:
            found[passage_id] = kept
    for passage_id, item in conversations.items(missing).items() if missing else ():
        found[passage_id] = html = drawn_card(item)
        _keep((passage_id, item.version, language), html)
    return found


def drawn_card(item: FeedItem) -> SafeString:
    """A post as another one shows it, for a reader who hears it."""
    html = get_template("parts/shown.html").render(
        {"post": item, "shown": beginning(item.words, CARD_LONG) or item.words, "kind": _css(item.kind)}
    )
    return mark_safe(html)  # noqa: S308 (drawn by our own template, which escapes)


def card_of(viewer: Person, shows: int | None, at: datetime) -> SafeString | str:
    """The card of the passage ``shows`` for one viewer: "" where nothing is shown."""
    if shows is None:
        return ""
    found = conversations.shown_of(viewer, {shows}, at).get(shows)
    return not_there() if found is None else drawn_card(found)


def not_there() -> SafeString:
    """What stands in the place of a card for whoever does not hear the post, and where there is none any more."""
    return mark_safe(get_template("parts/shown.html").render({"post": None}))  # noqa: S308 (our own template)


def _drawn_without_cards(keys: Sequence[FeedKey]) -> dict[int, str]:
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
            html = template.render(
                {"post": item, "shown": beginning(item.words), "kind": _css(item.kind), "card": _card(item)}
            )
            found[passage_id] = html
            _keep((passage_id, item.version, language), html)
    return found


def joined(keys: Sequence[FeedKey]) -> SafeString:
    """The HTML of these posts, in their order."""
    found = drawn_by_id(keys)
    html = "".join([found[key.passage_id] for key in keys if key.passage_id in found])
    return mark_safe(html)  # noqa: S308 (drawn by our own template, which escapes)


def drawn_whole(item: FeedItem, key: FeedKey) -> SafeString:
    """One post with all its words, for its own page; ``key`` says what of its card the reader hears."""
    html = get_template("parts/post.html").render(
        {"post": item, "shown": None, "kind": _css(item.kind), "whole": True, "card": _card(item)}
    )
    if item.has_card:
        card = _drawn_cards([key.shown]).get(key.shown[0]) if key.shown is not None else None
        html = html.replace(_CARD, card or not_there())
    return mark_safe(html)  # noqa: S308 (drawn by our own template, which escapes)


def drawn_answers(
    viewer: Person,
    answers: Sequence[Answer],
    kind: str,
    at: datetime,
    *,
    may_accept: bool = False,
    csrf: str = "",
) -> list[SafeString]:
    """Answers in their thread, with what they quote of what ``viewer`` hears; with ``may_accept``, for one who says
    what answered their question."""
    shown = conversations.shown(viewer, answers, at)
    cards = {number: drawn_card(item) for number, item in shown.items()}
    template = get_template("parts/answer.html")
    drawn = []
    for one in answers:
        card = cards.get(one.shows_id, not_there()) if one.shows_id is not None else ""
        context = {
            "answer": one,
            "kind": _css(kind),
            "may_accept": may_accept,
            "csrf": csrf,
            "card": card,
        }
        drawn.append(mark_safe(template.render(context)))  # noqa: S308 (drawn by our own template, which escapes)
    return drawn


def beginning(body: str, long: int = LONG) -> str | None:
    """The first part of long words, cut at a paragraph or a blank; None where they are short."""
    if len(body) <= long:
        return None
    cut = body.rfind("\n\n", long // 2, long)
    if cut == -1:
        cut = body.rfind(" ", long // 2, long)
    return body[: cut if cut != -1 else long].rstrip() + " …"


def _card(item: FeedItem) -> str:
    return _CARD if item.has_card else ""


def _css(kind: str) -> str:
    return "guest" if kind == "guests" else kind


def _keep(key: tuple[int, int, str], html: str) -> None:
    with _lock:
        _drawn[key] = html
        while len(_drawn) > KEPT:
            _drawn.popitem(last=False)
