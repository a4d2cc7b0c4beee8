"""Reads of portability: what an export of another network holds, before any of it is brought in."""

from __future__ import annotations

from pathlib import Path

from lockgate.base.refusal import BadInput
from lockgate.portability import readers
from lockgate.portability.readers import KINDS, Export
from lockgate.portability.types import Conversation

__all__ = ["KINDS", "conversations", "opened"]


def opened(kind: str, path: Path) -> Export:
    """The export at ``path``. Raises BadInput where it is none of this kind, OSError where it cannot be read."""
    if kind not in KINDS:
        raise BadInput(f"{kind} is none of {', '.join(KINDS)}.")
    return readers.opened(kind, path)


def conversations(export: Export) -> list[tuple[Conversation, int]]:
    """What there is in an export, with how much of each."""
    return [
        (one, sum(1 for _said in export.said(one.key, lambda name, _email: f"@{name}")))
        for one in export.conversations()
    ]
