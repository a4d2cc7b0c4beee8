"""What a measurement says, beside its limit and its goal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Goal:
    """A sentence and whether it was met; None where the machine's own limit makes the absolute figure say nothing."""

    words: str
    is_met: bool


@dataclass
class Figure:
    """``values`` are the figures by name and unit ("a_second", "p99_ms"); ``limit`` the same for the bare thing
    measured in the same run, and ``of_limit`` the share of it that we reach (or, for times, how many times it)."""

    name: str
    database: str
    values: dict[str, float]
    limit_name: str = ""
    limit: dict[str, float] = field(default_factory=dict)
    of_limit: float | None = None
    processor_ms: dict[str, float] = field(default_factory=dict)
    goals: list[Goal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "database": self.database,
            "values": rounded(self.values),
            "limit_name": self.limit_name,
            "limit": rounded(self.limit),
            "of_limit": None if self.of_limit is None else round(self.of_limit, 3),
            "processor_ms": rounded(self.processor_ms),
            "goals": [{"goal": one.words, "met": one.is_met} for one in self.goals],
            "notes": self.notes,
        }


def rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: significant(value) for name, value in values.items()}


def significant(value: float) -> float:
    """Three figures, which is more than a shared machine repeats."""
    return float(f"{value:.3g}")


def at_least(words: str, value: float, wanted: float) -> Goal:
    return Goal(words, value >= wanted)


def at_most(words: str, value: float, wanted: float) -> Goal:
    return Goal(words, value <= wanted)


def shown(values: dict[str, float]) -> str:
    """A line of a table: "512 a second, p99 31 ms"."""
    words = []
    for name, value in values.items():
        number = f"{significant(value):,g}"
        if name == "a_second":
            words.append(f"{number}/s")
        elif name.endswith("_ms"):
            words.append(f"{name[:-3].replace('_', ' ')} {number} ms")
        elif name.endswith("_s"):
            words.append(f"{name[:-2].replace('_', ' ')} {number} s")
        elif name.endswith("_mb"):
            words.append(f"{name[:-3].replace('_', ' ')} {number} MB")
        elif name.endswith("_kb"):
            words.append(f"{name[:-3].replace('_', ' ')} {number} kB")
        else:
            words.append(f"{name.replace('_', ' ')} {number}")
    return ", ".join(words)
