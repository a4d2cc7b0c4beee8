"""MANIFEST.sha256 of an export: every file listed once and unchanged, and nothing else in the folder. Pure."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

NAME = "MANIFEST.sha256"

_ENDINGS = (".json", ".salt", ".body", ".tlog-proof")


def check(folder: Path, fault: Callable[[str], None]) -> list[int]:
    """The indexes of the entries that have a record of their own, in order; whatever is wrong goes to ``fault``."""
    once: set[str] = {NAME}
    last: tuple[int, int] = (-1, 0)
    listed, has_faults, shown = 1, False, []

    def found_fault(sentence: str) -> None:
        nonlocal has_faults
        has_faults = True
        fault(sentence)

    try:
        lines = (folder / NAME).open(encoding="utf-8", newline="\n")
    except OSError as error:
        fault(f"{NAME} cannot be read: {error.strerror}.")
        return []
    with lines:
        for line in lines:
            digest, name = line[:64], line[66:-1]
            if line[64:66] != "  " or not _is_plain(name):
                found_fault(f"A line of {NAME} does not read: {line.strip()[:100]!r}.")
                continue
            place = _place(name)
            if place is None:
                is_again = name in once
                once.add(name)
            else:
                # Records stand in order, so no set of a million names is needed to see one twice.
                is_again = place <= last
                last = place
                if name.endswith(".json"):
                    shown.append(place[0])
            if is_again:
                found_fault(f"{NAME} lists {name} twice or out of order.")
            listed += 1
            if wrong := _wrong(folder, name, digest):
                found_fault(wrong)
    there = 0
    for name in _names(str(folder)):
        there += 1
        if name not in once and _place(name) is None:
            found_fault(f"{name} is in the folder and not in {NAME}.")
    if there > listed and not has_faults:
        fault(f"The folder holds {there} files, and {NAME} lists {listed}.")
    return shown


def _wrong(folder: Path, name: str, digest: str) -> str:
    try:
        with open(folder / name, "rb") as file:
            found = sha256(file.read()).hexdigest()
    except OSError:
        return f"{name} is missing."
    return "" if found == digest else f"{name} was changed."


def _is_plain(name: str) -> bool:
    """A path inside the folder, written in the one way that a manifest may."""
    return bool(name) and not name.startswith("/") and not {"", ".", ".."} & set(name.split("/"))


def _place(name: str) -> tuple[int, int] | None:
    """(index, kind) of a file in records/ or proofs/, in the order of the manifest; None for any other file."""
    folder, _, file = name.partition("/")
    stem, dot, ending = file.partition(".")
    if folder not in ("records", "proofs") or not stem.isdecimal() or len(stem) > 18:
        return None
    if (
        dot + ending not in _ENDINGS
        or stem != str(int(stem))
        or (folder == "proofs") != (ending == "tlog-proof")
    ):
        return None
    return int(stem), _ENDINGS.index(dot + ending)


def _names(root: str) -> Iterator[str]:
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(os.path.join(root, folder)) as entries:
            for entry in entries:
                name = folder + entry.name
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(name + "/")
                else:
                    yield name
