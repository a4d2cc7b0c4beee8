"""What a line of the table of addresses says, and the groups that its lines name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

WRITERS_OF_POLICY = {"ex-member", "late member"}
SUPERVISORS = {"supervisor"}
REVIEWERS = {"supervisor"}
ARCHIVE = {"supervisor", "administrator"}
GLASS = {"supervisor", "administrator"}
TENDERS = {"approver", "administrator"}

FAR = 4_611_686_018_427_387_904
WORDS = {"body": "Good morning, all.", "marking": "1"}


@dataclass(frozen=True)
class Row:
    """``gets`` are read by all; ``posts`` are (address, fields). ``comes_in`` may use it, the rest find nothing."""

    comes_in: set[str]
    gets: list[str] = field(default_factory=list)
    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    deletes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    is_json: bool = False
    # A signature lets in here, and no cookie: so a form of somebody else's page brings nothing.
    is_signed: bool = False
    # Whose posts may change something, where that is not everybody who comes in.
    acts: set[str] | None = None


def row(
    comes_in: set[str],
    *gets: str,
    posts: list[tuple[str, dict[str, Any]]] | None = None,
    acts: set[str] | None = None,
) -> Row:
    return Row(comes_in, list(gets), posts or [], acts=acts)
