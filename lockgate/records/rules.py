"""What holds for records, without tables, clock or network."""

from __future__ import annotations

from collections.abc import Mapping

from lockgate.records.types import Change

KINDS = ("order", "project", "ticket", "machine", "other")
MOST_VALUES = 20
MOST_ROWS = 200
LONGEST_VALUE = 200
LONGEST_NAME = 40
FIXED = ("system", "kind", "number", "title", "address")


def plain(value: str, most: int = LONGEST_VALUE) -> str:
    """A value on one line."""
    return " ".join(value.split())[:most]


def tidy(values: Mapping[str, str]) -> dict[str, str]:
    """Names and values on one line each, without those that are empty."""
    rows = {plain(name, LONGEST_NAME): plain(value) for name, value in values.items()}
    return {name: value for name, value in rows.items() if name and value}


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """What is otherwise now, in the order of what is told now, what is gone last."""
    names = [*after, *(name for name in before if name not in after)]
    return tuple(
        Change(name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    )
