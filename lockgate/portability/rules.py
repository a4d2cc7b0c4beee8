"""Slack's mrkdwn, Mattermost's and Yammer's words, in our Markdown. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping

_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_TAG = re.compile(r"<([^<>\n]+)>")
# Slack marks a word only where it stands free on both sides.
_BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")
_ITALIC = re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])")
_STRUCK = re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])")
_BULLET = re.compile(r"^(\s*)[•◦▪︎▪]\s+", re.MULTILINE)
_AT_NAME = re.compile(r"(?<![\w@/.])@([a-z0-9._-]*[a-z0-9_-])", re.IGNORECASE)
_YAMMER_USER = re.compile(r"\[\[user:(\d+)\]\]|\[User:(\d+)(?::([^\]\n]*))?\]", re.IGNORECASE)

Name = Callable[[str], str]


def from_mrkdwn(text: str, *, person: Name, channel: Mapping[str, str]) -> str:
    """Slack's ``text`` in Markdown. ``person`` writes a user of the export by their id."""

    def plain(part: str) -> str:
        part = _TAG.sub(lambda tag: _tag(tag[1], person, channel), part)
        part = _BOLD.sub(r"**\1**", part)
        part = _ITALIC.sub(r"*\1*", part)
        part = _STRUCK.sub(r"~~\1~~", part)
        return html.unescape(_BULLET.sub(r"\1- ", part))

    return _outside_code(text, plain, html.unescape)


def _tag(inner: str, person: Name, channel: Mapping[str, str]) -> str:
    target, _bar, label = inner.partition("|")
    if target.startswith("@"):
        return person(target[1:])
    if target.startswith("#"):
        return "#" + (channel.get(target[1:]) or label or target[1:])
    if target.startswith("!date^"):
        return label
    if target.startswith("!subteam^"):
        return label or "@team"
    if target.startswith("!"):
        return "@" + (label.removeprefix("@") or target[1:].partition("^")[0])
    if target.startswith("mailto:"):
        return label or target.removeprefix("mailto:")
    if re.match(r"[a-z][a-z0-9+.-]*:", target, re.IGNORECASE):
        # What is no http address is shown and not linked.
        if not target.lower().startswith(("http://", "https://")):
            return f"{label} ({target})" if label else target
        return f"[{label.replace('[', '(').replace(']', ')')}]({target})" if label else target
    return f"&lt;{inner}&gt;"


def from_mattermost(text: str, *, person: Name) -> str:
    """Mattermost writes Markdown; only names are its own."""
    return _outside_code(
        text, lambda part: _AT_NAME.sub(lambda found: person(found[1]), part), lambda code: code
    )


def from_yammer(text: str, *, person: Name) -> str:
    def named(found: re.Match[str]) -> str:
        return person(found[1] or found[2]) if person(found[1] or found[2]) else found[3] or "@"

    return html.unescape(_YAMMER_USER.sub(named, text))


def _outside_code(text: str, plain: Name, code: Name) -> str:
    pieces: list[str] = []
    last = 0
    for found in _CODE.finditer(text):
        pieces += [plain(text[last : found.start()]), _fenced(code(found[0]))]
        last = found.end()
    return "".join([*pieces, plain(text[last:])])


def _fenced(code: str) -> str:
    """Slack takes a fence in the middle of a line; Markdown wants it on one of its own."""
    if not code.startswith("```"):
        return code
    inner = code[3:-3].strip("\n")
    return f"\n```\n{inner}\n```\n"
