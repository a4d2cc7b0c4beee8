"""Home: the composer, and what is said wherever one may hear."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import get_template
from django.views.decorators.http import require_safe

from lockgate.approvals import queries as approvals
from lockgate.base.clock import now
from lockgate.base.refusal import Refusal
from lockgate.conversations import queries as conversations
from lockgate.gateway import queries as gate
from lockgate.spaces import queries as spaces
from lockgate.web import frames, waiting
from lockgate.web.composing import Composed, composer
from lockgate.web.feeds import feed_context, feed_html, newest, older_fragment, read_cursor
from lockgate.web.security import live_address
from lockgate.web.shell import page, places_to_write, viewer
from lockgate.web.views.compose import look


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Five queries, whatever there is to show: session with person, seats, ids of posts, what waits, draft."""
    before = read_cursor(request)
    if before is not None:
        return _older(request, before)
    person, at = viewer(request), now()
    seated = spaces.seated(person, at)
    feed = conversations.home(person, at, seated=seated)
    count = approvals.waiting_count(person)
    draft = gate.draft(person)
    token = get_token(request)
    values = {
        "csrf": token,
        "waiting": str(count or ""),
        "hidden": "" if count else "hidden",
        "newest": str(newest(feed)),
        "cards": waiting.cards(person, at, count, seated.heard),
        "posts": feed_html(feed, "/"),
        "announced": waiting.unconfirmed(person, seated.heard, token) + waiting.first(person, at, token),
    }
    if draft is not None:
        shown = composer(
            person,
            places_to_write(person, seated.places, at),
            draft=draft,
            kept=conversations.draft_asks(person),
        )
        values["composer"] = get_template("parts/composer.html").render(
            {"composer": shown, "csrf_token": token}
        )
    html = frames.home_page(
        person, seated, at, live=live_address(request), values=values, has_draft=draft is not None
    )
    return HttpResponse(html)


def _older(request: HttpRequest, before: int) -> HttpResponse:
    person, at = viewer(request), now()
    seated = spaces.seated(person, at)
    feed = conversations.home(person, at, before=before, seated=seated)
    if request.headers.get("HX-Request"):
        return older_fragment(feed, "/")
    context = feed_context(feed, scope="home", address="/") | {"before": before}
    return page(request, "web/home.html", context, person=person, current="home", at=at, places=seated.places)


def writing_page(request: HttpRequest, typed: Composed, *, problem: str, status: int) -> HttpResponse:
    """Home again with everything that was typed, where no script runs or the gate refused."""
    person, at = viewer(request), now()
    try:
        preview = look(person, typed)
    except Refusal as refusal:
        # Too long to be read, say: the words stay in the box all the same.
        preview, problem, status = None, problem or str(refusal), max(status, refusal.status)
    seated = spaces.seated(person, at)
    count = approvals.waiting_count(person)
    context: dict[str, Any] = feed_context(
        conversations.home(person, at, seated=seated), scope="home", address="/"
    )
    context |= {
        "before": None,
        "cards": waiting.cards(person, at, count, seated.heard),
        "announced": waiting.unconfirmed(person, seated.heard, get_token(request)),
        "composer": composer(
            person,
            places_to_write(person, seated.places, at),
            draft=gate.draft(person),
            typed=typed,
            problem=problem,
            preview=preview,
            attachments=[gate.attachment(person, one, at) for one in typed.attachments[:10]],
        ),
    }
    return page(
        request,
        "web/home.html",
        context,
        person=person,
        current="home",
        at=at,
        places=seated.places,
        waiting=count,
        status=status,
    )
