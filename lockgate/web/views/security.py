"""One's own second factors: an authenticator app, recovery codes, passkeys."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from lockgate.base.clock import now
from lockgate.base.refusal import NotFound, Refusal
from lockgate.people.models import Person
from lockgate.signin import operations as signin
from lockgate.signin.queries import factors, is_demanded_of
from lockgate.web import passkeys
from lockgate.web.entering import is_fresh
from lockgate.web.shell import page, viewer
from lockgate.web.views.second import TOTP, shown

Answering = Callable[..., HttpResponse]


def _freshly(view: Answering) -> Answering:
    """What proves a person is changed only by whoever signed in a moment ago: a page left open is not enough."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
        person = viewer(request)
        if not is_fresh(request, now()):
            if request.headers.get("Accept", "").startswith("application/json"):
                return JsonResponse(
                    {"error": "sign-in-anew", "sentence": _("Sign in once more for this."), "mend": ""},
                    status=403,
                )
            return HttpResponseRedirect("/sign-in?anew=1&next=/security")
        return view(request, person, *args, **named)

    return answer


@never_cache
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    return _page(request, viewer(request))


@require_POST
@_freshly
def begin_app(request: HttpRequest, person: Person) -> HttpResponse:
    try:
        return _page(request, person, adding=shown(request, person, anew=True))
    except Refusal as refusal:
        return _page(request, person, problem=refusal)


@sensitive_post_parameters("code")
@require_POST
@_freshly
def confirm_app(request: HttpRequest, person: Person) -> HttpResponse:
    try:
        codes = signin.confirm_totp(by=person, at=now(), code=request.POST.get("code", "")[:60])
    except Refusal as refusal:
        adding = shown(request, person) if TOTP in request.session else None
        return _page(request, person, problem=refusal, adding=adding)
    request.session.pop(TOTP, None)
    return _page(request, person, codes=codes) if codes else HttpResponseRedirect("/security")


@require_POST
@_freshly
def remove_app(request: HttpRequest, person: Person) -> HttpResponse:
    return _done(request, person, lambda: signin.remove_totp(by=person, at=now()))


@require_POST
@_freshly
def codes(request: HttpRequest, person: Person) -> HttpResponse:
    if not factors(person).any:
        raise NotFound
    return _page(request, person, codes=signin.make_codes(by=person, at=now()))


@require_POST
@_freshly
def ask_passkey(request: HttpRequest, person: Person) -> HttpResponse:
    return JsonResponse({"ask": passkeys.begin_adding(request, person)})


@require_POST
@_freshly
def add_passkey(request: HttpRequest, person: Person) -> HttpResponse:
    made = passkeys.added(request, person)
    if made is None:
        return JsonResponse(
            {"error": "wrong-passkey", "sentence": _("The passkey was not made."), "mend": _("Try again.")},
            status=422,
        )
    credential, attested, counter = made
    try:
        signin.keep_passkey(
            by=person,
            at=now(),
            name=request.POST.get("name", "")[:200],
            credential=credential,
            attested=attested,
            counter=counter,
        )
    except Refusal as refusal:
        return JsonResponse(
            {"error": refusal.code, "sentence": refusal.sentence, "mend": refusal.mend}, status=refusal.status
        )
    return JsonResponse({"next": "/security"})


@require_POST
@_freshly
def rename_passkey(request: HttpRequest, person: Person, passkey_id: int) -> HttpResponse:
    name = request.POST.get("name", "")[:200]
    return _done(request, person, lambda: signin.rename_passkey(by=person, passkey_id=passkey_id, name=name))


@require_POST
@_freshly
def remove_passkey(request: HttpRequest, person: Person, passkey_id: int) -> HttpResponse:
    return _done(request, person, lambda: signin.remove_passkey(by=person, at=now(), passkey_id=passkey_id))


def _done(request: HttpRequest, person: Person, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, person, problem=refusal)
    return HttpResponseRedirect("/security")


def _page(
    request: HttpRequest,
    person: Person,
    *,
    problem: Refusal | None = None,
    codes: list[str] | None = None,
    adding: dict[str, object] | None = None,
) -> HttpResponse:
    at = now()
    context = {
        "factors": factors(person),
        "is_demanded": is_demanded_of(person, at),
        "problem": problem,
        "codes": codes,
        "adding": adding,
        **(adding or {}),
    }
    status = problem.status if problem else 200
    return page(request, "web/security.html", context, person=person, current="people", at=at, status=status)
