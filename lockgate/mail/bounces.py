"""What another server says of a letter of ours that it could not deliver (RFC 3464, RFC 3463). Pure.

An address that is not there is dead at the first word of it. Other lasting refusals (a full mailbox, a rule over there)
may pass, so they count only when three letters in a row of time have met them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.policy import compat32

NOT_THERE = re.compile(r"^5\.(1\.[01236]|1\.10|2\.1|4\.4)$")
LASTING = re.compile(r"^5\.\d{1,3}\.\d{1,3}$")
ENOUGH = 3
WITHIN = timedelta(days=30)
_STATUS = re.compile(r"\b(5\.\d{1,3}\.\d{1,3})\b")
_MOST_PARTS = 50


def statuses(raw: bytes) -> list[str]:
    """The lasting refusals that a delivery status notification tells of; none for one that says that a letter is late
    or has arrived, and none for any other mail."""
    try:
        whole = message_from_bytes(raw, policy=compat32)
    except (MessageError, ValueError, LookupError, RecursionError):
        return []
    found = []
    for number, part in enumerate(whole.walk()):
        if number > _MOST_PARTS:
            break
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else ():
            if isinstance(block, Message) and str(block.get("Action", "")).strip().casefold() == "failed":
                status = str(block.get("Status", "")).partition("(")[0].strip()
                if LASTING.match(status):
                    found.append(status)
    return found


def status_of(answer: str) -> str:
    """The status in a server's refusal of a recipient; where it names none, "5.0.0"."""
    found = _STATUS.search(answer)
    return found.group(1) if found else "5.0.0"


def is_dead(told: Sequence[tuple[str, datetime]], at: datetime) -> bool:
    """Whether an address of which this was told (status, when) is to be written to no more."""
    if any(NOT_THERE.match(status) for status, _when in told):
        return True
    return sum(at - when <= WITHIN for _status, when in told) >= ENOUGH
