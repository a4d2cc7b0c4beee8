"""Opening, renewing and pausing channel accounts, and asking the channel whether it knows us. What is secret is sealed
before it meets the database."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, connections
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, Refusal
from lockgate.base.transactions import change
from lockgate.channels import events
from lockgate.channels.models import Account, Secret
from lockgate.channels.outgoing import address_complaint
from lockgate.channels.pages import PageSaid, look_at
from lockgate.channels.queries import facts
from lockgate.channels.registry import connector
from lockgate.channels.sealing import seal
from lockgate.channels.types import AccountFacts, ChannelError, Connector, Field, Introduced, SignInRefused
from lockgate.people.models import Duty, Person
from lockgate.people.queries import duties

__all__ = [
    "NotTheirs",
    "PageSaid",
    "SlugTaken",
    "look_at",
]

# A person waits for the answer, in front of a page.
INTRODUCTION_SECONDS = 15.0

_log = logging.getLogger(__name__)


class NotTheirs(Refusal):
    """Only channel managers and administrators tend channel accounts."""

    code = "not-a-channel-manager"
    status = 403


class SlugTaken(BadInput):
    code = "slug-taken"


def open_account(
    *,
    by: Person,
    at: datetime,
    slug: str,
    connector_name: str,
    name: str,
    desk_slug: str,
    base_url: str = "",
    handle: str = "",
    config: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    language: str = "en",
) -> Account:
    """A new account. Nothing is asked of the channel here: ``introduce`` does that, outside a transaction.

    Raises NotTheirs, ConnectorMissing, SlugTaken, BadInput (a field missing or unknown, an address unfit).
    """
    _may_tend(by, at)
    kind = connector(connector_name)
    given = {"base_url": base_url, "handle": handle, **(config or {}), **(secrets or {})}
    _check_fields(kind.fields, given, secrets or {})
    base_url = base_url.strip().rstrip("/")
    _check_names(language, slug=slug, name=name, base_url=base_url, handle=handle, desk_slug=desk_slug)
    if base_url and (complaint := address_complaint(base_url)):
        raise BadInput(complaint)
    try:
        with change():
            account = Account.objects.create(
                slug=slug,
                connector=connector_name,
                name=name,
                base_url=base_url,
                handle=handle,
                config=dict(config or {}),
                desk_slug=desk_slug,
                language=language,
                created_at=at,
            )
            for key, words in (secrets or {}).items():
                Secret.objects.create(
                    account=account, name=key, sealed=seal(words, slug=slug, name=key), renewed_at=at
                )
            said = {
                "slug": slug,
                "connector": connector_name,
                "name": name,
                "base_url": base_url,
                "desk": desk_slug,
            }
            _record(
                events.ACCOUNT_OPENED, account, by, at, body=json.dumps(said, ensure_ascii=False).encode()
            )
    except IntegrityError as error:
        raise SlugTaken(
            _("There is a channel account at “%(slug)s” already.") % {"slug": slug},
            _("Choose another short name."),
        ) from error
    return account


def renew_secret(*, by: Person, at: datetime, account: Account, name: str, words: str) -> None:
    """Replaces one secret of ``account``. The former one is gone. Raises NotTheirs, BadInput."""
    _may_tend(by, at)
    known = {field.name for field in connector(account.connector).fields if field.secret}
    if name not in known or not words.strip():
        raise BadInput(
            _("“%(account)s” has no such password, or it was left empty.") % {"account": account.name},
            _("Fill in one of: %(names)s.") % {"names": ", ".join(sorted(known))},
        )
    with change():
        Secret.objects.update_or_create(
            account=account,
            name=name,
            defaults={"sealed": seal(words, slug=account.slug, name=name), "renewed_at": at},
        )
        _record(events.SECRET_RENEWED, account, by, at, body=name.encode())


def introduce(account: Account) -> Introduced:
    """Ask the channel of ``account`` whom it takes us for, with what is kept of it. Changes nothing and never raises.

    The network, for INTRODUCTION_SECONDS at most: never call it inside a transaction. Whether the account is ours to
    ask for is the caller's question, as with every verb of ``Connector``.
    """
    try:
        kind, known = connector(account.connector), facts(account)
    except Refusal as refusal:
        return Introduced(False, refusal.sentence, refusal.mend)
    answers: list[Introduced] = []
    # A thread of its own: a connector from elsewhere may hang in ways that no deadline of ours reaches.
    asking = threading.Thread(
        target=_introduce, args=(kind, known, get_language(), answers), name="introduction", daemon=True
    )
    asking.start()
    asking.join(INTRODUCTION_SECONDS)
    if answers:
        return answers[0]
    return _not_yet(_("%(account)s took too long to answer.") % {"account": account.name})


def _introduce(
    kind: Connector, account: AccountFacts, language: str | None, answers: list[Introduced]
) -> None:
    with override(language):  # the sentences are for whoever asked; a new thread speaks English
        try:
            name = " ".join("".join(c if c.isprintable() else " " for c in kind.sign_in(account)).split())
            answers.append(Introduced(True, _("It knows us as %(name)s.") % {"name": name[:120]}))
        except SignInRefused as error:
            answers.append(_not_yet(error.sentence, _("Enter its password or token anew.")))
        except ChannelError as error:
            answers.append(_not_yet(error.sentence))
        except Exception as error:  # a connector's own fault: only its kind, since its text may quote a token
            failed = type(error).__name__
            _log.error("connector %s failed to sign in: %s", kind.name, failed)
            answers.append(_not_yet(_("Its connector failed (%(kind)s).") % {"kind": failed}))
        finally:
            connections.close_all()  # this thread's own, if the connector read a table


def _not_yet(sentence: str, mend: str = "") -> Introduced:
    kept = _("The account is kept, but it does not work yet.")
    return Introduced(False, sentence, f"{kept} {mend}".strip())


def pause(*, by: Person, at: datetime, account: Account) -> None:
    """Nothing goes out by ``account`` from now on; what waits goes on waiting. Pausing twice changes nothing."""
    _may_tend(by, at)
    with change():
        if Account.objects.filter(pk=account.pk, paused_at__isnull=True).update(paused_at=at):
            _record(events.ACCOUNT_PAUSED, account, by, at)
    account.refresh_from_db()


def resume(*, by: Person, at: datetime, account: Account) -> None:
    """What waits may go out again. Resuming what runs changes nothing."""
    _may_tend(by, at)
    with change():
        if Account.objects.filter(pk=account.pk, paused_at__isnull=False).update(paused_at=None):
            _record(events.ACCOUNT_RESUMED, account, by, at)
    account.refresh_from_db()


def _may_tend(by: Person, at: datetime) -> None:
    if not duties(by, at) & {Duty.Kind.CHANNEL_MANAGER.value, Duty.Kind.ADMINISTRATOR.value}:
        raise NotTheirs(
            _("Channel accounts are tended by channel managers and administrators."),
            _("Ask one of them."),
        )


def _record(action: str, account: Account, by: Person, at: datetime, body: bytes | None = None) -> None:
    record([Fact(action=action, record=f"c:{account.pk}", actor=by.pseudonym, at=at, body=body)])


_LANGUAGES = frozenset({"en", "fr", "de"})
_LONGEST = {"slug": 60, "name": 120, "base_url": 300, "handle": 200, "desk_slug": 60}


def _check_names(language: str, **given: str) -> None:
    if language not in _LANGUAGES:
        raise BadInput(_("An account speaks English, French or German."), _("Choose one of them."))
    if not given["slug"]:
        raise BadInput(_("The account has no name."), _("Say what people here should call it."))
    if not given["desk_slug"]:
        raise BadInput(_("No desk signs for this account."), _("Choose the desk that does."))
    for name, longest in _LONGEST.items():
        if len(given[name]) > longest:
            raise BadInput(
                _("“%(beginning)s…” is too long; %(most)s characters is the most.")
                % {"beginning": given[name][:40], "most": longest}
            )


def _check_fields(fields: Sequence[Field], given: Mapping[str, str], secrets: Mapping[str, str]) -> None:
    for field in fields:
        if field.required and not str(given.get(field.name, "")).strip():
            raise BadInput(_("“%(label)s” is missing.") % {"label": field.label}, _("Fill it in."))
        # A password handed in beside the secrets would be kept in the clear.
        if field.secret and field.name in given and field.name not in secrets:
            raise BadInput(_("“%(label)s” is a secret and must be given as one.") % {"label": field.label})
    unknown = set(given) - {field.name for field in fields} - {"base_url", "handle"}
    if unknown:
        raise BadInput(_("This channel knows no “%(name)s”.") % {"name": sorted(unknown)[0]})
