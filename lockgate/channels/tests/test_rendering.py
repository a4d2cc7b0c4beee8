import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.channels.rendering import article, cut_trailing, plain

PLAIN = {
    "emphasis goes": ("a *b* **c** ~~d~~ `e`", "a b c d e"),
    "heading and paragraph": ("# A\n\nb", "A\n\nb"),
    "a line break stays": ("a\nb", "a\nb"),
    "list": ("- a\n- b\n  - c", "• a\n• b\n  • c"),
    "numbered from three": ("3. a\n4. b", "3. a\n4. b"),
    "quote": ("> a", "“a”"),
    "code as it is": ("```\nx = *1*\n```", "x = *1*"),
    "table": ("| a | b |\n|--|--|\n| 1 | 2 |", "a · b\n1 · 2"),
    "html is words": ("<b>x</b> &amp; y", "<b>x</b> & y"),
    "picture is its words": ("![a valve](https://evil.example/x.png)", "a valve"),
    "link is its label": ("see [this](https://a.example)", "see this"),
    "script link is no link": ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
    "nothing": ("", ""),
    "spaces": ("   \n\n ", ""),
}


@pytest.mark.parametrize(("markdown", "words"), PLAIN.values(), ids=PLAIN)
def test_plain_words(markdown, words):
    assert plain(markdown).text == words


SPELLED = {
    "label and address": ("see [this](https://a.example).", "see this (https://a.example)."),
    "bare address once": ("see https://a.example/b.", "see https://a.example/b."),
    "same label once": ("[https://a.example](https://a.example)", "https://a.example"),
    "label without scheme": ("[a.example](https://a.example/)", "https://a.example/"),
    "mail": ("[write](mailto:x@a.example)", "write (x@a.example)"),
}


@pytest.mark.parametrize(("markdown", "words"), SPELLED.values(), ids=SPELLED)
def test_spelled_links(markdown, words):
    assert plain(markdown, spell_links=True).text == words


def test_links_point_at_their_labels():
    made = plain("🚰 [ein Blatt](https://a.example/ü) und https://b.example/c_(d), fertig")
    assert [(made.text[link.start : link.end], link.url) for link in made.links] == [
        ("ein Blatt", "https://a.example/%C3%BC"),
        ("https://b.example/c_(d)", "https://b.example/c_(d)"),
    ]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.example.", "https://a.example"),
        ("https://a.example/x),", "https://a.example/x"),
        ("https://a.example/x_(y)", "https://a.example/x_(y)"),
        ("https://a.example/?q=1!", "https://a.example/?q=1"),
        ("https://a.example/*", "https://a.example/"),
    ],
)
def test_a_sentences_punctuation_is_not_the_address(url, kept):
    assert cut_trailing(url) == kept


ARTICLES = {
    "first heading leaves the body": ("# New *valve*\n\nBody.", "", "New valve", "<p>Body.</p>"),
    "first line stays": (
        "We moved.\n\nTo Mannheim.",
        "",
        "We moved.",
        "<p>We moved.</p>\n<p>To Mannheim.</p>",
    ),
    "a given title wins": ("# A\n\nb", "Given", "Given", "<h1>A</h1>\n<p>b</p>"),
    "no html passes": (
        "<script>x</script>",
        "",
        "<script>x</script>",
        "<p>&lt;script&gt;x&lt;/script&gt;</p>",
    ),
    "a picture's address does not pass": ("![a](https://evil.example/p.png)", "", "a", "<p>a</p>"),
    "a script link does not pass": (
        "[x](javascript:alert)",
        "",
        "[x](javascript:alert)",
        "<p>[x](javascript:alert)</p>",
    ),
    "bare addresses are links": (
        "https://a.example",
        "",
        "https://a.example",
        '<p><a href="https://a.example" rel="noopener">https://a.example</a></p>',
    ),
}


@pytest.mark.parametrize(("markdown", "given_title", "title", "html"), ARTICLES.values(), ids=ARTICLES)
def test_article(markdown, given_title, title, html):
    made = article(markdown, given_title)
    assert (made.title, made.html) == (title, html)


def test_a_long_first_line_is_cut_at_a_word():
    title = article("word " * 60).title
    assert len(title) <= 100
    assert title.endswith("word…")


@given(st.text(max_size=300))
def test_any_text_renders_and_its_links_lie_in_it(markdown):
    for spell in (False, True):
        made = plain(markdown, spell_links=spell)
        assert all(0 <= link.start < link.end <= len(made.text) for link in made.links)
    html = article(markdown).html
    assert "<script" not in html
    assert "javascript:" not in html.lower() or 'href="javascript:' not in html.lower()
