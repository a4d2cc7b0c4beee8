"""One's own account from an app: photo and note change; what the company keeps does not."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils.html import escape
from mastodon import Mastodon, MastodonAPIError
from PIL import Image

from lockgate.archive.models import Entry
from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.mastodon.tests.client import client_for
from lockgate.people.models import Person
from lockgate.profiles.operations import write
from lockgate.profiles.queries import written_by
from lockgate.profiles.types import Written
from lockgate.spaces.queries import known_to

pytestmark = pytest.mark.django_db


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (200, 160), (10, 120, 60)).save(drawn, "PNG")
    return drawn.getvalue()


def refused(app: Mastodon, **fields: Any) -> str:
    with pytest.raises(MastodonAPIError) as answer:
        app.account_update_credentials(**fields)
    assert answer.value.args[1] in {403, 422}
    return str(answer.value.args[3])


def test_a_photo_comes_from_an_app_and_goes(cast_now: Cast) -> None:
    nadia, theo = client_for(cast_now.author), client_for(cast_now.colleague)
    before = nadia.me().avatar
    changed = nadia.account_update_credentials(avatar=picture(), avatar_mime_type="image/png")
    assert "/photos/" in changed.avatar
    assert changed.avatar != before
    seen = theo.account(nadia.me().id).avatar
    assert Client().get(seen.removeprefix("https://testserver")).headers["Content-Type"] == "image/jpeg"
    assert Entry.objects.filter(action="profiles.photo.set", actor=cast_now.author.pseudonym).count() == 1
    # No picture is none, and the one that stands stays.
    assert refused(nadia, avatar=b"never a picture", avatar_mime_type="image/png")
    assert "/photos/" in nadia.me().avatar
    assert refused(nadia, note="Rings", avatar=b"never a picture", avatar_mime_type="image/png")
    assert "Rings" not in nadia.me().note
    bearer = {"Authorization": f"Bearer {nadia.access_token}"}
    gone = Client().delete("/api/v1/profile/avatar", headers=bearer).json()
    assert "/avatars/" in gone["avatar"]
    assert "/avatars/" in nadia.me().avatar
    header = Client().delete("/api/v1/profile/header", headers=bearer).json()
    assert header["header"] == gone["header"]


def test_what_one_works_on_is_the_note(cast_now: Cast) -> None:
    nadia, theo = client_for(cast_now.author), client_for(cast_now.colleague)
    written = Written(works_on="Seals.", skills=("helium",), phone="+33 5 61 00 00 00")
    write(by=cast_now.author, at=now(), written=written)
    me = nadia.me()
    assert me.source.note == "Seals."
    changed = nadia.account_update_credentials(note="Seals & <rings>\nof Valve 7")
    assert changed.source.note == "Seals & <rings>\nof Valve 7"
    assert "Seals &amp; &lt;rings&gt;<br>of Valve 7" in changed.note
    assert escape(cast_now.author.title) in changed.note
    assert theo.account(me.id).note == changed.note
    kept = written_by(cast_now.author)
    assert (kept.skills, kept.phone) == (("helium",), "+33 5 61 00 00 00")
    assert refused(nadia, note="x" * 601)
    assert nadia.me().source.note == changed.source.note
    nadia.account_update_credentials(note="")
    assert "Seals" not in theo.account(me.id).note


def test_a_guest_is_not_told_what_one_works_on(cast_now: Cast) -> None:
    known = known_to(cast_now.guest, now())
    host = Person.objects.filter(pk__in=known, firm__is_house=True).order_by("pk")[0]
    write(by=host, at=now(), written=Written(works_on="Seals."))
    seen, inside = client_for(cast_now.guest), client_for(cast_now.colleague)
    assert "Seals" not in seen.account_lookup(host.slug).note
    assert "Seals" in inside.account_lookup(host.slug).note


def test_what_stands_is_taken_and_what_differs_is_refused(cast_now: Cast) -> None:
    nadia = client_for(cast_now.author)
    me = nadia.me()
    same = {
        "display_name": me.display_name,
        "note": me.source.note,
        "locked": "false",
        "bot": "false",
        "discoverable": "false",
        "source[privacy]": "public",
        "source[language]": me.source.language,
        "fields_attributes[0][name]": "",
        "fields_attributes[0][value]": "",
    }
    shown = {
        f"fields_attributes[{place}][{key}]": one[key]
        for place, one in enumerate(me.fields)
        for key in ("name", "value")
    }
    bearer = {"Authorization": f"Bearer {nadia.access_token}"}
    entries = Entry.objects.count()

    def sent(fields: dict[str, str]) -> Any:
        return Client().generic(
            "PATCH",
            "/api/v1/accounts/update_credentials",
            "&".join(f"{key}={value}" for key, value in fields.items()),
            content_type="application/x-www-form-urlencoded",
            headers=bearer,
        )

    for fields in ({}, same, same | shown):
        answer = sent(fields)
        assert answer.status_code == 200, answer.content
        assert answer.json()["display_name"] == me.display_name
    assert Entry.objects.count() == entries
    for one in (
        {"display_name": "Nadia the Great"},
        {"bot": "true"},
        {"locked": "true"},
        {"source[privacy]": "private"},
        {"source[language]": "zz"},
        {"fields_attributes[0][name]": "Desk", "fields_attributes[0][value]": "12"},
    ):
        answer = sent({**same, **one, "note": "Changed with it"})
        assert answer.status_code == 403, one
        assert "company" in answer.json()["error"]
    assert Entry.objects.count() == entries
    assert nadia.me().source.note == me.source.note
    header = SimpleUploadedFile("header.png", picture(), "image/png")
    answer = Client().generic(
        "PATCH", "/api/v1/accounts/update_credentials", *_multipart({"header": header}), headers=bearer
    )
    assert answer.status_code == 403


def _multipart(fields: dict[str, Any]) -> tuple[bytes, str]:
    return encode_multipart(BOUNDARY, fields), MULTIPART_CONTENT
