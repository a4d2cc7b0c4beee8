"""Synthetic exports in the shape of the real ones."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc0f01f0005000201fea7a5810000000049454e44ae426082"
)


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


def slack(path: Path, messages: list[dict[str, Any]] | None = None) -> Path:
    users = [
        {"id": "U1", "name": "nadia", "profile": {"real_name": "Nadia R.", "email": "Nadia.Roux@haldenvalve.example"}},
        {"id": "U2", "name": "old", "profile": {"real_name": "Olga Old", "email": "olga@gone.example"}, "deleted":
        True}, {"id": "U3", "name": "ci", "is_bot": True, "profile": {"real_name": "Build"}},
    ]  # fmt: skip
    usual = [
        {"type": "message", "subtype": "channel_join", "user": "U1", "text": "joined", "ts": "1714550000.000100"},
        {
            "type": "message", "user": "U1", "ts": "1714550001.000100", "thread_ts": "1714550001.000100",
            "text": "*Seal* _holds_ at <https://x.example/a|40 bar>, <@U2> &amp; <!channel>, see <#C1>. `*not bold*`",
            "reactions": [{"name": "tada", "users": ["U2"], "count": 1}], "edited": {"user": "U1", "ts": "1"},
        },
        {
            "type": "message", "user": "U2", "ts": "1714550002.000200", "thread_ts": "1714550001.000100",
            "text": "Thank you <@U1>", "parent_user_id": "U1",
            "files": [{"id": "F1", "name": "ring.png"}, {"id": "F2", "name": "plan.pdf"}],
        },
        {"type": "message", "subtype": "bot_message", "bot_id": "U3", "text": "Build passed", "ts": "1714550003.0"},
        {"type": "message", "user": "U1", "text": "", "ts": "1714550004.0"},
        {"type": "message", "user": "U1", "text": "", "blocks": [{"type": "x"}], "ts": "1714550005.0"},
        {"type": "other"},
    ]  # fmt: skip
    day = usual if messages is None else messages
    return zipped(
        path,
        {
            "users.json": json.dumps(users).encode(),
            "channels.json": json.dumps([{"id": "C1", "name": "general", "members": ["U1", "U2"]}]).encode(),
            "groups.json": json.dumps([{"id": "G1", "name": "secret", "members": ["U1"]}]).encode(),
            "dms.json": json.dumps([{"id": "D1", "members": ["U1", "U2"]}]).encode(),
            "general/2024-05-01.json": json.dumps(day).encode(),
            "secret/2024-05-01.json": json.dumps(usual[:2]).encode(),
            "D1/2024-05-01.json": json.dumps(usual[1:2]).encode(),
            "__uploads/F1/ring.png": PNG,
        },
    )


def mattermost(path: Path) -> Path:
    lines: list[Any] = [
        {"type": "version", "version": 1},
        {"type": "channel", "channel": {"team": "t", "name": "valves", "display_name": "Valves", "type": "O"}},
        {"type": "user", "user": {"username": "nadia", "email": "nadia.roux@haldenvalve.example", "first_name":
        "Nadia", "last_name": "Roux"}}, {"type": "user", "user": {"username": "olga", "email": "olga@gone.example",
        "nickname": "Olga"}}, {"type": "post", "post": {"team": "t", "channel": "valves", "user": "nadia",
        "message": "**Seal** holds, @olga. `@olga`", "create_at": 1714550001000, "reactions": [{"user": "olga",
        "emoji_name": "tada", "create_at": 1}], "attachments": [{"path": "20240501/ring.png"}],
         "replies": [{"user": "olga", "message": "Good.", "create_at": 1714550002000},
                     {"user": "olga", "message": "Good.", "create_at": 1714550002000}]}},
        {"type": "post", "post": {"team": "t", "channel": "valves", "user": "olga", "message": "x", "type":
        "system_join_channel", "create_at": 1714550003000}}, {"type": "direct_post", "direct_post":
        {"channel_members": ["nadia", "olga"], "user": "nadia", "message": "psst", "create_at": 1}}, ]  # fmt: skip
    raw = "\n".join(json.dumps(one) for one in lines) + "\nnot json\n"
    return zipped(path, {"import.jsonl": raw.encode(), "data/20240501/ring.png": PNG})


_COLUMNS = (
    "id", "replied_to_id", "parent_id", "thread_id", "conversation_id", "group_id", "group_name", "participants",
    "in_private_group", "in_private_conversation", "sender_id", "sender_type", "sender_name", "sender_email",
    "body", "api_url", "attachments", "deleted_by_id", "deleted_by_type", "created_at", "deleted_at",
)  # fmt: skip


def yammer(path: Path) -> Path:
    def table(columns: tuple[str, ...], rows: list[dict[str, str]]) -> bytes:
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
        return b"\xef\xbb\xbf" + out.getvalue().encode()

    usual = {"group_id": "7", "group_name": "Valves", "in_private_group": "false", "sender_type": "User"}
    rows = [
        {**usual, "id": "100", "thread_id": "100", "sender_id": "1", "body": "Seal holds,\n[[user:2]] &amp; all.",
         "created_at": "2024/05/01 09:12:00 +0000", "attachments": "uploadedfile:55"},
        {**usual, "id": "101", "replied_to_id": "100", "thread_id": "100", "sender_id": "2", "body": "Good.",
         "created_at": "2024-05-01T09:13:00Z"},
        {**usual, "id": "102", "thread_id": "102", "sender_id": "2", "body": "gone", "created_at":
        "2024-05-01T09:14:00Z", "deleted_at": "2024-05-02T09:14:00Z"},
        {**usual, "id": "103", "thread_id": "103", "sender_type": "System", "body": "joined", "created_at":
        "2024-05-01T09:15:00Z"}, {"id": "104", "thread_id": "104", "in_private_conversation": "true", "sender_id":
        "1", "body": "psst", "created_at": "2024-05-01T09:16:00Z"}, {**usual, "id": "105", "thread_id": "105",
        "group_id": "8", "group_name": "Board", "in_private_group": "true", "sender_id": "1", "body": "hush",
        "created_at": "2024-05-01T09:17:00Z"}, ]  # fmt: skip
    people = [
        {"id": "1", "name": "Nadia Roux", "email": "nadia.roux@haldenvalve.example"},
        {"id": "2", "name": "Olga Old", "email": "olga@gone.example"},
    ]
    return zipped(
        path,
        {
            "Messages.csv": table(_COLUMNS, rows),
            "Users.csv": table(("id", "name", "email"), people),
            "Groups.csv": table(
                ("id", "name", "private"), [{"id": "7", "name": "Valves", "private": "false"}]
            ),
            "Files.csv": table(
                ("id", "file_id", "name"), [{"id": "55", "file_id": "55", "name": "ring.png"}]
            ),
            "Files/55.png": PNG,
        },
    )
