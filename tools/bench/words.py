"""Plain working sentences in any number, the same ones for the same seed. No rule of the shipped packs minds them."""

from __future__ import annotations

import random

PASSWORD = "quiet-valves-at-dawn"  # of people who exist only while this is measured

_WORDS = """
the a our this that one each every some another bench test valve seal ring stem body seat spring bolt flange
gasket drawing batch part report note meeting call visit order delivery pallet crane shift week morning afternoon
night customer supplier colleague team line shop floor office canteen site hall gate door window heater cooler pump
motor sensor cable gauge reading value curve table figure result question answer reason change plan list step photo
checked measured moved found mounted opened closed cleaned painted counted ordered packed shipped returned repaired
waits stands runs holds leaks fits turns stops starts helps shows needs takes gives keeps asks says looks works
slowly quickly today again soon almost twice carefully together early late first finally better cold warm dry new
old small large long short green blue quiet loud heavy light clean spare second third last next other same right
and but because while after before until with without under over beside near from for into about between since
""".split()  # noqa: SIM905  (a list of four hundred strings would be no easier to read)


def sentences(chance: random.Random, characters: int) -> str:
    """About ``characters`` characters of text, in sentences and now and then a paragraph."""
    parts: list[str] = []
    length = 0
    while length < characters:
        words = chance.choices(_WORDS, k=chance.randint(6, 15))
        sentence = " ".join(words).capitalize() + chance.choice([".", ".", ".", ".", "?"])
        parts.append(sentence + ("\n\n" if chance.random() < 0.12 else " "))
        length += len(parts[-1])
    return "".join(parts).strip()


def post_length(chance: random.Random) -> int:
    """Most posts are short, some are long: 40 to 3,000 characters, 300 in the mean."""
    return min(3_000, 40 + int(chance.expovariate(1 / 260)))


RARE_WORDS = 100_000
_SYLLABLES = [first + second for first in "bdfgjklmnprtvz" for second in "aeiou"]


def rare_word(chance: random.Random) -> str:
    """One of a hundred thousand names of things, each as often as its rank lets expect (Zipf)."""
    number = int(RARE_WORDS ** chance.random())
    parts = ["q"]
    for _ in range(4):
        number, rest = divmod(number, len(_SYLLABLES))
        parts.append(_SYLLABLES[rest])
    return "".join(parts)
