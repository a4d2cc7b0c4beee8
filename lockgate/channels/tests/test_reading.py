import pytest

from lockgate.channels.reading import difference, same_words, words_of_html

SHOWN = {
    "typeset quotes": ('He said "no" -- twice...', "He said “no” – twice…", True),
    "apostrophe": ("it's", "it’s", True),
    "dimensions": ("3 x 5", "3 × 5", True),
    "spaces": ("a\u00a0b\n\nc", "a b c", True),
    "another word": ("40 bar", "60 bar", False),
    "cut": ("a long sentence", "a long", False),
    "case": ("Halden", "halden", False),
    "added": ("a", "a b", False),
}


@pytest.mark.parametrize(("sent", "shown", "same"), SHOWN.values(), ids=SHOWN)
def test_same_words(sent, shown, same):
    assert same_words(sent, shown) == same
    assert (difference(sent, shown) == "") == same


def test_a_cut_is_told_with_counts():
    assert difference("0123456789", "01234") == "The text was cut after 5 of 10 characters."


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>a</p><p>b<br>c</p>", "a\nb\nc"),
        ("<p>a <b>b</b>c</p>", "a bc"),
        ("<p>a</p><script>x()</script><style>y</style>", "a"),
        ("&lt;b&gt; &amp; &#8220;", "<b> & “"),
        ('x<img class="emoji" alt="🎉">', "x🎉"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
    ],
)
def test_words_of_html(html, words):
    assert words_of_html(html) == words
