"""Registering apps, letting them in, giving and ending their tokens; what was said once; markers."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.base.transactions import change
from lockgate.mastodon import events, rules
from lockgate.mastodon.models import App, Code, Marker, Once, PutAway, Token
from lockgate.mastodon.queries import app_view, digest, seal_of
from lockgate.mastodon.types import AppView, Granted, Registered
from lockgate.people.models import Person
from lockgate.push import operations as push

CODE_LIVES = timedelta(minutes=5)
UNUSED_LIVES = timedelta(days=1)
MOST_UNUSED = 5_000
ONCE_LIVES = timedelta(hours=24)
CLAIM_LIVES = timedelta(seconds=60)


class GrantRefused(Refusal):
    """A code, secret or verifier that does not fit. ``code`` is the word that OAuth 2 has for it."""

    status = 400

    def __init__(self, code: str, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.code = code
        self.status = status


class TooMany(Refusal):
    code = "too-many"
    status = 429


class StillSaying(Refusal):
    """The same status is being sent at this moment."""

    code = "still-saying"
    status = 409


def register(
    *, at: datetime, name: str, redirect_uris: Sequence[str], scopes: Sequence[str], website: str
) -> Registered:
    """Take an app's word for who it is. It can do nothing by that: a person must let it in first.

    Nobody is signed in here, so there is a bound to how many apps may stand that nobody has let in."""
    name = " ".join(name.split())[:120]
    if not name or "\x00" in name:
        raise BadInput(_("An app has a name."))
    if unknown := rules.unknown_scopes(scopes):
        raise BadInput(_("There is no scope “%(name)s” here.") % {"name": unknown[0][:60]})
    if not 0 < len(redirect_uris) <= 10:
        raise BadInput(_("An app names one to ten addresses to return to."))
    for uri in redirect_uris:
        if not rules.may_return_to(uri, settings.APP_ORIGINS):
            raise BadInput(
                _("“%(uri)s” is not an address that apps may return to here.") % {"uri": uri[:200]},
                _("Phone and desktop apps may; for a web client an administrator adds its origin."),
            )
    if not website.startswith(("https://", "http://")) or len(website) > 300 or "\x00" in website:
        website = ""
    secret = secrets.token_urlsafe(32)
    with change():
        unused = App.objects.filter(allowed_at__isnull=True)
        unused.filter(created_at__lt=at - UNUSED_LIVES, tokens__isnull=True).delete()
        if unused.count() >= MOST_UNUSED:
            raise TooMany(_("Too many apps registered here today."), _("Try again tomorrow."))
        row = App.objects.create(
            client_id=secrets.token_urlsafe(32),
            secret_digest=digest(secret),
            name=name,
            website=website,
            redirect_uris=list(redirect_uris),
            scopes=list(scopes),
            created_at=at,
        )
    return Registered(app_view(row), secret)


def allow(
    *,
    by: Person,
    at: datetime,
    app: AppView,
    redirect_uri: str,
    scopes: Sequence[str],
    challenge: str,
) -> str:
    """``by`` lets the app in: a code that it exchanges for a token, once, within five minutes."""
    code = secrets.token_urlsafe(32)
    with change():
        Code.objects.filter(expires_at__lt=at - UNUSED_LIVES).delete()
        App.objects.filter(pk=app.id, allowed_at__isnull=True).update(allowed_at=at)
        Code.objects.create(
            app_id=app.id,
            person=by,
            digest=digest(code),
            redirect_uri=redirect_uri,
            scopes=list(scopes),
            challenge=challenge,
            seal=seal_of(by),
            expires_at=at + CODE_LIVES,
        )
    return code


def exchange(*, at: datetime, app: AppView, code: str, redirect_uri: str, verifier: str) -> Granted:
    """A token for a code. Raises GrantRefused. A code that comes a second time was stolen from somebody: the token that
    it gave ends."""
    refused = GrantRefused("invalid_grant", _("This code is not, or no longer, good for a token."))
    stolen = False
    granted: Granted | None = None
    with change():
        row = (
            Code.objects.select_for_update(of=("self",))
            .select_related("person__firm")
            .filter(digest=digest(code), app_id=app.id)
            .first()
        )
        if row is None:
            raise refused
        person = row.person
        if row.used_at is not None:
            stolen = True
            if row.token_id is not None:
                _end(row.token_id, person, at)
        else:
            if row.expires_at <= at or row.redirect_uri != redirect_uri or not person.is_active:
                raise refused
            if not constant_time_compare(row.seal, seal_of(person)):
                raise refused
            if row.challenge and not (
                43 <= len(verifier) <= 128
                and verifier.isascii()
                and constant_time_compare(rules.challenge_of(verifier), row.challenge)
            ):
                raise refused
            granted, token = _make(app.id, person, row.scopes, at)
            row.used_at, row.token = at, token
            row.save(update_fields=["used_at", "token"])
    if stolen or granted is None:
        raise refused
    return granted


def speak_alone(*, at: datetime, app: AppView, scopes: Sequence[str]) -> Granted:
    """A token by which an app speaks for itself. It hears nothing that not everybody may know."""
    with change():
        Token.objects.filter(app_id=app.id, person__isnull=True, ends_at__isnull=True).update(ends_at=at)
        granted, _row = _make(app.id, None, scopes, at)
    return granted


def revoke(*, at: datetime, app: AppView, token: str) -> None:
    """The app gives its token back; nothing is said of one that it never had."""
    with change():
        row = Token.objects.filter(digest=digest(token), app_id=app.id, ends_at__isnull=True).first()
        if row is not None:
            _end(row.pk, row.person, at)


def disconnect(*, by: Person, at: datetime, token_id: int) -> None:
    """``by`` takes back what they let an app do. Raises NotFound for a token that is not theirs."""
    with change():
        if not Token.objects.filter(pk=token_id, person=by, ends_at__isnull=True).exists():
            raise NotFound
        _end(token_id, by, at)


def note_use(*, token_id: int, at: datetime) -> None:
    """On which day a token was last used: one write a day, for whoever looks through what they let in."""
    Token.objects.filter(pk=token_id).exclude(used_on=at.date()).update(used_on=at.date())


def claim(*, by: Person, key: str, at: datetime) -> int | None:
    """Take an Idempotency-Key before saying what came with it: None where it is ours to say now, else the message that
    was said with it. Raises StillSaying while another request says it."""
    try:
        with change():
            Once.objects.filter(at__lt=at - ONCE_LIVES).delete()
            Once.objects.filter(message_id__isnull=True, at__lt=at - CLAIM_LIVES).delete()
            Once.objects.create(person=by, key=digest(key), at=at)
    except IntegrityError:
        said = Once.objects.filter(person=by, key=digest(key)).values_list("message_id", flat=True).first()
        if said is None:
            raise StillSaying(_("This is being sent already."), _("Ask again in a moment.")) from None
        return said
    return None


def keep_claim(*, by: Person, key: str, message_id: int) -> None:
    Once.objects.filter(person=by, key=digest(key)).update(message_id=message_id)


def drop_claim(*, by: Person, key: str) -> None:
    """What came with the key was refused, so that it may be tried again."""
    Once.objects.filter(person=by, key=digest(key), message_id__isnull=True).delete()


def mark_read(*, by: Person, timeline: str, last_read: int, at: datetime) -> None:
    """Up to where ``by`` has read "home" or "notifications"."""
    with change():
        row = Marker.objects.select_for_update().filter(person=by, timeline=timeline).first()
        if row is None:
            Marker.objects.create(person=by, timeline=timeline, last_read=last_read, updated_at=at)
        else:
            row.last_read, row.version, row.updated_at = last_read, row.version + 1, at
            row.save(update_fields=["last_read", "version", "updated_at"])


def put_away(*, by: Person, audience_id: int, up_to: int) -> None:
    """A talk stands in the list of conversations no more, until something is said in it after position ``up_to``. What
    one looks at is no communication: the archive is not told. Whoever calls this has asked for the seat."""
    with change():
        PutAway.objects.update_or_create(person=by, audience_id=audience_id, defaults={"up_to": up_to})


def _make(app: int, person: Person | None, scopes: Sequence[str], at: datetime) -> tuple[Granted, Token]:
    words = "lgm_" + secrets.token_urlsafe(32)
    row = Token.objects.create(
        app_id=app,
        person=person,
        digest=digest(words),
        scopes=list(scopes),
        seal=seal_of(person) if person else "",
        created_at=at,
    )
    if person is not None:
        record([Fact(events.APP_ALLOWED, person.pseudonym, person.pseudonym, at, body=row.app.name.encode())])
    return Granted(words, tuple(scopes), at, person), row


def _end(token: int, person: Person | None, at: datetime) -> None:
    push.end_of_token(at=at, token_id=token)
    if Token.objects.filter(pk=token, ends_at__isnull=True).update(ends_at=at) and person is not None:
        record([Fact(events.ACCESS_ENDED, person.pseudonym, person.pseudonym, at)])
