"""What is said of a deployment: well, amiss or grave, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Observation:
    """``is_well`` False wants mending; ``is_grave`` keeps `lockgate serve` from starting, ``is_loud`` is said before
    it starts. ``is_advice``: it is well, and could be better."""

    subject: str
    sentence: str
    is_well: bool = True
    mend: str = ""
    is_grave: bool = False
    is_loud: bool = False
    is_advice: bool = False


Seen = Iterator[Observation]


def well(subject: str, sentence: str) -> Observation:
    return Observation(subject, sentence)


def amiss(subject: str, sentence: str, mend: str) -> Observation:
    return Observation(subject, sentence, False, mend)


def grave(subject: str, sentence: str, mend: str) -> Observation:
    return Observation(subject, sentence, False, mend, True)
