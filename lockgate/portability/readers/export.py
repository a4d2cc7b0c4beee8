"""What every reader offers, and the folder or zip that an export lies in."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _

from lockgate.base.refusal import BadInput
from lockgate.portability.types import Conversation, Unread, Written

# An export is somebody's file: nothing of it is believed to be small.
MOST_ENTRY = 256 * 1024 * 1024


class Export(Protocol):
    """An export of another network."""

    source: str

    def conversations(self) -> Sequence[Conversation]: ...

    def said(self, conversation: str, named: Callable[[str, str], str]) -> Iterator[Written | Unread]:
        """Everything of one conversation. ``named`` writes somebody by name and address into the words."""
        ...


class Lies:
    """The files of an export, in a folder or a zip. Nothing is unpacked: no name of it ever becomes a path of ours."""

    def __init__(self, path: Path) -> None:
        self._folder = path if path.is_dir() else None
        self._zip: zipfile.ZipFile | None = None
        if self._folder is None:
            try:
                self._zip = zipfile.ZipFile(path)
            except zipfile.BadZipFile as error:
                raise BadInput(_("%(path)s is no zip file.") % {"path": path}) from error

    def names(self) -> list[str]:
        if self._zip is not None:
            return [one for one in self._zip.namelist() if not one.endswith("/")]
        folder = self._folder
        if folder is None:
            return []
        return sorted(
            str(one.relative_to(folder))
            for one in folder.rglob("*")
            if one.is_file() and not one.is_symlink()
        )

    def read(self, name: str) -> bytes:
        """The bytes of one file that ``names`` named. Raises BadInput for one too large, or broken."""
        if self._zip is not None:
            try:
                if self._zip.getinfo(name).file_size > MOST_ENTRY:
                    raise BadInput(_("“%(name)s” is larger than 256 MB.") % {"name": name})
                with self._zip.open(name) as file:
                    content = file.read(MOST_ENTRY + 1)
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
                raise BadInput(_("“%(name)s” cannot be read.") % {"name": name}) from error
            if len(content) > MOST_ENTRY:
                raise BadInput(_("“%(name)s” is larger than 256 MB.") % {"name": name})
            return content
        if self._folder is None:
            raise BadInput(_("“%(name)s” cannot be read.") % {"name": name})
        return (self._folder / name).read_bytes()
