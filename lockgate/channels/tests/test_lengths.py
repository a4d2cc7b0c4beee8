import pytest

from lockgate.channels.connectors.bluesky import Bluesky, record_key
from lockgate.channels.connectors.mastodon import counted, shown_alike
from lockgate.channels.connectors.wordpress import slug_of
from lockgate.channels.lengths import graphemes, too_long
from lockgate.channels.types import OutboundPost

COUNTS = {
    "letters": ("abc", 3),
    "a letter and its accent": ("e\u0301", 1),
    "a family": ("👩‍👩‍👧‍👦", 1),
    "a flag": ("🇩🇪🇫🇷", 2),
    "skin": ("👍🏽", 1),
    "devanagari": ("नमस्ते", 3),
    "line end": ("a\r\nb", 3),
    "nothing": ("", 0),
}


@pytest.mark.parametrize(("text", "count"), COUNTS.values(), ids=COUNTS)
def test_graphemes(text, count):
    assert graphemes(text) == count


MASTODON = {
    "plain": ("abc", 3),
    "an address is 23": ("a https://halden.example/" + "x" * 200, 25),
    "a mention counts without its server": ("@nadia@social.example hi", 9),
    "an e-mail address is not a mention": ("x@halden.example", 16),
}


@pytest.mark.parametrize(("text", "count"), MASTODON.values(), ids=MASTODON)
def test_mastodon_counts(text, count):
    assert counted(text) == count


@pytest.mark.parametrize(
    ("sent", "html", "alike"),
    [
        ("a b", "<p>a b</p>", True),
        ("a\n\nb", "<p>a</p><p>b</p>", True),
        (
            "see https://halden.example/long/path",
            '<p>see <a href="https://halden.example/long/path"><span class="invisible">https://</span>'
            '<span class="ellipsis">halden.example/long</span><span class="invisible">/path</span></a></p>',
            True,
        ),
        (
            "@nadia@social.example hi",
            '<p><span class="h-card"><a href="x">@<span>nadia</span></a></span> hi</p>',
            True,
        ),
        ("x & y < z", "<p>x &amp; y &lt; z</p>", True),
        ("a b", "<p>a c</p>", False),
        ("a b", "<p>a</p>", False),
    ],
)
def test_what_mastodon_shows_is_known_again(sent, html, alike):
    assert shown_alike(sent, html) == alike


def test_the_sentence_has_both_counts():
    (said,) = too_long("Bluesky", 312, 300)
    assert "312 of 300" in said
    assert "12" in said
    assert too_long("Bluesky", 300, 300) == ()


@pytest.mark.parametrize(
    ("markdown", "fits"), [("x" * 300, True), ("x" * 301, False), ("**" + "x" * 300 + "**", True)]
)
def test_bluesky_counts_what_is_shown(markdown, fits, at):
    post = OutboundPost(token="t1", markdown=markdown, images=(), intended_at=at)
    assert (Bluesky().validate(post) == ()) == fits


def test_a_record_key_is_steady_sorts_by_time_and_differs_by_token(at):
    from datetime import timedelta

    key = record_key("token-1", at)
    assert key == record_key("token-1", at)
    assert len(key) == 13
    assert set(key) <= set("234567abcdefghijklmnopqrstuvwxyz")
    assert key[0] in "234567abcdefghij"
    assert record_key("token-1", at + timedelta(seconds=2)) > key
    keys = {record_key(f"token-{n}", at) for n in range(2000)}  # all planned for the same second
    assert len(keys) == 2000


@pytest.mark.parametrize(
    ("token", "title", "slug"),
    [
        ("lg-7f3a", "A quieter valve", "a-quieter-valve-lg-7f3a"),
        ("lg-7f3a", "", "lg-7f3a"),
        ("lg-7f3a", "Ölventil für Köln", "olventil-fur-koln-lg-7f3a"),
        ("d:77/A", "X", "x-" + "0" * 20),
    ],
)
def test_the_slug_ends_with_the_token(token, title, slug, at):
    made = slug_of(OutboundPost(token=token, markdown="", title=title, images=(), intended_at=at))
    if slug.endswith("0" * 20):  # what no slug can hold stands as a digest, steady and as long
        assert made.startswith("x-")
        assert len(made) == 22
    else:
        assert made == slug
