"""The processes of one installation: started together, kept alive, ended together; and the streams they carry."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.running import DRAGGING, Running, Stream, Visitor, command, is_alive, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("processes")]

AUTHOR, COLLEAGUE, STRANGER = (
    "nadia.roux@haldenvalve.example",
    "theo.mercier@haldenvalve.example",
    "pavel.novak@haldenvalve.example",
)
PLACE = "space:aerovia-valve-7"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo company, loaded once."""
    folder = tmp_path_factory.mktemp("loaded") / "data"
    ran = command("seed", "--data", str(folder))
    assert ran.returncode == 0, ran.stderr
    return folder


@pytest.fixture
def data(loaded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(loaded, tmp_path / "data", symlinks=True))


@pytest.fixture
def demo(data: Path) -> Iterator[Running]:
    running = Running.start("demo", "--port", "0", "--data", str(data))
    yield running
    running.end(signal.SIGKILL)


def live_of(visitor: Visitor) -> str:
    """Where the page says that its event stream is."""
    _, page = visitor.ask("GET", "/")
    found = re.search(r"http://[\w.:]+/events", page)
    assert found, "the page names no event stream"
    return found[0]


def post(data: Path, words: str) -> None:
    ran = command("post", "-", "--as", AUTHOR, "--to", PLACE, env={"LOCKGATE_DATA": str(data)}, stdin=words)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_it_starts_says_so_and_ends_whole(demo: Running) -> None:
    visitor = Visitor(demo.ready())
    assert visitor.ask("GET", "/healthz")[0] == 200
    wait_for("whom to sign in as", lambda: "Ctrl-C ends everything" in demo.text, 10)
    assert AUTHOR in demo.text
    children = demo.children()
    assert len(children) == 3
    assert demo.end(signal.SIGINT) < 2 * DRAGGING
    assert demo.process.returncode == 0
    assert not any(is_alive(pid) for pid in children)


def test_a_process_that_dies_is_started_again_and_said(demo: Running) -> None:
    visitor = Visitor(demo.ready())
    wait_for("whom to sign in as", lambda: "Ctrl-C ends everything" in demo.text, 10)
    for pid in demo.children():
        os.kill(pid, signal.SIGKILL)
        wait_for(
            "another in its place",
            lambda pid=pid: pid not in demo.children() and len(demo.children()) == 3,
            15,
        )
        assert visitor.ask("GET", "/sign-in")[0] == 200
    wait_for("all is ready", lambda: visitor.ask("GET", "/healthz")[0] == 200, 20)
    for name in ("web", "live", "work"):
        assert f"The process {name} was ended by SIGKILL; starting it again." in demo.text


def test_the_children_do_not_outlive_the_supervisor(demo: Running) -> None:
    demo.ready()
    children = demo.children()
    demo.end(signal.SIGKILL)
    wait_for("every child gone", lambda: not any(is_alive(pid) for pid in children), 10)


def test_a_post_reaches_those_who_sit_there_at_once_and_nobody_else(demo: Running, data: Path) -> None:
    address = demo.ready()
    colleague, stranger = Visitor(address), Visitor(address)
    colleague.sign_in(COLLEAGUE)
    stranger.sign_in(STRANGER)
    live = live_of(colleague)
    heard, unheard = colleague.listen(live), stranger.listen(live)
    assert heard.status == unheard.status == 200
    post(data, "The second seat ring holds at 40 bar.")
    wait_for("the colleague is told", lambda: bool(heard.events), 2 * DRAGGING)
    told = json.loads(heard.events[0])
    assert told["kind"] == "delivered"
    assert told["place"] == PLACE
    assert set(told) == {"passage", "kind", "place"}
    assert not unheard.events

    # Resumed where it was, it is told what it missed.
    last = heard.last_id
    heard.close()
    post(data, "And at 45 bar.")
    resumed = colleague.listen(live, **{"Last-Event-ID": last})
    wait_for(
        "told what was missed",
        lambda: any(told["passage"] not in one for one in resumed.events),
        2 * DRAGGING,
    )

    # Signed out, the stream ends.
    colleague.sign_out()
    wait_for("the stream has ended", lambda: resumed.is_over, 2 * DRAGGING)
    assert colleague.listen(live).status == 401
    assert not unheard.events

    # Open streams do not keep it from ending.
    assert not unheard.is_over
    assert demo.end() < 2 * DRAGGING


def test_a_killed_stream_process_loses_no_event(demo: Running, data: Path) -> None:
    """Killed between two events, and once more: with its last id the page is told all of it."""
    colleague = Visitor(demo.ready())
    colleague.sign_in(COLLEAGUE)
    live = live_of(colleague)
    heard = colleague.listen(live)
    post(data, "The seal holds at 40 bar.")
    wait_for("the first is told", lambda: len(heard.events) == 1, 2 * DRAGGING)
    told = {json.loads(one)["passage"] for one in heard.events}
    streams = sorted(demo.children())[1]  # pages, streams, work
    for number in (1, 2):
        others = set(demo.children()) - {streams}
        last = heard.last_id
        os.kill(streams, signal.SIGKILL)
        post(data, f"Said while nobody listened, {number}.")
        post(data, f"And once more, {number}.")
        wait_for("another in its place", lambda before=others: len(set(demo.children()) - before) == 1, 15)
        (streams,) = set(demo.children()) - others
        heard = _listening_again(colleague, live, last)
        resumed = heard
        wait_for(
            "all is told", lambda one=resumed: len(_passages(one)) >= 3, 10
        )  # the last one again, and two
        told |= _passages(heard)
        assert demo.text.count("The process live was ended by SIGKILL") == number
    assert len(told) == 5


def _passages(heard: Stream) -> set[str]:
    return {json.loads(one)["passage"] for one in heard.events}


def _listening_again(visitor: Visitor, live: str, last: str) -> Stream:
    """As a page does: again and again until it is answered, with the last id that it was told."""
    found: list[Stream] = []

    def is_answered() -> bool:
        with contextlib.suppress(OSError):
            found[:] = [visitor.listen(live, **{"Last-Event-ID": last})]
        return bool(found) and found[0].status == 200

    wait_for("it answers again", is_answered, 20)
    return found[0]


def test_another_site_may_not_listen(demo: Running) -> None:
    visitor = Visitor(demo.ready())
    visitor.sign_in(COLLEAGUE)
    live = live_of(visitor)
    assert visitor.listen(live, Origin="http://elsewhere.example").status == 403
    own = visitor.listen(live, Origin=f"http://{visitor.host}:{visitor.port}")
    assert own.status == 200
    assert own.answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert Visitor(f"http://{visitor.host}:{visitor.port}").listen(live).status == 401


def test_a_taken_port_is_said_and_another_start_on_the_folder_is_refused(demo: Running, data: Path) -> None:
    address = demo.ready()
    again = command("demo", "--port", "0", "--data", str(data))
    assert again.returncode == 75
    assert address in again.stderr
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        other = command("demo", "--port", str(port), "--data", str(data.parent / "other"))
    assert other.returncode == 69
    assert f"Port {port} is taken" in other.stderr
    assert "--port" in other.stderr
    assert "Traceback" not in other.stderr + again.stderr


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    ran = command("demo", "--port", "0", "--data", str(tmp_path / "file" / "data"))
    assert ran.returncode == 73
    assert "cannot be used" in ran.stderr
    assert "Traceback" not in ran.stderr
