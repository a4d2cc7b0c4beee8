"""Markdown to HTML: what people mean comes out, what attackers mean does not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.web.markdown import first_words, markdown_html

ALLOWED = re.compile(
    r"</?(?:p|br|strong|em|del|s|code|pre|blockquote|ul|ol|li|a|hr|h[3-6]|table|thead|tbody|tr|th|td|div)"
    r"(?: (?:href|title|rel|start)=\"[^\"<>]*\")*\s*/?>"
    r"|<pre tabindex=\"0\" role=\"group\" aria-label=\"Code(?:: [A-Za-z+# ]+)?\">"
    r"|<span class=\"(?:k|s|m|c|f|gi|gd)\">|</span>"
)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**so**", "<strong>so</strong>"),
        ("# Big", "<h3>Big</h3>"),
        ("one\ntwo", "one<br>"),
        (
            "see https://halden.example/a.",
            '<a href="https://halden.example/a" rel="noopener noreferrer nofollow">',
        ),
        ("`https://halden.example`", "<code>https://halden.example</code>"),
        ("[x](https://a.example)", ">x</a>"),
        ("![a seal](https://a.example/s.png)", ">a seal</a>"),
        ("|a||\n|-|-|\n|1|2|", "<td></td>"),
        ("a < b & c", "a &lt; b &amp; c"),
    ],
)
def test_what_is_meant_is_shown(written: str, shown: str) -> None:
    assert shown in markdown_html(written)


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://spy.example/pixel.png)",
        '<a href="https://a.example" style="position:fixed">x</a>',
        "[x](https://a.example 'a\" onmouseover=\"alert(1)')",
        'https://a.example/"onmouseover="alert(1)',
    ],
)
def test_what_is_dangerous_is_not(written: str) -> None:
    html = str(markdown_html(written))
    for tag in re.findall(r"<[^>]*>", html):
        assert ALLOWED.fullmatch(tag), tag
    assert not re.search(r"href=\"(?:javascript|data):", html)
    assert "<img" not in html


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_no_text_makes_another_tag(written: str) -> None:
    for tag in re.findall(r"<[^>]*>", str(markdown_html(written))):
        assert ALLOWED.fullmatch(tag), tag


def test_a_very_long_text_is_bounded() -> None:
    assert len(markdown_html("[" * 300_000)) < 1_000_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# A grey wall\n\nA *simulation* is", "A grey wall: A simulation is"),
        ("plain", "plain"),
        ("> quoted\nmore", "quoted more"),
        ("word " * 60, "word word word word\u00a0…"),
    ],
)
def test_first_words_are_plain(text: str, words: str) -> None:
    assert first_words(text, 24 if len(text) > 100 else 120) == words
