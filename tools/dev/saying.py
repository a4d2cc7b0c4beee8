"""How `./dev` speaks: plain lines, one changing line on a terminal, sentences for what went wrong."""

import os
import shutil
import sys
from typing import NoReturn

UNAVAILABLE = 69
CANNOT_CREATE = 73


class Trouble(Exception):
    """Something that a person must mend. The sentence says what, the mend how; never a traceback."""

    def __init__(self, sentence: str, mend: str = "", code: int = UNAVAILABLE) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.mend = mend
        self.code = code


def say(line: str) -> None:
    print(line, flush=True)


def stop(trouble: Trouble) -> NoReturn:
    print(f"\n{trouble.sentence}", file=sys.stderr)
    if trouble.mend:
        print(trouble.mend, file=sys.stderr)
    sys.exit(trouble.code)


class Progress:
    """One line that changes on a terminal; elsewhere a line at every tenth step."""

    def __init__(self, doing: str, total: int) -> None:
        self.doing, self.total, self.done = doing, max(total, 1), 0
        self.on_terminal = sys.stdout.isatty() and "CI" not in os.environ

    def step(self, name: str) -> None:
        self.done = min(self.done + 1, self.total)
        line = f"{self.doing} {self.done} of {self.total}: {name}"
        if self.on_terminal:
            width = shutil.get_terminal_size().columns - 1
            print("\r" + line[:width].ljust(width), end="", flush=True)
        elif self.done == self.total or self.done % max(self.total // 5, 1) == 0:
            print(line, flush=True)

    def finish(self, line: str) -> None:
        if self.on_terminal:
            width = shutil.get_terminal_size().columns - 1
            print("\r" + line[:width].ljust(width), flush=True)
        else:
            print(line, flush=True)
