"""Coming in by the company's OpenID provider."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from lockgate.base.clock import now
from lockgate.base.refusal import NotFound, Refusal
from lockgate.signin.operations import begin_oidc, come_back_by_oidc
from lockgate.signin.queries import oidc_is_on
from lockgate.web import throttle
from lockgate.web.entering import enter, go_on
from lockgate.web.shell import bare

log = logging.getLogger(__name__)
KEPT = "oidc"
WAIT = timedelta(minutes=15)
MOST_AN_HOUR = 300


@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    if not oidc_is_on():
        raise NotFound
    target = request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) or len(target) > 2000:
        target = "/"
    at = now()
    if throttle.too_many("oidc", throttle.caller(request), most=MOST_AN_HOUR, at=at):
        return _refused(request, "", 429)
    base = settings.PUBLIC_URL.rstrip("/") or f"{request.scheme}://{request.get_host()}"
    try:
        begun = begin_oidc(back=f"{base}/sign-in/oidc/return")
    except Refusal as refusal:
        return _told(request, refusal)
    request.session[KEPT] = {**begun.kept, "next": target, "until": (at + WAIT).isoformat()}
    return HttpResponseRedirect(begun.address)


@sensitive_variables("kept")
@never_cache
@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """What was kept is used up by the first answer, whatever it is."""
    kept = request.session.pop(KEPT, None)
    if not oidc_is_on():
        raise NotFound
    at = now()
    if not isinstance(kept, dict) or datetime.fromisoformat(kept["until"]) <= at or "error" in request.GET:
        return _refused(request, "", 422)
    try:
        person = come_back_by_oidc(
            at=at,
            kept=kept,
            code=request.GET.get("code", "")[:4000],
            state=request.GET.get("state", "")[:200],
            issuer=request.GET.get("iss", "")[:300],
        )
    except Refusal as refusal:
        return _told(request, refusal)
    if settings.OIDC_SECOND_FACTOR == "theirs":
        return enter(request, person, kept["next"], at)
    return go_on(request, person, kept["next"], at)


def _told(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    log.warning("OpenID: %s %s", refusal.code, getattr(refusal, "why", ""))
    return _refused(request, refusal.sentence, refusal.status, refusal.mend)


def _refused(request: HttpRequest, sentence: str, status: int, mend: str = "") -> HttpResponse:
    return bare(
        request,
        "web/outside.html",
        {"problem": sentence, "mend": mend, "provider": settings.OIDC_NAME, "company": settings.COMPANY},
        status=status,
    )
