"""Opening, renewing and pausing channel accounts. What is secret is sealed before it meets the database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, Refusal
from lockgate.base.transactions import change
from lockgate.channels import events
from lockgate.channels.models import Account, Secret
from lockgate.channels.outgoing import address_complaint
from lockgate.channels.registry import connector
from lockgate.channels.sealing import seal
from lockgate.channels.types import Field
from lockgate.people.models import Duty, Person
from lockgate.people.queries import duties


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
    """A new account. Nothing is asked of the channel here: `Connector.sign_in` does that, outside a transaction.

    Raises NotTheirs, ConnectorMissing, SlugTaken, BadInput (a field missing or unknown, an address unfit).
    """
    _may_tend(by, at)
    kind = connector(connector_name)
    given = {"base_url": base_url, "handle": handle, **(config or {}), **(secrets or {})}
    _check_fields(kind.fields, given, secrets or {})
    base_url = base_url.strip().rstrip("/")
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
