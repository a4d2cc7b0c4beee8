"""What is new, for open pages: asked for after a wake-up of the event stream, or every few seconds without one.

The reader's session is asked each time, so that an ended seat shows nothing more, whatever was announced.
"""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_safe

from lockgate.approvals import queries as approvals
from lockgate.base.clock import now
from lockgate.base.ids import read_id
from lockgate.base.refusal import NotFound
from lockgate.conversations import queries as conversations
from lockgate.people.models import Person
from lockgate.web import posts
from lockgate.web.feeds import read_number
from lockgate.web.shell import viewer

MOST_LOOKED_AT = 20
_AUTHOR = re.compile(r'<header><strong><a href="/people/([^"]*)"')


@require_safe
def since(request: HttpRequest) -> HttpResponse:
    """JSON: ``items`` after position ``after`` (oldest first, HTML), ``changed`` and ``gone`` of those in ``look``,
    the position to go on from, and how much waits for the reader."""
    person, at = viewer(request), now()
    after = read_number(request, "after") or 0
    scope = request.GET.get("scope", "home")[:110]
    answer: dict[str, Any] = {"items": [], "changed": [], "gone": [], "newest": str(after)}
    if scope.startswith("thread:"):
        _thread(answer, request, person, scope.removeprefix("thread:"))
    else:
        key = scope if scope.startswith("space:") else ""
        keys = list(reversed(conversations.since(person, at, after=after, key=key).keys))
        drawn = posts.drawn_by_id(keys)
        answer["items"] = [
            _item(key.passage_id, drawn[key.passage_id]) for key in keys if key.passage_id in drawn
        ]
        if keys:
            answer["newest"] = str(keys[-1].position)
        _look(answer, person, request.GET.get("look", ""))
    answer["waiting"] = approvals.waiting_count(person)
    return JsonResponse(answer)


def _item(passage_id: int, html: str) -> dict[str, str]:
    author = _AUTHOR.search(html)
    return {"id": str(passage_id), "html": html, "author": author.group(1) if author else ""}


def _look(answer: dict[str, Any], person: Person, look: str) -> None:
    for word in look.split(",")[:MOST_LOOKED_AT]:
        number = read_id(word)
        if number is None:
            continue
        try:
            key = conversations.one(person, number, now())
        except NotFound:
            answer["gone"].append(word)
            continue
        for passage_id, html in posts.drawn_by_id([key]).items():
            answer["changed"].append({"id": str(passage_id), "version": key.version, "html": html})


def _thread(answer: dict[str, Any], request: HttpRequest, person: Person, root: str) -> None:
    number = read_id(root)
    if number is None:
        raise NotFound
    at = now()
    key = conversations.one(person, number, at)
    item = conversations.items([key.passage_id])[key.passage_id]
    answers = conversations.answers(person, key.passage_id, at)
    may_accept = bool(item.question) and conversations.tools(person, key.passage_id, at).may_accept
    token = get_token(request)
    drawn = posts.drawn_answers(person, answers, item.kind, at, may_accept=may_accept, csrf=token)
    answer["items"] = [
        {
            "id": str(one.passage_id),
            "html": html,
            "author": one.author.slug,
            "version": one.version,
        }
        for one, html in zip(answers, drawn, strict=True)
    ]
    answer["present"] = [str(one.passage_id) for one in answers]
    # A page replaces what it shows in another version than this.
    answer["changed"] = [
        {"id": str(item.passage_id), "version": item.version, "html": posts.drawn_whole(item, key)},
        *({name: one[name] for name in ("id", "version", "html")} for one in answer["items"]),
    ]
