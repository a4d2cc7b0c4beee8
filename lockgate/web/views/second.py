"""The second factor at the door: a code, a recovery code or a passkey; and adding one where it is demanded."""

from __future__ import annotations

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from lockgate.base.clock import now
from lockgate.base.refusal import Refusal
from lockgate.people.models import Person
from lockgate.signin import operations as signin
from lockgate.signin.queries import as_shown, factors
from lockgate.web import passkeys, throttle
from lockgate.web.entering import enter, waiting
from lockgate.web.shell import bare

TOTP = "totp_shown"


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    found = waiting(request)
    if found is None:
        return HttpResponseRedirect("/sign-in")
    person, target = found
    problem, status, at = "", 200, now()
    if request.method == "POST":
        name, address = f"second:{person.pk}", throttle.caller(request)
        code = request.POST.get("code", "").strip()[:60]
        if throttle.until_next_try(name, address, at):
            problem, status = _("There were too many wrong codes. Wait some minutes, then try again."), 429
        elif _is_proved(person, code):
            throttle.right_try(name)
            return enter(request, person, target, at)
        else:
            throttle.wrong_try(name, address, at)
            problem, status = _("This code does not fit, or was used already. Try the next one."), 422
    context = {"problem": problem, "factors": factors(person), "company": settings.COMPANY}
    return bare(request, "web/second.html", context, status=status)


def _is_proved(person: Person, code: str) -> bool:
    at = now()
    return signin.prove_by_code(at=at, person=person, code=code) or signin.prove_by_recovery(
        at=at, person=person, code=code
    )


@require_POST
def ask_passkey(request: HttpRequest) -> HttpResponse:
    """A challenge: for whom this session waits, else for any passkey."""
    found = waiting(request)
    return JsonResponse({"ask": passkeys.begin_proving(request, found[0] if found else None)})


@require_POST
def prove_passkey(request: HttpRequest) -> HttpResponse:
    """A passkey with the person verified is two factors in one: it signs in with or without a password before it."""
    at, address = now(), throttle.caller(request)
    found = waiting(request)
    wrong = JsonResponse(
        {
            "error": "wrong-passkey",
            "sentence": _("This passkey does not fit."),
            "mend": _("Sign in with your password, or try again."),
        },
        status=422,
    )
    if throttle.until_next_try("passkeys", address, at):
        return wrong
    proved = passkeys.proved(request, found[0] if found else None)
    if proved is None or not signin.note_passkey(at=at, passkey_id=proved[0], counter=proved[2]):
        throttle.wrong_address(address, at)
        return wrong
    target = found[1] if found else "/"
    return JsonResponse({"next": enter(request, proved[1], target, at).headers["Location"]})


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enrolment(request: HttpRequest) -> HttpResponse:
    """Of whom a factor is demanded and who has none adds an app here, and is in."""
    found = waiting(request)
    if found is None or factors(found[0]).any:
        return HttpResponseRedirect("/sign-in")
    person, target = found
    if request.method == "POST":
        try:
            codes = signin.confirm_totp(by=person, at=now(), code=request.POST.get("code", "")[:60])
        except Refusal as refusal:
            return bare(
                request, "web/enrolment.html", {**shown(request, person), "problem": refusal}, status=422
            )
        enter(request, person, target, now())
        return bare(request, "web/enrolment.html", {"codes": codes, "next": target})
    return bare(request, "web/enrolment.html", shown(request, person, anew=True))


def shown(request: HttpRequest, person: Person, *, anew: bool = False) -> dict[str, object]:
    """The secret as a picture and as letters. It stays the same while a page asks for its first code."""
    kept = request.session.get(TOTP)
    if anew or not isinstance(kept, str):
        kept = signin.begin_totp(by=person, at=now()).hex()
        request.session[TOTP] = kept
    secret = bytes.fromhex(kept)
    address, letters = as_shown(secret, issuer=f"Lockgate {settings.COMPANY}", account=person.email)
    return {
        "picture": mark_safe(segno.make(address, error="m").svg_inline(scale=4, border=4, light="#fff")),  # noqa: S308 (drawn by us)
        "letters": letters,
        "company": settings.COMPANY,
    }
