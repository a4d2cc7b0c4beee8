"""Listens for mail by LMTP or SMTP and hands each to ``operations.receive`` before it says that it was taken.

Nothing is kept on the way: what could not be dealt with is answered "later", and the server that brought it keeps it.
One recipient at a time, because each address may come to another end.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import connection

from lockgate.base import clock, heartbeat
from lockgate.mail import rules
from lockgate.mail.operations import receive

log = logging.getLogger("lockgate.mail")

MOST_BYTES = 24 * 1024 * 1024
MOST_LINES = 40
QUIET_SECONDS = 60.0
THREADS = 2


class Desk:
    """Answers the dialogue's commands; called by aiosmtpd by these names."""

    def __init__(self) -> None:
        self.workers = ThreadPoolExecutor(THREADS, thread_name_prefix="mail")

    async def handle_RCPT(  # noqa: N802  (the name is aiosmtpd's)
        self,
        server: SMTP,  # noqa: ARG002  (the form is aiosmtpd's)
        session: Session,  # noqa: ARG002  (the form is aiosmtpd's)
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],  # noqa: ARG002  (the form is aiosmtpd's)
    ) -> str:
        if rules.address(address, settings.MAIL_DOMAIN) is None:
            return "550 5.1.1 There is no such address here"
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802  (as above)
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content or "").encode("utf-8", "replace")
        work = asyncio.get_running_loop().run_in_executor(
            self.workers, _received, raw, envelope.mail_from or "", envelope.rcpt_tos[0]
        )
        return await work


def _received(raw: bytes, sender: str, recipient: str) -> str:
    try:
        return receive(raw=raw, sender=sender, recipient=recipient, at=clock.now()).line
    except Exception as error:
        # The other server keeps it and comes again; after some days it tells its author.
        log.exception("A mail could not be dealt with: %s", type(error).__name__)
        connection.close()
        return "451 4.3.0 Not now; try again later"


class _Bounded:
    """No more open lines than ``MOST_LINES``: mixed in before aiosmtpd's protocol."""

    open_lines = 0

    def connection_made(self, transport: Any) -> None:
        _Bounded.open_lines += 1
        if _Bounded.open_lines > MOST_LINES:
            transport.write(b"421 4.3.2 Too many at once; try again later\r\n")
            transport.close()
        super().connection_made(transport)  # type: ignore[misc]  # of aiosmtpd's protocol, which stands behind

    def connection_lost(self, error: Exception | None) -> None:
        _Bounded.open_lines -= 1
        super().connection_lost(error)  # type: ignore[misc]  # of aiosmtpd's protocol, which stands behind


class _BoundedLMTP(_Bounded, LMTP):
    pass


class _BoundedSMTP(_Bounded, SMTP):
    pass


def protocol(desk: Desk, kind: str) -> SMTP:
    """One end of one dialogue; ``kind`` is "lmtp" or "smtp"."""
    made = _BoundedLMTP if kind == "lmtp" else _BoundedSMTP
    return made(
        desk,
        data_size_limit=MOST_BYTES,
        enable_SMTPUTF8=True,
        decode_data=False,
        hostname=settings.MAIL_DOMAIN or "localhost",
        ident="Lockgate",
        timeout=QUIET_SECONDS,
        command_call_limit={"RCPT": 200, "*": 50},
    )


async def serve(door: socket.socket, kind: str) -> None:
    """Serve on a listening socket until SIGTERM; what is under way then is answered first."""
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    loop.add_signal_handler(signal.SIGINT, stopping.set)
    desk = Desk()
    server = await loop.create_server(lambda: protocol(desk, kind), sock=door)
    async with server:
        while not stopping.is_set():
            heartbeat.beat("mail")
            try:
                await asyncio.wait_for(stopping.wait(), 1.0)
            except TimeoutError:
                continue
    desk.workers.shutdown(wait=True)
