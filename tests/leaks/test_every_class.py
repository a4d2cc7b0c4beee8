"""Each known class of leak has a test that names it, or a sentence that says why it cannot happen here."""

from __future__ import annotations

import re
from pathlib import Path

CLASSES = (
    [f"A{n}" for n in range(1, 6)]
    + [f"B{n}" for n in range(6, 13)]
    + [f"C{n}" for n in range(13, 19)]
    + [f"D{n}" for n in range(19, 25)]
    + [f"E{n}" for n in range(25, 28)]
    + [f"F{n}" for n in range(28, 35)]
    + [f"G{n}" for n in range(35, 39)]
)
# What the house does not do at all. Whoever builds it takes its line out of here and names the class in a test.
NOT_DONE = {
    "D23": "no webhooks go out, and what comes in by mail or by token is a person of ours",
    "F34": "no model reads what is said",
}
_NAMED = re.compile(r"\b([A-G])(\d{1,2})(?: to ([A-G])(\d{1,2}))?\b")


def named() -> set[str]:
    root = Path(__file__).parents[2]
    found = set()
    for path in [*root.glob("tests/**/*.py"), *root.glob("lockgate/*/tests/*.py")]:
        if path == Path(__file__):
            continue
        for words in re.findall(r'"""(.*?)"""', path.read_text(encoding="utf-8"), re.DOTALL):
            for letter, first, same, last in _NAMED.findall(words):
                until = int(last) if same == letter else int(first)
                found |= {f"{letter}{n}" for n in range(int(first), until + 1)}
    return found


def test_each_class_of_leak_is_named_by_a_test() -> None:
    missing = [one for one in CLASSES if one not in named() and one not in NOT_DONE]
    assert not missing


def test_what_is_not_done_is_not_tested_either() -> None:
    """A sentence here that a test contradicts is out of date."""
    assert not NOT_DONE.keys() & named()
