"""What may stand in a profile, and who stands above whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.profiles import rules


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ()),
        ("welding, TIG ; casting\n fixtures ", ("welding", "TIG", "casting", "fixtures")),
        ("Welding, welding, WELDING", ("Welding",)),
        ("Prüfung, prufung", ("Prüfung",)),
        (" , ,,\n;", ()),
        ("a\x00b", ("a b",)),
    ],
)
def test_names_stand_once_each_in_their_order(typed, names):
    assert rules.names(typed) == names


@pytest.mark.parametrize(
    "text", ["+33 5 61 55 01 42", "0561550142", "(049) 621 55-04", "+47 38 55 03 10 ext. 4"]
)
def test_a_phone_number(text):
    assert rules.is_phone(text)


@pytest.mark.parametrize("text", ["ask me", "12", "+33 5 61 <script>", "1" * 60, "tel:123456"])
def test_no_phone_number(text):
    assert not rules.is_phone(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Élodie", "elodie"), ("  Bjørn   AASEN ", "bjorn aasen"), ("Yılmaz", "yilmaz"), ("ß", "ss")],
)
def test_what_names_are_compared_by(text, plain):
    assert rules.plain(text) == plain


LINES = st.dictionaries(st.integers(1, 9), st.integers(1, 9))


@given(LINES, st.integers(1, 9), st.integers(1, 9))
def test_drawing_no_line_that_comes_round_leaves_none(lines, person, manager):
    drawn: dict[int, int] = {}
    for below, above in [*lines.items(), (person, manager)]:
        if not rules.comes_round(below, above, drawn):
            drawn[below] = above
    for one in drawn:
        seen = set()
        above = one
        while above in drawn:
            assert above not in seen
            seen.add(above)
            above = drawn[above]


@given(LINES, st.sets(st.integers(1, 9)))
def test_everybody_stands_in_the_chart_once(lines, among):
    drawn: dict[int, int] = {}
    for below, above in lines.items():
        if not rules.comes_round(below, above, drawn):
            drawn[below] = above
    reports = rules.below(drawn, among)
    standing = [one for each in reports.values() for one in each]
    assert sorted(standing) == sorted(among)
    assert sum(1 + rules.counted(reports, one) for one in reports.get(0, [])) == len(among)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("theo.mercier", ["theo", "mercier"]),
        ("@theo-mercier@house.example", ["theo", "mercier"]),
        ("Théo  Mercier", ["Théo", "Mercier"]),
        ("theo_mercier@haldenvalve.example", ["theo", "mercier"]),
        ("@ - . \u0301", []),
    ],
)
def test_words_by_which_somebody_is_looked_for(text: str, words: list[str]) -> None:
    assert rules.sought(text) == words
