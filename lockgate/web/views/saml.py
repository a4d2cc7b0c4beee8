"""Coming in by the company's SAML provider."""

from __future__ import annotations

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from lockgate.base.clock import now
from lockgate.base.refusal import NotFound, Refusal
from lockgate.signin.operations import answer_saml, begin_saml, come_back_by_saml
from lockgate.signin.queries import saml_is_on, saml_metadata
from lockgate.web import throttle
from lockgate.web.entering import enter, go_on
from lockgate.web.shell import bare

log = logging.getLogger(__name__)
KEPT = "saml"
MOST_AN_HOUR = 300


@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    _if_on()
    target = request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) or len(target) > 2000:
        target = "/"
    at = now()
    if throttle.too_many("saml", throttle.caller(request), most=MOST_AN_HOUR, at=at):
        return _refused(request, "", 429)
    try:
        address, word = begin_saml(at=at, base=_base(request))
    except Refusal as refusal:
        return _told(request, refusal)
    request.session[KEPT] = {"word": word, "next": target}
    return HttpResponseRedirect(address)


@sensitive_post_parameters("SAMLResponse", "RelayState")
@csrf_exempt
@never_cache
@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """Posted by the provider's page: its signature proves it, and no cookie comes with it. Nobody is signed in here."""
    _if_on()
    try:
        answer_saml(
            at=now(),
            base=_base(request),
            word=request.POST.get("RelayState", "")[:200],
            answer=request.POST.get("SAMLResponse", ""),
        )
    except Refusal as refusal:
        return _told(request, refusal)
    return HttpResponseRedirect("/sign-in/saml/return")


@never_cache
@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """With the cookie of the browser that asked."""
    kept = request.session.pop(KEPT, None)
    _if_on()
    at = now()
    person = come_back_by_saml(at=at, word=kept["word"]) if isinstance(kept, dict) else None
    if person is None or kept is None:
        return _refused(request, "", 422)
    if settings.SAML_SECOND_FACTOR == "theirs":
        return enter(request, person, kept["next"], at)
    return go_on(request, person, kept["next"], at)


@require_safe
def metadata(request: HttpRequest) -> HttpResponse:
    _if_on()
    return HttpResponse(saml_metadata(_base(request)), content_type="application/samlmetadata+xml")


def _if_on() -> None:
    if not saml_is_on():
        raise NotFound


def _base(request: HttpRequest) -> str:
    return settings.PUBLIC_URL.rstrip("/") or f"{request.scheme}://{request.get_host()}"


def _told(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    log.warning("SAML: %s %s", refusal.code, getattr(refusal, "why", ""))
    return _refused(request, refusal.sentence, refusal.status, refusal.mend)


def _refused(request: HttpRequest, sentence: str, status: int, mend: str = "") -> HttpResponse:
    return bare(
        request,
        "web/outside.html",
        {"problem": sentence, "mend": mend, "provider": settings.SAML_NAME, "company": settings.COMPANY},
        status=status,
    )
