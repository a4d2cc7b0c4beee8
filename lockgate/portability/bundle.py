"""A zip with a list of what is in it: each file with its SHA-256, so that its reader can tell that it is whole."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import IO, Any

import orjson


class Bundle:
    """Files are added in any order; the list is written last."""

    def __init__(self, out: IO[bytes], at: datetime) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
        self._moment = at.timetuple()[:6]
        self._listed: list[dict[str, Any]] = []

    def add(self, name: str, content: bytes) -> None:
        info = zipfile.ZipInfo(name, (*self._moment,))
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        self._zip.writestr(info, content)
        self._listed.append({"name": name, "bytes": len(content), "sha256": sha256(content).hexdigest()})

    def add_lines(self, name: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """JSON Lines; answers how many."""
        out = io.BytesIO()
        count = 0
        for row in rows:
            out.write(orjson.dumps(row) + b"\n")
            count += 1
        self.add(name, out.getvalue())
        return count

    def end(self, head: Mapping[str, Any]) -> None:
        listed = orjson.dumps({**head, "files": self._listed}, option=orjson.OPT_INDENT_2)
        self._zip.writestr(zipfile.ZipInfo("manifest.json", (*self._moment,)), listed + b"\n")
        self._zip.close()


def safe_name(name: str) -> str:
    """A file's name as it may stand in a zip that somebody unpacks: no folder, no leading dot."""
    plain = "".join(one if one.isalnum() or one in " ._-()" else "_" for one in name).strip(" .")
    return plain[-100:] or "file"
