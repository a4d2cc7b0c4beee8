"""One-time codes of an authenticator app, and recovery codes."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.sealing import Unreadable, seal, unseal
from lockgate.base.transactions import change
from lockgate.people.models import Person
from lockgate.signin import events, rules
from lockgate.signin.models import RecoveryCode, Totp
from lockgate.signin.operations.factors import NotYet, WrongCode

KEY = "signin.key"
SECRET_BYTES = 20
CODES = 10


def begin_totp(*, by: Person, at: datetime) -> bytes:
    """A new secret to be shown to ``by``; it counts once they gave a code of it. One that counts is not replaced."""
    secret = secrets.token_bytes(SECRET_BYTES)
    with change():
        if Totp.objects.filter(person=by, confirmed_at__isnull=False).exists():
            raise NotYet(_("You have an authenticator app already."), _("Remove it first."))
        Totp.objects.update_or_create(
            person=by,
            defaults={
                "sealed": seal(secret, key=KEY, bound_to=_bound(by)),
                "made_at": at,
                "last_step": 0,
                "confirmed_at": None,
            },
        )
    return secret


def confirm_totp(*, by: Person, at: datetime, code: str) -> list[str]:
    """The app is one of ``by``'s factors from now on. Answers recovery codes where these are the first. WrongCode."""
    with change():
        row = Totp.objects.select_for_update().filter(person=by, confirmed_at__isnull=True).first()
        step = _fitting(row, by, code, at) if row else None
        if row is None or step is None:
            raise WrongCode(
                _("This code does not fit."), _("Wait for the next one, and check the clock of your phone.")
            )
        Totp.objects.filter(pk=row.pk).update(confirmed_at=at, last_step=step)
        record([Fact(events.FACTOR_ADDED, by.pseudonym, by.pseudonym, at, rule="totp")])
        if RecoveryCode.objects.filter(person=by, used_at__isnull=True).exists():
            return []
        return make_codes(by=by, at=at)


def make_codes(*, by: Person, at: datetime) -> list[str]:
    """Ten new recovery codes, shown once; those before are void."""
    made = [rules.recovery_code(secrets.token_bytes(16)) for _place in range(CODES)]
    with change():
        RecoveryCode.objects.filter(person=by).delete()
        RecoveryCode.objects.bulk_create(
            [RecoveryCode(person=by, digest=rules.recovery_digest(one), made_at=at) for one in made]
        )
        record([Fact(events.CODES_MADE, by.pseudonym, by.pseudonym, at)])
    return made


def prove_by_code(*, at: datetime, person: Person, code: str) -> bool:
    """Whether ``code`` is a fresh one of this person's app. It is never taken again, by whomever."""
    row = Totp.objects.filter(person=person, confirmed_at__isnull=False).first()
    step = _fitting(row, person, code, at) if row else None
    if row is None or step is None:
        return False
    with change():
        # Of two that bring the same code at once, one moves the step.
        return bool(Totp.objects.filter(pk=row.pk, last_step__lt=step).update(last_step=step))


def prove_by_recovery(*, at: datetime, person: Person, code: str) -> bool:
    """Whether ``code`` is an unused recovery code of this person's; it is used now."""
    if len(code) > 60:
        return False
    with change():
        used = RecoveryCode.objects.filter(
            person=person, digest=rules.recovery_digest(code), used_at__isnull=True
        ).update(used_at=at)
        if used:
            record([Fact(events.CODE_USED, person.pseudonym, person.pseudonym, at)])
    return bool(used)


def _fitting(row: Totp, person: Person, code: str, at: datetime) -> int | None:
    try:
        secret = unseal(bytes(row.sealed), key=KEY, bound_to=_bound(person))
    except Unreadable:
        return None
    return rules.step_that_fits(secret, code, rules.step_of(at.timestamp()), row.last_step)


def _bound(person: Person) -> str:
    return f"lockgate.signin.totp:{person.pk}"
