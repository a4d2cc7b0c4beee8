"""The guarantee: a run of 8 or more equal words is found, however it is dressed; 7 are never reported."""

import random
from datetime import UTC, datetime

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lockgate.base.refusal import Refusal
from lockgate.policy import fingerprint_key as keys
from lockgate.policy import fingerprints
from lockgate.policy.fingerprints import GUARANTEE, K, W
from lockgate.policy.models import Fingerprint, Remembered
from lockgate.policy.operations import forget, remember
from lockgate.policy.queries import read, repeats, unheard

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
KEY = b"k" * 32
WORDS = [
    f"{a}{b}"
    for a in ("val", "seat", "flan", "stem", "bon", "ring", "pak")
    for b in ("ve", "o", "ge", "ix", "net")
]
LOOKS = str.maketrans(dict(zip("aeopcxi", "аеорсхі", strict=True)))

words = st.lists(st.sampled_from(WORDS), max_size=40)
# No word of the run occurs in the noise, so that the run's length is exactly known.
OWN = [f"q{n}" for n in range(60)]


def dress(text_words, chance):
    """The same words in other clothes: case, punctuation, line breaks, look-alikes, invisibles, widths, accents."""
    out = []
    for word in text_words:
        clothes = chance.randrange(8)
        if clothes == 1:
            word = word.upper()
        elif clothes == 2:
            word = word.translate(LOOKS)
        elif clothes == 3:
            word = "\u200b".join(word)
        elif clothes == 4:
            word = "".join(chr(ord(c) + 0xFEE0) for c in word)
        elif clothes == 5:
            word = word[0] + "\u00ad" + word[1:]
        elif clothes == 6:
            word = word.title() + "\u0301"
        out.append(
            word
            + chance.choice([" ", "\n", ", ", " - ", ".\r\n\r\n", "\u00a0", " (", ") ", " “", "” ", "\t"])
        )
    return "".join(out)


def test_the_constants_give_the_guarantee():
    assert K + W - 1 == GUARANTEE == 8


@given(st.lists(st.integers(-5, 5), max_size=60), st.integers(1, 8))
def test_winnowing_keeps_one_of_every_window(numbers, window):
    kept = set(fingerprints.winnowed(numbers, window))
    for start in range(len(numbers) - window + 1):
        inside = kept.intersection(range(start, start + window))
        assert inside
        assert min(numbers[start : start + window]) in {numbers[i] for i in inside}


@pytest.mark.parametrize(("k", "w"), [(8, 1), (7, 2), (6, 3), (5, 4), (4, 5)])
@given(words, words, words, words, st.integers(8, 20), st.integers(0, 10))
@settings(max_examples=40)
def test_every_choice_of_k_and_w_shares_a_fingerprint_over_eight_words(k, w, a, b, c, d, length, first):
    """The paper's guarantee, for the choices that the decision compares."""
    run = [OWN[first + n] for n in range(length)]
    mine, theirs = (fingerprints.words(read(" ".join(x)), KEY) for x in (a + run + b, c + run + d))
    kept = []
    for one in (mine, theirs):
        grams = fingerprints.grams(one.hashes, KEY, k)
        kept.append({grams[i] for i in fingerprints.winnowed(grams, w)})
    assert kept[0] & kept[1]


def test_words_are_case_less_and_stand_where_they_were():
    found = fingerprints.words(read("The  VАLVE, école-2\n阀门"), KEY)
    assert [(s, e) for s, e in found.spans] == [(0, 3), (5, 10), (12, 17), (18, 19), (20, 21), (21, 22)]
    assert found.hashes == fingerprints.words(read("the valve ECOLE 2 阀 门"), KEY).hashes


def test_hashes_depend_on_the_key():
    assert (
        fingerprints.words(read("valve"), KEY).hashes != fingerprints.words(read("valve"), b"j" * 32).hashes
    )


class TheGuarantee(TestCase):
    """Through the database, as the gateway uses it."""

    @given(
        words, words, words, words, st.integers(8, 30), st.integers(0, 20), st.randoms(use_true_random=False)
    )
    def test_a_run_of_eight_or_more_is_always_found_with_its_length(self, a, b, c, d, length, first, chance):
        run = [OWN[first + n] for n in range(length)]
        remember(message_id=1, audience_id=5, text=dress(c + run + d, chance), marking=2, at=AT)
        draft = dress(a, chance) + (dressed := dress(run, chance)) + dress(b, chance)
        found = repeats(read(draft))
        assert found, "the run was missed"
        covering = [r for r in found if r.words >= length]
        assert covering
        # The words around the run may by chance repeat each other as well; the run itself is among what is told.
        assert any(
            dressed[: len(dressed) - 6].strip() in (inside := draft[one.start : one.end])
            or inside.strip() in dressed
            or one.words > length
            for one in covering
        )
        if not (set(a + b) & set(c + d)):
            assert [r.words for r in found] == [length]
        forget(1)

    @given(
        words, words, words, words, st.integers(1, 7), st.integers(0, 20), st.randoms(use_true_random=False)
    )
    def test_seven_are_never_reported(self, a, b, c, d, length, first, chance):
        run = [OWN[first + n] for n in range(length)]
        mark = [f"other{n}" for n in range(80)]
        theirs = [w for pair in zip(c, mark, strict=False) for w in pair] + ["x1"] + run + ["x2"] + [*d[:3]]
        remember(message_id=1, audience_id=5, text=dress(theirs, chance), marking=3, at=AT)
        assert repeats(read(dress([*a, "y1", *run, "y2", *b], chance))) == ()
        forget(1)


RUN = "the seat of the new valve cracked at minus forty in the cold box"


@pytest.mark.django_db
def test_where_it_stands_and_whose_it_is():
    remember(message_id=7, audience_id=3, text=f"As said, {RUN}.", marking=2, at=AT)
    draft = "Hello. THE SEAT of the new vаlve; cracked\nat minus forty in the cold box! Bye."
    (found,) = repeats(read(draft))
    assert draft[found.start : found.end] == draft[7:-6]
    assert (found.words, found.message_id, found.audience_id, found.marking, found.at) == (14, 7, 3, 2, AT)


@pytest.mark.django_db
@pytest.mark.parametrize(("marking", "kept"), [(0, 0), (1, 0), (2, 7), (3, 7)])
def test_only_confidential_and_above_is_remembered(marking, kept):
    assert remember(message_id=7, audience_id=3, text=RUN, marking=marking, at=AT) == kept
    assert Remembered.objects.count() == (1 if kept else 0)
    assert bool(repeats(read(RUN))) == bool(kept)


@pytest.mark.django_db
def test_the_places_own_audience_and_the_message_itself_are_no_leak():
    for message, audience in ((1, 10), (2, 20), (3, 30)):
        remember(message_id=message, audience_id=audience, text=RUN, marking=2, at=AT)
    assert {r.audience_id for r in repeats(read(RUN), except_audiences={10, 30})} == {20}
    assert repeats(read(RUN), except_audiences={10, 20, 30}) == ()
    assert {r.message_id for r in repeats(read(RUN), except_audiences=[20, 30], except_message=2)} == {1}
    assert repeats(read(RUN), except_audiences=[20, 30], except_message=1) == ()


@pytest.mark.django_db
def test_each_marking_is_answered_for():
    """A Confidential copy must not hide that the words are Controlled elsewhere."""
    for message, marking in ((1, 2), (2, 3), (3, 2)):
        remember(message_id=message, audience_id=message, text=RUN, marking=marking, at=AT)
    assert repeats(read(RUN))[0].marking == 3


@pytest.mark.django_db
def test_boilerplate_costs_no_more_and_hides_nothing(django_assert_max_num_queries):
    disclaimer = "this message is meant for the people named above and for nobody else at all"
    for message in range(300):
        remember(
            message_id=message,
            audience_id=message % 7,
            text=f"Note {message}. {disclaimer}",
            marking=2,
            at=AT,
        )
    remember(message_id=999, audience_id=6, text=f"{disclaimer}. {RUN}", marking=2, at=AT)
    with django_assert_max_num_queries(9):
        found = repeats(read(f"{disclaimer} and then {RUN}"), except_audiences={0, 1, 2})
    assert {r.message_id for r in found} >= {999}
    assert {r.words for r in found} >= {14, 15}


@pytest.mark.django_db
def test_what_is_forgotten_is_no_longer_found_and_leaves_nothing():
    remember(message_id=1, audience_id=1, text=RUN, marking=2, at=AT)
    remember(message_id=1, audience_id=2, text=RUN, marking=2, at=AT)
    assert forget(1) == 2
    assert repeats(read(RUN)) == ()
    assert not Fingerprint.objects.exists()
    assert not Remembered.objects.exists()
    assert forget(1) == 0


@pytest.mark.django_db
def test_a_revision_replaces_what_was_kept():
    remember(message_id=1, audience_id=1, text=RUN, marking=2, at=AT)
    other = "another text of more than eight words that says nothing of any crack"
    remember(message_id=1, audience_id=1, text=other, marking=3, at=AT)
    assert repeats(read(RUN)) == ()
    assert repeats(read(other))[0].marking == 3


@pytest.mark.django_db
def test_a_clash_of_hashes_neither_lies_nor_hides(monkeypatch):
    """Every gram hashes to one number: nothing false is reported and the true repeat, last in the list, is found."""
    monkeypatch.setattr(
        fingerprints, "grams", lambda hashes, key, k=K: [7] * max(0, len(hashes) // 8 - k + 1)
    )
    for message in range(40):
        text = " ".join(f"w{message}x{n}" for n in range(12))
        remember(message_id=message, audience_id=message, text=text, marking=2, at=AT)
    assert repeats(read("nothing like any of them at all in these ten words")) == ()
    remember(message_id=99, audience_id=99, text=RUN, marking=2, at=AT)
    (found,) = repeats(read(RUN))
    assert (found.message_id, found.words) == (99, 14)


@pytest.mark.django_db
def test_a_short_text_is_not_fingerprinted():
    assert (
        remember(message_id=1, audience_id=1, text="only seven words are in this one", marking=3, at=AT) == 0
    )
    assert repeats(read("only seven words are in this one")) == ()


@pytest.mark.django_db
def test_another_key_is_refused_and_never_silently_taken(settings, tmp_path):
    settings.KEYS_DIR = tmp_path
    remember(message_id=1, audience_id=1, text=RUN, marking=2, at=AT)
    file = tmp_path / keys.NAME
    good = file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    keys._checked.clear()
    for bad in ("00" * 32, "not a key", None):
        if bad is None:
            file.unlink()
        else:
            file.write_text(bad)
        with pytest.raises(Refusal, match="fingerprints"):
            repeats(read(RUN))
        assert bad is None or file.read_text() == bad
    file.write_text(good)
    assert repeats(read(RUN))


@pytest.mark.django_db
def test_a_key_is_made_anew_only_while_nothing_is_kept(settings, tmp_path):
    settings.KEYS_DIR = tmp_path
    keys._checked.clear()
    remember(message_id=1, audience_id=1, text=RUN, marking=2, at=AT)
    forget(1)
    (tmp_path / keys.NAME).unlink()
    remember(message_id=2, audience_id=1, text=RUN, marking=2, at=AT)
    assert repeats(read(RUN))


@pytest.mark.django_db
def test_remembering_takes_few_statements(django_assert_max_num_queries):
    remember(message_id=1, audience_id=1, text=RUN, marking=2, at=AT)
    text = " ".join(random.Random(1).choices(WORDS, k=500))
    repeats(read(RUN))
    with django_assert_max_num_queries(4):
        remember(message_id=2, audience_id=1, text=text, marking=2, at=AT)


@pytest.mark.parametrize(
    ("run", "covered", "left"),
    [
        ((0, 20), (), [(0, 20)]),
        ((0, 20), range(20), []),
        ((3, 20), range(3, 16), []),  # seven words left
        ((3, 20), range(3, 15), [(15, 8)]),
        ((0, 30), range(10, 20), [(0, 10), (20, 10)]),
        ((0, 30), range(7, 24), []),
        ((5, 8), range(5), [(5, 8)]),
    ],
)
def test_what_is_left_of_a_run(run: tuple[int, int], covered: range, left: list[tuple[int, int]]) -> None:
    assert fingerprints.stretches(*run, set(covered)) == left


@pytest.mark.django_db
def test_words_that_a_place_heard_do_not_count_whoever_holds_them():
    extra = "and these nine further words were said to nobody"
    for message, audience in ((1, 10), (2, 20), (3, 30)):
        remember(message_id=message, audience_id=audience, text=RUN, marking=2, at=AT)
    remember(message_id=4, audience_id=30, text=f"{RUN} {extra}", marking=2, at=AT)
    reading = read(f"{RUN} {extra}")
    found = repeats(reading, except_audiences={10})

    def everything(said):
        return said

    def left(**how):
        return unheard(reading, found, **how)

    assert left(among={40}, was_heard=everything) == found
    (rest,) = left(among={10}, was_heard=everything)
    assert (rest.message_id, rest.words) == (4, 9)
    assert reading.text[rest.start : rest.end] == extra
    assert left(among={30}, was_heard=everything) == ()
    assert left(among={10}, was_heard=lambda said: set()) == found
    # Behind a message that was only held stands one that was heard.
    remember(message_id=5, audience_id=10, text=f"{RUN} {extra}", marking=2, at=AT)
    assert left(among={10}, was_heard=lambda said: {(5, 10)} & set(said)) == ()


@pytest.mark.django_db
def test_a_text_that_repeats_nothing_costs_one_statement(django_assert_num_queries):
    remember(message_id=1, audience_id=1, text=RUN, marking=2, at=AT)
    repeats(read(RUN))
    with django_assert_num_queries(1):
        repeats(read("nothing like it stands in these ten words of mine here"))


@pytest.mark.django_db
def test_on_sqlite_fingerprints_are_clustered():
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'policy_fingerprint'")
        assert "WITHOUT ROWID" in cursor.fetchone()[0]
