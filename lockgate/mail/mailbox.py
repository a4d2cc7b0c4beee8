"""Finds the mails of a mailbox that lies in files: mbox, a folder of EML files, or a Maildir. Changes nothing there.

Only where each mail begins and ends is held; its bytes are read when it is its turn, so that a mailbox may be larger
than the memory.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# "From ", somebody, and a time: what begins a mail. A sentence that begins with "From" does not end so.
_BEGINS = re.compile(rb"(?m)^From [^\r\n]{0,300}\d{1,2}:\d\d[^\r\n]{0,40}\d{4}[^\r\n]{0,10}\r?$")
_QUOTED = re.compile(rb"(?m)^>(>*From )")


@dataclass(frozen=True, slots=True)
class Lies:
    """Where one mail lies: bytes ``begins`` to ``ends`` of a file; ``where`` says it to a person."""

    where: str
    path: Path
    begins: int
    ends: int
    is_of_mbox: bool = False

    def raw(self) -> bytes:
        """The mail's own bytes. Raises OSError where they cannot be read."""
        with self.path.open("rb") as file:
            file.seek(self.begins)
            held = file.read(self.ends - self.begins)
        return _QUOTED.sub(rb"\1", held) if self.is_of_mbox else held


def mails(source: Path) -> Iterator[Lies]:
    """Every mail that lies in ``source``, in the order of files and lines. Raises OSError where it is not there."""
    if not source.is_dir():
        yield from _of_file(source, source.name)
        return
    for path in sorted(one for one in source.rglob("*") if one.is_file()):
        inside = path.relative_to(source)
        if _is_aside(inside):
            continue
        yield from _of_file(path, str(inside))


def _is_aside(inside: Path) -> bool:
    """What mail programs keep beside the mails: indexes, settings, half-written files of a Maildir (tmp)."""
    if "tmp" in inside.parts[:-1]:
        return True
    if inside.parent.name in {"cur", "new"}:
        return False
    return inside.name.startswith((".", "dovecot", "maildirfolder", "subscriptions"))


def _of_file(path: Path, name: str) -> Iterator[Lies]:
    size = path.stat().st_size
    if not size:
        yield Lies(name, path, 0, 0)
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
        if not _BEGINS.match(held):
            yield Lies(name, path, 0, size)
            return
        number, begins = 0, -1
        for found in _BEGINS.finditer(held):
            # Within a mail such a line stands after a blank one, or not at all.
            if (
                found.start()
                and held[max(0, found.start() - 3) : found.start()].replace(b"\r", b"")[-2:] != b"\n\n"
            ):
                continue
            if begins >= 0:
                number += 1
                yield Lies(f"{name}, {number}", path, begins, found.start(), is_of_mbox=True)
            begins = found.end() + 1
        yield Lies(f"{name}, {number + 1}", path, min(begins, size), size, is_of_mbox=True)
