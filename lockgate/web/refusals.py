"""Refusals as pages: what was refused, why, and what to do. Missing and forbidden look the same."""

import logging
from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from lockgate.api.refusals import is_ours
from lockgate.api.refusals import refusal as problem
from lockgate.base.disk import disk_full
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.web.shell import SignInFirst, script_words, to_the_door

log = logging.getLogger(__name__)


class RefusalsAsPages:
    """Middleware: an operation's Refusal becomes a page, a fragment or JSON, as the reader asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: object,  # noqa: ARG002 (Django names them)
        args: object,  # noqa: ARG002
        kwargs: object,  # noqa: ARG002
    ) -> HttpResponse | None:
        """No field and no query holds a NUL: PostgreSQL keeps none, and no person types one."""
        given = [request.GET] if request.META.get("QUERY_STRING") else []
        if request.method == "POST":
            given.append(request.POST)
        if any(
            "\x00" in word for fields in given for words in fields.lists() for word in (words[0], *words[1])
        ):
            return refusal_page(
                request,
                BadInput(_("The text holds a NUL character, which cannot be stored."), _("Remove it.")),
            )
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, SignInFirst):
            if _wants_json(request):
                return JsonResponse(
                    {"error": "sign-in-first", "sentence": _("You are no longer signed in."), "mend": ""},
                    status=401,
                )
            return to_the_door(request)
        if isinstance(exception, Refusal):
            return refusal_page(request, exception)
        if isinstance(exception, Http404 | PermissionDenied):
            return refusal_page(request, NotFound())
        if (full := disk_full(exception)) is not None:
            return refusal_page(request, full)
        return None


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """``refusal`` in the shape that was asked for, with its status."""
    if refusal.status >= 500:
        log.error("%s: %s", refusal.code, refusal)
    if is_ours(request):
        return problem(refusal.status, refusal.code, refusal.sentence, refusal.mend)
    if _wants_json(request):
        return JsonResponse(
            {"error": refusal.code, "sentence": refusal.sentence, "mend": refusal.mend}, status=refusal.status
        )
    sentence = refusal.sentence
    if isinstance(refusal, NotFound) and sentence == NotFound().sentence:
        sentence = _("There is nothing here that you can see.")
    words = {
        "title": _title(refusal.status),
        "sentence": sentence,
        "mend": refusal.mend,
        "status": refusal.status,
        "words": script_words(),
    }
    name = "web/refusal_fragment.html" if request.headers.get("HX-Request") else "web/refusal.html"
    return render(request, name, words, status=refusal.status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 (Django names it)
    """Django's handler404 and handler403: one answer for both."""
    return refusal_page(request, NotFound())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 (Django names it)
    """Django's handler400: the request itself cannot be read."""
    words = {
        "title": _title(400),
        "sentence": _("This request could not be read."),
        "mend": _("Go back and try again."),
        "status": 400,
        "words": script_words(),
    }
    return render(request, "web/refusal.html", words, status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500. Asks nothing of the database, which may be what failed."""
    if _wants_json(request):
        return JsonResponse(
            {"error": "server-error", "sentence": _("Something broke on our side.")}, status=500
        )
    words = {
        "title": _title(500),
        "sentence": _("Something broke on our side, and it has been written down."),
        "mend": _("Nothing you sent was half done. Try again in a minute."),
        "status": 500,
        "words": script_words(),
    }
    return render(request, "web/refusal.html", words, status=500)


_MACHINES = ("/api/", "/oauth/token", "/oauth/revoke", "/oauth/userinfo")
"""Addresses that only programs ask, whatever they say that they accept."""


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith(_MACHINES) or request.headers.get("Accept", "").startswith(
        "application/json"
    )


def _title(status: int) -> str:
    if status == 404:
        return _("Not found")
    if status == 422:
        return _("These words cannot be used as they are")
    if status == 429:
        return _("Too many tries")
    if status >= 500:
        return _("Something broke")
    return _("This was not done")
