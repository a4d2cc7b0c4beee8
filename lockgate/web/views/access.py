"""Ways in, for administrators: which are on, the directory's keys, who must have a second factor."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from lockgate.base.clock import now
from lockgate.base.refusal import NotFound, Refusal
from lockgate.directory import operations as directory
from lockgate.directory import queries as directories
from lockgate.directory.types import SCOPES
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.signin import operations as signin
from lockgate.signin.queries import demands, oidc_is_on, saml_is_on
from lockgate.signin.types import DEMANDABLE
from lockgate.web.shell import page, viewer


@require_http_methods(["GET", "HEAD"])
def access(request: HttpRequest) -> HttpResponse:
    return _page(request, _administrator(request))


@sensitive_variables("made")
@require_POST
def make_key(request: HttpRequest) -> HttpResponse:
    """The key stands on this one answer and nowhere else."""
    person = _administrator(request)
    try:
        made = directory.make_key(
            by=person,
            at=now(),
            name=request.POST.get("name", "")[:200],
            scopes=request.POST.getlist("scope"),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, person, problem=refusal)
    return _page(request, person, made=made)


@require_POST
def end_key(request: HttpRequest, key_id: int) -> HttpResponse:
    directory.end_key(by=_administrator(request), at=now(), key_id=key_id)
    return HttpResponseRedirect("/access")


@require_POST
def demand(request: HttpRequest) -> HttpResponse:
    """Of whom a second factor is demanded: the whole list, as the form shows it."""
    person, at = _administrator(request), now()
    chosen = set(request.POST.getlist("of"))
    if chosen - set(DEMANDABLE):
        return HttpResponseRedirect("/access")
    for kind in sorted(set(DEMANDABLE)):
        if kind in chosen:
            signin.begin_demand(by=person, at=at, kind=kind)
        else:
            signin.end_demand(by=person, at=at, kind=kind)
    return HttpResponseRedirect("/access")


def _administrator(request: HttpRequest) -> Person:
    person = viewer(request)
    if "administrator" not in people.duties(person, now()):
        raise NotFound
    return person


def _page(
    request: HttpRequest, person: Person, *, made: str = "", problem: Refusal | None = None
) -> HttpResponse:
    at, demanded = now(), demands()
    context = {
        "keys": directories.keys(at),
        "scopes": [(one, _scope_words(one)) for one in SCOPES],
        "made": made,
        "ways": _ways(),
        "demanded": [(one, one in demanded) for one in DEMANDABLE],
        "problem": problem,
        "last": directories.last_sync(at),
        "scim_address": request.build_absolute_uri("/scim/v2"),
    }
    status = problem.status if problem else 200
    return page(request, "web/access.html", context, person=person, current="access", at=at, status=status)


def _ways() -> list[tuple[str, str, str]]:
    """(name, where, how it stands) of every way in."""
    off = _("off")
    oidc = oidc_is_on()
    joins = _("new people join by it") if settings.OIDC_JOIN else _("for people who are here already")
    return [
        (_("Password"), "", _("on")),
        (_("Passkeys"), "", _("on")),
        (_("OpenID provider"), settings.OIDC_ISSUER if oidc else "", joins if oidc else off),
        (
            _("SAML provider"),
            settings.SAML_ENTITY if saml_is_on() else "",
            off
            if not saml_is_on()
            else _("new people join by it")
            if settings.SAML_JOIN
            else _("for people who are here already"),
        ),
        (
            _("LDAP server"),
            settings.LDAP_URL if directories.ldap_is_on() else "",
            off
            if not directories.ldap_is_on()
            else _("sign-in and people")
            if directories.signs_in_by_ldap()
            else _("people alone"),
        ),
    ]


def _scope_words(scope: str) -> str:
    return {
        "users:read": _("read people"),
        "users:write": _("make, change and deactivate people"),
        "groups:read": _("read groups"),
        "groups:write": _("make and change groups"),
    }[scope]
