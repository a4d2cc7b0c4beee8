"""What is wrong with a pack is said in words, with the line."""

import re

import pytest

from lockgate.policy.notation import PackError
from lockgate.policy.policy import compiled_pack
from lockgate.policy.shipped import SHIPPED, shipped_source

HEAD = "pack: p\ntitle: P\nrules:\n"


def rule(**changed):
    """One rule of kind term in flow style, each key on a line of its own from line 4."""
    keys = {
        "id": "r", "kind": "term", "title": "T", "why": "W.", "mend": "M.", "outcome": "hold", "terms": "[gasket]",
        "examples": "{match: [a gasket], pass: [a seal]}", **changed,
    }  # fmt: skip
    lines = [f"{key}: {value}" for key, value in keys.items() if value is not None]
    return "  - " + "\n    ".join(lines) + "\n"


def test_a_sound_pack_is_read():
    policy = compiled_pack(HEAD + rule())
    assert [bound.name for bound in policy.bounds] == ["p/r"]


def test_words_that_yaml_takes_for_something_else_stay_words():
    pack = compiled_pack(
        HEAD + rule(terms="[no, on, 1.10, 2026-01-01]", examples="{match: [no], pass: [yes]}")
    )
    assert [term.value for term in pack.bounds[0].rule.terms] == ["no", "on", "1.10", "2026-01-01"]


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        ("", 0, "empty"),
        ("rules: [", 2, "not YAML"),
        ("a: \x00", 0, "not YAML"),
        ("a: \ud800", 0, "not YAML"),
        ("just words", 1, "keys and values"),
        ("[" * 100_000, 1, "levels deep"),
        ("a: &x [1]\nb: *x", 1, "aliases"),
        ("a: !!python/object/apply:os.system [x]", 1, "Tags"),
        ("a: 1\n---\nb: 2", 2, "second document"),
        ("a: 1\na: 2", 2, "twice"),
        ("? [a]\n: b", 1, "one word"),
        ("pack: p\ntitle: P", 1, "list of rules"),
        ("pack: p\ntitle: P\nrules: []", 3, "list of rules"),
        ("title: P\nrules: [x]", 1, "lacks 'pack'"),
        ("pack: Not A Slug\ntitle: P\nrules: [x]", 1, "small letters"),
        ("pack: p\ntitle: P\ncolour: red\nrules: [x]", 3, "no key 'colour'"),
        ("pack: p\ntitle: P\napplies: [moon]\nrules: [x]", 3, "'applies' takes inside"),
        ("pack: p\ntitle: P\nplaces: [here]\nrules: [x]", 3, "'places' takes space:<slug>"),
        (HEAD + "  - words", 4, "keys and values"),
        (HEAD + rule(id="R R"), 4, "small letters"),
        (HEAD + rule() + rule(), 12, "Two rules are called 'r'; the first stands on line 4"),
        (
            HEAD + rule(kind=None, kidn="term"),
            11,
            "lacks 'kind'; the key 'kidn' that stands here is not known",
        ),
        (HEAD + rule(kind=None, sort="term"), 11, "lacks 'kind'; the key 'sort'"),
        (HEAD + rule(kind=None), 4, "lacks 'kind'."),
        (HEAD + rule(outcome=None, outcomes="hold"), 11, "lacks 'outcome'; the key 'outcomes'"),
        ("pakc: p\ntitle: P\nrules: [x]", 1, "lacks 'pack'; the key 'pakc'"),
        (HEAD + rule(kind="magic"), 5, "Unknown kind 'magic'"),
        (
            HEAD + rule(outcome="forbid"),
            9,
            "Unknown outcome 'forbid'. Known are: allow, tip, justify, hold, refuse",
        ),
        (HEAD + rule(outcome="{outside: forbid}"), 9, "Unknown outcome 'forbid'"),
        (HEAD + rule(outcome="{abroad: hold}"), 9, "no key 'abroad'"),
        (HEAD + rule(outcome=None), 4, "lacks 'outcome'"),
        (HEAD + rule(why="''"), 7, "'why' is empty"),
        (HEAD + rule(why=None), 4, "lacks 'why'"),
        (HEAD + rule(desk="'The Desk'"), 12, "desk's slug"),
        (HEAD + rule(patterns="[x]"), 12, "no key 'patterns'"),
        (HEAD + rule(terms="[]"), 4, "looks for nothing"),
        (HEAD + rule(terms="['']"), 10, "empty entry"),
        (HEAD + rule(terms="['\u200b']"), 10, "nothing that could be found"),
        (HEAD + rule(terms="['gas*ket']"), 10, "a * inside"),
        (HEAD + rule(terms=f"[{'x' * 201}]"), 10, "at most 200 characters"),
        (HEAD + rule(terms="{a: b}"), 10, "list of words"),
        (HEAD + rule(examples=None), 4, "lacks examples"),
        (HEAD + rule(examples="{match: [a gasket]}"), 4, "lacks examples"),
        (HEAD + rule(examples="{match: [a seal], pass: [x]}"), 11, "does not find its example"),
        (HEAD + rule(examples="{match: [a gasket], pass: [the GASKET]}"), 11, "must pass"),
        (HEAD + rule(kind="pattern", terms=None, patterns="['(']"), 11, "does not compile: missing"),
        (
            HEAD + rule(kind="pattern", terms=None, patterns="['(?=x)']"),
            11,
            "does not compile: invalid perl operator",
        ),
        (
            HEAD + rule(kind="pattern", terms=None, patterns=r"['(a)\1']"),
            11,
            "does not compile: invalid escape",
        ),
        (HEAD + rule(kind="pattern", terms=None, patterns="['x*']"), 11, "matches where there is nothing"),
        (HEAD + rule(kind="pattern", terms=None, patterns=r"['\bx']"), 11, "ASCII letters only"),
        (
            HEAD + rule(kind="pattern", terms=None, patterns="['(((a{100}){100}){100})']"),
            11,
            "does not compile",
        ),
        (HEAD + rule(kind="numbers", terms=None, of="[isbn]"), 11, "'of' takes iban"),
        (HEAD + rule(kind="numbers", terms=None, of="[phone]", regions="[France]"), 12, "countries like FR"),
        (HEAD + rule(kind="proximity", terms=None, near="{a: [x]}"), 11, "under 'a' and under 'b'"),
        (HEAD + rule(kind="proximity", terms=None, near="{a: [x], b: [y], words: many}"), 11, "whole number"),
        (HEAD + rule(kind="proximity", terms=None, near="{a: [x], b: [y], words: 51}"), 11, "from 0 to 50"),
        (HEAD + rule(kind="marking", least="secret"), 12, "'least' takes public"),
        (
            HEAD + rule(kind="names", terms=None, projects="[{name: X, public_from: soon}]"),
            11,
            "like 2026-11-22",
        ),
        (HEAD + rule(kind="names", terms=None, customers="[{name: X, consent: perhaps}]"), 11, "yes or no"),
        (HEAD + rule(kind="names", terms=None, customers="[{consent: yes}]"), 11, "lacks 'name'"),
        (HEAD + rule(kind="repeats", terms=None), 10, "takes no examples"),
        (HEAD + rule(kind="repeats", terms=None, examples=None, at_least="7"), 10, "from 8 to 1000"),
        ("#" * 262_145, 0, "at most 256 KB"),
        (HEAD + rule(terms="[" + "a," * 20_001 + "]"), 10, "at most 20,000"),
        (HEAD + rule(kind="pattern", terms=None, patterns="[" + "a," * 1_001 + "]"), 11, "at most 1,000"),
        ("a: [" + "b," * 60_001 + "]", 1, "at most 60,000 values"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(source, line, says):
    with pytest.raises(PackError) as raised:
        compiled_pack(source)
    assert says in raised.value.sentence
    if line:
        assert raised.value.line == line, str(raised.value)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_packs_keep_their_examples(name):
    policy = compiled_pack(shipped_source(name))
    assert policy.packs[0][0].id == name
    assert len(shipped_source(name)) < 256 * 1024


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_packs_speak_plainly(name):
    for bound in compiled_pack(shipped_source(name)).bounds:
        for sentence in (bound.rule.why, bound.rule.mend):
            assert "!" not in sentence
            assert sentence.endswith(".")
            assert not re.search(r"\b(violat|illegal|forbidden)", sentence)
