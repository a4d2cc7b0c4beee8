"""A network export of Yammer, today Viva Engage: Messages.csv, Users.csv, Groups.csv, Files.csv, and files under
Files/.

Columns are found by their names: their order has changed over the years, and some exports have more of them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from lockgate.base.refusal import BadInput
from lockgate.portability import rules
from lockgate.portability.readers.export import Lies
from lockgate.portability.types import Author, Conversation, Enclosed, Unread, Written

_ALL_COMPANY = "all-company"
_FILE = re.compile(r"(?:uploadedfile|file|image)[:/]?\s*(\d+)", re.IGNORECASE)
_NEEDED = {"id", "thread_id", "body", "created_at"}


class YammerExport:
    source = "Viva Engage"

    def __init__(self, path: Path) -> None:
        self._lies = Lies(path)
        self._names = set(self._lies.names())
        rows = self._rows("Messages.csv")
        if rows is None:
            raise BadInput(
                _("There is no Messages.csv in it, so this is no export of Viva Engage."),
                _("Give the zip as it was made, or the folder that it was unpacked to."),
            )
        self._rows_said = rows
        if rows and not rows[0].keys() >= _NEEDED:
            raise BadInput(
                _("Messages.csv has no column “%(name)s”.")
                % {"name": ", ".join(sorted(_NEEDED - rows[0].keys()))}
            )
        self._people = {
            one.get("id", ""): Author(one.get("id", ""), one.get("name", ""), one.get("email", ""))
            for one in self._rows("Users.csv") or []
        }
        self._files = {
            number: one.get("name", "")
            for one in self._rows("Files.csv") or []
            for number in (one.get("id", ""), one.get("file_id", ""))
            if number
        }
        private = {
            one.get("id", "")
            for one in self._rows("Groups.csv") or []
            if one.get("private", "").lower() == "true" or one.get("privacy", "").lower() == "private"
        }
        self._groups: dict[str, Conversation] = {}
        for row in rows:
            key = _group(row)
            if key == "few":
                self._groups.setdefault(key, Conversation(key, _("Messages to few"), True, "few"))
                continue
            is_private = row.get("in_private_group", "").lower() == "true" or key in private
            name = row.get("group_name") or _("All company")
            self._groups.setdefault(key, Conversation(key, name, is_private))

    def conversations(self) -> Sequence[Conversation]:
        return list(self._groups.values())

    def said(self, conversation: str, named: Callable[[str, str], str]) -> Iterator[Written | Unread]:
        def person(number: str) -> str:
            known = self._people.get(number)
            return named(known.name, known.email) if known else ""

        for row in self._rows_said:
            if _group(row) == conversation:
                yield self._one(row, person)

    def _one(self, row: dict[str, str], person: rules.Name) -> Written | Unread:
        number = row.get("id", "")
        if not number:
            return Unread("?", _("It is no message."))
        if row.get("deleted_at"):
            return Unread(number, _("It was deleted there."))
        if row.get("sender_type", "").lower() == "system":
            return Unread(number, _("A line of the software’s own, such as who came and went."))
        body = rules.from_yammer(row.get("body", ""), person=person)
        title = " ".join(row.get("title", "").replace("*", "").split())
        if title:
            body = f"**{title}**\n\n{body}"
        sender = row.get("sender_id", "")
        return Written(
            number=number,
            # A thread bears the number of the message that opened it.
            thread=row.get("thread_id") or number,
            author=self._people.get(sender)
            or Author(sender, row.get("sender_name", ""), row.get("sender_email", "")),
            at=_moment(row.get("created_at", "")),
            body=body,
            files=tuple(self._file(one) for one in _FILE.findall(row.get("attachments", ""))),
        )

    def _file(self, number: str) -> Enclosed:
        name = self._files.get(number, "")
        for where in sorted(self._names):
            path = PurePosixPath(where)
            if path.parent.name == "Files" and (path.stem == number or path.name == name):
                return Enclosed(name or path.name, partial(self._lies.read, where))
        return Enclosed(name or _("file %(number)s") % {"number": number})

    def _rows(self, name: str) -> list[dict[str, str]] | None:
        for where in sorted(self._names):
            if PurePosixPath(where).name == name:
                text = self._lies.read(where).decode("utf-8-sig", "replace")
                csv.field_size_limit(16 * 1024 * 1024)
                rows = csv.DictReader(io.StringIO(text, newline=""))
                return [
                    {str(key).strip().lower(): value or "" for key, value in row.items() if key is not None}
                    for row in rows
                ]
        return None


def _group(row: dict[str, str]) -> str:
    if row.get("in_private_conversation", "").lower() == "true":
        return "few"
    return row.get("group_id") or _ALL_COMPANY


def _moment(words: str) -> datetime | None:
    words = words.strip().replace(" UTC", "+00:00").replace("/", "-")
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        return None
    found = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return found if 1990 <= found.year <= 2088 else None
