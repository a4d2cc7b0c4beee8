"""Tokens, by which programs act as somebody; and bots, which are nobody else."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.people import events
from lockgate.people.models import AccessToken, Person
from lockgate.people.queries import free_slug
from lockgate.people.types import SCOPES

MOST_TOKENS = 100


MOST_BOTS = 20


def make_token(
    *,
    by: Person,
    at: datetime,
    person: Person,
    name: str,
    scopes: Collection[str] = SCOPES,
    ends_at: datetime | None = None,
) -> str:
    """A new access token that speaks for ``person`` within ``scopes``. Shown once; only its digest is kept.

    Raises NotFound where ``person`` is neither ``by`` nor a bot of theirs, BadInput for a scope that there is not,
    or none.
    """
    if person.pk != by.pk and person.owner_id != by.pk:
        raise NotFound
    clean = " ".join(name.replace("\x00", "").split())[:80]
    if not clean:
        raise BadInput(_("A token has a name, so that you know it again."))
    if not scopes or not set(scopes) <= set(SCOPES):
        raise BadInput(_("Choose at least one thing that the token may do."))
    if ends_at is not None and ends_at <= at:
        raise BadInput(_("That end is past."), _("Choose a later one."))
    token = "lgt_" + secrets.token_urlsafe(32)
    with change():
        if AccessToken.objects.filter(person=person, ends_at__isnull=True).count() >= MOST_TOKENS:
            raise BadInput(_("There are a hundred tokens already."), _("End one that you no longer use."))
        AccessToken.objects.create(
            person=person,
            name=clean,
            digest=hashlib.sha256(token.encode()).hexdigest(),
            scopes=[one for one in SCOPES if one in scopes],
            created_at=at,
            ends_at=ends_at,
        )
        record(
            [
                Fact(
                    action=events.TOKEN_MADE,
                    record=person.pseudonym,
                    actor=by.pseudonym,
                    at=at,
                    body=clean.encode(),
                )
            ]
        )
    return token


def end_token(*, by: Person, at: datetime, token_id: int) -> None:
    """The token speaks for nobody from now on. Raises NotFound for one that is neither ``by``'s nor of a bot of
    theirs."""
    with change():
        theirs = AccessToken.objects.filter(Q(person=by) | Q(person__owner=by), pk=token_id)
        row = theirs.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at)).select_related("person").first()
        if row is None:
            raise NotFound
        AccessToken.objects.filter(pk=row.pk).update(ends_at=at)
        record([Fact(events.TOKEN_ENDED, row.person.pseudonym, by.pseudonym, at)])


def note_token_use(*, token_id: int, at: datetime) -> None:
    """On which day a token was last used: one write a day, for whoever looks through their tokens."""
    AccessToken.objects.filter(pk=token_id).exclude(used_on=at.date()).update(used_on=at.date())


def make_bot(*, by: Person, at: datetime, name: str) -> Person:
    """A bot that ``by`` owns and answers for. It has no password and sits nowhere until it is given a seat.

    Raises NotFound for guests and for bots, BadInput for a name that is none.
    """
    if not by.firm.is_house or by.is_bot or not by.is_active:
        raise NotFound
    clean = " ".join(name.replace("\x00", "").split())[:120]
    plain = slugify(clean)[:60]
    if not plain:
        raise BadInput(_("A bot has a name."))
    with change():
        if Person.objects.filter(owner=by, is_active=True).count() >= MOST_BOTS:
            raise BadInput(_("You own twenty bots already."), _("End one that you no longer use."))
        slug = free_slug(f"{plain}-bot" if not plain.endswith("bot") else plain)
        bot = Person.objects.create(
            # Nobody reads an address under .invalid, which no name server ever knows.
            email=f"{slug}@bots.invalid",
            name=clean,
            slug=slug,
            firm=by.firm,
            language=by.language,
            time_zone=by.time_zone,
            joined_at=at,
            password=make_password(None),
            kind="bot",
            owner=by,
        )
        record([Fact(events.BOT_MADE, bot.pseudonym, by.pseudonym, at, body=clean.encode())])
    return bot
