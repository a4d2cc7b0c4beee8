"""Words dressed up to slip past: every trick on every term; and ordinary words that must not be taken for them."""

import random
from datetime import date

import pytest

from lockgate.policy.parsing import parse_pack
from lockgate.policy.policy import Policy
from lockgate.policy.reading import read
from lockgate.policy.rules import rule
from lockgate.policy.types import Outcome, PlaceFacts

TERMS = [
    "confidential",
    "project helios",
    "deckungsbeitrag",
    "prix de revient",
    "aerovia",
    "valve seven",
    "itar controlled",
    "margin",
]
CYRILLIC = dict(zip("aeopcxyisjhkmtbn", "аеорсхуіѕјһкмтЬп", strict=True))
CYRILLIC_CAPITALS = dict(zip("ABEKMHOPCTXYISJ", "АВЕКМНОРСТХҮІЅЈ", strict=True))
GREEK = dict(zip("aopvxyinku", "αορνχγιηκυ", strict=True))
GREEK_CAPITALS = dict(zip("ABEZHIKMNOPTYX", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", strict=True))
ARMENIAN = dict(zip("onuhgqs", "օոսհցզѕ", strict=True))
LEET = dict(zip("oieast", "013457", strict=True)) | {"i": "1", "e": "3", "a": "4", "s": "5", "t": "7"}
SMALL_CAPITALS = dict(zip("abcdeghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", strict=True))


def swapped(table):
    return lambda text: "".join(table.get(c, c) for c in text)


def some_swapped(table, each=2):
    def trick(text):
        seen = 0
        out = []
        for c in text:
            seen += c in table
            out.append(table[c] if c in table and seen % each == 1 else c)
        return "".join(out)

    return trick


def between(mark):
    return lambda text: " ".join(mark.join(word) for word in text.split())


def shifted(first):
    return lambda text: "".join(chr(first + ord(c) - 97) if c.isalpha() else c for c in text)


TRICKS = {
    "as it is": str,
    "capitals": str.upper,
    "title": str.title,
    "zero-width space": between("\u200b"),
    "zero-width joiner": between("\u200d"),
    "word joiner": between("\u2060"),
    "soft hyphen": between("\u00ad"),
    "byte order mark": between("\ufeff"),
    "direction marks": between("\u200e\u202c"),
    "variation selector": between("\ufe0f"),
    "grapheme joiner": between("\u034f"),
    "hangul filler": between("\u3164"),
    "tag characters": between("\U000e0061"),
    "full-width": lambda t: "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in t),
    "full-width capitals": lambda t: "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in t.upper()),
    "mathematical bold": shifted(0x1D41A),
    "mathematical script bold": shifted(0x1D4EA),
    "mathematical fraktur bold": shifted(0x1D586),
    "mathematical sans": shifted(0x1D5BA),
    "mathematical mono": shifted(0x1D68A),
    "circled": shifted(0x24D0),
    "parenthesised capitals": shifted(0x1F130),
    "discs": shifted(0x1F150),
    "squares": shifted(0x1F170),
    "flags": shifted(0x1F1E6),
    "small capitals": swapped(SMALL_CAPITALS),
    "Cyrillic": swapped(CYRILLIC),
    "Cyrillic capitals": lambda t: swapped(CYRILLIC_CAPITALS)(t.upper()),
    "Greek": swapped(GREEK),
    "Greek capitals": lambda t: swapped(GREEK_CAPITALS)(t.upper()),
    "Armenian": swapped(ARMENIAN),
    "one Cyrillic letter in two": some_swapped(CYRILLIC),
    "accents": lambda t: "".join(c + "\u0301" for c in t),
    "struck through": lambda t: "".join(c + "\u0336" for c in t),
    "underlined twice": lambda t: "".join(c + "\u0333\u0332" for c in t),
    "s p a c e d": lambda t: "   ".join(" ".join(word) for word in t.split()),
    "s.p.o.t.t.e.d": between("."),
    "d-a-s-h-e-d": between("-"),
    "u_n_d_e_r": between("_"),
    "s*t*a*r": between("*"),
    "m·i·d": between("·"),
    "spaced and spotted": lambda t: " ".join(". ".join(word) for word in t.split()),
    "spaced capitals": lambda t: " ".join(t.upper()),
    "letter per line": lambda t: "\n".join(t.replace(" ", "")),
    "digits for letters": some_swapped(LEET, 2),
    "digits, capitals": lambda t: some_swapped(LEET, 3)(t).upper(),
    "signs for letters": lambda t: t.replace("a", "@", 1).replace("s", "$", 1),
    "hash tag": lambda t: "#" + t.title().replace(" ", ""),
    "run together": lambda t: t.replace(" ", ""),
    "hyphenated": lambda t: t.replace(" ", "-") if " " in t else t[:4] + "-" + t[4:],
    "hyphen at a line's end": lambda t: t if " " in t else t[:4] + "-\n" + t[4:],
    "no-break spaces": lambda t: t.replace(" ", "\u00a0"),
    "thin spaces": lambda t: t.replace(" ", "\u2009\u200a"),
    "line break": lambda t: t.replace(" ", "\n"),
    "underscores": lambda t: t.replace(" ", "_"),
    "in stars": lambda t: f"**{t}**",
    "in quotes": lambda t: f"“{t}”",
    "blank braille": lambda t: t.replace(" ", "\u2800"),
}
FRAMES = ["{}", "We said {} to all.", "Über {} sprach man gestern, ну да."]
OUTSIDE = PlaceFacts("channel:news", "outside", 0)


def policy_of(terms):
    listed = ", ".join(f"'{term}'" for term in terms)
    source = (
        "pack: p\ntitle: P\nrules:\n- {id: t, kind: term, title: T, why: W., mend: M., outcome: hold,"
        f" terms: [{listed}], examples: {{match: [x], pass: [y]}}}}\n"
    )
    return Policy([(parse_pack(source), 1)])


def outcome(text, policy):
    return rule(read(text), OUTSIDE, policy, on=date(2026, 11, 22), content_hash=b"", marking=0)


CASES = [
    (term, name, frame.format(trick(term)))
    for term in TERMS
    for name, trick in TRICKS.items()
    for frame in FRAMES
]
POLICIES = {term: policy_of([term]) for term in TERMS}


def test_nineteen_in_twenty_tricks_are_seen_through():
    assert len(CASES) >= 200
    missed = [
        (term, name) for term, name, text in CASES if outcome(text, POLICIES[term]).outcome != Outcome.HOLD
    ]
    share = 1 - len(missed) / len(CASES)
    by_trick = sorted({name for _, name in missed})
    assert share >= 0.98, f"{share:.1%} of {len(CASES)} caught; missed: {by_trick}: {missed[:20]}"


def test_what_is_underlined_holds_the_trick_and_little_else():
    for term, name, text in CASES:
        for finding in outcome(text, POLICIES[term]).findings:
            inside = text[finding.start : finding.end]
            assert len(inside) <= len(TRICKS[name](term)), (term, name, inside)


@pytest.mark.parametrize(
    ("term", "innocent"),
    [
        ("together", "We came to get her a valve."),
        ("therapist", "The rapist was convicted."),
        ("margin", "Mar gin is a drink."),
        ("shell", "She'll come on Monday."),
        ("insider", "In side rooms we talk."),
        ("confidential", "We are confident. Ial is no word."),
        ("valve seven", "The valve. Seven of them were tested."),
        ("valve 7", "Valve T is another."),
        ("aerovia", "The aero via Madrid."),
        ("resign", "Please re sign the form."),
        ("clear", "dear all"),
        ("ball valve", "bail valve"),
        ("project helios", "The project. Helios is a god."),
        ("seals", "5ea15 is a batch number"),
        ("10000", "looool"),
        ("lists", "1 1 5 7 5"),
    ],
)
def test_ordinary_words_are_not_taken_for_tricks(term, innocent):
    assert outcome(innocent, policy_of([term])).outcome == Outcome.ALLOW


def test_ordinary_text_with_ten_thousand_terms_that_it_does_not_hold():
    """No second-pass match by chance: terms of two rare words against prose made of common ones."""
    chance = random.Random(7)
    common = [
        "the",
        "valve",
        "holds",
        "water",
        "and",
        "steam",
        "at",
        "high",
        "pressure",
        "when",
        "it",
        "is",
        "closed",
        "by",
        "hand",
        "or",
        "by",
        "an",
        "actuator",
    ]
    terms = sorted({f"{chance.choice(common)}{chance.choice(common)}" for _ in range(300)} - set(common))
    policy = policy_of(terms)
    for _ in range(50):
        text = " ".join(chance.choices(common, k=60))
        assert outcome(text, policy).outcome == Outcome.ALLOW, text
