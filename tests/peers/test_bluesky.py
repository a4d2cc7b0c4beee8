"""The Bluesky connector against a real PDS, read with requests of the test's own."""

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import replace
from datetime import timedelta

import pytest

from lockgate.channels.connectors.bluesky import Bluesky, record_key
from lockgate.channels.types import ChannelRefused, OutcomeUnknown, SignInRefused


def public(account, method, **asked):
    url = f"{account.base_url}/xrpc/{method}?{urllib.parse.urlencode(asked)}"
    with urllib.request.urlopen(url, timeout=20) as response:
        return json.load(response)


def record(account, published):
    did, collection, key = published.reference.removeprefix("at://").split("/")
    return public(account, "com.atproto.repo.getRecord", repo=did, collection=collection, rkey=key)


def posts(account):
    did = public(account, "com.atproto.identity.resolveHandle", handle=account.config["handle"])["did"]
    return public(
        account, "com.atproto.repo.listRecords", repo=did, collection="app.bsky.feed.post", limit=100
    )["records"]


def test_a_post_stands_there_with_facets_and_an_image(bluesky_account, new_post, photograph):
    channel = Bluesky()
    other = bluesky_account.config["other_handle"]
    post = new_post(
        f"Ventile 🚰 für @{other} und @nobody-at-all.test: [das Blatt](https://halden.example/s7) "
        "oder https://halden.example/ü. #Ventile",
        images=(photograph,),
        language="de",
    )
    published = channel.publish(post, bluesky_account)

    shown = record(bluesky_account, published)["value"]
    text = shown["text"].encode()
    assert shown["langs"] == ["de"]
    marked = [
        (text[mark["index"]["byteStart"] : mark["index"]["byteEnd"]].decode(), mark["features"][0])
        for mark in shown["facets"]
    ]
    did = public(bluesky_account, "com.atproto.identity.resolveHandle", handle=other)["did"]
    assert marked == [
        (f"@{other}", {"$type": "app.bsky.richtext.facet#mention", "did": did}),
        ("das Blatt", {"$type": "app.bsky.richtext.facet#link", "uri": "https://halden.example/s7"}),
        (
            "https://halden.example/ü",
            {"$type": "app.bsky.richtext.facet#link", "uri": "https://halden.example/%C3%BC"},
        ),
        ("#Ventile", {"$type": "app.bsky.richtext.facet#tag", "tag": "Ventile"}),
    ]
    (picture,) = shown["embed"]["images"]
    assert picture["alt"] == photograph.alt
    assert picture["aspectRatio"] == {"width": 400, "height": 640}
    did = published.reference.removeprefix("at://").split("/")[0]
    url = f"{bluesky_account.base_url}/xrpc/com.atproto.sync.getBlob?did={did}&cid={picture['image']['ref']['$link']}"
    with urllib.request.urlopen(url, timeout=20) as response:
        assert b"Camera-of-Nadia" not in response.read()

    back = channel.read_back(post, published, bluesky_account)
    assert back.is_there
    assert back.differences == ()


def test_the_same_token_again_is_the_same_post(bluesky_account, new_post):
    channel = Bluesky()
    post = new_post("Once only, whatever happens.")
    before = len(posts(bluesky_account))
    assert channel.look_up(post, bluesky_account) is None
    first = channel.publish(post, bluesky_account)
    assert channel.publish(post, bluesky_account) == first
    assert channel.look_up(post, bluesky_account) == first
    assert len(posts(bluesky_account)) == before + 1
    assert first.reference.endswith(record_key(post.token, post.intended_at))


def test_a_post_is_never_written_over_another(bluesky_account, new_post):
    channel = Bluesky()
    post = new_post("The first stays.")
    first = channel.publish(post, bluesky_account)
    meets = replace(post, markdown="The second would hide it.")  # same token, as if two keys had met
    with pytest.raises(ChannelRefused, match="Another post"):
        channel.publish(meets, bluesky_account)
    assert record(bluesky_account, first)["value"]["text"] == "The first stays."


def test_two_writes_at_once_leave_the_first(bluesky_account, new_post, monkeypatch):
    """Between our look and our write something comes to stand there: the PDS itself refuses the second write."""
    channel = Bluesky()
    post = new_post("The first stays, even so.")
    first = channel.publish(post, bluesky_account)
    with monkeypatch.context() as blind:
        blind.setattr(Bluesky, "_record", lambda *_about: None)
        with pytest.raises(OutcomeUnknown):
            channel.publish(replace(post, markdown="The second would hide it."), bluesky_account)
    assert record(bluesky_account, first)["value"]["text"] == "The first stays, even so."
    assert channel.look_up(post, bluesky_account) == first


def test_three_hundred_graphemes_and_no_more(bluesky_account, new_post):
    channel = Bluesky()
    family = "👩‍👩‍👧‍👦"  # one grapheme of seven code points, 25 bytes
    fits = new_post("e\u0301" * 250 + family * 50)
    assert channel.validate(fits) == ()
    assert channel.read_back(fits, channel.publish(fits, bluesky_account), bluesky_account).differences == ()
    over = new_post("e\u0301" * 301)
    assert "301 of 300" in channel.validate(over)[0]
    with pytest.raises(ChannelRefused, match="301 of 300"):
        channel.publish(over, bluesky_account)


def test_taken_away_it_is_gone(bluesky_account, new_post):
    channel = Bluesky()
    post = new_post("Sent too early.", intended_at=new_post("x").intended_at - timedelta(hours=3))
    published = channel.publish(post, bluesky_account)
    channel.delete(published, bluesky_account)
    assert not channel.read_back(post, published, bluesky_account).is_there
    assert channel.look_up(post, bluesky_account) is None
    with pytest.raises(urllib.error.HTTPError):
        record(bluesky_account, published)
    channel.delete(published, bluesky_account)


def test_sign_in_right_and_wrong(bluesky_account, new_post, wrong_password):
    channel = Bluesky()
    assert channel.sign_in(bluesky_account) == bluesky_account.config["handle"]
    bad = wrong_password(bluesky_account)
    post = new_post("Never there.")
    for refused in (
        lambda: channel.sign_in(bad),
        lambda: channel.publish(post, bad),
        lambda: channel.look_up(post, bad),
    ):
        with pytest.raises(SignInRefused) as no:
            refused()
        assert "canary" not in str(no.value)
    assert channel.look_up(post, bluesky_account) is None
