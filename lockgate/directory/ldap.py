"""Speaks LDAP with the company's directory server: who there is, and whether a password is theirs.

Always over TLS, unless the server is this very machine. An empty password is never sent: a server takes it for nobody
in particular and says yes (RFC 4513 5.1.2).
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from lockgate.base.refusal import Refusal
from lockgate.directory.types import Row, Wanted

SECONDS = 10
MOST_SECONDS = 600
MOST_ROWS = 200_000
PAGE = 500
_HERE = {"127.0.0.1", "::1", "localhost"}


class ServerFailed(Refusal):
    """The directory server does not answer, or not as it should; ``why`` is for the administrator."""

    code = "ldap-failed"
    status = 502

    def __init__(self, why: str) -> None:
        super().__init__("The directory server cannot be asked.", why)
        self.why = why


def is_on() -> bool:
    return bool(settings.LDAP_URL and settings.LDAP_BASE)


def may_sign_in() -> bool:
    return is_on() and bool(settings.LDAP_SIGN_IN)


def everybody() -> list[Row]:
    """Every person whom the server knows, whole or not at all. Raises ServerFailed."""
    found: list[Row] = []
    names: dict[str, str] = {}
    ends = time.monotonic() + MOST_SECONDS
    with _asking() as connection:
        entries = connection.extend.standard.paged_search(
            settings.LDAP_BASE,
            settings.LDAP_FILTER,
            attributes=_attributes(),
            paged_size=PAGE,
            generator=True,
        )
        for entry in entries:
            if time.monotonic() > ends or len(found) >= MOST_ROWS:
                raise ServerFailed(f"it has no end: {len(found)} people in {MOST_SECONDS} seconds")
            if entry.get("type") == "searchResEntry":
                row = _row(entry)
                found.append(row)
                names[_plain(str(entry["dn"]))] = row.wanted.external_id or row.wanted.email or ""
    return [_with_manager(row, names) for row in found]


def _with_manager(row: Row, names: dict[str, str]) -> Row:
    """The manager stands there by the place of their entry; here by their id. One who is not in the list keeps the
    place, which finds nobody."""
    said = row.wanted.manager
    if not said:
        return row
    return replace(row, wanted=replace(row.wanted, manager=names.get(_plain(said)) or said[:254]))


def _plain(place: str) -> str:
    """A distinguished name as two servers may write it in two ways: case, and spaces beside commas."""
    return ",".join(part.strip() for part in place.casefold().split(","))


def whose(email: str, password: str) -> str | None:
    """By what id the server knows the one person with this address, if the password is theirs. Raises ServerFailed."""
    from ldap3.utils.conv import escape_filter_chars

    if not password or not email or len(password) > 200:
        return None
    asked = f"(&{settings.LDAP_FILTER}({settings.LDAP_EMAIL}={escape_filter_chars(email)}))"
    with _asking() as connection:
        connection.search(settings.LDAP_BASE, asked, attributes=_attributes(), size_limit=2)
        entries = [one for one in connection.response or [] if one.get("type") == "searchResEntry"]
    if len(entries) != 1:
        return None
    row = _row(entries[0])
    if not row.wanted.external_id or (row.wanted.email or "").lower() != email.lower():
        return None
    return row.wanted.external_id if _binds(str(entries[0]["dn"]), password) else None


def look() -> str:
    """ "" where the server answers, else what is wrong: for `lockgate doctor`."""
    try:
        with _asking() as connection:
            connection.search(
                settings.LDAP_BASE, settings.LDAP_FILTER, attributes=[settings.LDAP_ID], size_limit=1
            )
            if not [one for one in connection.response or [] if one.get("type") == "searchResEntry"]:
                return f"it finds nobody under {settings.LDAP_BASE}"
    except ServerFailed as refusal:
        return refusal.why
    return ""


@contextmanager
def _asking() -> Iterator[Any]:
    """A connection as the account that may read. Whatever goes wrong in it is told as ServerFailed."""
    from ldap3.core.exceptions import LDAPException

    try:
        connection = _connection(settings.LDAP_BIND_DN, settings.LDAP_BIND_PASSWORD)
        if not connection.bind():
            raise ServerFailed(
                f"it does not take {settings.LDAP_BIND_DN or 'nobody'}: {connection.result['description']}"
            )
        try:
            yield connection
        finally:
            connection.unbind()
    except (LDAPException, OSError) as error:
        raise ServerFailed(f"{type(error).__name__}: {error}"[:300]) from error


def _binds(name: str, password: str) -> bool:
    from ldap3.core.exceptions import LDAPException

    try:
        connection = _connection(name, password)
        bound = bool(connection.bind()) and connection.result["result"] == 0
        connection.unbind()
    except (LDAPException, OSError) as error:
        raise ServerFailed(f"{type(error).__name__}") from error
    return bound


def _connection(name: str, password: str) -> Any:
    try:
        import ldap3
    except ImportError as error:
        raise ServerFailed("ldap3 is not installed: pip install 'lockgate[ldap]'") from error
    parts = urlsplit(settings.LDAP_URL)
    is_tls = parts.scheme == "ldaps"
    if parts.scheme not in {"ldap", "ldaps"} or not parts.hostname:
        raise ServerFailed(f"{settings.LDAP_URL} is no address of a directory server")
    tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=settings.LDAP_CA or None)
    server = ldap3.Server(
        parts.hostname,
        port=parts.port or (636 if is_tls else 389),
        use_ssl=is_tls,
        tls=tls,
        connect_timeout=SECONDS,
        get_info=ldap3.NONE,
    )
    connection = ldap3.Connection(
        server,
        user=name or None,
        password=password or None,
        authentication=ldap3.SIMPLE if name else ldap3.ANONYMOUS,
        receive_timeout=SECONDS,
        raise_exceptions=False,
        read_only=True,
        auto_referrals=False,
    )
    connection.open()
    if not is_tls and parts.hostname not in _HERE and not connection.start_tls():
        raise ServerFailed("it does not speak TLS, and a password is not sent without it")
    return connection


def _attributes() -> list[str]:
    named = (
        settings.LDAP_ID,
        settings.LDAP_EMAIL,
        settings.LDAP_NAME,
        settings.LDAP_GIVEN_NAME,
        settings.LDAP_FAMILY_NAME,
        settings.LDAP_TITLE,
        settings.LDAP_DEPARTMENT,
        settings.LDAP_MANAGER,
    )
    return [one for one in dict.fromkeys(named) if one]


def _row(entry: dict[str, Any]) -> Row:
    held = entry.get("raw_attributes", {})

    def first(name: str) -> str | None:
        values = held.get(name) or []
        if not name or not values:
            return None
        raw = bytes(values[0])
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.hex()  # objectGUID is sixteen bytes

    return Row(
        where=str(entry.get("dn", ""))[:200],
        wanted=Wanted(
            external_id=first(settings.LDAP_ID),
            email=first(settings.LDAP_EMAIL),
            name=first(settings.LDAP_NAME),
            given_name=first(settings.LDAP_GIVEN_NAME),
            family_name=first(settings.LDAP_FAMILY_NAME),
            title=first(settings.LDAP_TITLE),
            department=first(settings.LDAP_DEPARTMENT),
            # An attribute that is not there says: nobody. Where none is named in the settings, nothing is said.
            manager=(first(settings.LDAP_MANAGER) or "") if settings.LDAP_MANAGER else None,
        ),
    )
