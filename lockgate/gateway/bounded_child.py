"""Asking a program of our own that reads the files of strangers: whatever it does, its caller waits a bounded time and
reads a bounded number of bytes."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO


def program(name: str, *arguments: str) -> tuple[str, ...]:
    """The command of a program that lies beside this file: isolated, so that it imports nothing of ours."""
    return (sys.executable, "-I", str(Path(__file__).with_name(name)), *arguments)


def ask(
    command: Sequence[str], content: IO[bytes] | bytes, *, seconds: float, most_bytes: int
) -> bytes | None:
    """What the child says to this content; None where it failed, took too long or said more than ``most_bytes``."""
    with subprocess.Popen(  # noqa: S603 (our own file, by our own interpreter)
        command,
        stdin=subprocess.PIPE if isinstance(content, bytes) else content,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    ) as child:
        patience = threading.Timer(seconds, child.kill)
        patience.start()
        teller: threading.Thread | None = None
        try:
            if isinstance(content, bytes):
                # By another thread: a child that speaks before it has listened must not stop us both.
                teller = threading.Thread(target=_tell, args=(child.stdin, content), daemon=True)
                teller.start()
            assert child.stdout is not None
            said = child.stdout.read(most_bytes + 1)
            if len(said) > most_bytes:
                return None
            return said if child.wait() == 0 else None
        finally:
            patience.cancel()
            child.kill()
            if teller is not None and teller.ident is not None:
                # It ends with the child; before that, nobody else may close what it writes to.
                teller.join()


def _tell(child: IO[bytes], content: bytes) -> None:
    # It may be gone, or have heard enough.
    with contextlib.suppress(OSError, ValueError), child:
        child.write(content)
