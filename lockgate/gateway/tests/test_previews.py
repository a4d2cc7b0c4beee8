"""What is shown of a file beside a message: small, without traces, and read by the gate."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lockgate.demo.cast import Cast
from lockgate.gateway import queries, rules
from lockgate.gateway.files import small_path_of
from lockgate.gateway.operations import attach, detach, open_small
from lockgate.gateway.types import SMALL_SIDE


def photograph(width: int, height: int, *, kind: str = "JPEG", turned: bool = False) -> bytes:
    written = Image.Exif()
    written[0x010F] = "Camera of Nadia"
    if turned:
        written[0x0112] = 6
    out = io.BytesIO()
    Image.effect_noise((width, height), 40).convert("RGB").save(out, kind, exif=written)
    return out.getvalue()


@pytest.mark.django_db
def test_a_large_photograph_has_a_small_version(cast: Cast, at: datetime) -> None:
    kept = attach(
        by=cast.author, at=at, name="bench.jpg", content=photograph(1600, 900, turned=True), alt="The bench"
    )
    assert kept.address == f"/attachments/{kept.id}/small"
    drawn = open_small(kept.id)
    assert drawn is not None
    assert b"Camera" not in drawn
    assert len(drawn) < kept.size
    with Image.open(io.BytesIO(drawn)) as picture:
        assert picture.format == "WEBP"
        assert picture.size == (405, SMALL_SIDE)
    assert small_path_of(kept.id).read_bytes() == drawn == open_small(kept.id)
    detach(by=cast.author, attachment_id=kept.id)
    assert not small_path_of(kept.id).exists()


@pytest.mark.django_db
def test_a_small_picture_is_shown_as_it_is_and_a_text_has_none(cast: Cast, at: datetime) -> None:
    kept = attach(by=cast.author, at=at, name="dot.png", content=photograph(40, 40, kind="PNG"))
    assert kept.address == f"/attachments/{kept.id}"
    text = attach(by=cast.author, at=at, name="a.txt", content=b"words")
    assert open_small(text.id) is None


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (b"one\r\ntwo\r\n", "one\ntwo"),
        ("\ufeffPrüfung; Dauer".encode(), "Prüfung; Dauer"),
        ("Prüfung".encode("cp1252"), "Prüfung"),
        (b"\n".join(b"%d" % one for one in range(30)), "0\n1\n2\n3\n4\n5\n6\n7"),
        ("é".encode() * 5000, "é" * 600),
        (b"x" + "é".encode() * 5000, "x" + "é" * 599),
        (b"PK\x03\x04\x00", ""),
        ("sp\u202eread".encode(), "spread"),
        (b"\x1b[31mred", "[31mred"),
    ],
)
def test_the_first_lines_of_a_text(content: bytes, shown: str) -> None:
    assert rules.excerpt(content) == shown


@given(st.binary(max_size=4000))
def test_whatever_the_bytes_the_first_lines_are_few_and_can_be_stored(content: bytes) -> None:
    shown = rules.excerpt(content)
    assert len(shown) <= rules.EXCERPT_CHARACTERS
    assert shown.count("\n") < rules.EXCERPT_LINES
    assert all(one in "\n\t" or one.isprintable() for one in shown)


@pytest.mark.django_db
def test_the_gate_reads_what_is_shown_of_a_text(cast: Cast, at: datetime) -> None:
    """Words that a rule finds in a message are found too where they are the first lines of a file."""
    found = []
    for content in (b"The bench is free.", b"Our Valve 7 sealed for ten thousand cycles last night."):
        kept = attach(by=cast.author, at=at, name="notes.txt", content=content)
        seen = queries.preview(
            cast.author,
            body="The notes are below.",
            marking=0,
            places=["channel:feed"],
            at=at,
            attachments=[kept.id],
        )
        found.append({one.rule for one, _places in seen.findings} - {"channel:feed/limits"})
    assert not found[0]
    assert found[1]
