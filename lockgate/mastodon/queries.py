"""Who speaks, by which app, and what a person has let in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare

from lockgate.mastodon.models import App, Marker, Once, PutAway, Token
from lockgate.mastodon.types import AppView, Connected, Speaker
from lockgate.people.models import Person


def put_away(viewer: Person) -> dict[int, int]:
    """{audience: position}: talks that the viewer took off the list in their apps, and up to where they had seen
    them."""
    return dict(PutAway.objects.filter(person=viewer).values_list("audience_id", "up_to"))


def digest(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()


def seal_of(person: Person) -> str:
    """What a person's tokens bear: changes with their password."""
    return str(person.get_session_auth_hash())


def app_view(row: App) -> AppView:
    return AppView(row.pk, row.client_id, row.name, row.website, tuple(row.redirect_uris), tuple(row.scopes))


def app(client_id: str) -> AppView | None:
    row = App.objects.filter(client_id=client_id).first() if _is_word(client_id) else None
    return app_view(row) if row else None


def app_of(speaker: Speaker) -> AppView:
    """The app by which somebody speaks."""
    return app_view(App.objects.get(pk=speaker.app_id))


def app_with_secret(client_id: str, secret: str) -> AppView | None:
    """The app that knows this secret; None alike for no such app and a wrong secret."""
    row = App.objects.filter(client_id=client_id).first() if _is_word(client_id) else None
    known = row.secret_digest if row else digest("nobody")
    return app_view(row) if constant_time_compare(known, digest(secret)) and row else None


def speaker(words: str, at: datetime) -> Speaker | None:
    """Who speaks with this token at ``at``. Asked with each request: a token dies at once with the person's leaving,
    with their password, and when it is taken away."""
    if not _is_word(words):
        return None
    row = _living(at).filter(digest=digest(words)).first()
    return _speaker(row)


def speaker_of(token_id: int, at: datetime) -> Speaker | None:
    """The same, by the token's number: for addresses of pictures, which are signed for one token."""
    return _speaker(_living(at).filter(pk=token_id).first())


def living(token_ids: Collection[int], at: datetime) -> frozenset[int]:
    """Of these tokens, those that still speak for a person; one statement for all of them."""
    return frozenset(
        row.pk for row in _living(at).filter(pk__in=list(token_ids)) if _speaker(row) is not None
    )


def connected(person: Person, at: datetime) -> list[Connected]:
    """The apps that speak for ``person``, newest first."""
    seal = seal_of(person)
    return [
        Connected(
            row.pk,
            row.app.name,
            row.app.website,
            tuple(row.scopes),
            row.created_at,
            row.used_on.isoformat() if row.used_on else "",
        )
        for row in _living(at).filter(person=person).order_by("-id")[:200]
        if row.seal == seal
    ]


def said_once(person: Person, key: str) -> int | None:
    """The message that was sent with this key, if it went through."""
    return Once.objects.filter(person=person, key=digest(key)).values_list("message_id", flat=True).first()


def markers(person: Person) -> dict[str, tuple[int, int, datetime]]:
    """(last read, version, when) by timeline."""
    rows = Marker.objects.filter(person=person)
    return {row.timeline: (row.last_read, row.version, row.updated_at) for row in rows}


def _living(at: datetime) -> QuerySet[Token]:
    return Token.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at), created_at__lte=at
    ).select_related("app", "person__firm", "person__department", "person__site")


def _speaker(row: Token | None) -> Speaker | None:
    if row is None:
        return None
    if row.person is not None and (
        not row.person.is_active or not constant_time_compare(row.seal, seal_of(row.person))
    ):
        return None
    return Speaker(row.pk, row.person, frozenset(row.scopes), row.app_id, row.app.name, row.app.website)


def _is_word(words: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_-]{8,200}", words) is not None
