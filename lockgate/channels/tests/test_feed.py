from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import pytest
from django.db import IntegrityError, transaction
from PIL import Image as Pillow

from lockgate.base.refusal import NotFound
from lockgate.channels import feed_xml
from lockgate.channels.connectors.feed import CompanyFeed
from lockgate.channels.models import FeedEntry, FeedImage
from lockgate.channels.operations import open_account
from lockgate.channels.queries import facts, feed_document, feed_entry, feed_image
from lockgate.channels.types import ChannelRefused, Image, OutboundPost

A = "{http://www.w3.org/2005/Atom}"
T = "{http://purl.org/atompub/tombstones/1.0}"


@pytest.fixture
def feed(administrator, at):
    return open_account(
        by=administrator,
        at=at,
        slug="news",
        connector_name="feed",
        name="Halden News & Notes",
        desk_slug="communications",
        base_url="https://halden.example",
    )


@pytest.fixture
def photograph():
    import io

    exif = Pillow.Exif()
    exif[0x010F] = "Canary-of-Nadia"
    out = io.BytesIO()
    Pillow.new("RGB", (30, 20), "blue").save(out, "JPEG", exif=exif)
    return Image("v.jpg", "image/jpeg", 'A "valve" & <more>', out.getvalue(), "")


def post(at, markdown, token="t-1", **more):
    return OutboundPost(token=token, markdown=markdown, intended_at=at, **{"images": (), **more})


BODY = "# Ü & <b>\n\nSee [this](https://x.example/?a=1&b=2)\x00\x0b ]]> 🚰"


def test_published_once_found_and_read_back(feed, at, photograph):
    channel, sent = CompanyFeed(), post(at, BODY, images=(photograph,), categories=("News",))
    assert channel.look_up(sent, facts(feed)) is None
    first = channel.publish(sent, facts(feed))
    assert channel.publish(sent, facts(feed)) == first
    assert channel.look_up(sent, facts(feed)) == first
    assert FeedEntry.objects.count() == 1
    assert first.url == f"https://halden.example/feeds/news/{first.reference}"
    back = channel.read_back(sent, first, facts(feed))
    assert back.is_there
    assert back.differences == ()
    picture = feed_image(FeedEntry.objects.get().reference, 1)
    assert b"Canary" not in bytes(picture.content)
    assert picture.size_bytes == len(bytes(picture.content))
    assert channel.read_back(replace(sent, markdown="Other words"), first, facts(feed)).differences != ()


def test_taken_away_it_leaves_a_tombstone_without_words(feed, at, photograph):
    channel, sent = CompanyFeed(), post(at, "Sent too early", images=(photograph,))
    published = channel.publish(sent, facts(feed))
    channel.delete(published, facts(feed))
    channel.delete(published, facts(feed))
    entry = feed_entry(FeedEntry.objects.get().reference)
    assert entry.removed_at is not None
    assert (entry.title, entry.text, entry.html) == ("", "", "")
    assert not FeedImage.objects.exists()
    with pytest.raises(NotFound):
        feed_image(entry.reference, 1)
    assert channel.look_up(sent, facts(feed)) is None
    assert not channel.read_back(sent, published, facts(feed)).is_there
    with pytest.raises(ChannelRefused):
        channel.publish(sent, facts(feed))  # a recalled entry does not come back by itself
    assert FeedEntry.objects.get().text == ""


def test_the_database_keeps_no_words_of_what_is_gone(feed, at):
    CompanyFeed().publish(post(at, "Words"), facts(feed))
    with pytest.raises(IntegrityError), transaction.atomic():
        FeedEntry.objects.update(removed_at=at)


@pytest.mark.parametrize(
    ("markdown", "about"), [("", "nothing"), (" \n", "nothing"), ("x" * 50_001, "50001 of 50000")]
)
def test_what_it_does_not_take(feed, at, markdown, about):
    with pytest.raises(ChannelRefused, match=about):
        CompanyFeed().publish(post(at, markdown), facts(feed))
    assert not FeedEntry.objects.exists()


def document(feed):
    return feed_document(feed, public_url="https://halden.example", company="Halden Valve")


def test_atom(feed, at, photograph):
    channel = CompanyFeed()
    channel.publish(post(at, BODY, images=(photograph,), categories=("R&D",), language="de"), facts(feed))
    gone = channel.publish(post(at + timedelta(hours=1), "Gone", token="t-2"), facts(feed))
    channel.delete(gone, facts(feed))
    root = ElementTree.fromstring(feed_xml.atom(*document(feed)))
    assert root.tag == f"{A}feed"
    # RFC 4287 4.1.1 and 4.1.2: what a feed and an entry must have, once each.
    for name in ("id", "title", "updated"):
        assert len(root.findall(f"{A}{name}")) == 1
    assert root.findtext(f"{A}author/{A}name") == "Halden Valve"
    assert {link.get("rel"): link.get("href") for link in root.findall(f"{A}link")} == {
        "self": "https://halden.example/feeds/news/atom.xml",
        "alternate": "https://halden.example/feeds/news",
    }
    (entry,) = root.findall(f"{A}entry")
    for name in ("id", "title", "updated", "published", "content"):
        assert len(entry.findall(f"{A}{name}")) == 1
    assert entry.findtext(f"{A}id").startswith("urn:uuid:")
    assert entry.findtext(f"{A}title") == "Ü & <b>"
    assert entry.findtext(f"{A}published") == "2026-03-04T12:00:00Z"
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"
    content = entry.find(f"{A}content")
    assert content.get("type") == "html"
    assert '<a href="https://x.example/?a=1&amp;b=2"' in content.text
    assert "]]&gt; 🚰" in content.text
    assert 'alt="A &quot;valve&quot; &amp; &lt;more&gt;"' in content.text
    (enclosure,) = [link for link in entry.findall(f"{A}link") if link.get("rel") == "enclosure"]
    assert enclosure.get("type") == "image/jpeg"
    assert int(enclosure.get("length")) > 0
    assert entry.find(f"{A}category").get("term") == "R&D"
    (tombstone,) = root.findall(f"{T}deleted-entry")
    assert tombstone.get("ref") == f"urn:uuid:{gone.reference}"
    assert "Gone" not in feed_xml.atom(*document(feed)).decode()


def test_rss(feed, at, photograph):
    channel = CompanyFeed()
    channel.publish(post(at, BODY, images=(photograph,), categories=("R&D",)), facts(feed))
    channel.delete(channel.publish(post(at, "Gone", token="t-2"), facts(feed)), facts(feed))
    root = ElementTree.fromstring(feed_xml.rss(*document(feed)))
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    channel_element = root.find("channel")
    for name in ("title", "link", "description"):
        assert channel_element.findtext(name)
    (item,) = channel_element.findall("item")
    assert item.findtext("title") == "Ü & <b>"
    assert item.find("guid").get("isPermaLink") == "false"
    assert parsedate_to_datetime(item.findtext("pubDate")) == at
    assert item.find("enclosure").get("url").endswith("/images/1")
    assert "<figure>" in item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")


def test_an_empty_feed_is_a_feed(feed):
    for render in (feed_xml.atom, feed_xml.rss):
        assert ElementTree.fromstring(render(*document(feed))) is not None


def test_validators_change_with_the_content_and_with_nothing_else(feed, at):
    channel = CompanyFeed()
    seen = [feed_xml.validators(*document(feed))]
    assert feed_xml.validators(*document(feed)) == seen[0]
    published = channel.publish(post(at + timedelta(hours=1), "A"), facts(feed))
    seen.append(feed_xml.validators(*document(feed)))
    assert seen[1].last_modified == at + timedelta(hours=1)
    channel.delete(published, facts(feed))
    seen.append(feed_xml.validators(*document(feed)))
    assert len({one.etag for one in seen}) == 3
    assert seen[2].last_modified > seen[1].last_modified
    assert all(one.etag.startswith('W/"') and one.etag.endswith('"') for one in seen)
