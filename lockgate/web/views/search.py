"""Search: what was said, in the rooms where the reader sits."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from lockgate.base.clock import now
from lockgate.search import queries
from lockgate.search.types import Order
from lockgate.web.feeds import read_cursor
from lockgate.web.shell import fragment, page, viewer

LONGEST = 300


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    person, at = viewer(request), now()
    words = request.GET.get("q", "")[:LONGEST]
    before = read_cursor(request)
    order = Order.BEST if request.GET.get("order") == Order.BEST else Order.RECENT
    found = queries.search(person, words, at=at, before=before, order=order)
    this = {"q": words} | ({"order": str(order)} if order == Order.BEST else {})
    older = "/search?" + urlencode(this | {"before": str(found.older)}) if found.older else ""
    context = {
        "sought": words,
        "hits": found.hits,
        "is_asked": found.asked.is_searchable,
        "is_given_up": found.is_given_up,
        "older": older,
        "before": before,
        "is_best": order == Order.BEST,
        "window": found.weighed,
    }
    # The button at the end asks for the next page; the box asks for the whole page and takes what was found from it.
    if request.headers.get("HX-Request") and before is not None:
        return fragment(request, "parts/hits.html", context)
    return page(request, "web/search.html", context, person=person, current="search", at=at)
