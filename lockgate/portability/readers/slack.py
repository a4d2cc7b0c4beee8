"""A Slack export: users.json, channels.json, and a file of messages for each channel and day.

What is said to few (groups.json, dms.json, mpims.json) is known by its list. The bytes of files are not in what Slack
exports, only their addresses; tools that fetch them lay them under ``__uploads/<id>/`` or ``<channel>/attachments/``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from django.utils.translation import gettext as _

from lockgate.base.refusal import BadInput
from lockgate.portability import rules
from lockgate.portability.readers.export import Lies
from lockgate.portability.types import Author, Conversation, Enclosed, Unread, Written

# Said by the software, not by anybody.
_SERVICE = {
    "channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "channel_archive",
    "channel_unarchive", "channel_convert_to_private", "group_join", "group_leave", "group_topic",
    "group_purpose", "group_name", "group_archive", "group_unarchive", "pinned_item", "unpinned_item",
    "bot_add", "bot_remove", "reminder_add", "sh_room_created", "huddle_thread", "tombstone",
    "channel_posting_permissions", "app_conversation_join", "bot_enable", "bot_disable", "joiner_notification",
}  # fmt: skip
_LISTS = (
    ("channels.json", False, "channel"),
    ("groups.json", True, "channel"),
    ("mpims.json", True, "few"),
    ("dms.json", True, "few"),
)
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}\.json$")


class SlackExport:
    source = "Slack"

    def __init__(self, path: Path) -> None:
        self._lies = Lies(path)
        self._names = set(self._lies.names())
        if "users.json" not in self._names and "org_users.json" not in self._names:
            raise BadInput(
                _("There is no users.json in it, so this is no export of Slack."),
                _("Give the zip as Slack made it, or the folder that it was unpacked to."),
            )
        users = "users.json" if "users.json" in self._names else "org_users.json"
        self._people = {
            str(one["id"]): _author(one) for one in self._list(users) if isinstance(one, dict) and "id" in one
        }
        self._channels: dict[str, tuple[Conversation, str]] = {}
        self._channel_names: dict[str, str] = {}
        for file, is_private, kind in _LISTS:
            for one in self._list(file):
                if not isinstance(one, dict) or "id" not in one:
                    continue
                folder = str(one.get("name") or one["id"])
                self._channel_names[str(one["id"])] = folder
                self._channels[folder] = (Conversation(folder, folder, is_private, kind), folder)

    def conversations(self) -> Sequence[Conversation]:
        return [one for one, _folder in self._channels.values()]

    def said(self, conversation: str, named: Callable[[str, str], str]) -> Iterator[Written | Unread]:
        folder = self._channels[conversation][1]
        days = sorted(
            one
            for one in self._names
            if one.startswith(f"{folder}/") and _DAY.match(one.removeprefix(f"{folder}/"))
        )

        def person(number: str) -> str:
            known = self._people.get(number)
            return named(known.name, known.email) if known else f"@{number}"

        for day in days:
            for line, one in enumerate(self._list(day)):
                yield self._one(one, f"{day}:{line + 1}", folder, person)

    def _one(self, one: Any, where: str, folder: str, person: rules.Name) -> Written | Unread:
        if not isinstance(one, dict) or one.get("type", "message") != "message" or "ts" not in one:
            return Unread(where, _("It is no message."))
        number = str(one["ts"])
        subtype = str(one.get("subtype") or "")
        if subtype in _SERVICE:
            return Unread(number, _("A line of the software’s own, such as who came and went."))
        text = str(one.get("text") or "")
        body = rules.from_mrkdwn(text, person=person, channel=self._channel_names)
        notes = []
        if subtype == "me_message":
            body = f"*{body}*"
        if one.get("edited"):
            notes.append(_("It was changed after it was written; the earlier words are not in the export."))
        cards = [_card(card) for card in one.get("attachments") or [] if isinstance(card, dict)]
        if any(cards):
            body = "\n\n".join([part for part in (body, *cards) if part])
        if not body.strip() and one.get("blocks") and not one.get("files"):
            return Unread(number, _("Its words are a form of an app’s own, which is not understood."))
        thread = str(one.get("thread_ts") or number)
        return Written(
            number=number,
            thread=thread,
            author=self._who(one),
            at=_moment(number),
            body=body,
            files=tuple(
                self._file(file, folder) for file in one.get("files") or [] if isinstance(file, dict)
            ),
            reactions=tuple(
                (str(each.get("name", "")), int(each.get("count") or len(each.get("users") or [])))
                for each in one.get("reactions") or []
                if isinstance(each, dict)
            ),
            notes=tuple(notes),
        )

    def _who(self, one: dict[str, Any]) -> Author:
        number = str(one.get("user") or one.get("bot_id") or "")
        if number in self._people:
            return self._people[number]
        profile = one.get("user_profile") or one.get("bot_profile") or {}
        name = profile.get("real_name") or profile.get("name") or one.get("username") or ""
        return Author(number, str(name), is_bot=bool(one.get("bot_id")))

    def _file(self, file: dict[str, Any], folder: str) -> Enclosed:
        number, name = str(file.get("id", "")), str(file.get("name") or file.get("title") or _("a file"))
        for where in (f"__uploads/{number}/{name}", f"{folder}/attachments/{number}-{name}"):
            if number and where in self._names:
                return Enclosed(name, partial(self._lies.read, where))
        return Enclosed(name)

    def _list(self, name: str) -> list[Any]:
        if name not in self._names:
            return []
        try:
            found = orjson.loads(self._lies.read(name))
        except orjson.JSONDecodeError as error:
            raise BadInput(
                _("“%(name)s” in the export is broken: %(why)s.") % {"name": name, "why": error}
            ) from error
        return found if isinstance(found, list) else []


def _author(one: dict[str, Any]) -> Author:
    profile = one.get("profile") or {}
    name = profile.get("real_name") or one.get("real_name") or one.get("name") or ""
    return Author(str(one["id"]), str(name), str(profile.get("email") or ""), bool(one.get("is_bot")))


def _card(card: dict[str, Any]) -> str:
    """What an app put below its words, as a quotation. What is a preview of a link has the link in the words."""
    if card.get("from_url") or card.get("original_url"):
        return ""
    lines = [str(card[name]) for name in ("pretext", "title", "text") if card.get(name)]
    lines = lines or ([str(card["fallback"])] if card.get("fallback") else [])
    return "\n".join(f"> {line}" for words in lines for line in words.splitlines())


def _moment(number: str) -> datetime | None:
    try:
        found = datetime.fromtimestamp(float(number), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if 1990 <= found.year <= 2088 else None
