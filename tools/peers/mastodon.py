"""A server that speaks the Mastodon API: mastodon-mock, a third party's, compared by its makers with Mastodon's
own API description. No full Mastodon can be installed from packages."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
import time
from pathlib import Path

from tools.peers.peer import Peer, PeerMissing, answers, begin, end, free_port, wait_for

TOKEN = "mock_token"


def start(folder: Path) -> Peer:
    """A fresh server in memory, with an account whose token is known."""
    if importlib.util.find_spec("mastodon_mock") is None:
        raise PeerMissing(
            "mastodon-mock is not installed here. Run: ./dev test, or install requirements-dev.lock"
        )
    began = time.monotonic()
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    port, log = free_port(), folder / "mastodon.log"
    url = f"http://127.0.0.1:{port}"
    process = begin(
        [
            sys.executable,
            "-m",
            "mastodon_mock",
            "serve",
            "--in-memory",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ],
        log=log,
        cwd=folder,
    )
    try:
        wait_for(lambda: answers(f"{url}/api/v2/instance"), process, what="mastodon-mock", log=log)
    except BaseException:
        end(process)
        raise
    return Peer(
        name="mastodon",
        url=url,
        account={"base_url": url, "handle": "", "access_token": TOKEN},
        version=f"mastodon-mock {importlib.metadata.version('mastodon-mock')}",
        folder=folder,
        seconds=time.monotonic() - began,
        processes=[process],
    )
