"""A marking as people write it on a command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lockgate.cli.troubles import BAD_INPUT, Trouble

if TYPE_CHECKING:
    from lockgate.base.markings import Marking


def marking_named(word: str) -> Marking:
    """The marking of this name, in any case of letters; a Trouble where there is none."""
    from lockgate.base.markings import Marking

    try:
        return Marking[word.upper()]
    except KeyError as error:
        raise Trouble(
            f"{word} is not a marking.",
            f"Say {_among([one.name.lower() for one in Marking])}.",
            code=BAD_INPUT,
        ) from error


def _among(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
