"""Which of two messages answers a question better: pure, and told by each of them alone.

What a message is worth depends on the question, on its own words, on its age and on whether it is an accepted answer.
It does not depend on any other message: not on how often a word is said elsewhere, not on how long others are, not on
what else was found. Ranks of search engines (bm25 among them) weigh a word by how rare it is in all that is indexed,
hidden rooms among it; so one person, before and after something was said out of their hearing, would read another
order.
"""

from __future__ import annotations

from dataclasses import dataclass

from lockgate.search.rules import standing
from lockgate.search.types import Asked

_USUAL_WORDS = 60  # of a message: one as long is neither raised nor lowered
_AGE_DAYS = 90.0  # at which the new has lost half of what it has before the old
_FOR_NEARNESS, _FOR_AGE, _FOR_ACCEPTED, _FOR_ANSWERED = 1.5, 1.0, 1.5, 0.5
_ENDING_OTHERWISE = 0.8  # of what the very word counts


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message that answers and that the asker hears."""

    key: int
    body: str
    age_days: float
    is_accepted: bool = False
    is_answered: bool = False


def best_first(candidates: list[Candidate], asked: Asked) -> list[int]:
    """Their keys, the best first; of equals the newest."""
    worth = {one.key: value(one, asked) for one in candidates}
    return sorted(worth, key=lambda key: (-worth[key], -key))


def value(one: Candidate, asked: Asked) -> float:
    """What one message is worth as an answer."""
    said = _FOR_AGE * _AGE_DAYS / (_AGE_DAYS + max(0.0, one.age_days))
    said += _FOR_ACCEPTED * one.is_accepted + _FOR_ANSWERED * one.is_answered
    found = standing(one.body, asked.terms)
    for term, here in zip(asked.terms, found.terms, strict=True):
        is_meant_so = term.is_exact or term.is_prefix or term.is_piece
        count = sum(
            1.0 if is_meant_so or is_very_word else _ENDING_OTHERWISE for _place, is_very_word in here
        )
        # The second mention tells less than the first, and one among few words more than one among many.
        said += 2.2 * count / (count + 1.2 * (0.4 + 0.6 * found.words / _USUAL_WORDS)) if count else 0.0
    present = [
        ([place for place, _is_very_word in here], len(term.words))
        for term, here in zip(asked.terms, found.terms, strict=True)
        if here
    ]
    if len(present) > 1:
        said += (
            _FOR_NEARNESS
            * sum(size for _here, size in present)
            / max(sum(size for _here, size in present), _narrowest(present))
        )
    # Far beyond what tells two messages apart; so that the last bit of a sum decides nothing.
    return round(said, 9)


def _narrowest(present: list[tuple[list[int], int]]) -> int:
    """How many words the shortest piece has in which all of these stand."""
    events = sorted((place, number) for number, (here, _size) in enumerate(present) for place in here)
    last: dict[int, int] = {}
    narrowest = 1 << 30
    for place, number in events:
        last[number] = place
        if len(last) == len(present):
            end = max(at + present[one][1] for one, at in last.items())
            narrowest = min(narrowest, end - min(last.values()))
    return narrowest
