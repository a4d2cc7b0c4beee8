"""Code in a post: told apart by classes alone, washed like all else, and bounded whatever somebody writes."""

from __future__ import annotations

import re
import time
from html import unescape
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.web import code
from lockgate.web.markdown import markdown_html


def _fenced(words: str, info: str = "python") -> str:
    return str(markdown_html(f"```{info}\n{words}\n```"))


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_the_words_of_a_language_are_told_apart_and_it_is_named() -> None:
    html = _fenced('def open(valve):  # slowly\n    return "open", 7')
    assert 'role="group" aria-label="Code: Python"' in html
    assert 'tabindex="0"' in html
    for part in ('<span class="k">def</span>', '<span class="f">open</span>', '<span class="m">7</span>'):
        assert part in html
    assert "style=" not in html


@pytest.mark.parametrize(
    ("info", "name"),
    [
        ("py", "Code: Python"),
        ("C++", "Code: C++"),
        ("yml title=x", "Code: YAML"),
        ("", "Code"),
        ("no-such", "Code"),
    ],
)
def test_the_name_after_the_ticks(info: str, name: str) -> None:
    assert f'aria-label="{name}"' in _fenced("a: 1", info)


def test_what_is_long_stays_plain() -> None:
    assert '<span class="k">' in _fenced("return\n" * 1000)
    assert "<span" not in _fenced("return\n" * 2000)
    assert "<span" not in _fenced("return " * 100)


def test_an_app_gets_code_without_our_classes() -> None:
    html = str(markdown_html("```python\nreturn 1\n```", for_our_pages=False))
    assert html == "<pre><code>return 1\n</code></pre>\n"


@pytest.mark.parametrize("info", sorted(code._KNOWN))
def test_every_language_that_is_named_is_there(info: str) -> None:
    assert "".join(_text(_fenced("a = 1", info)).split()) == "a=1"


HOSTILE = [
    *('"' * 399, "(" * 399, "<" * 399, "\\" * 399, "/*" * 199, "a" * 399, "$(" * 199, "`" * 399, "[" * 399),
    *("a." * 199, "'''" * 133, "<a " * 133, "0x" * 199, "- " * 199, "#" * 399, " " * 398 + "x", "@a(" * 133),
]


@pytest.mark.parametrize("info", sorted(code._KNOWN))
def test_no_hostile_text_takes_long(info: str) -> None:
    code.block("warm = 1", info)
    for line in HOSTILE:
        whole = "\n".join([line] * (code.MOST_CHARACTERS // 400))
        began = time.thread_time()
        code.block(whole, info)
        assert time.thread_time() - began < 0.5, (info, line[:9])


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet="ab01 \n\t\"'`<>&/*#=(){}[]:.-$\\@", max_size=200), st.sampled_from(sorted(code._KNOWN))
)
def test_every_word_is_kept_and_no_other_tag_comes_in(written: str, info: str) -> None:
    html = code.block(written, info)
    assert _text(html).rstrip("\n") == written.rstrip("\n")
    assert set(re.findall(r"<[^>]*>", html)) <= {
        f'<pre tabindex="0" role="group" aria-label="Code: {code._KNOWN[info][0]}">',
        "<code>", "</code>", "</pre>", "</span>", *(f'<span class="{one}">' for one in code.CLASSES),
    }  # fmt: skip


def _luminance(lightness: float, chroma: float, hue: float) -> float:
    from math import cos, radians, sin

    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    assert all(-0.001 <= one <= 1.001 for one in (red, green, blue)), "not a colour that a screen shows"
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_colours_of_code_stand_out_from_its_ground_in_light_and_in_dark() -> None:
    css = (files("lockgate.web") / "static" / "web" / "lockgate.css").read_text("utf-8")
    light, dark = css.split("prefers-color-scheme: dark", 1)
    for part in (light, dark):
        shades = {
            name: _luminance(*map(float, numbers.split()))
            for name, numbers in re.findall(
                r"--(code-s|code-m|ink-3|ink|well): oklch\(([0-9. ]+)\)", part.split("@layer base")[0]
            )
        }
        assert set(shades) == {"code-s", "code-m", "ink-3", "ink", "well"}
        for name, shade in shades.items():
            if name != "well":
                upper, lower = max(shade, shades["well"]), min(shade, shades["well"])
                assert (upper + 0.05) / (lower + 0.05) >= 4.5, name
