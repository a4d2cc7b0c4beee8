"""The Mastodon connector against a server that speaks its API, read with requests of the test's own."""

import json
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import timedelta

import pytest

from lockgate.channels.connectors.mastodon import Mastodon
from lockgate.channels.types import ChannelRefused, SignInRefused


def asked(account, path):
    request = urllib.request.Request(
        f"{account.base_url}/api/v1/{path}",
        headers={"Authorization": f"Bearer {account.secrets['access_token']}"},
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.load(response)


def test_a_post_stands_there_with_image_and_alt_text(mastodon_account, new_post, photograph):
    channel = Mastodon()
    post = new_post(
        "Valves & *quiet*: [the sheet](https://halden.example/s7) for @someone@elsewhere.example\n\nSecond paragraph",
        images=(photograph,),
    )
    published = channel.publish(post, mastodon_account)
    shown = asked(mastodon_account, f"statuses/{published.reference}")
    assert "https://halden.example/s7" in shown["content"]
    assert shown["visibility"] == "public"
    (picture,) = shown["media_attachments"]
    assert picture["description"] == photograph.alt
    back = channel.read_back(post, published, mastodon_account)
    assert back.is_there
    assert back.differences == ()


def test_the_same_post_is_found_again(mastodon_account, new_post, photograph):
    channel = Mastodon()
    post = new_post("Once only, and found by its words & its hour.", images=(photograph,))
    assert channel.look_up(post, mastodon_account) is None
    first = channel.publish(post, mastodon_account)
    found = channel.look_up(post, mastodon_account)
    assert found is not None
    assert found.reference == first.reference


def test_the_same_words_an_hour_earlier_are_another_post(mastodon_account, new_post):
    channel = Mastodon()
    post = new_post("Every Monday we are hiring.")
    channel.publish(post, mastodon_account)
    next_week = replace(post, token="another", intended_at=post.intended_at + timedelta(hours=1))
    assert channel.look_up(next_week, mastodon_account) is None


def test_it_is_found_among_many_newer_ones(mastodon_account, new_post):
    channel = Mastodon()
    post = new_post("The one that is looked for.")
    first = channel.publish(post, mastodon_account)
    for number in range(45):
        channel.publish(new_post(f"Newer, number {number}."), mastodon_account)
    found = channel.look_up(post, mastodon_account)
    assert found is not None
    assert found.reference == first.reference


def test_too_long_is_told_with_counts(mastodon_account, new_post):
    channel = Mastodon()
    fits = new_post("x" * 476 + " https://halden.example/" + "y" * 200)  # an address counts 23
    assert channel.validate(fits) == ()
    over = new_post("x" * 512)
    assert "512 of 500" in channel.validate(over)[0]
    with pytest.raises(ChannelRefused, match="512 of 500"):
        channel.publish(over, mastodon_account)


def test_taken_away_it_is_gone(mastodon_account, new_post):
    channel = Mastodon()
    post = new_post("Sent too early.")
    published = channel.publish(post, mastodon_account)
    channel.delete(published, mastodon_account)
    assert not channel.read_back(post, published, mastodon_account).is_there
    assert channel.look_up(post, mastodon_account) is None
    with pytest.raises(urllib.error.HTTPError) as gone:
        asked(mastodon_account, f"statuses/{published.reference}")
    assert gone.value.code == 404
    channel.delete(published, mastodon_account)


def test_sign_in_right_and_wrong(mastodon_account, new_post, wrong_password):
    channel = Mastodon()
    assert channel.sign_in(mastodon_account) == asked(mastodon_account, "accounts/verify_credentials")["acct"]
    bad = wrong_password(mastodon_account)
    post = new_post("Never there.")
    for refused in (
        lambda: channel.sign_in(bad),
        lambda: channel.publish(post, bad),
        lambda: channel.look_up(post, bad),
    ):
        with pytest.raises(SignInRefused) as no:
            refused()
        assert "canary" not in str(no.value)
    assert channel.look_up(post, mastodon_account) is None
