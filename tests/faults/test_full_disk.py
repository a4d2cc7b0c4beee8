"""A full disk: whoever meets it is told so in a sentence, nothing is half kept, and room makes all well again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.test import Client

from lockgate.archive.models import Entry
from lockgate.base.disk import DiskFull
from lockgate.base.markings import Marking
from lockgate.demo.cast import Cast, assemble
from lockgate.gateway.models import Draft, Message
from lockgate.gateway.operations import deliver_next, submit
from lockgate.people.operations import make_token
from lockgate.publishing.models import Delivery
from lockgate.publishing.tests.fake_channel import FakeChannel
from tests.faults.counting_channel import CountingChannel
from tests.faults.installation import (
    SPACE,
    Installation,
    Users,
    api,
    archive_verifies,
    comes_to_rest,
    prepared,
)
from tests.faults.world import SLUG
from tests.journeys.running import Visitor, command

pytestmark = pytest.mark.faults

NOW = datetime(2026, 11, 19, 9, 45, tzinfo=UTC)
WORDS = "The new seat ring went to its tenth customer. " * 200


class TestSqliteWithoutRoom:
    """SQLite itself says that it may not grow; everything in one process."""

    @pytest.fixture
    def cast(self, sqlite_alone: None, settings: LazySettings, tmp_path: Path) -> Cast:
        settings.KEYS_DIR = tmp_path / "keys"
        with transaction.atomic():
            return assemble(at=NOW)

    def say(self, cast: Cast, *places: str) -> None:
        submit(by=cast.author, at=NOW, body=WORDS, marking=Marking.PUBLIC, places=places or (SPACE,))

    def test_words_are_refused_whole_and_taken_when_there_is_room(self, cast: Cast) -> None:
        entries = Entry.objects.count()
        with full():
            with pytest.raises(DiskFull) as refused:
                again(lambda: self.say(cast))
            kept = Message.objects.count()
            assert "disk of this Lockgate is full" in refused.value.sentence
            # Whole messages with their entries, or nothing: three entries a post.
            assert kept < 50
            assert (Entry.objects.count() - entries) % max(kept, 1) == 0
        self.say(cast)
        assert Message.objects.count() == kept + 1

    def test_a_page_keeps_the_words_and_says_why(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.author)
        form = {"body": WORDS, "marking": "0", "places": [SPACE], "slot": "new"}
        with full():
            answer = fill(lambda: client.post("/messages", form))
            assert "disk of this Lockgate is full" in answer
            assert "tenth customer" in answer
            assert client.get("/").status_code == 200
        assert client.post("/messages", form).status_code in (200, 302)

    def test_a_draft_that_cannot_be_kept_is_not_called_kept(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.author)
        with full():
            answer = fill(
                lambda: client.post(
                    "/compose/draft",
                    {"body": WORDS * 5, "marking": "0", "slot": f"answer:{Draft.objects.count()}"},
                    headers={"Accept": "application/json"},
                )
            )
        assert "disk of this Lockgate is full" in answer
        assert "saved" not in answer

    def test_a_machine_is_told_by_code(self, cast: Cast, client: Client) -> None:
        token = make_token(by=cast.author, at=NOW, person=cast.author, name="test")
        said = {"body": WORDS, "marking": "public", "places": [SPACE]}
        with full():
            answer = fill(
                lambda: client.post(
                    "/api/v1/messages",
                    said,
                    content_type="application/json",
                    headers={"Authorization": f"Bearer {token}"},
                )
            )
        assert json.loads(answer)["code"] == "disk-full"

    def test_the_worker_sends_nothing_that_it_cannot_mark_as_sent(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fake = FakeChannel().installed(monkeypatch)
        self.say(cast, "channel:blog")
        token = Delivery.objects.get().token
        with full(), pytest.raises(DiskFull):
            again(lambda: (deliver_next(at=NOW), self.say(cast)))
        assert fake.count(token) <= 1
        deliver_next(at=NOW)
        for minute in (2, 4, 6):
            deliver_next(at=NOW.replace(minute=45 + minute))
        assert Delivery.objects.get().state == "live"
        assert fake.count(token) == 1


@contextmanager
def full() -> Iterator[None]:
    """The database may not grow by a page while this lasts."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")


def again(do: Callable[[], object], times: int = 50) -> None:
    for _ in range(times):
        do()


def fill(ask: Callable[[], Any]) -> str:
    """Ask until the disk is full; what the answer 507 says."""
    for _ in range(100):
        answer = ask()
        if answer.status_code == 507:
            return str(answer.content.decode())
        assert answer.status_code < 400, answer.content.decode()[:2000]
    raise AssertionError("it never was full")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 48 MB in memory."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no file system of its own can be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    for _ in range(50):
        if subprocess.run(["umount", str(folder)], capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.2)
    subprocess.run(["umount", "-l", str(folder)], check=False)


@pytest.mark.slow
def test_a_whole_installation_whose_disk_fills_up(small_disk: Path, tmp_path: Path) -> None:
    data, ballast = small_disk / "data", small_disk / "ballast"
    with CountingChannel() as channel:
        told = prepared(data, channel.url)
        installation = Installation(data)
        installation.log = tmp_path / "product.log"
        installation.start()
        try:
            installation.ready()
            with Users(installation, told, pause=0.02) as users:
                _until(lambda: len(users.signed) >= 5 and len(channel.posts) >= 5)
                # The disk fills at the very moment at which the channel is given a post.
                channel.trap("arrived", lambda: _fill(ballast))
                _until(lambda: users.answers.get(507, 0) >= 3)
                status, said = api(
                    installation.address,
                    told["token"],
                    {"body": WORDS, "marking": "public", "places": [SPACE, f"channel:{SLUG}"]},
                )
                assert (status, said["code"]) == (507, "disk-full")
                assert "disk of this Lockgate is full" in said["detail"]
                visitor = Visitor(installation.address)
                visitor.cookies = users.author.cookies
                # One can still read.
                assert visitor.ask("GET", "/")[0] == 200
                written = command(
                    "post",
                    "-",
                    "--as",
                    told["author"],
                    "--to",
                    SPACE,
                    env={"LOCKGATE_DATA": str(data)},
                    stdin=WORDS,
                )
                assert written.returncode != 0
                assert "disk of this Lockgate is full" in written.stderr
                # Room again: it goes on by itself, without a restart.
                ballast.unlink()
                before = len(users.messages)
                _until(lambda: len(users.messages) >= before + 5)
                users.done_posting.set()
                comes_to_rest(installation)
        finally:
            installation.end()
        given = {
            "acknowledged": users.acknowledged(),
            "channel": {"ever": channel.ever(), "standing": list(channel.standing())},
        }
    found = installation.run(str(Path(__file__).parent / "audit.py"), stdin=json.dumps(given))
    assert found.returncode == 0, found.stderr[-4000:]
    assert json.loads(found.stdout)["amiss"] == []
    archive_verifies(installation, tmp_path / "export")


def _fill(ballast: Path) -> None:
    """Write until nothing more fits."""
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(os.urandom(size))
            except OSError:
                continue
    assert shutil.disk_usage(ballast.parent).free < 1 << 12


def _until(holds: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.05)
