"""Starts the processes of one installation and keeps them: web, live, work.

The supervisor has the code loaded and nothing open: it forks each process from itself, so that they share
the memory of what they have in common, and it holds the listening sockets, so that a process that dies and is
started again loses no connection that is waiting. It has no thread and no database connection, because
neither survives a fork.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

GRACE_SECONDS = 5.0
FIRST_DELAY, LONGEST_DELAY, SETTLED_SECONDS = 0.1, 10.0, 20.0


@dataclass
class Lane:
    """One process to keep alive. ``run`` is called in the child and serves until SIGTERM."""

    name: str
    run: Callable[[], None]
    pid: int = 0
    started: float = 0.0
    delay: float = FIRST_DELAY
    due: float = field(default=0.0)


class Supervisor:
    def __init__(self, lanes: Sequence[Lane], say: Callable[[str], None]) -> None:
        self.lanes = list(lanes)
        self.say = say
        self.asked_to_stop = False
        # Held open by the supervisor alone: when it dies, however it dies, every child reads the end of it.
        self.watched, self.life = os.pipe()

    def keep(self, ready: Callable[[], bool], when_ready: Callable[[], None]) -> int:
        """Start everything and stay until SIGINT or SIGTERM. Calls ``when_ready`` once ``ready()`` holds.

        Answers the exit code: 0 after a stop that was asked for.
        """
        gc.collect()
        gc.freeze()
        announced = False
        with self._woken_by_signals() as wakes:
            for lane in self.lanes:
                self._start(lane)
            while not self.asked_to_stop:
                if not announced and ready():
                    announced = True
                    when_ready()
                select.select([wakes], [], [], self._patience(announced))
                _drain(wakes)
                self._bury()
                for lane in self.lanes:
                    if lane.pid == 0 and lane.due <= time.monotonic() and not self.asked_to_stop:
                        self._start(lane)
            self._stop_all()
        return 0

    def _patience(self, announced: bool) -> float:
        waiting = [lane.due - time.monotonic() for lane in self.lanes if lane.pid == 0]
        return max(0.01, min([*waiting, 0.02 if not announced else 60.0]))

    def _start(self, lane: Lane) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            self._become(lane)
        lane.pid, lane.started = pid, time.monotonic()

    def _become(self, lane: Lane) -> None:
        """In the child: be ``lane``, and never come back."""
        code = 70
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.close(self.life)
            # Ctrl-C reaches a whole process group: out of it, so that only the supervisor ends the others.
            os.setpgid(0, 0)
            threading.Thread(target=_end_with, args=(self.watched,), name="life-line", daemon=True).start()
            lane.run()
            code = 0
        except SystemExit as asked:
            code = asked.code if isinstance(asked.code, int) else 1
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _bury(self) -> None:
        for lane in self.lanes:
            if lane.pid == 0:
                continue
            pid, status = os.waitpid(lane.pid, os.WNOHANG)
            if pid == 0:
                continue
            if time.monotonic() - lane.started > SETTLED_SECONDS:
                lane.delay = FIRST_DELAY
            lane.pid, lane.due = 0, time.monotonic() + lane.delay
            lane.delay = min(lane.delay * 3, LONGEST_DELAY)
            if not self.asked_to_stop:
                self.say(f"The process {lane.name} {_how(status)}; starting it again.")

    def _stop_all(self) -> None:
        for lane in self.lanes:
            if lane.pid:
                _send(lane.pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while any(lane.pid for lane in self.lanes) and time.monotonic() < deadline:
            self._bury()
            time.sleep(0.01)
        for lane in self.lanes:
            if lane.pid:
                _send(lane.pid, signal.SIGKILL)
                os.waitpid(lane.pid, 0)

    @contextmanager
    def _woken_by_signals(self) -> Iterator[int]:
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)

        def asked(*_: object) -> None:
            self.asked_to_stop = True

        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGINT, asked)
        signal.signal(signal.SIGTERM, asked)
        signal.signal(signal.SIGHUP, asked)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        yield reader


def _end_with(watched: int) -> None:
    """Waits until the supervisor is gone, then ends this process: asked first, forced after."""
    while True:
        try:
            if not os.read(watched, 1):
                break
        except InterruptedError:
            continue
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(0)


def _send(pid: int, signum: signal.Signals) -> None:
    try:
        os.kill(pid, signum)
    except ProcessLookupError:
        return


def _how(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"was ended by {signal.Signals(os.WTERMSIG(status)).name}"
    return f"ended with code {os.waitstatus_to_exitcode(status)}"


def _drain(reader: int) -> None:
    try:
        while os.read(reader, 512):
            continue
    except BlockingIOError:
        return
