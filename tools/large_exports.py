"""Writes a made-up export of Slack, Mattermost or Viva Engage, to measure `lockgate import` for loss and for time.

    python tools/large_exports.py slack export.zip [--messages 10000]

Every fifth message opens a thread and the four after it answer. Each bears a word of its own ("m123."), so that it can
be looked for; every fiftieth is a line of the software's own and every 97th is empty, and these stay outside.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

CHANNELS = {"slack": "general", "mattermost": "t/valves", "yammer": "7"}
_BEGAN = datetime(2024, 5, 1, 9, tzinfo=UTC)
_WORDS = "The seal held at forty bar through the night and the bench was warm by six"
_THREAD = 5


def stays_outside(number: int) -> bool:
    return _is_service(number) or _is_empty(number)


def write(kind: str, path: Path, count: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in {"slack": _slack, "mattermost": _mattermost, "yammer": _yammer}[kind](
            count
        ).items():
            made.writestr(name, content)
    return path


def _is_service(number: int) -> bool:
    return number % 50 == 49


def _is_empty(number: int) -> bool:
    return number % 97 == 96


def _said(number: int) -> str:
    return "" if _is_empty(number) else f"{_WORDS}, m{number}. {'More of it. ' * (number % 20)}"


def _at(number: int) -> datetime:
    return _BEGAN + timedelta(seconds=number)


def _slack(count: int) -> dict[str, str]:
    def stamp(number: int) -> str:
        return f"{_at(number).timestamp():.0f}.{number:06}"

    users = [
        {"id": f"U{one}", "name": f"u{one}", "profile": {"real_name": f"Person {one}"}} for one in range(40)
    ]
    days: dict[str, list[dict[str, Any]]] = {}
    for number in range(count):
        said: dict[str, Any] = {
            "type": "message",
            "user": f"U{number % 40}",
            "ts": stamp(number),
            "thread_ts": stamp(number - number % _THREAD),
            "text": _said(number),
        }
        if _is_service(number):
            said["subtype"] = "channel_join"
        days.setdefault(f"general/{_at(number):%Y-%m-%d}.json", []).append(said)
    return {
        "users.json": json.dumps(users),
        "channels.json": json.dumps([{"id": "C1", "name": "general", "members": ["U1"]}]),
        **{name: json.dumps(said) for name, said in days.items()},
    }


def _mattermost(count: int) -> dict[str, str]:
    lines: list[dict[str, Any]] = [
        {"type": "version", "version": 1},
        {
            "type": "channel",
            "channel": {"team": "t", "name": "valves", "display_name": "Valves", "type": "O"},
        },
        *(
            {"type": "user", "user": {"username": f"u{one}", "nickname": f"Person {one}"}}
            for one in range(40)
        ),
    ]
    for first in range(0, count, _THREAD):
        root, *answers = (
            {
                "user": f"u{number % 40}",
                "message": _said(number),
                "create_at": int(_at(number).timestamp() * 1000),
                "type": "system_join_channel" if _is_service(number) else "",
            }
            for number in range(first, min(first + _THREAD, count))
        )
        lines.append({"type": "post", "post": {"team": "t", "channel": "valves", **root, "replies": answers}})
    return {"import.jsonl": "\n".join(json.dumps(line) for line in lines)}


def _yammer(count: int) -> dict[str, str]:
    def table(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> str:
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()

    usual = {"group_id": "7", "group_name": "Valves", "in_private_group": "false"}
    rows = [
        {
            **usual,
            "id": str(number + 100),
            "thread_id": str(number - number % _THREAD + 100),
            "replied_to_id": str(number - number % _THREAD + 100) if number % _THREAD else "",
            "sender_id": str(number % 40),
            "sender_type": "System" if _is_service(number) else "User",
            "body": _said(number),
            "created_at": _at(number).isoformat(),
        }
        for number in range(count)
    ]
    columns = (
        "id", "replied_to_id", "thread_id", "group_id", "group_name", "in_private_group", "in_private_conversation",
        "sender_id", "sender_type", "body", "attachments", "created_at", "deleted_at",
    )  # fmt: skip
    return {
        "Messages.csv": table(columns, rows),
        "Users.csv": table(("id", "name"), [{"id": str(one), "name": f"Person {one}"} for one in range(40)]),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=sorted(CHANNELS))
    parser.add_argument("file", type=Path)
    parser.add_argument("--messages", type=int, default=10_000)
    given = parser.parse_args()
    write(given.kind, given.file, given.messages)
    outside = sum(stays_outside(number) for number in range(given.messages))
    print(
        f"{given.messages:,} messages, {outside:,} of which stay outside; the channel is {CHANNELS[given.kind]}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
