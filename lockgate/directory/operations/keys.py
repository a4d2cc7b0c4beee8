"""Keys of directories: made by an administrator, shown once, ended by any administrator."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.directory import events
from lockgate.directory.models import Key
from lockgate.directory.types import SCOPES
from lockgate.people.models import Person
from lockgate.people.queries import duties


def make_key(*, by: Person, at: datetime, name: str, scopes: Collection[str]) -> str:
    """A new key, shown once; only its digest is kept. NotFound for whoever is no administrator."""
    _only_administrators(by, at)
    clean = " ".join(name.split())
    if not 0 < len(clean) <= 80:
        raise BadInput(
            _("A key has a name of 1 to 80 characters."), _("Name the directory that will use it.")
        )
    chosen = [scope for scope in SCOPES if scope in scopes]
    if not chosen or len(chosen) != len(set(scopes)):
        raise BadInput(_("Choose what the key may do."))
    words = "lgd_" + secrets.token_urlsafe(32)
    with change():
        row = Key.objects.create(
            name=clean,
            digest=hashlib.sha256(words.encode()).hexdigest(),
            scopes=chosen,
            made_by=by,
            made_at=at,
        )
        record([Fact(events.KEY_MADE, f"k:{row.pk}", by.pseudonym, at)])
    return words


def end_key(*, by: Person, at: datetime, key_id: int) -> None:
    """The key says nothing more from now on."""
    _only_administrators(by, at)
    with change():
        if not Key.objects.filter(pk=key_id, ends_at__isnull=True).update(ends_at=at):
            raise NotFound
        record([Fact(events.KEY_ENDED, f"k:{key_id}", by.pseudonym, at)])


def note_use(*, at: datetime, key_id: int) -> None:
    """The day on which a key was last used, written once a day."""
    Key.objects.filter(pk=key_id).exclude(used_on=at.date()).update(used_on=at.date())


def _only_administrators(by: Person, at: datetime) -> None:
    if "administrator" not in duties(by, at):
        raise NotFound
