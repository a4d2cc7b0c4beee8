"""OAuth 2: registering an app, letting it in on a page of ours, its token, and giving it back."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lockgate.base.clock import now
from lockgate.base.refusal import BadInput, Refusal
from lockgate.mastodon import operations, queries, rules
from lockgate.mastodon.ids import person_id
from lockgate.mastodon.operations import GrantRefused, TooMany
from lockgate.mastodon.reading import Reader
from lockgate.mastodon.scope_words import in_words
from lockgate.mastodon.speaking import Asked
from lockgate.mastodon.types import AppView, Granted
from lockgate.people import queries as people
from lockgate.push import queries as push
from lockgate.web import throttle
from lockgate.web.security import content_security_policy
from lockgate.web.shell import bare, viewer


def register(asked: Asked) -> dict[str, Any]:
    """POST /api/v1/apps. Clients send it as query, form, multipart or JSON."""
    fields, caller = asked.fields, throttle.caller(asked.request)
    if throttle.too_many("apps", caller, most=60, at=asked.at):
        raise TooMany(_("Too many apps registered from here."), _("Try again in an hour."))
    uris = [uri for words in fields.texts("redirect_uris") for uri in words.split() if uri]
    made = operations.register(
        at=asked.at,
        name=fields.text("client_name"),
        redirect_uris=uris,
        scopes=rules.scopes_in(fields.text("scopes")),
        website=fields.text("website"),
    )
    return {
        **described(made.app),
        "client_id": made.app.client_id,
        "client_secret": made.secret,
        "client_secret_expires_at": 0,
    }


def verify_app(asked: Asked) -> dict[str, Any]:
    assert asked.speaker is not None
    return described(queries.app_of(asked.speaker)) | {"scopes": sorted(asked.speaker.scopes)}


def described(app: AppView) -> dict[str, Any]:
    return {
        "id": str(app.id),
        "name": app.name,
        "website": app.website or None,
        "scopes": list(app.scopes),
        "redirect_uri": "\n".join(app.redirect_uris),
        "redirect_uris": list(app.redirect_uris),
        "vapid_key": push.public_key() if push.is_on() else "",
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """The page on which a person lets an app in, or not."""
    fields = request.POST if request.method == "POST" else request.GET
    try:
        app, uri, scopes, challenge = _wanted(fields)
    except Refusal as refusal:
        # Never sent back to an address that is not known to be the app's own.
        return bare(request, "mastodon/refused.html", {"problem": refusal}, status=400)
    person = viewer(request)
    state = fields.get("state", "")[:500]
    if request.method == "POST":
        if request.POST.get("answer") != "allow":
            return _back(
                uri, {"error": "access_denied", "error_description": "The person said no.", "state": state}
            )
        code = operations.allow(
            by=person, at=now(), app=app, redirect_uri=uri, scopes=scopes, challenge=challenge
        )
        if uri == rules.OOB:
            return bare(request, "mastodon/code.html", {"app": app, "code": code})
        return _back(uri, {"code": code, "state": state})
    response = bare(
        request,
        "mastodon/authorize.html",
        {
            "app": app,
            "person": person,
            "company": settings.COMPANY,
            "says": in_words(scopes),
            "host": "" if uri == rules.OOB else _place_of(uri),
            "fields": {
                "client_id": app.client_id,
                "redirect_uri": uri,
                "response_type": "code",
                "scope": " ".join(scopes),
                "state": state,
                "code_challenge": challenge,
                "code_challenge_method": "S256" if challenge else "",
            }.items(),
        },
    )
    # The form leads on to the app: without its scheme or origin here the browser would stop there.
    response.headers["Content-Security-Policy"] = content_security_policy("").replace(
        "form-action 'self'", f"form-action 'self' {_place_of(uri)}"
    )
    return response


def token(asked: Asked) -> dict[str, Any]:
    """POST /oauth/token."""
    fields = asked.fields
    app = _app_of(asked)
    kind = fields.text("grant_type")
    if kind == "authorization_code":
        return _granted(
            operations.exchange(
                at=asked.at,
                app=app,
                code=fields.text("code"),
                redirect_uri=fields.text("redirect_uri"),
                verifier=fields.text("code_verifier"),
            )
        )
    if kind == "client_credentials":
        scopes = rules.scopes_in(fields.text("scope"))
        if rules.unknown_scopes(scopes) or rules.beyond(app.scopes, scopes):
            raise GrantRefused("invalid_scope", _("The app did not register for these scopes."))
        return _granted(operations.speak_alone(at=asked.at, app=app, scopes=scopes))
    # Passwords are typed on our own page and nowhere else.
    raise GrantRefused("unsupported_grant_type", _("A token is given for a code, or to an app for itself."))


def revoke(asked: Asked) -> dict[str, Any]:
    operations.revoke(at=asked.at, app=_app_of(asked, status=403), token=asked.fields.text("token"))
    return {}


def userinfo(asked: Asked) -> dict[str, Any]:
    reader = Reader.of(asked)
    drawn = reader.draw.person(people.card(asked.viewer))
    return {
        "iss": asked.base,
        "sub": drawn["uri"],
        "name": asked.viewer.name,
        "preferred_username": asked.viewer.slug,
        "profile": drawn["url"],
        "picture": drawn["avatar"],
        "id": person_id(asked.viewer.pk),
    }


def server(asked: Asked) -> dict[str, Any]:
    """RFC 8414."""
    base = asked.base
    return {
        "issuer": f"{base}/",
        "authorization_endpoint": f"{base}/oauth/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "revocation_endpoint": f"{base}/oauth/revoke",
        "userinfo_endpoint": f"{base}/oauth/userinfo",
        "app_registration_endpoint": f"{base}/api/v1/apps",
        "scopes_supported": list(rules.SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "service_documentation": "https://docs.joinmastodon.org/",
    }


def _wanted(fields: Any) -> tuple[AppView, str, tuple[str, ...], str]:
    app = queries.app(fields.get("client_id", ""))
    if app is None:
        raise BadInput(_("This app is not known here."), _("Begin again in the app."))
    uri = fields.get("redirect_uri", "")
    if uri not in app.redirect_uris or not rules.may_return_to(uri, settings.APP_ORIGINS):
        raise BadInput(_("The app asks to return to an address that it did not register."))
    if fields.get("response_type", "code") != "code":
        raise BadInput(_("The app asks for something that is not given here: only a code is."))
    scopes = rules.scopes_in(fields.get("scope", ""))
    if rules.unknown_scopes(scopes) or rules.beyond(app.scopes, scopes):
        raise BadInput(_("The app asks for more than it registered for."))
    challenge = fields.get("code_challenge", "")
    if challenge and (fields.get("code_challenge_method", "") != "S256" or not rules.is_challenge(challenge)):
        raise BadInput(_("The app secures its code in a way that is not taken here: S256 is."))
    return app, uri, scopes, challenge


def _app_of(asked: Asked, status: int = 401) -> AppView:
    """The app that shows its secret: in the body, or by HTTP Basic. Guessing is held back as with passwords."""
    client_id, secret = _basic(asked.request) or (
        asked.fields.text("client_id"),
        asked.fields.text("client_secret"),
    )
    app = queries.app_with_secret(client_id, secret)
    if app is None:
        raise GrantRefused("invalid_client", _("This app, or its secret, is not known here."), status)
    return app


def _basic(request: HttpRequest) -> tuple[str, str] | None:
    kind, _space, words = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _colon, secret = base64.b64decode(words, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return name, secret


def _granted(granted: Granted) -> dict[str, Any]:
    told: dict[str, Any] = {
        "access_token": granted.words,
        "token_type": "Bearer",
        "scope": " ".join(granted.scopes),
        "created_at": int(granted.created_at.timestamp()),
    }
    return told | ({"me": granted.person.slug} if granted.person else {})


def _back(uri: str, said: dict[str, str]) -> HttpResponse:
    """On to the app: to an address that it registered and that may be returned to, and to no other."""
    query = urlencode({key: value for key, value in said.items() if value})
    if uri == rules.OOB:
        return HttpResponse(status=302, headers={"Location": "/"})
    mark = "&" if "?" in uri else "?"
    return HttpResponse(status=302, headers={"Location": f"{uri}{mark}{query}"})


def _place_of(uri: str) -> str:
    """The origin of a web address, else the scheme alone: what a content security policy can name."""
    if uri == rules.OOB:
        return ""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"
