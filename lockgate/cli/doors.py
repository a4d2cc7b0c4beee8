"""The listening sockets and the servers behind them. Only this file knows granian from the inside."""

from __future__ import annotations

import errno
import os
import resource
import socket
import sys
from collections.abc import Callable
from typing import Any

from lockgate.cli.troubles import Trouble

BACKLOG = 1024


def open_door(host: str, port: int) -> socket.socket:
    """A listening socket at ``host``:``port`` (0: any free one). Raises Trouble where that cannot be had."""
    return _listening(host, port, shared=False)


def open_doors(host: str, port: int, count: int) -> list[socket.socket]:
    """``count`` listening sockets at one address, one for each process that serves there. Raises Trouble.

    On Linux each has a queue of its own, among which the kernel spreads the connections. Behind one common socket
    whoever wakes first takes them all: with sixteen clients one process was often left with nothing to do. Elsewhere
    the kernel does not spread, and the processes share one socket.
    """
    door = open_door(host, port)
    if count == 1 or sys.platform != "linux":
        return [door] * count
    # Opened alone first: sockets that may be joined do not notice that somebody else listens at the address.
    at = door.getsockname()[1]
    door.close()
    return [_listening(host, at, shared=True) for _ in range(count)]


def _listening(host: str, port: int, *, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    # Inherited by every connection that is accepted. The server writes an answer's head and body apart; without this
    # the body waits 40 ms for the reader's machine to acknowledge the head.
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        door.bind((host, port))
        door.listen(BACKLOG)
    except OSError as error:
        door.close()
        if error.errno == errno.EADDRINUSE:
            raise Trouble(
                f"Port {port} is taken by another program.",
                f"Stop that program, or choose another port: --port {port + 1 if port < 65535 else 8000}.",
            ) from error
        if error.errno == errno.EACCES:
            raise Trouble(
                f"Port {port} may not be opened by this user.", "Choose a port above 1023 with --port."
            ) from error
        raise Trouble(
            f"{host}:{port} cannot be listened on: {error.strerror}.", "Check --host and --port."
        ) from error
    except OverflowError as error:
        door.close()
        raise Trouble(f"{port} is not a port.", "Choose one from 1 to 65535 with --port.") from error
    door.setblocking(False)
    return door


def serve_pages(door: socket.socket, application: Callable[[], Any], *, threads: int) -> None:
    """Serve a WSGI application on ``door`` in this process, until SIGTERM."""
    _serve(door, application, interface="wsgi", threads=threads)


def serve_streams(door: socket.socket, application: Callable[[], Any]) -> None:
    """Serve an ASGI application on ``door`` in this process, until SIGTERM."""
    # Every open stream is a file, and the usual limit of 1,024 is not meant for them.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    _serve(door, application, interface="asgi", threads=1)


def _serve(door: socket.socket, application: Callable[[], Any], *, interface: str, threads: int) -> None:
    """What granian's own worker process does, without the main process above it: that is our supervisor.

    granian offers no public way to hand it an open socket and no way to run in the calling process for WSGI,
    so this takes the parts of its process server; tests/journeys/test_processes.py holds it to them.
    """
    from granian import _granian
    from granian.constants import HTTPModes, Interfaces, Loops, RuntimeModes
    from granian.log import LogLevels
    from granian.server.mp import MPServer

    kind = Interfaces(interface)
    server: Any = MPServer(
        "lockgate",
        interface=kind,
        blocking_threads=threads,
        blocking_threads_idle_timeout=600,
        runtime_threads=1,
        runtime_mode=RuntimeModes.mt if kind == Interfaces.WSGI else RuntimeModes.st,
        loop=Loops.asyncio,
        http=HTTPModes.auto if kind == Interfaces.WSGI else HTTPModes.http1,
        websockets=kind == Interfaces.ASGI,
        backlog=BACKLOG,
        backpressure=BACKLOG if kind == Interfaces.WSGI else 65_536,
        log_level=LogLevels.warning,
    )
    holder: Any = _granian.SocketHolder
    server._ssp, server._shd, server._sso = None, holder(os.dup(door.fileno()), False, BACKLOG), None
    server._ipc = {0: (None, None)}
    target = server._spawn_wsgi_worker if kind == Interfaces.WSGI else server._spawn_asgi_lifespan_worker
    worker = server._spawn_worker(0, target, application)
    worker.inner.run()
