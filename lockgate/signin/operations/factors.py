"""Second factors come and go. The last one stays where one is demanded."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.base.transactions import change
from lockgate.people.models import Person
from lockgate.people.operations import end_sessions
from lockgate.signin import events, queries
from lockgate.signin.models import Passkey, RecoveryCode, Totp

MOST_PASSKEYS = 20


class WrongCode(BadInput):
    code = "wrong-code"


class NotYet(Refusal):
    """A factor cannot go, or come, as things stand."""

    code = "not-yet"


def keep_passkey(
    *, by: Person, at: datetime, name: str, credential: str, attested: bytes, counter: int
) -> None:
    """A passkey whose proof was checked is one of ``by``'s from now on."""
    clean = " ".join(name.split())[:80] or _("Passkey")
    with change():
        Person.objects.select_for_update().get(pk=by.pk)
        if Passkey.objects.filter(person=by).count() >= MOST_PASSKEYS:
            raise NotYet(_("You have %(most)s passkeys.") % {"most": MOST_PASSKEYS}, _("Remove one first."))
        if len(credential) > 1400 or Passkey.objects.filter(credential=credential).exists():
            raise NotYet(_("This passkey is known already."))
        Passkey.objects.create(
            person=by, name=clean, credential=credential, attested=attested, counter=counter, made_at=at
        )
        record([Fact(events.FACTOR_ADDED, by.pseudonym, by.pseudonym, at, rule="passkey")])


def note_passkey(*, at: datetime, passkey_id: int, counter: int) -> bool:
    """A passkey was used. False where its counter went back: then there are two of it, and neither is believed."""
    with change():
        row = Passkey.objects.select_for_update().filter(pk=passkey_id).first()
        if row is None or ((counter or row.counter) and counter <= row.counter):
            return False
        row.counter, row.used_at = counter, at
        row.save(update_fields=["counter", "used_at"])
    return True


def rename_passkey(*, by: Person, passkey_id: int, name: str) -> None:
    clean = " ".join(name.split())
    if not 0 < len(clean) <= 80:
        raise BadInput(_("A passkey's name has 1 to 80 characters."))
    if not Passkey.objects.filter(pk=passkey_id, person=by).update(name=clean):
        raise NotFound


def remove_passkey(*, by: Person, at: datetime, passkey_id: int) -> None:
    with change():
        Person.objects.select_for_update().get(pk=by.pk)
        if not Passkey.objects.filter(pk=passkey_id, person=by).delete()[0]:
            raise NotFound
        _refuse_if_last(by, at)
        record([Fact(events.FACTOR_REMOVED, by.pseudonym, by.pseudonym, at, rule="passkey")])


def remove_totp(*, by: Person, at: datetime) -> None:
    with change():
        Person.objects.select_for_update().get(pk=by.pk)
        if not Totp.objects.filter(person=by, confirmed_at__isnull=False).delete()[0]:
            raise NotFound
        _refuse_if_last(by, at)
        record([Fact(events.FACTOR_REMOVED, by.pseudonym, by.pseudonym, at, rule="totp")])


def forget_factors(*, by: Person | None, at: datetime, person: Person) -> None:
    """All that ``person`` proves themselves by beside a password is gone, and whoever is signed in as them is signed
    out: for somebody who lost their phone, from the shell."""
    with change():
        Totp.objects.filter(person=person).delete()
        Passkey.objects.filter(person=person).delete()
        RecoveryCode.objects.filter(person=person).delete()
        end_sessions(at=at, persons=[person.pk])
        actor = by.pseudonym if by else "system"
        record([Fact(events.FACTOR_REMOVED, person.pseudonym, actor, at, rule="all")])


def _refuse_if_last(by: Person, at: datetime) -> None:
    if queries.factors(by).any:
        return
    if queries.is_demanded_of(by, at):
        raise NotYet(
            _("A second factor is required of you, and this is your last one."), _("Add another one first.")
        )
    # Codes stand in for a factor, and there is none any more.
    RecoveryCode.objects.filter(person=by, used_at__isnull=True).delete()
