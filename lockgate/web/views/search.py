"""Search: what was said, in the rooms where the reader sits."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_safe

from lockgate.approvals import queries as approvals
from lockgate.base.clock import now
from lockgate.base.rows import ahead
from lockgate.search import queries
from lockgate.search.types import Order
from lockgate.spaces import queries as spaces
from lockgate.web import frames, hits
from lockgate.web.feeds import read_cursor
from lockgate.web.security import live_address
from lockgate.web.shell import viewer

LONGEST = 300


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Seven queries at most for words alone: session with person, seats, keys, what stands, who wrote it, files where
    there are some, what waits."""
    person, at = viewer(request), now()
    words = request.GET.get("q", "")[:LONGEST]
    before = read_cursor(request)
    order = Order.BEST if request.GET.get("order") == Order.BEST else Order.RECENT
    with ahead([spaces.seated_question(person, at), approvals.waiting_question(person)]):
        seated = spaces.seated(person, at)
        count = approvals.waiting_count(person)
    found = queries.search(person, words, at=at, before=before, order=order, seated=seated)
    if request.headers.get("HX-Request") and before is not None:
        # The button at the end asks for the next page.
        return HttpResponse(hits.drawn(found.hits) + hits.more(found, words, order))
    query = quote(words, safe="")
    html = hits.found_html(found, words, query, order)
    if request.headers.get("HX-Target") == "found":
        # The box, while one types.
        return HttpResponse(html)
    values = {
        "csrf": get_token(request),
        "waiting": str(count or ""),
        "hidden": "" if count else "hidden",
        "title": f"{escape(words)} · " if words else "",
        "sought": escape(words),
        "query": query,
        "found": html,
    }
    page = frames.search_page(
        person,
        seated,
        at,
        live=live_address(request),
        values=values,
        is_best=order == Order.BEST,
        is_later=before is not None,
    )
    return HttpResponse(page)
