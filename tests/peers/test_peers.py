"""The servers themselves: what was started ends, and nothing of it stays behind."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tools.peers import bluesky, mastodon, wordpress
from tools.peers.peer import PeerMissing, answers


@pytest.mark.parametrize("start", [wordpress.start, bluesky.start, mastodon.start])
def test_what_was_started_ends(start, tmp_path):
    try:
        peer = start(tmp_path / "peer")
    except PeerMissing as missing:
        pytest.skip(str(missing))
    pids = [process.pid for process in peer.processes]
    assert answers(peer.url)
    peer.stop()
    where = urlsplit(peer.url)
    with socket.socket() as probe:
        assert probe.connect_ex((where.hostname, where.port)) != 0
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
    assert [pid for pid in _groups() if pid in pids] == []


def _groups():
    """The process groups of every process there is."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            found.append(int(stat.read_text().rsplit(")", 1)[1].split()[2]))
        except (OSError, IndexError):
            continue
    return found
