"""The processes that `lockgate demo` and `lockgate serve` start, and how they are known to be ready."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from lockgate.cli.doors import serve_pages, serve_streams
from lockgate.cli.supervisor import Lane

BEAT_SECONDS = 1.0


def load_code() -> None:
    """Import everything that the processes share, once, before they are forked."""
    import django

    django.setup()
    import granian.server.mp  # noqa: F401  (loaded for the children to share)
    from django.urls import get_resolver

    import lockgate.live.streams
    import lockgate.mastodon.streaming
    import lockgate.work.loops
    import lockgate.wsgi  # noqa: F401

    get_resolver().url_patterns  # noqa: B018  (imports the pages)


GIVES_WAY = 5


def lanes(webs: Sequence[socket.socket], live: socket.socket, *, threads: int) -> list[Lane]:
    """One lane a process, and one for pages behind each door of ``webs``.

    The names are what `report()` of the heartbeat and the supervisor's lines use.
    """
    names = ["web"] if len(webs) == 1 else [f"web-{number + 1}" for number in range(len(webs))]
    pages = [Lane(name, _web(name, door, threads)) for name, door in zip(names, webs, strict=True)]
    others = [Lane("live", _live(live, webs[0].getsockname()[1])), Lane("work", _work)]
    from django.conf import settings

    if settings.MAIL_RECEIVE_PORT:
        from lockgate.cli.mailing import mail_door

        others.append(Lane("mail", _mail(mail_door())))
    return [*pages, *others]


def _web(name: str, door: socket.socket, threads: int) -> Callable[[], None]:
    def application() -> Any:
        from lockgate.wsgi import application

        return application

    def run() -> None:
        threading.Thread(target=_beat, args=(name,), name="heartbeat", daemon=True).start()
        serve_pages(door, application, threads=threads)

    return run


def _beat(name: str) -> None:
    from lockgate.base.heartbeat import beat

    while True:
        beat(name)
        time.sleep(BEAT_SECONDS)


def _live(door: socket.socket, pages: int) -> Callable[[], None]:
    def application() -> Any:
        from lockgate.live.streams import application
        from lockgate.mastodon.streaming import AppStreams

        # The streams of apps draw what they send; the process of streams knows nothing of that.
        application.mount(AppStreams(pages_port=pages))
        return application

    return lambda: serve_streams(door, application)


def _mail(door: socket.socket) -> Callable[[], None]:
    def run() -> None:
        from lockgate.cli.mailing import listen

        listen(door)

    return run


def _work() -> None:
    from lockgate.work.loops import run

    # Where all processors are taken, people's pages go first; what waits behind is then done in larger pieces, which
    # costs less. It is never left without a share.
    os.nice(GIVES_WAY)
    run()


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
