"""Pages about people, and what a device may keep: as each of the cast."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from lockgate.base.clock import now
from lockgate.gateway.operations import submit
from lockgate.people.models import Person
from lockgate.people.operations import set_time_zone
from lockgate.profiles import operations, queries
from lockgate.profiles.types import Written
from lockgate.web.zones import apart, time_there

pytestmark = pytest.mark.django_db


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def photograph() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (200, 300), (90, 120, 60)).save(drawn, "PNG")
    return SimpleUploadedFile("me.png", drawn.getvalue(), "image/png")


def test_one_changes_ones_own_profile_and_others_read_it(cast):
    fields = {
        "works_on": "Lip seals.",
        "skills": "tribology, wear",
        "zone": "America/Chicago",
        "phone": "+33 5 61 00",
    }
    answer = as_(cast.author).post("/profile", fields)
    assert (answer.status_code, answer["Location"]) == (302, "/people/nadia-roux")
    page = as_(cast.colleague).get("/people/nadia-roux").content.decode()
    for words in ("Lip seals.", "tribology", "wear", "Chicago", "behind you", "From the directory"):
        assert words in page
    assert "Change my profile" not in page
    guest = as_(cast.guest).get("/people/nadia-roux").content.decode()
    assert "Lip seals." not in guest
    assert "tribology" not in guest
    assert "+33" not in guest


def test_what_is_refused_stays_in_the_form(cast):
    answer = as_(cast.author).post("/profile", {"works_on": "Lip seals.", "phone": "ring me"})
    assert answer.status_code == 422
    assert "is not a telephone number" in answer.content.decode()
    assert "Lip seals." in answer.content.decode()
    assert queries.written_by(cast.author) == Written()


def test_what_the_directory_says_cannot_be_changed_here(cast):
    before = (cast.author.name, cast.author.title, cast.author.email)
    as_(cast.author).post(
        "/profile", {"name": "X", "title": "Chief", "email": "x@x.example", "works_on": "Seals."}
    )
    cast.author.refresh_from_db()
    assert (cast.author.name, cast.author.title, cast.author.email) == before


def test_a_photo_goes_to_those_who_may_know_of_its_person(cast):
    assert as_(cast.author).post("/profile/photo", {"photo": photograph()}).status_code == 302
    seen = as_(cast.stranger).get("/people/nadia-roux/photo")
    assert (seen.status_code, seen["Content-Type"]) == (200, "image/jpeg")
    assert seen["Cache-Control"] == "private, no-cache"
    assert "sandbox" in seen["Content-Security-Policy"]
    again = as_(cast.stranger).get("/people/nadia-roux/photo", headers={"if-none-match": seen["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert 'src="/people/nadia-roux/photo?is=' in as_(cast.stranger).get("/people").content.decode()
    elsewhere = as_(cast.persons["lars-eklund"])
    missing = elsewhere.get("/people/never-was/photo")
    hidden = elsewhere.get("/people/nadia-roux/photo", headers={"if-none-match": seen["ETag"]})
    assert missing.status_code == hidden.status_code == 404
    wrong = as_(cast.author).post("/profile/photo", {"photo": SimpleUploadedFile("a.png", b"no")})
    assert wrong.status_code == 422


def test_being_away_is_said_where_one_is_named(cast):
    today = now().date()
    fields = {"first_on": str(today), "last_on": str(today + timedelta(days=4)), "deputy": "nadia-roux"}
    assert as_(cast.colleague).post("/profile/absences", fields).status_code == 302
    words = {"body": "@theo-mercier could you look?", "marking": "1", "places": "space:everyone"}
    said = as_(cast.stranger).post("/compose/check", words).json()["who"]
    assert "Théo Mercier is away until" in said
    assert "Nadia Roux stands in." in said
    # A guest who does not know of them reads nothing of it.
    operations.note_absence(
        by=cast.persons["ralf-dietrich"], at=now(), first_on=today, last_on=today + timedelta(days=2)
    )
    asked = {"body": "@ralf-dietrich and @theo-mercier?", "marking": "1", "places": "space:resellers-dach"}
    told = as_(cast.guest).post("/compose/check", asked).json()["who"]
    assert "Ralf Dietrich is away until" in told
    assert "Mercier" not in told
    assert as_(cast.colleague).post("/profile/absences", fields).status_code == 409


def test_an_administrator_says_who_reports_to_whom(cast):
    fields = {"manager": "theo-mercier"}
    assert as_(cast.chief).post("/people/nadia-roux/manager", fields).status_code == 404
    assert as_(cast.administrator).post("/people/nadia-roux/manager", fields).status_code == 302
    round_ = as_(cast.administrator).post("/people/theo-mercier/manager", {"manager": "nadia-roux"})
    assert round_.status_code == 409
    assert "reports to" in round_.content.decode()
    assert "Nadia Roux" in as_(cast.stranger).get("/organisation").content.decode()
    assert as_(cast.guest).get("/organisation").status_code == 404
    assert as_(cast.guest).get("/teams").status_code == 404


def test_first_steps_are_what_really_stands(cast):
    Person.objects.filter(pk=cast.stranger.pk).update(joined_at=now() - timedelta(days=3))
    client = as_(Person.objects.get(pk=cast.stranger.pk))
    page = client.get("/people/pavel-novak").content.decode()
    assert "First steps" in page
    assert page.count("(done)") == 1  # a space beside those for everyone
    operations.write(by=cast.stranger, at=now(), written=Written(works_on="Pallets.", ask_about=("freight",)))
    submit(by=cast.stranger, at=now(), body="Hello.", marking=1, places=["space:everyone"])
    assert client.get("/people/pavel-novak").content.decode().count("(done)") == 3
    assert "First steps" not in as_(cast.author).get("/people/pavel-novak").content.decode()


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(60, "1 hour ahead of you"), (-120, "2 hours behind you"), (330, "5 h 30 min ahead of you")],
)
def test_how_far_a_clock_is(minutes, words):
    assert apart(minutes) == words


def test_the_time_there_is_said_where_it_differs(cast, at):
    there = time_there("Asia/Kolkata", cast.author, at)
    assert there is not None
    assert (there.zone, there.clock, there.apart) == ("Kolkata", "15:15", "4 h 30 min ahead of you")
    same = time_there("Europe/Oslo", cast.author, at)
    assert same is not None
    assert (same.zone, same.clock) == ("Oslo", "")
    assert time_there("Nowhere/At-all", cast.author, at) is None
    set_time_zone(by=cast.author, at=at, zone="UTC")


def test_what_a_device_keeps_holds_nothing_confidential(cast):
    for marking, words in ((1, "Internal words."), (2, "Confidential words."), (3, "Controlled words.")):
        submit(by=cast.author, at=now(), body=words, marking=marking, places=["space:valve-7"])
    kept = as_(cast.author).get("/offline/home")
    assert kept["Lockgate-Keep"] == "home"
    page = kept.content.decode()
    assert "Internal words." in page
    assert "Confidential words." not in page
    assert "Controlled words." not in page
    assert "data-offline" in page
    assert "Internal words." not in as_(cast.stranger).get("/offline/home").content.decode()
    assert Client().get("/offline/home").status_code == 302
    assert "Lockgate-Keep" not in Client().get("/offline").headers


def test_the_worker_keeps_the_shell_and_no_page_of_anybody(cast):
    worker = Client().get("/service-worker.js")
    text = worker.content.decode()
    assert worker["Content-Type"].startswith("text/javascript")
    assert worker["Cache-Control"] == "no-cache"
    kept = json.loads(text.split("const FILES = ")[1].split(";")[0])
    assert all(one.startswith("/assets/") for one in kept)
    for one in kept:
        assert Client().get(one).status_code == 200
    assert text == as_(cast.author).get("/service-worker.js").content.decode()


def test_signing_out_empties_what_the_device_keeps(cast):
    assert as_(cast.author).post("/sign-out")["Clear-Site-Data"] == '"storage"'
