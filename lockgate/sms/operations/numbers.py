"""One's own number: ask for a code, confirm it, end it. Before it is confirmed nothing but the code goes there."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.keyfile import make_key, read_key
from lockgate.base.refusal import BadInput, Refusal
from lockgate.base.transactions import change
from lockgate.people.models import Person
from lockgate.sms import events, rules
from lockgate.sms.models import Asked, Number, State, Texting
from lockgate.sms.queries import is_configured

KEY = "sms.key"
MOST_A_DAY = 5


class TooManyCodes(Refusal):
    code = "too-many-codes"
    status = 429


def ask(*, by: Person, at: datetime, number: str) -> None:
    """Have a code sent to ``number``, by which ``by`` shows that it is theirs. What they had before ends. Raises
    BadInput, TooManyCodes."""
    plain = rules.number(number)
    if plain is None:
        raise BadInput(
            _("That is no phone number."), _("Write it with its country, like this: +33 6 12 34 56 78")
        )
    if not is_configured():
        raise BadInput(_("This installation sends no text messages."))
    code = f"{secrets.randbelow(1_000_000):06d}"
    key = _key()
    digest = hmac.new(key, plain.encode(), sha256).digest()
    with change():
        # The person's row first: who asks many times at once is counted each time.
        Person.objects.select_for_update().get(pk=by.pk)
        day = Asked.objects.filter(at__gt=at - timedelta(days=1))
        if day.filter(person=by).count() >= MOST_A_DAY or day.filter(digest=digest).count() >= MOST_A_DAY:
            raise TooManyCodes(_("Enough codes were asked for within a day."), _("Try again tomorrow."))
        _end(by, at)
        Number.objects.create(
            person=by,
            number=plain,
            code_digest=rules.code_digest(key, f"{by.pk} {plain}", code),
            code_ends_at=at + rules.CODE_GOOD_FOR,
        )
        made = new_id(at)
        Asked.objects.create(id=made, person=by, digest=digest, at=at)
        words = _("%(code)s is your code for %(company)s. Nobody will ask you for it.")
        Texting.objects.create(
            id=made,
            person=by,
            kind="code",
            about_id=made,
            words=rules.cut(words % {"code": code, "company": settings.COMPANY}),
            due_at=at,
        )


def confirm(*, by: Person, at: datetime, code: str) -> None:
    """``by`` has the code, so the number is theirs; whoever had it before has it no more. Raises BadInput where it is
    not the code, is too old, or was tried too often: the same words for each."""
    wrong = BadInput(_("That is not the code, or it is too old."), _("Ask for a new one."))
    is_right = False
    with change():
        row = Number.objects.select_for_update().filter(person=by, verified_at__isnull=True).first()
        if row is not None and row.tries < rules.MOST_TRIES and row.code_ends_at > at:
            # Counted before it is compared, and kept though it was wrong: nobody tries a million times.
            row.tries += 1
            given = rules.code_digest(_key(), f"{by.pk} {row.number}", "".join(code.split())[:12])
            is_right = hmac.compare_digest(given, bytes(row.code_digest))
            if is_right:
                for other in Number.objects.filter(number=row.number, verified_at__isnull=False):
                    _end(other.person, at)
                row.verified_at = at
                record([Fact(events.NUMBER_VERIFIED, by.pseudonym, by.pseudonym, at)])
            row.save(update_fields=["tries", "verified_at"])
    if not is_right:
        raise wrong


def end(*, by: Person, at: datetime) -> None:
    """No more texts to ``by``. Nothing happens where none went."""
    with change():
        _end(by, at)


def _end(person: Person, at: datetime) -> None:
    row = Number.objects.filter(person=person).first()
    if row is None:
        return
    row.delete()
    waiting = Texting.objects.filter(person=person, state=State.WAITING)
    waiting.update(state=State.MOOT, settled_at=at, words="")
    if row.verified_at is not None:
        record([Fact(events.NUMBER_ENDED, person.pseudonym, person.pseudonym, at)])


def _key() -> bytes:
    path = Path(settings.KEYS_DIR) / KEY
    try:
        return read_key(path)
    except FileNotFoundError:
        return make_key(path)
