"""Files, photos and moved threads on pages, as each of the cast."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from lockgate.base.clock import now
from lockgate.conversations import operations as talk
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Attachment, Passage
from lockgate.gateway.operations import attach, draw_next_paper
from lockgate.gateway.tests.papers import pdf
from lockgate.people.models import Person
from lockgate.profiles.operations import remove_photo, set_photo
from lockgate.spaces.operations import open_space
from lockgate.web import posts

pytestmark = pytest.mark.django_db


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def picture(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 40).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def said(cast: Cast, name: str, content: bytes, body: str = "See below.") -> tuple[int, int]:
    kept = attach(by=cast.author, at=now(), name=name, content=content, alt="The bench")
    sent = talk.submit(
        by=cast.author, at=now(), body=body, marking=1, places=["space:valve-7"], attachments=[kept.id]
    )
    return sent.message_id, kept.id


def upload(name: str, content: bytes) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, content)}


def test_a_new_version_is_put_by_the_author_and_found_by_who_hears_it(cast_now: Cast) -> None:
    cast = cast_now
    message, first = said(cast, "plan.txt", b"Monday: helium.")
    page = as_(cast.author).get(f"/messages/{message}").content.decode()
    assert f'action="/attachments/{first}/versions"' in page
    assert "Monday: helium." in page
    answer = as_(cast.author).post(
        f"/attachments/{first}/versions", upload("plan-2.txt", b"Monday: nitrogen.")
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/messages/{message}")
    seen = as_(cast.colleague).get(f"/messages/{message}").content.decode()
    assert "Earlier versions" in seen
    assert f'href="/attachments/{first}"' in seen
    assert "/versions" not in seen
    assert "Monday: nitrogen." in as_(cast.colleague).get("/").content.decode()
    assert as_(cast.colleague).get(f"/attachments/{first}").status_code == 200
    assert as_(cast.stranger).get(f"/attachments/{first}").status_code == 404
    assert (
        as_(cast.colleague).post(f"/attachments/{first}/versions", upload("x.txt", b"x")).status_code == 404
    )
    current = Attachment.objects.get(slot=first).pk
    refused = as_(cast.author).post(f"/attachments/{current}/versions", upload("x.exe", b"x"))
    assert refused.status_code == 422
    assert "are not taken" in refused.content.decode()


def test_a_photograph_is_shown_small_and_asked_for_each_time(cast_now: Cast) -> None:
    cast = cast_now
    _message, number = said(cast, "bench.jpg", picture(1600, 1200))
    address = f"/attachments/{number}/small"
    assert (
        f'<img src="{address}" alt="The bench" width="1600" height="1200" loading="lazy"'
        in as_(cast.colleague).get("/").content.decode()
    )
    answer = as_(cast.colleague).get(address)
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    mark = {"If-None-Match": answer.headers["ETag"]}
    assert as_(cast.colleague).get(address, headers=mark).status_code == 304
    assert as_(cast.stranger).get(address, headers=mark).status_code == 404
    _other, text = said(cast, "a.txt", b"words")
    assert as_(cast.colleague).get(f"/attachments/{text}/small").status_code == 404


def test_a_photo_stands_beside_posts_and_costs_no_query(cast_now: Cast) -> None:
    cast = cast_now
    message, _number = said(cast, "a.txt", b"words")
    counts = []
    for has_photo in (False, True):
        if has_photo:
            set_photo(by=Person.objects.get(pk=cast.author.pk), at=now(), content=picture(200, 200))
        posts._drawn.clear()
        client = as_(cast.colleague)
        client.get("/spaces/valve-7")
        posts._drawn.clear()
        with CaptureQueriesContext(connection) as queries:
            html = client.get("/spaces/valve-7").content.decode()
        counts.append(len(queries))
        assert ("/people/nadia-roux/photo?small=" in html) is has_photo
    assert counts[0] == counts[1]
    small = as_(cast.colleague).get("/people/nadia-roux/photo?small=1")
    with Image.open(io.BytesIO(small.content)) as drawn:
        assert drawn.size == (96, 96)
    assert len(small.content) < 6_000
    assert as_(cast.colleague).get(f"/messages/{message}").content.decode().count("photo?small=") >= 1
    remove_photo(by=Person.objects.get(pk=cast.author.pk), at=now())
    assert as_(cast.colleague).get("/people/nadia-roux/photo?small=1").status_code == 404


def test_an_owner_of_both_moves_a_thread(cast_now: Cast) -> None:
    cast = cast_now
    for slug in ("first", "second"):
        open_space(by=cast.author, at=now(), slug=slug, name=slug.title(), kind="topic", ceiling=2)
    open_space(by=cast.author, at=now(), slug="few", name="Few", kind="circle", ceiling=2)
    sent = talk.submit(by=cast.author, at=now(), body="Which ring?", marking=1, places=["space:first"])
    root = sent.passages[0].passage_id
    client = as_(cast.author)
    page = client.get(f"/messages/{sent.message_id}").content.decode()
    assert f'action="/passages/{root}/move"' in page
    assert '<option value="space:second">Second</option>' in page
    assert '<option value="space:few">' not in page
    told = client.post(f"/passages/{root}/move", {"to": "space:first"})
    assert told.status_code == 409
    assert "stands in this space already" in told.content.decode()
    moved = client.post(f"/passages/{root}/move", {"to": "space:second"})
    assert (moved.status_code, moved.headers["Location"]) == (302, f"/messages/{sent.message_id}")
    after = client.get(f"/messages/{sent.message_id}").content.decode()
    assert re.search(r'<a href="/spaces/second"[^>]* aria-current="page"', after)
    assert "Moved here with its thread" in after
    assert Passage.objects.get(pk=root).state == "recalled"


def test_code_is_told_apart_on_the_page(cast_now: Cast) -> None:
    cast = cast_now
    message, _number = said(cast, "a.txt", b"words", body="```python\ndef open(valve):\n    return 7\n```")
    html = as_(cast.colleague).get(f"/messages/{message}").content.decode()
    assert '<span class="k">def</span>' in html
    assert 'aria-label="Code: Python"' in html


def test_the_first_page_of_a_pdf_is_shown_to_who_may_open_it(cast_now: Cast) -> None:
    cast = cast_now
    message, number = said(cast, "sheet.pdf", pdf())
    address = f"/attachments/{number}/small"
    assert as_(cast.colleague).get(address).status_code == 404
    assert address not in as_(cast.colleague).get(f"/messages/{message}").content.decode()
    assert draw_next_paper(at=now())
    for path in (f"/messages/{message}", "/", "/spaces/valve-7"):
        assert f'src="{address}"' in as_(cast.colleague).get(path).content.decode()
    answer = as_(cast.colleague).get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    whole = as_(cast.colleague).get(f"/attachments/{number}")
    assert whole.headers["Content-Disposition"].startswith("attachment;")
    assert as_(cast.stranger).get(address).status_code == 404
