import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.channels.facets import facets, mentioned
from lockgate.channels.rendering import plain

KNOWN = {"halden.example": "did:plc:halden", "bauer.test": "did:plc:bauer"}

TEXTS = {
    "mention": ("hi @halden.example", [("@halden.example", "mention", "did:plc:halden")]),
    "mention after letters of many bytes": (
        "Grüße 🚰 @bauer.test!",
        [("@bauer.test", "mention", "did:plc:bauer")],
    ),
    "capitals are the same handle": ("@Bauer.Test", [("@Bauer.Test", "mention", "did:plc:bauer")]),
    "unknown stays words": ("@nobody.example", []),
    "an e-mail address is no mention": ("write to sales@halden.example", []),
    "a name without a dot is no mention": ("@halden", []),
    "a path is no mention": (
        "https://x.example/@bauer.test",
        [("https://x.example/@bauer.test", "link", "https://x.example/@bauer.test")],
    ),
    "link with a label": (
        "[das Ventil](https://x.example/ä)",
        [("das Ventil", "link", "https://x.example/%C3%A4")],
    ),
    "no mention inside a link": (
        "[@bauer.test](https://x.example)",
        [("@bauer.test", "link", "https://x.example")],
    ),
    "tag": ("#Ventile #7 x#y", [("#Ventile", "tag", "Ventile")]),
    "mail links are no facet": ("[x](mailto:a@b.example)", []),
}


@pytest.mark.parametrize(("markdown", "expected"), TEXTS.values(), ids=TEXTS)
def test_what_is_marked(markdown, expected):
    words = plain(markdown)
    text = words.text.encode()
    made = []
    for mark in facets(words, KNOWN.get):
        (feature,) = mark["features"]
        kind = feature["$type"].rsplit("#", 1)[1]
        value = feature[{"mention": "did", "link": "uri", "tag": "tag"}[kind]]
        made.append((text[mark["index"]["byteStart"] : mark["index"]["byteEnd"]].decode(), kind, value))
    assert made == expected


def test_each_handle_is_asked_for_once_in_order():
    assert mentioned("@b.example and @A.example, @B.example") == ("b.example", "a.example")


@given(
    st.lists(
        st.sampled_from(["ä", "🚰", "e\u0301", "x ", "@bauer.test ", "[l 🚰](https://x.example) ", "\n"])
    )
)
def test_offsets_always_fall_between_letters_and_never_overlap(parts):
    words = plain("".join(parts))
    text = words.text.encode()
    ended = 0
    for mark in facets(words, KNOWN.get):
        start, end = mark["index"]["byteStart"], mark["index"]["byteEnd"]
        assert ended <= start < end <= len(text)
        text[start:end].decode()  # cut inside a letter, this would raise
        ended = end
