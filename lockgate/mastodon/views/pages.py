"""The page on which a person sees the apps that speak for them, and takes them back."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from lockgate.base.clock import now
from lockgate.mastodon import operations, queries
from lockgate.mastodon.scope_words import in_words
from lockgate.web.shell import page, viewer


@require_safe
def apps(request: HttpRequest) -> HttpResponse:
    person, at = viewer(request), now()
    rows = [(one, in_words(one.scopes)) for one in queries.connected(person, at)]
    context = {"apps": rows, "server": request.get_host()}
    return page(request, "mastodon/apps.html", context, person=person, current="people", at=at)


@require_safe
def topic(request: HttpRequest, word: str) -> HttpResponse:
    """Where apps know a hashtag, people read the topic."""
    viewer(request)
    return HttpResponseRedirect(f"/topics/{quote(word)}")


@require_POST
def disconnect(request: HttpRequest, token_id: int) -> HttpResponse:
    operations.disconnect(by=viewer(request), at=now(), token_id=token_id)
    return HttpResponseRedirect("/apps")
