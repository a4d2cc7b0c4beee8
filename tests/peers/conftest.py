"""Real servers for these tests, started once a worker; all tests here run in one xdist group."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from PIL import Image as Pillow

from lockgate.channels.types import AccountFacts, Image, OutboundPost
from tools.peers import bluesky as bluesky_peer
from tools.peers import mastodon as mastodon_peer
from tools.peers import wordpress as wordpress_peer
from tools.peers.peer import Peer, PeerMissing


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/peers/" in item.nodeid:
            item.add_marker(pytest.mark.peers)
            item.add_marker(pytest.mark.xdist_group("peers"))


@pytest.fixture(autouse=True)
def loopback_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCKGATE_OUTGOING_ALLOW", "127.0.0.1")


def _start(start: Callable[..., Peer], factory: pytest.TempPathFactory, name: str) -> Iterator[Peer]:
    try:
        peer = start(factory.mktemp(name))
    except PeerMissing as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    with peer:
        yield peer


@pytest.fixture(scope="session")
def wordpress_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    yield from _start(wordpress_peer.start, tmp_path_factory, "wordpress")


@pytest.fixture(scope="session")
def bluesky_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    yield from _start(bluesky_peer.start, tmp_path_factory, "bluesky")


@pytest.fixture(scope="session")
def mastodon_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    yield from _start(mastodon_peer.start, tmp_path_factory, "mastodon")


def account_of(peer: Peer) -> AccountFacts:
    told = dict(peer.account)
    secrets = {name: told.pop(name) for name in ("app_password", "access_token") if name in told}
    return AccountFacts(slug=peer.name, base_url=told.pop("base_url"), config=told, secrets=secrets)


@pytest.fixture
def wordpress_account(wordpress_server: Peer) -> AccountFacts:
    return account_of(wordpress_server)


@pytest.fixture
def bluesky_account(bluesky_server: Peer) -> AccountFacts:
    return account_of(bluesky_server)


@pytest.fixture
def mastodon_account(mastodon_server: Peer) -> AccountFacts:
    return account_of(mastodon_server)


@pytest.fixture
def photograph() -> Image:
    """A photograph as a camera leaves it: lying on its side, with the place and the device written into it."""
    picture = Pillow.new("RGB", (640, 400), (40, 90, 140))
    for x in range(640):
        picture.putpixel((x, x % 400), (255, x % 256, 0))
    exif = Pillow.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera-of-Nadia"
    exif.get_ifd(0x8825)[2] = (43.0, 36.0, 16.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"Camera-of-Nadia")
    return Image("IMG 2201.jpeg", "image/jpeg", "A ball valve on the test bench", out.getvalue(), "")


@pytest.fixture
def wrong_password() -> Callable[[AccountFacts], AccountFacts]:
    """The same account as somebody sees it who mistyped its password."""
    return lambda account: replace(account, secrets=dict.fromkeys(account.secrets, "mistyped-canary-word"))


@pytest.fixture
def new_post() -> Callable[..., OutboundPost]:
    def make(markdown: str, **more: object) -> OutboundPost:
        facts = {"images": (), "intended_at": datetime.now(UTC), **more}
        return OutboundPost(token=uuid4().hex[:16], markdown=markdown, **facts)

    return make
