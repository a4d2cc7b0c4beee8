"""Tables of cases for each kind of rule, and what holds for all rulings."""

import itertools
import random
import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.policy.parsing import parse_pack
from lockgate.policy.policy import Policy, compiled_pack
from lockgate.policy.reading import read
from lockgate.policy.rules import MARKING, NO_POLICY, least_marking
from lockgate.policy.rules import rule as ruled
from lockgate.policy.types import Outcome, PlaceFacts, Repeat

TODAY = date(2026, 11, 22)
INSIDE = PlaceFacts("space:rnd", "inside", 3)
GUESTS = PlaceFacts("space:resellers", "guests", 1)
OUTSIDE = PlaceFacts("channel:news", "outside", 0, "wordpress")

HEAD = "pack: p\ntitle: P\nrules:\n"
COMMON = "title: T, why: W., mend: M., desk: d"


def policy_of(*rules, head=HEAD, version=1):
    source = head + "".join(f"  - {{{COMMON}, {body}}}\n" for body in rules)
    return Policy([(parse_pack(source), version)])


def found(text, policy, place=OUTSIDE, *, on=TODAY, marking=0, repeats=()):
    ruling = ruled(read(text), place, policy, repeats, on=on, content_hash=b"h" * 32, marking=marking)
    return ruling, [text[f.start : f.end] for f in ruling.findings]


EX = "examples: {match: [x], pass: [y]}"
TERM = f"id: t, kind: term, outcome: tip, {EX}"
CASES = [
    # kind, what it looks for, text, what is underlined
    ("term", "terms: [valve]", "A Valve, two valves.", ["Valve"]),
    ("term", "terms: ['valve*']", "A Valve, two valves.", ["Valve", "valve"]),
    ("term", "terms: ['*valve']", "A ballvalve.", ["valve"]),
    ("term", "terms: [école]", "L'École, écoles, lécole", ["École"]),
    ("term", "terms: [éco]", "école éco", ["éco"]),
    ("term", "terms: [CUI], case: exact", "cui CUI Cui", ["CUI"]),
    ("term", "terms: [seat], except: [seat belt]", "A seat and a seat belt.", ["seat"]),
    ("term", "terms: [阀门]", "新阀门测试", ["阀门"]),
    ("term", "terms: ['C++']", "We use C++ and C.", ["C++"]),
    ("term", "terms: [strasse]", "Die Straße", ["Straße"]),
    ("phrase", "phrases: [seal ring]",
     "a seal\n  ring, sealring, seal-ring", ["seal\n  ring", "sealring", "seal-ring"]),
    ("phrase", "phrases: [seal ring]", "seal. Ring the bell", []),
    ("pattern", "patterns: ['HV-[0-9]{4}']", "HV-1234, HV-12345, XHV-1234", ["HV-1234"]),
    ("pattern", "patterns: ['HV-[0-9]{4}'], words: any", "HV-12345", ["HV-1234"]),
    ("pattern", "patterns: ['é[a-z]+']", "un état, pété", ["état"]),
    ("pattern", "patterns: ['lot ([0-9]+)']", "lot 77 and lot 8", ["77", "8"]),
    ("proximity", "near: {a: [price], b: [euro], words: 2}",
     "price is about 4 euro. Later, price 4 euro", ["price 4 euro"]),
    ("proximity", "near: {a: [price], b: [euro], words: 2}", "euro price", ["euro price"]),
    ("proximity", "near: {a: [price], b: [euro], words: 2, in_order: yes}", "euro price", []),
    ("proximity", "near: {a: [price], b: [euro], words: 5}", "a price. The euro fell", []),
    ("proximity", "near: {a: [price], b: [euro], words: 5, across_sentences: yes}",
     "a price. The euro", ["price. The euro"]),
    ("proximity", "near: {a: [won the order], b: [order, valves], words: 3}",
     "won the order: valves", ["won the order: valves"]),
    ("marking", "phrases: [company confidential], least: confidential",
     "COMPANY CONFIDENTIAL", ["COMPANY CONFIDENTIAL"]),
    ("numbers", "of: [iban]", "to DE89 3704 0044 0532 0130 00 BIC X", ["DE89 3704 0044 0532 0130 00"]),
    ("numbers", "of: [iban]",
     "DE89370400440532013000,FR1420041010050500013M02606", ["DE89370400440532013000", "FR1420041010050500013M02606"]),
    ("numbers", "of: [iban]", "DE88 3704 0044 0532 0130 00", []),
    ("numbers", "of: [card]", "4012 8888 8888 1881; 4012 8888 8888 1882", ["4012 8888 8888 1881"]),
    ("numbers", "of: [card]", "４０１２８８８８８８８８１８８１", ["４０１２８８８８８８８８１８８１"]),
    ("numbers", "of: [card]", "4012-8888-8888-1881 /4012888888881881", ["4012-8888-8888-1881"]),
    ("numbers", "of: [fr-nir]", "2 55 08 14 168 025 38", ["2 55 08 14 168 025 38"]),
    ("numbers", "of: [de-steuer-id]", "Steuer-ID 36 574 261 809; 36574261809", ["36 574 261 809", "36574261809"]),
    ("numbers", "of: [de-steuer-id]", "Charge 36574261809", []),
    ("numbers", "of: [us-ssn]", "536-90-4399 000-90-4399", ["536-90-4399"]),
    ("numbers", "of: [es-dni]", "DNI 54362315K", ["54362315K"]),
    ("numbers", "of: [es-dni]", "drawing 54362315K", []),
    ("numbers", "of: [it-codice-fiscale]", "RCCMNL83S18D969H", ["RCCMNL83S18D969H"]),
    ("numbers", "of: [phone, local-phone], regions: [FR]",
     "Tel. 05 61 19 33 33 or +49 89 636-48018 or 02.05.2026", ["05 61 19 33 33", "+49 89 636-48018"]),
    ("numbers", "patterns: ['DRG-[0-9]{5}[A-Z]']", "see DRG-00417B", ["DRG-00417B"]),
    ("secrets", "of: [aws]", "key AKIA2E0A8F3B244C9986.", ["AKIA2E0A8F3B244C9986"]),
    ("secrets", "of: [url-password]", "amqp://plant:s3al@host", ["s3al"]),
    ("secrets", "of: [assignment]", "api_key=9f86d081884c7d659a2feaa0c55ad015", ["9f86d081884c7d659a2feaa0c55ad015"]),
    ("secrets", "of: [assignment]", "api_key=the-one-in-the-vault-please", []),
    ("secrets", "of: [password]", "Passwort: Dicht!ung77", ["Dicht!ung77"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "body", "text", "underlined"), CASES)
def test_what_each_kind_finds(kind, body, text, underlined):
    assert found(text, policy_of(f"id: t, kind: {kind}, outcome: tip, {EX}, {body}"))[1] == underlined


PROJECT = "id: n, kind: names, outcome: {outside: refuse}, examples: {match: [x], pass: [y]}, "


@pytest.mark.parametrize(
    ("names", "on", "outcome"),
    [
        ("projects: [{name: Valve 7, public_from: 2026-12-01}]", date(2026, 11, 30), Outcome.REFUSE),
        ("projects: [{name: Valve 7, public_from: 2026-12-01}]", date(2026, 12, 1), Outcome.ALLOW),
        ("projects: [{name: Valve 7}]", date(2099, 1, 1), Outcome.REFUSE),
        ("projects: [{name: Helios, also: [Valve 7]}]", TODAY, Outcome.REFUSE),
        ("customers: [{name: Valve 7, consent: no}]", TODAY, Outcome.REFUSE),
        ("customers: [{name: Valve 7, consent: yes}]", TODAY, Outcome.ALLOW),
        ("customers: [{name: Valve 7, consent: yes, until: 2026-11-22}]", TODAY, Outcome.ALLOW),
        ("customers: [{name: Valve 7, consent: yes, until: 2026-11-21}]", TODAY, Outcome.REFUSE),
        ("customers: [{name: Valve 7, consent: yes}, {name: valve 7, consent: no}]", TODAY, Outcome.REFUSE),
    ],
)
def test_names_are_free_from_a_day_or_with_consent(names, on, outcome):
    policy = policy_of(PROJECT + names)
    assert found("Meet VALVE 7 soon", policy, on=on)[0].outcome == outcome
    assert found("Meet VALVE 7 soon", policy, INSIDE, on=on)[0].outcome == Outcome.ALLOW
    assert found("Meet valve 8 soon", policy, on=on)[0].outcome == Outcome.ALLOW


MARKS = policy_of(
    f"id: m, kind: marking, outcome: {{inside: tip}}, {EX}, phrases: [top shelf], least: confidential",
    TERM + ", terms: [q]",
)


def test_words_that_mark_themselves_are_refused_where_their_marking_may_not_be():
    assert found("This is TOP SHELF", MARKS, INSIDE)[0].outcome == Outcome.TIP
    assert found("This is TOP SHELF", MARKS, GUESTS)[0].outcome == Outcome.REFUSE
    assert found("This is TOP SHELF", MARKS, OUTSIDE)[0].outcome == Outcome.REFUSE
    assert found("This is plain", MARKS, OUTSIDE)[0].outcome == Outcome.ALLOW
    assert least_marking(read("top shelf"), MARKS, on=TODAY) == 2
    assert found("top shelf", MARKS)[0].least_marking == 2


@pytest.mark.parametrize("marking", range(4))
@pytest.mark.parametrize("ceiling", range(4))
def test_a_marking_above_the_place_is_refused(marking, ceiling):
    place = PlaceFacts("space:x", "inside", ceiling)
    ruling, _ = found("plain words", MARKS, place, marking=marking)
    assert (ruling.outcome == Outcome.REFUSE) == (marking > ceiling)
    assert [f.rule for f in ruling.findings] == ([MARKING] if marking > ceiling else [])


def test_no_policy_for_a_place_means_hold():
    for policy in (
        Policy([]),
        policy_of(TERM + ", terms: [q]", head=HEAD.replace("rules", "applies: [inside]\nrules")),
    ):
        ruling, _ = found("plain words", policy)
        assert (ruling.outcome, ruling.policy_version) == (Outcome.HOLD, "none")
        assert [f.rule for f in ruling.findings] == [NO_POLICY]
        assert ruling.findings[0].explanation


@pytest.mark.parametrize(
    ("head", "place", "speaks"),
    [
        ("places: ['space:rnd']", INSIDE, True),
        ("places: ['space:rnd']", GUESTS, False),
        ("places: ['channel:*']", OUTSIDE, True),
        ("places: ['channel:*']", INSIDE, False),
        ("connectors: [wordpress]", OUTSIDE, True),
        ("connectors: [bluesky]", OUTSIDE, False),
        ("applies: [guests]", INSIDE, False),
    ],
)
def test_a_pack_speaks_only_of_its_places(head, place, speaks):
    ruling, _ = found(
        "q", policy_of(TERM + ", terms: [q]", head=f"pack: p\ntitle: P\n{head}\nrules:\n"), place
    )
    assert (ruling.outcome == Outcome.TIP) == speaks
    assert ruling.policy_version == ("p@1" if speaks else "none")


def test_the_gravest_decides_and_a_desk_is_named_only_for_a_hold():
    policy = policy_of(
        f"id: a, kind: term, outcome: tip, {EX}, terms: [alpha]",
        f"id: b, kind: term, outcome: hold, {EX}, terms: [beta]",
        f"id: c, kind: term, outcome: refuse, {EX}, terms: [gamma]",
    )
    for text, outcome in [("alpha", 1), ("alpha beta", 3), ("gamma beta", 4), ("none", 0)]:
        ruling, _ = found(text, policy)
        assert ruling.outcome == outcome
        assert all((f.desk == "d") == (f.outcome == Outcome.HOLD) for f in ruling.findings)
        assert [f.start for f in ruling.findings] == sorted(f.start for f in ruling.findings)


REPEATS = (
    "id: r, kind: repeats, outcome: {outside: refuse, guests: hold}, from: confidential,"
    " except: [kind regards from all of us at the plant]"
)


def repeat(start, end, words=8, marking=2):
    return Repeat(start, end, words, 1, 2, marking, datetime(2026, 1, 1, tzinfo=UTC))


def test_repeats_are_found_unless_they_are_excepted():
    policy = policy_of(REPEATS)
    text = "Kind regards, from all of us at the plant. And more"
    assert found(text, policy, repeats=[repeat(0, len(text))])[0].outcome == Outcome.REFUSE
    assert found(text, policy, repeats=[repeat(0, 41)])[0].outcome == Outcome.ALLOW
    assert found(text, policy, GUESTS, repeats=[repeat(0, len(text))])[0].outcome == Outcome.HOLD
    assert found(text, policy, INSIDE, repeats=[repeat(0, len(text))])[0].outcome == Outcome.ALLOW
    longer = policy_of(REPEATS + ", at_least: 12")
    assert found(text, longer, repeats=[repeat(0, len(text), 11)])[0].outcome == Outcome.ALLOW


def test_a_finding_quotes_nothing():
    """Neither the other name of a project nor a protected message's words reach the author."""
    policy = policy_of(PROJECT + "projects: [{name: Helios, also: [Valve 7]}]", REPEATS)
    ruling, _ = found("Meet Valve 7", policy, repeats=[repeat(0, 4)])
    assert ruling.findings
    for finding in ruling.findings:
        assert "helios" not in (finding.explanation + finding.mend + finding.title + finding.rule).lower()


WORDS = [
    "valve",
    "seal",
    "price",
    "euro",
    "CONFIDENTIAL",
    "top",
    "shelf",
    "vаlve",
    "s.e.a.l",
    "\u200b",
    "é",
    "HV-1",
    ".",
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)
RULES = [
    f"id: a, kind: term, outcome: tip, {EX}, terms: [valve, 'se*']",
    f"id: b, kind: term, outcome: hold, {EX}, terms: [seal], except: [top seal]",
    f"id: c, kind: proximity, outcome: justify, {EX}, near: {{a: [price], b: [euro, seal], words: 3}}",
    f"id: d, kind: pattern, outcome: refuse, {EX}, patterns: ['HV-[0-9]']",
    f"id: e, kind: marking, outcome: tip, {EX}, phrases: [top shelf], least: confidential",
    PROJECT.replace("id: n", "id: f") + "projects: [{name: price euro}]",
]


@given(TEXTS)
def test_spans_lie_in_the_text_and_same_facts_same_ruling(text):
    first, _ = found(text, policy_of(*RULES))
    again, _ = found(text, policy_of(*RULES))
    assert first == again
    for finding in first.findings:
        assert 0 <= finding.start < finding.end <= len(text)
    starts = [(f.start, f.end) for f in first.findings]
    assert starts == sorted(starts)
    for name in {f.rule for f in first.findings}:
        own = [f for f in first.findings if f.rule == name]
        assert all(a.end <= b.start for a, b in itertools.pairwise(own)), "overlaps of one rule are merged"


@given(TEXTS, st.randoms())
def test_the_order_of_rules_does_not_matter(text, chance):
    shuffled = list(RULES)
    chance.shuffle(shuffled)
    assert found(text, policy_of(*RULES))[0].findings == found(text, policy_of(*shuffled))[0].findings


@given(TEXTS, st.integers(0, len(RULES) - 1), st.sampled_from([INSIDE, GUESTS, OUTSIDE]))
def test_a_rule_more_never_lowers_the_outcome(text, left_out, place):
    fewer = [body for number, body in enumerate(RULES) if number != left_out]
    assert (
        found(text, policy_of(*fewer), place)[0].outcome <= found(text, policy_of(*RULES), place)[0].outcome
    )


def test_matches_are_worked_out_once_for_all_places(monkeypatch):
    from lockgate.policy import matching

    calls = []
    plain = matching._found
    monkeypatch.setattr(matching, "_found", lambda *a: calls.append(1) or plain(*a))
    policy, reading = policy_of(*RULES), read("a valve")
    for place in (INSIDE, GUESTS, OUTSIDE):
        ruled(reading, place, policy, on=TODAY, content_hash=b"", marking=0)
    assert calls == [1]


def test_sets_of_many_unicode_patterns_find_what_each_alone_finds():
    """One Set of 500 would overflow RE2's budget and find nothing; ours are split."""
    chance = random.Random(5)
    patterns = [rf"\pL+{chance.choice('aeiou')}{n}\s+\pL+{chance.choice('st')}" for n in range(500)]
    body = (
        f"id: p, kind: pattern, outcome: tip, {EX}, patterns: [" + ", ".join(f"'{p}'" for p in patterns) + "]"
    )
    policy = policy_of(body)
    for n in (0, 49, 50, 123, 499):
        vowel, last = patterns[n][4], patterns[n][-1]
        assert found(f"— héll{vowel}{n} wört{last}", policy)[1] == [f"héll{vowel}{n} wört{last}"]


def test_a_shipped_style_pack_is_compiled_with_its_examples():
    source = HEAD + f"  - {{{COMMON}, id: t, kind: term, outcome: tip, terms: [x], {EX}}}\n"
    assert compiled_pack(source, 7).version_for(OUTSIDE) == "p@7"


@pytest.mark.slow
def test_three_thousand_characters_ten_thousand_terms_five_hundred_patterns():
    """Goal: p99 under 20 ms. Processor time, because other tests share the machine."""
    chance = random.Random(9)
    parts = ["va", "se", "fla", "ste", "bo", "ri", "pa", "tu", "mo", "ne", "li", "ga", "co", "du", "ki", "ra"]
    words = sorted({"".join(chance.choices(parts, k=chance.choice((2, 3, 4)))) for _ in range(30_000)})
    terms = {" ".join(chance.choices(words, k=chance.choice((1, 2, 2, 3)))) for _ in range(10_500)}
    patterns = [
        rf"{a}\s+(?:\w+\s+){{0,3}}{b}[0-9]+" for a, b in zip(words[:500], words[500:1000], strict=True)
    ]
    listed = ", ".join(f"'{term}'" for term in sorted(terms)[:10_000])
    sought = ", ".join(f"'{pattern}'" for pattern in patterns)
    policy = policy_of(
        f"id: t, kind: term, outcome: tip, {EX}, terms: [{listed}]",
        f"id: p, kind: pattern, outcome: hold, {EX}, patterns: [{sought}]",
    )
    taken = []
    for _ in range(200):
        text = " ".join(chance.choices(words, k=450))[:3000]
        began = time.process_time()
        reading = read(text)
        for place in (INSIDE, GUESTS, OUTSIDE):
            ruled(reading, place, policy, on=TODAY, content_hash=b"", marking=0)
        taken.append(time.process_time() - began)
    assert sorted(taken)[197] < 0.020
