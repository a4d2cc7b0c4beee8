"""Requests are computed one after another; one that waits for something slow holds up nobody for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.http import HttpResponse, StreamingHttpResponse

from lockgate.base.floor import Floor, one_at_a_time


def in_threads(count: int, work: Callable[[], None]) -> None:
    crowd = [threading.Thread(target=work) for _ in range(count)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(30)
        assert not one.is_alive()


def test_requests_do_not_compute_at_once_and_each_gets_its_own_answer() -> None:
    floor, inside, most = Floor(), 0, 0
    threads, answers = set(), []

    def computing(number: int) -> Iterable[bytes]:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        threads.add(threading.current_thread())
        time.sleep(0.0005)
        inside -= 1
        return [b"%d" % number]

    def work() -> None:
        for number in range(5):
            answers.append((number, floor.ask(lambda number=number: computing(number))))  # type: ignore[misc]

    in_threads(4, work)
    assert most == 1
    assert len(threads) == 1
    assert len(answers) == 20
    assert all(list(answer) == [b"%d" % number] for number, answer in answers)


def test_one_that_waits_is_left_to_it() -> None:
    floor, begun, let_go = Floor(), threading.Event(), threading.Event()
    slow_thread: list[threading.Thread] = []

    def slow() -> Iterable[bytes]:
        slow_thread.append(threading.current_thread())
        begun.set()
        assert let_go.wait(30), "the quick one waited for the slow one"
        return [b"slow"]

    said: list[Iterable[bytes]] = []
    asking = threading.Thread(target=lambda: said.append(floor.ask(slow)))
    asking.start()
    assert begun.wait(30)
    for _ in range(3):
        assert floor.ask(lambda: [b"quick"]) == [b"quick"]
    let_go.set()
    asking.join(30)
    assert said == [[b"slow"]]
    slow_thread[0].join(30)
    assert not slow_thread[0].is_alive(), "whoever was left behind ends, with its connection"
    assert floor.ask(lambda: [b"next"]) == [b"next"]


def test_an_error_reaches_whoever_asked_and_nobody_else() -> None:
    floor = Floor()

    def failing() -> Iterable[bytes]:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        floor.ask(failing)
    assert floor.ask(lambda: [b"yes"]) == [b"yes"]


def test_a_hundred_in_line_are_all_answered_though_each_waits_longer_than_its_patience() -> None:
    floor, answered = Floor(), []

    def work() -> None:
        answered.append(floor.ask(lambda: [time.sleep(0.003) or b"done"]))  # type: ignore[func-returns-value]

    in_threads(100, work)
    assert answered == [[b"done"]] * 100


@pytest.mark.parametrize("engine", ["django.db.backends.sqlite3", "django.db.backends.postgresql"])
def test_pages_go_in_one_piece_and_streams_in_theirs(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        connections.settings, "default", {**connections.settings["default"], "ENGINE": engine}
    )
    assert settings.configured
    closed = []

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        start("200 OK", [])
        answer: Any = (
            StreamingHttpResponse([b"a", b"b"]) if environ["streams"] else HttpResponse("ab", "text/plain")
        )
        answer.close = lambda: closed.append(environ["streams"])
        return answer

    entered = one_at_a_time(application)
    started: list[str] = []
    assert entered({"streams": False}, lambda status, _headers: started.append(status)) == [b"ab"]
    assert closed == [False], "what is sent whole is closed before it is sent"
    streamed = entered({"streams": True}, lambda status, _headers: started.append(status))
    assert list(streamed) == [b"a", b"b"]
    assert closed == [False]
    assert started == ["200 OK", "200 OK"]
