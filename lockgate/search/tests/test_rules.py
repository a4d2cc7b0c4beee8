"""What a question means, what is found by it, and what is shown: tables, no database."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.search.rules import (
    ask,
    beginning,
    document,
    matches,
    snippet,
    spans_among,
    spans_of,
    standing,
    standing_among,
)
from lockgate.search.stems import stems
from lockgate.search.types import Asked, Term
from lockgate.search.words import fold, read, read_plain

FOUND = [
    ("The valves were tested", "valve"),
    ("One valve", "valves"),
    ("We are testing it", "tested"),
    ("Assemblies", "assembly"),
    ("It stopped", "stopping"),
    ("Les vannes contrôlées", "vanne"),
    ("Le contrôle", "controler"),
    ("des chevaux", "cheval"),
    ("les essais", "essai"),
    ("Die Häuser", "Haus"),
    ("mehrere Ventile", "Ventil"),
    ("den Ventilen", "ventile"),
    ("Prüfungen", "pruefung".replace("ue", "ü")),
    ("Čapek a Dvořák", "capek dvorak"),
    ("STRASSE", "Straße"),
    ("cœur de vanne", "coeur"),
    ("Øresund", "oresund"),
    ("DN-50 flange", "DN-50"),
    ("the second seat ring leaks", '"seat ring"'),
    ("the second seat ring leaks", "sea*"),
    ("弁座の漏れ試験", "漏れ"),
    ("弁座の漏れ試験", "座"),
    ("弁座の漏れ試験", "験"),
    ("弁座の漏れ試験", "弁座の漏れ試験"),
    ("밸브 시험", "밸브"),
    ("ｶﾞｽ ＤＮ５０", "dn50"),
    ("阀门测试 done", '"测试 done"'),
    ("see 10:30", "10:30"),
    ("colour:red is a plain word", "colour:red"),
]
MISSED = [
    ("The valves were tested", "vent"),
    ("ring seat", '"seat ring"'),
    ("the seats", '"seat"'),
    ("弁 座", "弁座"),
    ("弁座の漏れ試験", "漏試"),
    ("the first and second", "first third"),
]


def is_found(text: str, question: str) -> bool:
    asked = ask(question)
    found = document(text, author=1, has_file=False, is_answer=False)
    return asked.is_searchable and matches(found, asked, [])


@pytest.mark.parametrize(("text", "question"), FOUND)
def test_found(text: str, question: str) -> None:
    assert is_found(text, question)


@pytest.mark.parametrize(("text", "question"), MISSED)
def test_not_found(text: str, question: str) -> None:
    assert not is_found(text, question)


ASKED = [
    ("from:nadia leak", Asked((Term(("leak",)),), people=("nadia",))),
    ('from:"Nadia Roux" in:valve-7', Asked(people=("Nadia Roux",), places=("valve-7",))),
    ("has:file is:answer", Asked(has_file=True, is_answer=True)),
    ("before:2026-11-02 after:2026", Asked(before=date(2026, 11, 2), after=date(2026, 1, 1))),
    ("before:soon", Asked((Term(("before", "soon"), True),))),
    ("has:wings", Asked((Term(("has", "wings"), True),))),
    ('"seat ring', Asked((Term(("seat", "ring"), True),))),
    ("seal*", Asked((Term(("seal",), False, True),))),
    ("s*", Asked((Term(("s",)),))),
    ("弁*", Asked((Term(("弁",), True, True),))),
    ("弁座", Asked((Term(("弁座",), True),))),
    ("from: :: * \" '", Asked((Term(("from",)),))),
    ("", Asked()),
]


@pytest.mark.parametrize(("question", "asked"), ASKED)
def test_a_question_is_read(question: str, asked: Asked) -> None:
    assert ask(question) == asked


def test_a_question_is_bounded() -> None:
    asked = ask(" ".join(f"w{number}" for number in range(1000)) + ' "' + "a " * 5000)
    assert len(asked.terms) <= 12
    assert all(len(one.words) <= 16 for one in asked.terms)


def test_a_snippet_marks_what_was_found_and_nothing_else() -> None:
    body = "# Heading\n\n" + "Words before it. " * 40 + "The **seat ring** leaks again. " + "And after. " * 40
    parts = snippet(body, ask('"seat ring" leak'))
    assert [one.text for one in parts if one.is_found] == ["seat ring", "leaks"]
    whole = "".join(one.text for one in parts)
    assert whole.startswith("… ")
    assert whole.endswith(" …")
    assert len(whole) < 260


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Open evening\n\nBring gloves.", "Open evening · Bring gloves."),
        ("# Doors\n \n\nAt nine.\n\nBe there.", "Doors · At nine. Be there."),
        ("One line\nand another", "One line and another"),
    ],
)
def test_a_heading_does_not_run_into_its_text(text: str, shown: str) -> None:
    assert "".join(one.text for one in snippet(text, ask("other"))) == shown


def test_a_snippet_without_its_words_is_the_beginning() -> None:
    assert [one.text for one in snippet("Short.", ask("other"))] == ["Short."]


@given(
    st.text(
        st.one_of(
            st.characters(codec="utf-8"), st.sampled_from("aA_ -.\u0301\u0308\u0345ßøœ9Ⅳ²ﬁ\u200d\u00ad")
        ),
        max_size=60,
    )
)
def test_words_are_the_same_with_and_without_their_places(text: str) -> None:
    plain = read_plain(text)
    if plain is not None:
        assert plain == [word.text for word in read(text)]
        assert not any(word.is_run for word in read(text))


# What folds into two letters or none, what is cut, what begins within itself, and endings that change a letter.
AWKWARD = [
    "valve", "Valves", "fly", "flies", "ring", "ringring", "seal-ring", "Prüfungen", "prüfung", "cœur", "cavity",
    "cavities", "ﬁle", "x_ring", "axes", "ax", "Straße", "İ", "é", "e\u0301", "弁座", "1ª", "o'ring", "stopped",
    "stop", "chevaux", "cheval", "a" * 60, "a" * 48, "²", "Ⅷ", "ŉ", "ﾊﾟ", "ς", "Σ",
]  # fmt: skip
a_word = st.one_of(st.sampled_from(AWKWARD), st.text(min_size=1, max_size=6))
a_text = st.lists(st.tuples(a_word, st.sampled_from([" ", ", ", "_", "-", "·", ".", ""])), max_size=15)
a_question = st.lists(st.tuples(a_word, st.sampled_from([" ", '" ', ' "', "* ", " *"])), max_size=4)


def _written(pieces: list[tuple[str, str]]) -> str:
    return "".join(first + second for first, second in pieces)


@given(a_text, a_question)
def test_what_is_marked_is_what_reading_every_word_finds(
    text: list[tuple[str, str]], question: list[tuple[str, str]]
) -> None:
    body, terms = _written(text), ask(_written(question)).terms
    words = read(body)
    assert spans_of(body, terms) == spans_among(words, terms)
    # Phrases compare with their first word alone, which counts for nothing.
    ours, theirs = standing(body, terms), standing_among([word.text for word in words], terms)
    assert ours.words == theirs.words
    for term, here, there in zip(terms, ours.terms, theirs.terms, strict=True):
        assert [place for place, _is_very_word in here] == [place for place, _is_very_word in there]
        assert here == there or term.is_exact or term.is_prefix


MARKED = [
    ("ring ring ring", '"ring ring"', [(0, 9), (5, 14)]),
    ("springs and rings", "ring", [(12, 17)]),
    ("a flies away", "fly", [(2, 7)]),
    ("Les CHEVAUX", "cheval", [(4, 11)]),
    ("x_ring", "ring", [(2, 6)]),
    ("the seal, ring", '"seal ring"', [(4, 14)]),
    ("sealed sealing", "seal*", [(0, 6), (7, 14)]),
    ("Gehäuseprüfung", "*prufung*", [(0, 14)]),
    ("cœur", "coeur", [(0, 4)]),
]


@pytest.mark.parametrize(("text", "question", "spans"), MARKED)
def test_where_it_stands(text: str, question: str, spans: list[tuple[int, int]]) -> None:
    assert spans_of(text, ask(question).terms) == spans


@given(a_word, a_word)
def test_what_shares_a_stem_begins_alike(one: str, other: str) -> None:
    first, second = fold(one), fold(other)
    if first and second and stems(first) & stems(second):
        assert second.startswith(beginning(Term((first,))))
