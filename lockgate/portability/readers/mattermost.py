"""A bulk export of Mattermost: one object a line; alone, or in a zip with the files under ``data/``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import orjson
from django.utils.translation import gettext as _

from lockgate.base.refusal import BadInput
from lockgate.portability import rules
from lockgate.portability.readers.export import Lies
from lockgate.portability.types import Author, Conversation, Enclosed, Unread, Written


class MattermostExport:
    source = "Mattermost"

    def __init__(self, path: Path) -> None:
        self._lies: Lies | None = None
        self._names: set[str] = set()
        if path.suffix == ".jsonl":
            self._raw = path.read_bytes()
        else:
            self._lies = Lies(path)
            self._names = set(self._lies.names())
            lines = sorted(one for one in self._names if one.endswith(".jsonl") and "/" not in one)
            if not lines:
                raise BadInput(
                    _("There is no .jsonl file in it, so this is no export of Mattermost."),
                    _("Give the .jsonl file, or the zip that Mattermost made."),
                )
            self._raw = self._lies.read(lines[0])
        self._people: dict[str, Author] = {}
        self._channels: dict[str, Conversation] = {}
        is_one = False
        for _line, one in self._lines():
            kind = one.get("type") if one else None
            if kind == "version":
                is_one = True
            elif one and kind == "channel":
                said = one.get("channel") or {}
                key = f"{said.get('team')}/{said.get('name')}"
                self._channels[key] = Conversation(
                    key, str(said.get("display_name") or said.get("name")), said.get("type") == "P"
                )
            elif one and kind == "user":
                said = one.get("user") or {}
                whole = f"{said.get('first_name') or ''} {said.get('last_name') or ''}".strip()
                name = str(said.get("username") or "")
                self._people[name] = Author(
                    name, whole or str(said.get("nickname") or name), str(said.get("email") or "")
                )
            elif kind in {"direct_post", "direct_channel"}:
                self._channels.setdefault("direct", Conversation("direct", _("Messages to few"), True, "few"))
        if not is_one:
            raise BadInput(_("Its first line names no version, so this is no export of Mattermost."))

    def conversations(self) -> Sequence[Conversation]:
        return list(self._channels.values())

    def said(self, conversation: str, named: Callable[[str, str], str]) -> Iterator[Written | Unread]:
        team, _slash, channel = conversation.partition("/")

        def person(name: str) -> str:
            known = self._people.get(name.lower())
            return named(known.name, known.email) if known else f"@{name}"

        # Two posts of one person in one millisecond are told apart by their place among their like.
        seen: dict[str, int] = {}
        for line, one in self._lines():
            if one is None:
                # Whose line it was is not known: it is told once, with the first channel that is asked for.
                if conversation == next(iter(self._channels), ""):
                    yield Unread(f"line {line}", _("It is not JSON."))
                continue
            if one.get("type") != "post":
                continue
            post = one.get("post")
            if not isinstance(post, dict) or (post.get("team"), post.get("channel")) != (team, channel):
                continue
            root = self._one(post, "", person, seen)
            yield root
            thread = root.number
            for reply in post.get("replies") or []:
                if isinstance(reply, dict):
                    yield self._one(reply, thread, person, seen)
                else:
                    yield Unread(f"line {line}", _("It is no message."))

    def _one(
        self, post: dict[str, Any], thread: str, person: rules.Name, seen: dict[str, int]
    ) -> Written | Unread:
        who, millis = str(post.get("user") or ""), post.get("create_at")
        stem = f"{millis}:{who}"
        seen[stem] = seen.get(stem, 0) + 1
        number = stem if seen[stem] == 1 else f"{stem}:{seen[stem]}"
        if str(post.get("type") or "").startswith("system_"):
            return Unread(number, _("A line of the software’s own, such as who came and went."))
        gathered: dict[str, int] = {}
        for each in post.get("reactions") or []:
            if isinstance(each, dict):
                name = str(each.get("emoji_name", ""))
                gathered[name] = gathered.get(name, 0) + 1
        notes = []
        if post.get("edit_at"):
            notes.append(_("It was changed after it was written; the earlier words are not in the export."))
        return Written(
            number=number,
            thread=thread or number,
            author=self._people.get(who, Author(who, who)),
            at=_moment(millis),
            body=rules.from_mattermost(str(post.get("message") or ""), person=person),
            files=tuple(
                self._file(str(file.get("path") or ""))
                for file in post.get("attachments") or []
                if isinstance(file, dict)
            ),
            reactions=tuple(gathered.items()),
            notes=tuple(notes),
        )

    def _file(self, path: str) -> Enclosed:
        name = PurePosixPath(path).name or _("a file")
        for where in (f"data/{path}", path):
            if self._lies is not None and where in self._names:
                return Enclosed(name, partial(self._lies.read, where))
        return Enclosed(name)

    def _lines(self) -> Iterator[tuple[int, dict[str, Any] | None]]:
        for line, raw in enumerate(self._raw.splitlines(), 1):
            if not raw.strip():
                continue
            try:
                one = orjson.loads(raw)
            except orjson.JSONDecodeError:
                yield line, None
                continue
            yield line, one if isinstance(one, dict) else None


def _moment(millis: object) -> datetime | None:
    if not isinstance(millis, int):
        return None
    try:
        found = datetime.fromtimestamp(millis / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if 1990 <= found.year <= 2088 else None
