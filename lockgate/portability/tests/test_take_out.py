"""Exports: whole, in open formats, and holding nothing that their reader may not hear."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from lockgate.archive.models import Entry
from lockgate.base.markings import Marking
from lockgate.base.refusal import NotFound
from lockgate.conversations import operations as talk
from lockgate.demo.cast import Cast
from lockgate.gateway.operations import attach, save_draft
from lockgate.gateway.types import Submitted
from lockgate.people.models import Person
from lockgate.people.operations import make_token
from lockgate.portability.operations import (
    FolderInTheWay,
    take_out_company,
    take_out_own,
    take_out_space,
)
from lockgate.portability.tables import EXPORTED, LEFT_OUT
from lockgate.spaces.operations import end_seat, open_space, seat
from lockgate.spaces.queries import place


def said(by: Person, at: datetime, body: str, where: str = "space:valve-7", **more: Any) -> Submitted:
    places = [] if "answers" in more else [where]
    return talk.submit(by=by, at=at, body=body, marking=Marking.INTERNAL, places=places, slot="", **more)


def unpacked(out: io.BytesIO) -> dict[str, bytes]:
    with zipfile.ZipFile(out) as held:
        files = {name: held.read(name) for name in held.namelist()}
    listed = json.loads(files["manifest.json"])["files"]
    assert {one["name"] for one in listed} == set(files) - {"manifest.json"}
    for one in listed:
        assert hashlib.sha256(files[one["name"]]).hexdigest() == one["sha256"]
    return files


def lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


@pytest.mark.django_db
class TestOwn:
    def test_it_is_whole_and_recorded(self, cast: Cast, at: datetime) -> None:
        file = attach(by=cast.author, at=at, name="../plan.txt", content=b"The plan.")
        post = said(cast.author, at, "Mine.", attachments=[file.id])
        said(cast.colleague, at, "Not mine.")
        said(cast.author, at + timedelta(seconds=1), "My answer.", answers=post.passages[0].passage_id)
        save_draft(by=cast.author, at=at, slot="new", body="Half", marking=1, places=[])
        out = io.BytesIO()
        assert take_out_own(by=cast.author, at=at + timedelta(seconds=2), out=out) == 2
        files = unpacked(out)
        assert [one["body"] for one in lines(files["messages.jsonl"])] == ["Mine.", "My answer."]
        assert [one["body"] for one in lines(files["drafts.jsonl"])] == ["Half"]
        kept = lines(files["messages.jsonl"])[0]["files"][0]
        assert files[kept["in"]] == b"The plan."
        assert all(not name.startswith(("/", ".")) and ".." not in name for name in files)
        assert lines(files["person.jsonl"])[0]["email"] == cast.author.email
        whole = b"".join(files.values())
        assert b"Not mine" not in whole
        assert Entry.objects.filter(action="portability.export.made").count() == 1

    def test_of_a_room_that_one_left_nothing_is_told(self, cast: Cast, at: datetime) -> None:
        said(cast.author, at, "Zqleft.")
        said(cast.author, at, "Zqstays.", "space:everyone")
        later = at + timedelta(minutes=1)
        audience = place(cast.author, "valve-7", later).audience_id
        end_seat(by=cast.author, at=later, person=cast.author, audience_id=audience)
        out = io.BytesIO()
        take_out_own(by=cast.author, at=later, out=out)
        whole = b"".join(unpacked(out).values())
        assert b"Zqstays" in whole
        assert b"Zqleft" not in whole
        assert b"valve-7" not in whole

    def test_by_page_and_by_machine(self, cast: Cast, at: datetime) -> None:
        said(cast.author, at, "Mine.")
        client = Client()
        client.force_login(cast.author, backend="lockgate.people.door.Door")
        page = client.post("/export")
        assert page.headers["Content-Type"] == "application/zip"
        assert "messages.jsonl" in unpacked(io.BytesIO(b"".join(page)))
        token = make_token(by=cast.author, at=at, person=cast.author, name="x", scopes=["read"])
        headers = {"Authorization": f"Bearer {token}"}
        assert Client().get("/api/v1/export", headers=headers).status_code == 403


@pytest.fixture
def room(cast: Cast, at: datetime) -> str:
    open_space(by=cast.author, at=at, slug="bench", name="Bench", kind="project", ceiling=Marking.INTERNAL)
    audience = place(cast.author, "bench", at).audience_id
    seat(by=cast.author, at=at, person=cast.colleague, audience_id=audience)
    return "bench"


@pytest.mark.django_db
class TestSpace:
    def test_an_owner_gets_all_of_it_and_it_is_recorded(self, cast: Cast, at: datetime, room: str) -> None:
        for number in range(105):
            said(cast.colleague, at, f"Word {number}.", "space:bench")
        asked = said(
            cast.author, at + timedelta(seconds=1), "When?", "space:bench",
            asks=talk_poll(),
        )  # fmt: skip
        for number in range(3):
            said(
                cast.colleague,
                at + timedelta(seconds=2),
                f"Answer {number}.",
                answers=asked.passages[0].passage_id,
            )
        out = io.BytesIO()
        later = at + timedelta(minutes=1)
        assert take_out_space(by=cast.author, at=later, slug=room, out=out) == 106
        files = unpacked(out)
        posts = lines(files["posts.jsonl"])
        assert len(posts) == 109
        assert {one["body"] for one in posts} >= {"Word 0.", "Word 104.", "Answer 2."}
        assert {one["person"]["slug"] for one in lines(files["seats.jsonl"])} == {
            "nadia-roux",
            "theo-mercier",
        }
        polls = [one["poll"] for one in posts if one.get("poll")]
        assert polls[0]["options"] == ["Monday", "Tuesday"]
        entry = Entry.objects.get(action="portability.export.made")
        assert entry.record == f"a:{place(cast.author, room, later).audience_id}"

    def test_nobody_but_its_owners(self, cast: Cast, at: datetime, room: str) -> None:
        said(cast.author, at, "Zqhush.", "space:bench")
        for who in (cast.colleague, cast.stranger, cast.guest, cast.administrator, cast.supervisor):
            out = io.BytesIO()
            with pytest.raises(NotFound):
                take_out_space(by=who, at=at, slug=room, out=out)
            assert out.getvalue() == b""
        assert not Entry.objects.filter(action="portability.export.made").exists()
        client = Client()
        client.force_login(cast.colleague, backend="lockgate.people.door.Door")
        here, nowhere = client.post("/spaces/bench/export"), client.post("/spaces/nowhere/export")
        assert (here.status_code, nowhere.status_code) == (404, 404)

    def test_what_an_owner_does_not_hear_is_not_in_it(self, cast: Cast, at: datetime, room: str) -> None:
        said(cast.author, at, "Zqearly.", "space:bench")
        later = at + timedelta(minutes=1)
        audience = place(cast.author, room, later).audience_id
        seat(
            by=cast.author, at=later, person=cast.stranger, audience_id=audience, role="owner", hears_past=False
        )  # fmt: skip
        said(cast.author, later + timedelta(seconds=1), "Zqlate.", "space:bench")
        out = io.BytesIO()
        take_out_space(by=cast.stranger, at=later + timedelta(seconds=2), slug=room, out=out)
        whole = b"".join(unpacked(out).values())
        assert b"Zqlate" in whole
        assert b"Zqearly" not in whole


def talk_poll() -> Any:
    from lockgate.conversations.types import Asks

    return Asks("poll", options=("Monday", "Tuesday"))


@pytest.mark.django_db
class TestCompany:
    def test_every_table_is_exported_or_left_out_for_a_reason(self) -> None:
        labels = {one._meta.label for one in apps.get_models()}
        assert set(EXPORTED) | set(LEFT_OUT) == labels
        assert not set(EXPORTED) & set(LEFT_OUT)
        for label, without in EXPORTED.items():
            names = {one.name for one in apps.get_model(label)._meta.concrete_fields}
            assert set(without) <= names, label
            left = {
                one
                for one in names - set(without)
                if any(word in one for word in ("secret", "password", "token")) or one == "digest"
            }
            assert left <= ({"digest"} if label == "policy.PackVersion" else set()), label

    def test_all_of_it_lies_in_the_folder(self, cast: Cast, at: datetime, tmp_path: Path) -> None:
        file = attach(by=cast.author, at=at, name="plan.txt", content=b"The plan.")
        said(cast.author, at, "Zqword.", attachments=[file.id])
        token = make_token(by=cast.author, at=at, person=cast.author, name="x")
        folder = tmp_path / "all"
        counts = take_out_company(
            at=at, folder=folder, company="Halden", archive=lambda target: target.mkdir()
        )
        for label, count in counts.items():
            assert count == apps.get_model(label)._default_manager.count(), label
            content = (folder / "tables" / f"{label.lower()}.jsonl").read_bytes()
            assert len(content.splitlines()) == count
        told = json.loads((folder / "manifest.json").read_text())
        for one in told["files"]:
            content = (folder / one["name"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == one["sha256"]
        assert (folder / "files" / str(file.id)).read_bytes() == b"The plan."
        whole = b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())
        assert b"Zqword." in whole
        for secret in (token.encode(), b"argon2", cast.author.password.encode()):
            assert secret not in whole
        assert Entry.objects.filter(action="portability.export.made", record="export:company").count() == 1
        with pytest.raises(FolderInTheWay):
            take_out_company(at=at, folder=folder, company="Halden", archive=lambda _target: None)
