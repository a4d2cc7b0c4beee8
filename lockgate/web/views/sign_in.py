"""Coming in and going out."""

from __future__ import annotations

import logging
import math

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from lockgate.base.clock import now
from lockgate.base.refusal import BadInput, Refusal
from lockgate.directory.operations import prove_by_ldap
from lockgate.directory.queries import signs_in_by_ldap
from lockgate.people.models import Person
from lockgate.signin.queries import oidc_is_on, saml_is_on
from lockgate.web import throttle
from lockgate.web.entering import go_on
from lockgate.web.language import SESSION_KEY
from lockgate.web.shell import bare, viewer

log = logging.getLogger(__name__)


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) or len(target) > 2000:
        target = "/"
    if request.method != "POST":
        if request.user.is_authenticated and "anew" not in request.GET:
            return HttpResponseRedirect(target)
        return _page(request, target)
    email = request.POST.get("email", "").strip()[:254]
    password = request.POST.get("password", "")
    at, address = now(), throttle.caller(request)
    waiting = throttle.until_next_try(email, address, at)
    if waiting:
        minutes = max(1, math.ceil(waiting.total_seconds() / 60))
        return _page(
            request,
            target,
            email=email,
            problem=_("There were too many wrong tries for this address."),
            mend=ngettext(
                "Wait %(minutes)s minute, then try again.",
                "Wait %(minutes)s minutes, then try again.",
                minutes,
            )
            % {"minutes": minutes},
            status=429,
        )
    # NUL and lone surrogates cannot be in any password; the database driver would stumble over them.
    person = authenticate(request, username=email, password=password) if _is_plain(email, password) else None
    if person is None and signs_in_by_ldap() and _is_plain(email, password):
        person = _by_ldap(email, password)
    if not isinstance(person, Person):
        throttle.wrong_try(email, address, at)
        return _page(
            request,
            target,
            email=email,
            problem=_("This e-mail and password do not go together."),
            mend=_("Check both. An administrator can set a new password for you."),
            status=422,
        )
    throttle.right_try(email)
    return go_on(request, person, target, at)


def _by_ldap(email: str, password: str) -> Person | None:
    """A server that cannot be asked lets nobody in, and keeps nobody out who has a password here."""
    try:
        return prove_by_ldap(email=email, password=password)
    except Refusal as refusal:
        log.warning("LDAP: %s", refusal.mend)
        return None


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    response = HttpResponseRedirect(settings.LOGOUT_REDIRECT_URL or "/sign-in")
    # What this device kept for reading without a network goes, also where no script runs.
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


def _is_plain(email: str, password: str) -> bool:
    try:
        (email + password).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\x00" not in email and len(password) <= 200


def _page(
    request: HttpRequest,
    target: str,
    *,
    email: str = "",
    problem: str = "",
    mend: str = "",
    status: int = 200,
) -> HttpResponse:
    return bare(
        request,
        "web/sign_in.html",
        {
            "next": target,
            "email": email,
            "problem": problem,
            "mend": mend,
            "company": settings.COMPANY,
            "demo": settings.DEMO,
            "saml": settings.SAML_NAME if saml_is_on() else "",
            "provider": settings.OIDC_NAME if oidc_is_on() else "",
        },
        status=status,
    )


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Read on in another language, from the next page on."""
    person = viewer(request)
    wanted = request.POST.get("language", "")
    if wanted not in dict(settings.LANGUAGES):
        raise BadInput(_("That language is not one of those offered."))
    request.session[SESSION_KEY] = wanted
    return HttpResponseRedirect(f"/people/{person.slug}")
