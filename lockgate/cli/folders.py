"""The data folder: made, held by one start at a time, and the home of the demo's own secret."""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path
from typing import TextIO

from lockgate.cli.troubles import CANNOT_CREATE, TRY_LATER, Trouble


def keep_to_ourselves() -> None:
    """What this process and its children make from now on, others on this machine cannot read: databases (with the
    files beside them), attachments, sockets, exports."""
    os.umask(0o077)


def make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Trouble(
            f"The folder {folder} cannot be used: {error.strerror}.",
            "Choose another with --data DIR, or mend its permissions.",
            code=CANNOT_CREATE,
        ) from error


def hold(folder: Path) -> TextIO:
    """A lock on ``folder`` for as long as the answer is open: two starts on one folder would share its streams."""
    lock = (folder / "running.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        address = lock.read().strip()
        lock.close()
        raise Trouble(
            f"Lockgate already runs with the folder {folder}{' at ' + address if address else ''}.",
            "Use that one, stop it first, or choose another folder with --data DIR.",
            code=TRY_LATER,
        ) from error
    lock.truncate(0)
    return lock


def own_secret(folder: Path) -> str:
    """The secret of this folder's demo, made by chance once."""
    file = folder / "keys" / "secret-key"
    if not file.is_file():
        file.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(48))
    return file.read_text("utf-8").strip()
