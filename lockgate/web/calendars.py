"""Events as iCalendar (RFC 5545). Moments are written in UTC, which every calendar shows in its reader's zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from lockgate.base.markings import Marking
from lockgate.conversations.types import EventView

_LONGEST_LINE = 75  # octets


def calendar_text(
    events: Sequence[EventView], *, at: datetime, host: str, address: str, is_feed: bool = False
) -> str:
    """A calendar with these events. In a feed, which lies with whoever runs the calendar, no word of what is
    Confidential or higher is told: only that there is something, when, and where to read it."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Lockgate//Lockgate//EN", "CALSCALE:GREGORIAN"]
    if is_feed:
        lines += ["METHOD:PUBLISH", "X-WR-CALNAME:Lockgate", "REFRESH-INTERVAL;VALUE=DURATION:PT1H"]
    for one in events:
        lines += _event(one, at, host, address, is_told=not is_feed or one.marking < Marking.CONFIDENTIAL)
    lines.append("END:VCALENDAR")
    return "".join(f"{piece}\r\n" for line in lines for piece in _folded(line))


def _event(one: EventView, at: datetime, host: str, address: str, *, is_told: bool) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{one.passage_id}@{host.partition(':')[0]}",
        f"DTSTAMP:{_moment(at)}",
        f"DTSTART:{_moment(one.begins_at)}",
        f"DTEND:{_moment(one.ends_at)}",
        f"SUMMARY:{_escaped(one.title if is_told else _('An event in Lockgate'))}",
        f"URL:{address}messages/{one.message_id}",
    ]
    if is_told:
        lines.append(f"DESCRIPTION:{_escaped(one.body[:2000])}")
    if one.mine:
        lines.append("STATUS:" + ("CONFIRMED" if one.mine == "yes" else "TENTATIVE"))
    return [*lines, "END:VEVENT"]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    plain = "".join(
        one for one in text.replace("\r\n", "\n").replace("\r", "\n") if one == "\n" or one >= " "
    )
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, "\\" + sign)
    return plain.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Lines of 75 octets at most, never broken within a character; each further one begins with a blank."""
    piece, size = "", 0
    for one in line:
        width = len(one.encode())
        if size + width > _LONGEST_LINE:
            yield piece
            piece, size = " ", 1
        piece += one
        size += width
    yield piece
