"""The WordPress connector against WordPress itself, read with requests of the test's own."""

import base64
import json
import urllib.error
import urllib.request
from dataclasses import replace
from uuid import uuid4

import pytest

from lockgate.channels.connectors.wordpress import WordPress, slug_of
from lockgate.channels.types import ChannelRefused, SignInRefused

BODY = """# A quieter ball valve

The *series 7* runs 12 dB quieter -- and "tighter" ... see [the sheet](https://halden.example/s7?a=1&b=2).

- tested at 40 bar
- 3 × 5 mm & <b>no</b> leak 🎉
"""


def as_user(account, path, body):
    """A POST with the account's own password, by the test and not by the connector."""
    word = f"{account.config['handle']}:{account.secrets['app_password']}".encode()
    request = urllib.request.Request(
        f"{account.base_url}/wp-json/wp/v2/{path}",
        json.dumps(body).encode(),
        {"Authorization": "Basic " + base64.b64encode(word).decode(), "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.load(response)


@pytest.fixture
def somebody(wordpress_account):
    """Makes a user of the site with a role, and answers its account."""

    def make(role):
        name = f"{role}-{uuid4().hex[:6]}"
        user = {"username": name, "email": f"{name}@example.test", "password": uuid4().hex, "roles": [role]}
        made = as_user(wordpress_account, "users", user)
        word = as_user(wordpress_account, f"users/{made['id']}/application-passwords", {"name": "lockgate"})
        return replace(
            wordpress_account,
            config={"handle": name},
            secrets={"app_password": word["password"]},
        )

    return make


def fetch(url):
    with urllib.request.urlopen(url, timeout=20) as response:
        return response.read()


def public(account, path):
    return json.loads(fetch(f"{account.base_url}/wp-json/wp/v2/{path}"))


def test_a_post_stands_there_with_image_alt_text_and_category(wordpress_account, new_post, photograph):
    channel = WordPress()
    post = new_post(BODY, images=(photograph,), categories=("Product news", "R&D"))
    published = channel.publish(post, wordpress_account)

    shown = public(wordpress_account, f"posts/{published.reference}")
    assert shown["title"]["rendered"] == "A quieter ball valve"
    assert "<em>series 7</em>" in shown["content"]["rendered"]
    assert "&lt;b&gt;no&lt;/b&gt;" in shown["content"]["rendered"]
    assert shown["slug"].endswith(post.token)
    assert published.url == shown["link"]
    names = {public(wordpress_account, f"categories/{number}")["name"] for number in shown["categories"]}
    assert names == {"Product news", "R&amp;D"}
    (picture,) = public(wordpress_account, f"media?slug={shown['slug']}-image-1")
    assert picture["alt_text"] == photograph.alt
    stored = fetch(picture["source_url"])
    assert b"Camera-of-Nadia" not in stored
    assert b"Exif" not in stored
    assert (picture["media_details"]["width"], picture["media_details"]["height"]) == (400, 640)

    back = channel.read_back(post, published, wordpress_account)
    assert back.is_there
    assert back.differences == ()


def test_the_same_token_again_is_the_same_post(wordpress_account, new_post, photograph):
    channel = WordPress()
    post = new_post("Once only.", images=(photograph,))
    assert channel.look_up(post, wordpress_account) is None
    first = channel.publish(post, wordpress_account)
    assert channel.publish(post, wordpress_account) == first
    assert channel.look_up(post, wordpress_account) == first
    found = public(wordpress_account, f"posts?search={post.token}&per_page=100")
    titled = [
        entry for entry in public(wordpress_account, "posts?per_page=100") if post.token in entry["slug"]
    ]
    assert len(titled) == 1
    assert len(found) <= 1
    assert len(public(wordpress_account, f"media?slug={slug_of(post)}-image-1")) == 1


def test_a_category_is_found_again_and_not_made_twice(wordpress_account, new_post):
    channel = WordPress()
    for _turn in range(2):
        channel.publish(new_post("Twice in one category.", categories=("Trade fairs",)), wordpress_account)
        channel.publish(new_post("Another case.", categories=("trade FAIRS",)), wordpress_account)
    named = [
        entry for entry in public(wordpress_account, "categories?per_page=100") if "fair" in entry["slug"]
    ]
    assert [entry["count"] for entry in named] == [4]


def test_taken_away_it_and_its_picture_are_gone(wordpress_account, new_post, photograph):
    channel = WordPress()
    post = new_post("# Sent too early\n\nNot yet.", images=(photograph,))
    published = channel.publish(post, wordpress_account)
    (picture,) = public(wordpress_account, f"media?slug={slug_of(post)}-image-1")
    channel.delete(published, wordpress_account)

    assert not channel.read_back(post, published, wordpress_account).is_there
    assert channel.look_up(post, wordpress_account) is None
    for url in (
        f"{wordpress_account.base_url}/wp-json/wp/v2/posts/{published.reference}",
        picture["source_url"],
    ):
        with pytest.raises(urllib.error.HTTPError) as gone:
            fetch(url)
        assert gone.value.code == 404
    channel.delete(published, wordpress_account)  # taking away what is gone succeeds


def test_an_edit_at_the_site_is_noticed(wordpress_account, new_post):
    channel = WordPress()
    post = new_post("The valve holds 40 bar.")
    published = channel.publish(post, wordpress_account)
    assert channel.read_back(post, published, wordpress_account).differences == ()
    as_user(wordpress_account, f"posts/{published.reference}", {"content": "<p>The valve holds 60 bar.</p>"})
    back = channel.read_back(post, published, wordpress_account)
    assert back.is_there
    assert len(back.differences) == 1
    assert "60 bar" in back.differences[0]


def test_sign_in_right_and_wrong(wordpress_account, new_post, wrong_password):
    channel = WordPress()
    assert channel.sign_in(wordpress_account) == "admin"
    bad = wrong_password(wordpress_account)
    post = new_post("Never there.")
    for refused in (
        lambda: channel.sign_in(bad),
        lambda: channel.publish(post, bad),
        lambda: channel.look_up(post, bad),
    ):
        with pytest.raises(SignInRefused) as no:
            refused()
        assert "canary" not in str(no.value)
    assert channel.look_up(post, wordpress_account) is None


def test_an_author_is_enough(somebody, new_post, photograph):
    channel, account = WordPress(), somebody("author")
    assert channel.sign_in(account).startswith("author-")
    post = new_post(BODY, images=(photograph,))
    published = channel.publish(post, account)
    back = channel.read_back(post, published, account)
    assert back.is_there
    assert back.differences == ()
    assert channel.look_up(post, account) == published
    channel.delete(published, account)
    assert not channel.read_back(post, published, account).is_there


@pytest.mark.parametrize("role", ["contributor", "subscriber"])
def test_who_may_not_publish_is_told_at_sign_in(somebody, new_post, role):
    channel, account = WordPress(), somebody(role)
    with pytest.raises(SignInRefused, match="author"):
        channel.sign_in(account)
    post = new_post("Not for a contributor.")
    with pytest.raises(ChannelRefused):
        channel.publish(post, account)


def test_a_bad_picture_is_refused_before_anything_is_sent(wordpress_account, new_post, photograph):
    channel = WordPress()
    bad = type(photograph)("x.png", "image/png", "A valve", b"\x89PNG\r\n\x1a\n broken", "")
    post = new_post("With a broken picture.", images=(bad,))
    assert channel.validate(post)
    with pytest.raises(ChannelRefused, match="not a picture"):
        channel.publish(post, wordpress_account)
    assert channel.look_up(post, wordpress_account) is None
