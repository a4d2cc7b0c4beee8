"""Fetch mail from a mailbox of ours at the company's server (IMAP): another way to the same ``receive``.

The folder is the queue. A mail leaves it after it was dealt with, never before, so a crash brings it again and its
digest then says that it was taken before. Nothing hangs on what is marked as seen, which any mail program may change.
"""

from __future__ import annotations

import imaplib
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import parseaddr
from ssl import create_default_context
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from lockgate.base.refusal import Refusal
from lockgate.mail import reading, rules
from lockgate.mail.operations.receive import receive

log = logging.getLogger("lockgate.mail")

REFUSED = "Refused"
MOST_BYTES = 24 * 1024 * 1024
QUIET_SECONDS = 20.0
_TOLD_BY_SERVERS = ("delivered-to", "x-original-to", "envelope-to")
_MOST_ADDRESSES = 20


class MailboxUnreachable(Refusal):
    """The server that keeps our mailbox does not answer, or does not know us."""

    code = "mailbox-unreachable"
    status = 503


def fetch(*, clock: Callable[[], datetime], limit: int = 100) -> int:
    """Deal with what lies in our mailbox; answers how many mails left it. Does nothing where none is named. Raises
    MailboxUnreachable."""
    if not (settings.MAIL_IMAP_HOST and settings.MAIL_DOMAIN):
        return 0
    try:
        with _signed_in() as line:
            _told(line.select(_quoted(settings.MAIL_IMAP_FOLDER)))
            found = _told(line.uid("SEARCH", "UNDELETED"))[0]
            gone = 0
            for uid in (found or b"").split()[:limit]:
                gone += _deal_with(line, uid.decode("ascii"), clock)
            line.close()
            return gone
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxUnreachable(
            _("The mailbox at %(host)s cannot be read: %(why)s.")
            % {"host": settings.MAIL_IMAP_HOST, "why": " ".join(str(error).split())[:200]},
            _("Check LOCKGATE_MAIL_IMAP_HOST and its fellows."),
        ) from error


@contextmanager
def _signed_in() -> Iterator[imaplib.IMAP4]:
    host, port = settings.MAIL_IMAP_HOST, settings.MAIL_IMAP_PORT
    line: imaplib.IMAP4
    if settings.MAIL_IMAP_TLS == "tls":
        line = imaplib.IMAP4_SSL(host, port, ssl_context=create_default_context(), timeout=QUIET_SECONDS)
    else:
        line = imaplib.IMAP4(host, port, timeout=QUIET_SECONDS)
    with line:
        if settings.MAIL_IMAP_TLS == "starttls":
            line.starttls(create_default_context())
        line.login(settings.MAIL_IMAP_USER, settings.MAIL_IMAP_PASSWORD)
        yield line


def _deal_with(line: imaplib.IMAP4, uid: str, clock: Callable[[], datetime]) -> bool:
    """One mail to each of our addresses that it came to. True where it left the folder."""
    raw = _raw(line, uid)
    if raw is None:
        _move_aside(line, uid)
        return True
    headers = reading.headers_of(raw)
    sender = parseaddr((headers.get("return-path") or [""])[0])[1]
    codes = []
    for recipient in _recipients(headers):
        try:
            codes.append(receive(raw=raw, sender=sender, recipient=recipient, at=clock()).code)
        except Exception as error:
            # It stays and is tried again, and those behind it are not kept waiting by it.
            log.exception("A mail could not be dealt with: %s", type(error).__name__)
            connection.close()
            codes.append(451)
    if any(400 <= code < 500 for code in codes):
        return False
    if codes and all(code < 400 for code in codes):
        _delete(line, uid)
    else:
        _move_aside(line, uid)
    return True


def _raw(line: imaplib.IMAP4, uid: str) -> bytes | None:
    """The mail; None where it is larger than any that we take."""
    told = _told(line.uid("FETCH", uid, "(RFC822.SIZE)"))
    size = re.search(rb"RFC822\.SIZE (\d+)", told[0] or b"")
    if size is None or int(size[1]) > MOST_BYTES:
        return None
    parts = _told(line.uid("FETCH", uid, "(BODY.PEEK[])"))
    return next((bytes(one[1]) for one in parts if isinstance(one, tuple)), None)


def _recipients(headers: dict[str, list[str]]) -> list[str]:
    """Our addresses that the mail came to, as the servers on its way say; where they do not, as its author does.
    Who lies there gains nothing: they could have written to that address."""
    told = [one for name in _TOLD_BY_SERVERS for one in headers.get(name, ())]
    addresses = {parseaddr(one)[1] for one in told}
    ours = sorted(one for one in addresses if rules.address(one, settings.MAIL_DOMAIN))
    if not ours:
        named = reading.addresses_of(headers, ("to", "cc"))
        ours = sorted(one for one in named if rules.address(one, settings.MAIL_DOMAIN))
    return ours[:_MOST_ADDRESSES]


def _delete(line: imaplib.IMAP4, uid: str) -> None:
    _told(line.uid("STORE", uid, "+FLAGS.SILENT", "(\\Deleted)"))
    if "UIDPLUS" in line.capabilities:
        _told(line.uid("EXPUNGE", uid))
    else:
        _told(line.expunge())


def _move_aside(line: imaplib.IMAP4, uid: str) -> None:
    """Keep it for a person to look at: its author was told nothing, since nobody vouches that they are its author."""
    line.create(_quoted(REFUSED))  # it may be there already, and then says so
    _told(line.uid("COPY", uid, _quoted(REFUSED)))
    _delete(line, uid)


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _told(answer: tuple[str, Any]) -> list[Any]:
    kind, data = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(f"the server says {kind}")
    return list(data)
