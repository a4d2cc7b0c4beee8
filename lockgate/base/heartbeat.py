"""Whether the processes of one installation are alive: each touches a file, anyone may look.

Files and not rows, so that a heartbeat costs no commit and says nothing about the database.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

FRESH_SECONDS = 5.0
_EXPECTED = "expected"


@dataclass(frozen=True, slots=True)
class Health:
    """``quiet`` names the processes that have not been heard of for FRESH_SECONDS (or never)."""

    expected: tuple[str, ...]
    quiet: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        return not self.quiet


def expect(names: tuple[str, ...]) -> None:
    """Say which processes this start is to have; older heartbeats count no more."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink(missing_ok=True)
    (folder / _EXPECTED).write_text("\n".join(names), "utf-8")


def beat(name: str) -> None:
    """``name`` is ready and alive at this moment. Cheap: call it about once a second."""
    path = _folder() / name
    try:
        os.utime(path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def report() -> Health:
    """Who is expected and who is quiet. Without a supervised start nobody is expected and all is well."""
    folder = _folder()
    try:
        expected = tuple((folder / _EXPECTED).read_text("utf-8").split())
    except FileNotFoundError:
        return Health((), ())
    oldest = time.time() - FRESH_SECONDS
    return Health(expected, tuple(name for name in expected if _heard_at(folder / name) < oldest))


def _heard_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "run"
