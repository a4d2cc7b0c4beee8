"""Who speaks: a signed-in session, or a machine with an access token. Nobody else is answered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from lockgate.api.words import as_json
from lockgate.base.clock import now
from lockgate.base.disk import disk_full
from lockgate.base.refusal import Refusal
from lockgate.people.models import Person
from lockgate.people.queries import by_token_digest

Answering = Callable[..., JsonResponse]


def answering(*methods: str) -> Callable[[Answering], Callable[..., HttpResponse]]:
    """A view that is given ``viewer`` and ``at``, and answers JSON: its refusals too, with code, sentence and mend.

    With ``Authorization: Bearer lgt_…`` no cookie is looked at. A session must bring its CSRF token for what changes
    anything.
    """

    def around(view: Answering) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            at = now()
            if request.method not in methods:
                return refusal(
                    405, "method", _("This address takes %(verbs)s.") % {"verbs": ", ".join(methods)}
                )
            viewer = _viewer(request, at)
            if viewer is None:
                return refusal(
                    401,
                    "not-signed-in",
                    _("Nobody is signed in."),
                    _("Send an access token: Authorization: Bearer lgt_…"),
                )
            # Only a token that is really there stands for itself: an empty header must not open the cookie's door.
            if not request.headers.get("Authorization") and request.method != "GET":
                refused = CsrfViewMiddleware(view).process_view(request, view, (), {})
                if refused is not None:
                    return refusal(403, "csrf", _("This request did not come from a page of ours."))
            try:
                return view(request, *args, viewer=viewer, at=at, **kwargs)
            except Exception as error:
                refused_by = error if isinstance(error, Refusal) else disk_full(error)
                if refused_by is None:
                    raise
                return refusal(
                    refused_by.status,
                    refused_by.code,
                    refused_by.sentence,
                    refused_by.mend,
                    rulings=[as_json(one) for one in getattr(refused_by, "rulings", ())],
                )

        return answer

    return around


def refusal(status: int, code: str, sentence: str, mend: str = "", **more: object) -> JsonResponse:
    said = {
        "error": code,
        "sentence": sentence,
        "mend": mend,
        **{key: value for key, value in more.items() if value},
    }
    return JsonResponse(said, status=status)


def _viewer(request: HttpRequest, at: datetime) -> Person | None:
    spoken = request.headers.get("Authorization", "")
    if spoken:
        kind, _space, token = spoken.partition(" ")
        if kind.lower() != "bearer" or not token.startswith("lgt_") or len(token) > 200:
            return None
        return by_token_digest(hashlib.sha256(token.strip().encode()).hexdigest(), at)
    user = get_user(request)
    return user if isinstance(user, Person) and user.is_active else None
