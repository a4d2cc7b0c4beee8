"""The form of an entry: RFC 8785 canonical JSON of strings and small integers, without content or names.
Pure."""

from __future__ import annotations

import re
import secrets
import threading
from datetime import datetime

import orjson

from lockgate.archive.types import Fact
from lockgate.base import ids
from lockgate.base.clock import rfc3339
from lockgate.base.markings import Marking
from lockgate.base.refusal import Refusal

LONGEST_LEAF_BYTES = 4096
LABELS = {marking.value: marking.name.lower() for marking in Marking}

# The forms leave no room for a person's name, an address or a sentence: what is in the log stays there for
# ever.
_ACTION = re.compile(r"[a-z_]{1,30}(\.[a-z_]{1,30}){1,3}")
_RECORD = re.compile(r"[a-z_]{1,16}:[0-9A-Za-z_-]{1,60}")
_ACTOR = re.compile(r"system|p:[0-9a-z]{1,60}")
_RULE = re.compile(r"[0-9A-Za-z@._:,;+/#() -]{0,200}")


class UnfitFact(Refusal):
    """A fact whose fields are not ids and names of rules. An error in the room that made it."""

    code = "unfit-fact"
    status = 500


def check(fact: Fact) -> None:
    """Refuse a fact that would put anything but ids, rule names and times into the log."""
    if not _ACTION.fullmatch(fact.action):
        raise UnfitFact(f"The action {fact.action!r} is not a name like gateway.message.submitted.")
    if not _RECORD.fullmatch(fact.record):
        raise UnfitFact(f"The record {fact.record!r} is not an id like m:77.")
    if fact.parent and not _RECORD.fullmatch(fact.parent):
        raise UnfitFact(f"The parent {fact.parent!r} is not an id like s:12.")
    if not _ACTOR.fullmatch(fact.actor):
        raise UnfitFact("The actor of a fact is a pseudonym like p:9f3a or the word system.")
    if fact.rule and not _RULE.fullmatch(fact.rule):
        raise UnfitFact(f"The rule {fact.rule!r} is not a rule's name and version like standards@12.")
    if fact.at.tzinfo is None:
        raise UnfitFact("The time of a fact needs its time zone.")


def leaf(
    fact: Fact, *, entry_id: int, origin: str, pt: str = "", ct: str = "", length: int | None = None
) -> bytes:
    """The bytes that the tree hashes. Absent fields are left out; the id is text because it passes 2**53."""
    fields: dict[str, str | int] = {
        "actor": fact.actor,
        "id": str(entry_id),
        "log": origin,
        "rec": fact.record,
        "ts": rfc3339(fact.at),
        "type": fact.action,
        "v": 1,
    }
    if fact.parent:
        fields["parent"] = fact.parent
    if fact.rule:
        fields["rule"] = fact.rule
    if fact.marking is not None:
        fields["label"] = LABELS[fact.marking]
    if length is not None:
        fields["pt"], fields["ct"], fields["len"] = pt, ct, length
    return canonical(fields)


def canonical(fields: dict[str, str | int]) -> bytes:
    """RFC 8785 for ASCII keys, strings and integers below 2**53: there orjson's sorted form has the same
    bytes (shown against the rfc8785 package in the tests)."""
    data = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
    if len(data) > LONGEST_LEAF_BYTES:
        raise UnfitFact(
            f"An archive entry takes at most {LONGEST_LEAF_BYTES} bytes; this one has {len(data)}."
        )
    return data


def has_body(leaf: bytes) -> bool:
    """Whether the entry had words, erased or not. No text field of an entry can hold a quotation mark."""
    return b'"pt":' in leaf


_lock = threading.Lock()
_last = -1
_last_ms = -1
_STEP = 64


def new_entry_ids(times: list[datetime]) -> list[int]:
    """An id for each time. Like base.ids, but ids of the same millisecond rise in the order in which they
    are asked for, so that what happened in one transaction keeps its order in the trail and in the log."""
    global _last, _last_ms
    given = []
    with _lock:
        for at in times:
            floor = ids.floor_id(at)
            if floor == _last_ms:
                _last += 1 + secrets.randbelow(_STEP)
            else:
                # The upper half of the millisecond's ids is left free for those that follow.
                _last, _last_ms = floor + secrets.randbits(21), floor
            given.append(_last)
    return given
