"""The entry's bytes are RFC 8785, and the log's notes are what the standard's own examples say."""

from __future__ import annotations

import orjson
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from lockgate.archive import leaves, notes

_KEYS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=12)
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
_INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)


@given(st.dictionaries(_KEYS, st.one_of(_TEXT, _INTEGERS), max_size=12))
def test_our_canonical_json_has_the_bytes_of_rfc_8785(fields):
    assert leaves.canonical(fields) == rfc8785.dumps(fields)


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x1f\x7f",
        '"\\/\b\f\n\r\t',
        "é\u2028\u2029",
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
        "€",
    ],
)
def test_the_awkward_characters_too(text):
    assert leaves.canonical({"b": text, "a": 1}) == rfc8785.dumps({"b": text, "a": 1})


def test_an_entry_takes_four_kilobytes_and_not_one_more():
    assert len(leaves.canonical({"a": "x" * (4096 - 8)})) == 4096
    with pytest.raises(leaves.UnfitFact):
        leaves.canonical({"a": "x" * (4096 - 7)})


def test_the_longest_fact_that_is_let_in_fits(noon):
    from lockgate.archive.types import Fact

    fact = Fact(
        action=".".join(["a" * 30] * 4),
        record="r" * 16 + ":" + "9" * 60,
        parent="p" * 16 + ":" + "9" * 60,
        actor="p:" + "f" * 60,
        at=noon,
        rule="r" * 200,
        marking=3,
    )
    leaves.check(fact)
    data = leaves.leaf(fact, entry_id=2**63 - 1, origin="o" * 200, pt="f" * 64, ct="f" * 64, length=2**40)
    assert len(data) < 1500
    assert leaves.has_body(data)
    assert orjson.loads(data)["id"] == str(2**63 - 1)


# The example of c2sp.org/signed-note, byte for byte: made by others.
_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
_NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZX"
    "sYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)


def test_the_standards_own_note_opens_with_its_own_key():
    verifier = notes.Verifier.parse(_VKEY)
    assert verifier.vkey() == _VKEY
    assert notes.open_note(_NOTE, verifier) == "This is an example message.\n"
    cosigned = _NOTE + "— witness.example mJirIklj" + "A" * 88 + "\n"
    assert notes.open_note(cosigned, verifier) == "This is an example message.\n"


@pytest.mark.parametrize(
    "wrong",
    [
        _NOTE.replace("example message", "other message"),
        _NOTE.replace("Uw2QOkn8", "Uw2QOkn9"),
        _NOTE.replace("Uw2QOkn8", "Uw3QOkn8"),
        _NOTE.replace("example.com/foo Uw", "example.com/bar Uw"),
        _NOTE.replace("—", "-"),
        _NOTE.replace("\n\n", "\n"),
        _NOTE.rstrip("\n"),
        _NOTE.replace("This", "This\x07"),
        _NOTE.replace("aQM=", "aQM"),
        "",
    ],
)
def test_any_other_note_does_not(wrong):
    with pytest.raises(notes.BadNoteError):
        notes.open_note(wrong, notes.Verifier.parse(_VKEY))


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "example.com/foo",
        _VKEY.replace("530d903a", "530d903b"),
        _VKEY.replace("example.com/foo", "example.com/f oo"),
        _VKEY[:-4],
        _VKEY.replace("+Aeky", "+Beky"),
    ],
)
def test_a_key_that_does_not_read_is_refused(wrong):
    with pytest.raises(notes.BadNoteError):
        notes.Verifier.parse(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        "o\n1\n",
        "o\n01\n" + "A" * 43 + "=\n",
        "o\n-1\n" + "A" * 43 + "=\n",
        "o\n1\nAAAA\n",
        "\n1\n" + "A" * 43 + "=\n",
        "o\n1\n" + "A" * 43 + "=\nextension\n",
        "o\n1\n" + "A" * 42 + "B=\n",
    ],
)
def test_a_checkpoint_that_does_not_read_is_refused(wrong):
    with pytest.raises(notes.BadNoteError):
        notes.parse_checkpoint(wrong)
    assert notes.parse_checkpoint("o\n1\n" + "A" * 43 + "=\n") == notes.Checkpoint("o", 1, bytes(32))
