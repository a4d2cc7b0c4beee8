"""Wakes the process that holds the open event streams, where the database has no NOTIFY (SQLite)."""

from __future__ import annotations

import socket

from django.conf import settings

_socket: socket.socket | None = None


def wake(payload: str) -> None:
    """Send ``payload`` to the live process. If nobody listens nothing is lost: it also reads the log."""
    global _socket
    if _socket is None:
        _socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        _socket.setblocking(False)
    try:
        _socket.sendto(payload.encode(), f"{settings.DATA_DIR}/live.sock")
    except OSError:
        return
