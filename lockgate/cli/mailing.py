"""`lockgate mail receive`: the listener that takes mail in, alone or beside the other processes."""

from __future__ import annotations

import asyncio
import socket

from lockgate.cli.doors import open_door
from lockgate.cli.serve import with_tables
from lockgate.cli.troubles import BAD_SETTINGS, Trouble

PROTOCOLS = ("lmtp", "smtp")


def run_receive(*, port: int, host: str, protocol: str) -> int:
    """Listen until SIGTERM. Answers the exit code."""
    with_tables()
    from django.conf import settings

    kind = protocol or settings.MAIL_RECEIVE_PROTOCOL
    _refuse_if_not_set(kind)
    number = port or settings.MAIL_RECEIVE_PORT
    if not number:
        raise Trouble(
            "No port is named.", "Say --port, or set LOCKGATE_MAIL_RECEIVE_PORT.", code=BAD_SETTINGS
        )
    door = open_door(host or settings.MAIL_RECEIVE_HOST, number)
    print(f"Taking mail for {settings.MAIL_DOMAIN} by {kind.upper()} on {door.getsockname()[1]}.", flush=True)
    listen(door, kind)
    return 0


def run_fetch() -> int:
    """Fetch what lies in our mailbox, once. Answers the exit code."""
    with_tables()
    from django.conf import settings

    from lockgate.base.clock import now
    from lockgate.mail.operations import MailboxUnreachable, fetch

    if not (settings.MAIL_IMAP_HOST and settings.MAIL_DOMAIN):
        raise Trouble(
            "No mailbox is named from which mail is fetched.",
            "Set LOCKGATE_MAIL_IMAP_HOST, its user and password, and LOCKGATE_MAIL_DOMAIN.",
            code=BAD_SETTINGS,
        )
    try:
        count = fetch(clock=now)
    except MailboxUnreachable as error:
        raise Trouble(error.sentence, error.mend, code=BAD_SETTINGS) from error
    print(f"{count} mails fetched from {settings.MAIL_IMAP_HOST}.")
    return 0


def mail_door() -> socket.socket:
    """The listening socket that the settings name."""
    from django.conf import settings

    _refuse_if_not_set(settings.MAIL_RECEIVE_PROTOCOL)
    return open_door(settings.MAIL_RECEIVE_HOST, settings.MAIL_RECEIVE_PORT)


def listen(door: socket.socket, kind: str = "") -> None:
    """Serve on ``door`` until SIGTERM."""
    from django.conf import settings

    from lockgate.mail.listener import serve

    asyncio.run(serve(door, kind or settings.MAIL_RECEIVE_PROTOCOL))


def _refuse_if_not_set(kind: str) -> None:
    from django.conf import settings

    if not settings.MAIL_DOMAIN:
        raise Trouble(
            "No domain is named for which mail is taken.", "Set LOCKGATE_MAIL_DOMAIN.", code=BAD_SETTINGS
        )
    if kind not in PROTOCOLS:
        raise Trouble(f"{kind} is no way to take mail in.", "Say lmtp or smtp.", code=BAD_SETTINGS)
