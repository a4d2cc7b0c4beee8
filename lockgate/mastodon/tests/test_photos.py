"""A person's photo in an app: by an address that speaks for one token, while its person may know of them."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

import pytest
from django.test import Client
from PIL import Image

from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.mastodon.tests.client import token_for
from lockgate.people.models import Person
from lockgate.profiles.operations import remove_photo, set_photo

pytestmark = pytest.mark.django_db


def avatar(client: Client, person: Person) -> str:
    found = client.get(f"/api/v1/accounts/lookup?acct={person.slug}").json()
    assert found["avatar"] == found["avatar_static"]
    parts = urlsplit(found["avatar"])
    return f"{parts.path}?{parts.query}"


def test_a_photo_is_the_avatar_for_who_may_know_of_its_person(cast_now: Cast) -> None:
    author = Person.objects.get(pk=cast_now.author.pk)
    client = Client(headers={"authorization": f"Bearer {token_for(cast_now.colleague)}"})
    assert avatar(client, author).startswith("/avatars/")
    out = io.BytesIO()
    Image.new("RGB", (200, 200), "teal").save(out, "PNG")
    set_photo(by=author, at=now(), content=out.getvalue())
    address = avatar(client, author)
    # A view of pictures sends no header.
    shown = Client().get(address)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/jpeg")
    assert shown.headers["Cache-Control"] == "private, no-cache"
    token, slug, until, words = address.split("?")[0].removeprefix("/photos/").split("/")
    for other in (
        f"/photos/{token}/theo-mercier/{until}/{words}",
        f"/photos/{int(token) + 1}/{slug}/{until}/{words}",
        f"/photos/{token}/{slug}/2088-01-01/{words}",
        f"/photos/{token}/{slug}/{until}/{'x' * len(words)}",
    ):
        assert Client().get(other).status_code == 404
    Person.objects.filter(pk=cast_now.colleague.pk).update(is_active=False)
    assert Client().get(address).status_code == 404
    Person.objects.filter(pk=cast_now.colleague.pk).update(is_active=True)
    remove_photo(by=author, at=now())
    assert Client().get(address).status_code == 404
    assert avatar(client, author).startswith("/avatars/")
