"""How a question to be decided is written, and read again. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_OPTIONS = 10
_OPTION = re.compile(r"^(\d{1,2})\. (.+)$")


def written(heading: str, question: str, options: Sequence[str]) -> str:
    """The post that asks: the options stand in its body, so that the gate reads every word of them."""
    listed = "\n".join(f"{number}. {' '.join(one.split())}" for number, one in enumerate(options, 1))
    return f"**{heading}** {question.strip()}\n\n{listed}"


def options_of(body: str) -> tuple[str, tuple[str, ...]]:
    """The question and its options, as ``written`` put them: the list at the end, numbered from 1."""
    question, _gap, listed = body.rpartition("\n\n")
    found = [_OPTION.match(line) for line in listed.split("\n")]
    if not question or not all(found):
        return body, ()
    return question, tuple(one[2] for one in found if one)
