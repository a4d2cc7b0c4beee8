"""``python -m tools.peers [install] wordpress|bluesky|mastodon|mail|all [--dir DIR]``

Installs what is missing, starts the servers, prints one JSON object a line, and ends them with Ctrl-C.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import tempfile
import threading
from pathlib import Path

from tools.peers import bluesky, mail, mastodon, wordpress
from tools.peers.peer import PeerMissing

STARTS = {
    "wordpress": wordpress.start,
    "bluesky": bluesky.start,
    "mastodon": mastodon.start,
    "mail": mail.start,
}
INSTALLS = {
    "wordpress": wordpress.install,
    "bluesky": bluesky.install,
    "mastodon": lambda: None,
    "mail": mail.install,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.peers", description=__doc__)
    parser.add_argument("names", nargs="+", choices=["install", "all", *STARTS])
    parser.add_argument("--dir", type=Path, help="where their data goes (default: a new temporary folder)")
    asked = parser.parse_args()
    names = list(STARTS) if "all" in asked.names else [name for name in asked.names if name != "install"]
    try:
        if "install" in asked.names:
            for name in names or list(INSTALLS):
                INSTALLS[name]()
            return 0
        with contextlib.ExitStack() as running:
            folder = asked.dir or Path(
                running.enter_context(tempfile.TemporaryDirectory(prefix="lockgate-peers-"))
            )
            enough = threading.Event()
            for how in (signal.SIGINT, signal.SIGTERM):
                signal.signal(how, lambda *_about: enough.set())
            for name in names:
                print(running.enter_context(STARTS[name](folder / name)).facts(), flush=True)
            enough.wait()
    except PeerMissing as missing:
        print(missing, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
