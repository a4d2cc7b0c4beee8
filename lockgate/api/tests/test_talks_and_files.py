"""Talks, versions of files and moved threads, by machine: as the pages allow, success and refusal side by side."""

from __future__ import annotations

from typing import Any

import pytest

from lockgate.api import limits
from lockgate.api.tests.machine import Machine
from lockgate.archive.models import Entry
from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Message
from lockgate.mail.models import Invitation
from lockgate.people.models import Person
from lockgate.people.operations import make_bot
from lockgate.spaces import queries as spaces
from lockgate.spaces.models import Space
from lockgate.spaces.operations import open_space, seat

pytestmark = pytest.mark.django_db
ASKED = {
    "people": ["theo-mercier"],
    "addresses": ["Maria Lopez <maria@lopez.example>"],
    "name": "Seal trials",
}


@pytest.fixture(autouse=True)
def _mails(settings: Any) -> None:
    limits.forget()
    settings.EMAIL_HOST, settings.MAIL_DOMAIN = "127.0.0.1", "lockgate.haldenvalve.example"
    settings.PUBLIC_URL = "https://lockgate.haldenvalve.example"


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_talk_is_begun_told_and_left(cast_now: Cast) -> None:
    author, colleague = Machine(cast_now.author, now()), Machine(cast_now.colleague, now())
    begun = author.ask("POST", "talks", ASKED, **{"Idempotency-Key": "t-1"})
    assert begun.status_code == 201
    talk = begun.json()
    assert (talk["kind"], talk["audience"], talk["role"]) == ("circle", "guests", "owner")
    again = author.ask("POST", "talks", ASKED, **{"Idempotency-Key": "t-1"})
    assert again.json() == talk
    assert Space.objects.filter(name="Seal trials").count() == 1
    for machine in (author, colleague):
        assert talk["slug"] in {one["slug"] for one in machine.ask("GET", "talks").json()["talks"]}
    assert Machine(cast_now.stranger, now()).ask("GET", "talks").json() == {"talks": [], "next": None}
    assert colleague.ask("DELETE", f"spaces/{talk['slug']}/membership").json() == {"sits": False}
    assert colleague.ask("GET", "talks").json()["talks"] == []


def test_a_talk_stands_or_falls_with_its_first_words(cast_now: Cast) -> None:
    author, colleague = Machine(cast_now.author, now()), Machine(cast_now.colleague, now())
    before = Space.objects.count(), Person.objects.count(), Message.objects.count()
    asked = {"addresses": ASKED["addresses"], "body": "This is company confidential."}
    for headers in ({}, {"Idempotency-Key": "f-1"}, {"Idempotency-Key": "f-1"}):
        assert code(author.ask("POST", "talks", asked, **headers)) == (422, "refused-by-policy")
    assert (Space.objects.count(), Person.objects.count(), Message.objects.count()) == before
    # Each attempt is on record; what was asked again with the same key was tried once.
    assert Entry.objects.filter(action="gateway.message.refused").count() == 2
    begun = author.ask("POST", "talks", {"people": ["theo-mercier"], "body": "Is the bench free?"}).json()
    (said,) = begun["said"]["passages"]
    assert (said["place"], said["state"]) == (begun["key"], "delivered")
    other = colleague.ask("POST", "talks", {"people": ["nadia-roux"], "body": "Yes.", "marking": "public"})
    assert (other.status_code, other.json()["slug"]) == (201, begun["slug"])
    assert other.json()["role"] == "member"
    assert Message.objects.get(pk=other.json()["said"]["id"]).marking == 0
    assert author.ask("POST", "talks", {"people": ["theo-mercier"]}).json()["said"] is None
    assert Space.objects.count() == before[0] + 1


def test_first_words_take_a_token_that_may_post(cast_now: Cast) -> None:
    before = Space.objects.count()
    tends = Machine(cast_now.author, now(), ("read", "spaces"))
    asked = {"people": ["theo-mercier"], "body": "Is the bench free?"}
    assert code(tends.ask("POST", "talks", asked)) == (403, "insufficient-scope")
    assert Space.objects.count() == before
    assert tends.ask("POST", "talks", asked | {"body": ""}).status_code == 201
    posts = Machine(cast_now.author, now(), ("read", "post"))
    assert code(posts.ask("POST", "talks", asked)) == (403, "insufficient-scope")


def test_a_list_of_talks_goes_on(cast_now: Cast) -> None:
    author = Machine(cast_now.author, now())
    for number in range(3):
        author.ask("POST", "talks", {"people": ["theo-mercier"], "name": f"Talk {number}"})
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = author.ask("GET", f"talks?limit=2&cursor={cursor}").json()
        seen += [one["name"] for one in page["talks"]]
        cursor = page["next"]
    assert seen == ["Talk 0", "Talk 1", "Talk 2"]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"people": ["nadia-roux"]},
        {"people": ["never-was"]},
        {"addresses": ["no address"]},
        {"addresses": ["new@haldenvalve.example"]},
        {"people": ["theo-mercier"], "ceiling": "secret"},
        {"people": ["theo-mercier"] * 51},
    ],
)
def test_a_talk_that_cannot_be_is_refused_whole(cast_now: Cast, said: dict[str, Any]) -> None:
    before = Space.objects.count()
    assert code(Machine(cast_now.author, now()).ask("POST", "talks", said)) == (422, "bad-input")
    assert Space.objects.count() == before


def test_who_begins_no_talk_on_the_pages_begins_none_here(cast_now: Cast) -> None:
    guest = Machine(cast_now.guest, now())
    # The same bytes for a name that is and one that is not.
    answers = {guest.ask("POST", "talks", {"people": [one]}).content for one in ("theo-mercier", "never-was")}
    assert len(answers) == 1
    bot = Machine(make_bot(by=cast_now.author, at=now(), name="Bench"), now())
    assert code(bot.ask("POST", "talks", ASKED)) == (404, "not-found")
    reader = Machine(cast_now.author, now(), ("read",))
    assert code(reader.ask("POST", "talks", ASKED)) == (403, "insufficient-scope")


def test_people_are_added_by_who_tends_the_room_alone(cast_now: Cast) -> None:
    author, colleague = Machine(cast_now.author, now()), Machine(cast_now.colleague, now())
    slug = author.ask("POST", "talks", {"people": ["theo-mercier"]}).json()["slug"]
    added = author.ask("POST", f"spaces/{slug}/seats", {"person": "pavel-novak", "hears_past": False})
    assert (added.status_code, added.json()["role"]) == (201, "member")
    assert spaces.place(cast_now.stranger, slug, now()).hears_from > 0
    for refused in (
        colleague.ask("POST", f"spaces/{slug}/seats", {"person": "marc-olsen"}),
        Machine(cast_now.administrator, now()).ask("POST", f"spaces/{slug}/seats", {"person": "anneke-kok"}),
        author.ask("POST", "spaces/never-was/seats", {"person": "marc-olsen"}),
    ):
        assert code(refused) == (404, "not-found")
    assert code(author.ask("POST", f"spaces/{slug}/seats", {"person": "pavel-novak"})) == (409, "seat-taken")
    assert code(author.ask("POST", f"spaces/{slug}/seats", {"person": "never-was"})) == (422, "bad-input")
    assert author.ask("POST", f"spaces/{slug}/seats", {"person": "stefan-bauer"}).status_code >= 400
    assert colleague.ask("DELETE", f"spaces/{slug}/seats/pavel-novak").status_code == 404
    assert author.ask("DELETE", f"spaces/{slug}/seats/pavel-novak").json() == {"sits": False}
    assert slug not in {one.slug for one in spaces.places_of(cast_now.stranger, now())}


def test_whoever_speaks_in_a_talk_with_guests_invites_by_e_mail(cast_now: Cast) -> None:
    author, colleague = Machine(cast_now.author, now()), Machine(cast_now.colleague, now())
    slug = author.ask("POST", "talks", ASKED).json()["slug"]
    said = {"address": "Ana Lopez <ana@lopez.example>", "backlog": "nothing"}
    asked = colleague.ask("POST", f"spaces/{slug}/invitations", said)
    assert asked.status_code == 201
    assert (asked.json()["person"]["name"], asked.json()["person"]["guest"]) == ("Ana Lopez", True)
    ana = Person.objects.get(email="ana@lopez.example")
    assert spaces.place(ana, slug, now()).hears_from > 0
    listed = author.ask("GET", f"spaces/{slug}/invitations?limit=1").json()
    assert [one["name"] for one in listed["invitations"]] == ["Ana Lopez"]
    rest = author.ask("GET", f"spaces/{slug}/invitations?cursor={listed['next']}").json()
    assert [one["name"] for one in rest["invitations"]] == ["Maria Lopez"]
    assert code(colleague.ask("POST", f"spaces/{slug}/invitations", {**said, "backlog": "some"})) == (
        422,
        "bad-input",
    )
    assert (
        Machine(cast_now.stranger, now()).ask("POST", f"spaces/{slug}/invitations", said).status_code == 404
    )
    assert Machine(cast_now.stranger, now()).ask("GET", f"spaces/{slug}/invitations").status_code == 404
    # Among ourselves nobody is invited by e-mail.
    closed = author.ask("POST", "talks", {"people": ["theo-mercier"]}).json()["slug"]
    assert author.ask("POST", f"spaces/{closed}/invitations", said).status_code == 404
    assert Invitation.objects.count() == 2


def file_said(machine: Machine, name: str, content: bytes) -> tuple[str, str, str]:
    """(message, passage, file) of a post in valve-7 with this file."""
    taken = machine.send("attachments", name, content)
    assert taken.status_code == 201
    said = {"body": "See below.", "places": ["space:valve-7"], "attachments": [taken.json()["id"]]}
    sent = machine.ask("POST", "messages", said).json()
    return sent["id"], sent["passages"][0]["id"], taken.json()["id"]


def test_versions_of_a_file(cast_now: Cast) -> None:
    author, colleague = Machine(cast_now.author, now()), Machine(cast_now.colleague, now())
    message, _passage, first = file_said(author, "plan.txt", b"Monday: helium.")
    given = author.send(f"attachments/{first}/versions", "plan-2.txt", b"Monday: nitrogen.")
    assert given.status_code == 201
    (standing,) = given.json()["attachments"]
    assert (given.json()["id"], standing["name"]) == (message, "plan-2.txt")
    for asked in (first, standing["id"]):
        told = colleague.ask("GET", f"attachments/{asked}/versions").json()["versions"]
        assert [(one["name"], one["version"]) for one in told] == [("plan-2.txt", 2), ("plan.txt", 1)]
        assert (told[0]["replaced_at"], told[1]["replaced_at"] is None) == (None, False)
    assert colleague.ask("GET", f"attachments/{first}").json()["size"] == 15
    whole = colleague.ask("GET", f"attachments/{standing['id']}/content")
    assert (whole.content, whole.headers["Content-Disposition"]) == (b"Monday: nitrogen.", "attachment")
    # Neither who hears it nor a stranger puts another file there; for the stranger it is not there at all.
    assert colleague.send(f"attachments/{standing['id']}/versions", "x.txt", b"x").status_code == 404
    stranger = Machine(cast_now.stranger, now())
    for path in (f"attachments/{first}", f"attachments/{first}/versions", f"attachments/{first}/content"):
        assert stranger.ask("GET", path).content == stranger.ask("GET", path.replace(first, "77")).content
    assert stranger.send(f"attachments/{first}/versions", "x.txt", b"x").status_code == 404
    late = author.send(f"attachments/{first}/versions", "plan-3.txt", b"Late.")
    assert code(late) == (409, "not-revisable")
    assert code(author.ask("POST", f"attachments/{standing['id']}/versions", {})) == (422, "bad-input")


def test_an_unsent_file_has_one_version_and_is_its_owners(cast_now: Cast) -> None:
    author = Machine(cast_now.author, now())
    kept = author.send("attachments", "plan.txt", b"Monday.").json()["id"]
    assert len(author.ask("GET", f"attachments/{kept}/versions").json()["versions"]) == 1
    assert Machine(cast_now.colleague, now()).ask("GET", f"attachments/{kept}/versions").status_code == 404


def test_a_thread_is_moved_by_who_owns_both_spaces(cast_now: Cast) -> None:
    author, colleague = Machine(cast_now.author, now()), Machine(cast_now.colleague, now())
    for slug in ("bench-one", "bench-two"):
        room = open_space(
            by=cast_now.author, at=now(), slug=slug, name=slug, kind="topic", ceiling=Marking.CONFIDENTIAL
        )
        seat(by=cast_now.author, at=now(), person=cast_now.colleague, audience_id=room.audiences.get().pk)
    said = {"body": "The bench leaks.", "places": ["space:bench-one"]}
    passage = author.ask("POST", "messages", said).json()["passages"][0]["id"]
    assert colleague.ask("POST", f"passages/{passage}/move", {"to": "space:bench-two"}).status_code == 404
    assert author.ask("POST", f"passages/{passage}/move", {"to": "space:never-was"}).status_code == 404
    assert code(author.ask("POST", f"passages/{passage}/move", {})) == (422, "bad-input")
    assert code(author.ask("POST", f"passages/{passage}/move", {"to": "space:bench-one"}))[0] == 409
    moved = author.ask("POST", f"passages/{passage}/move", {"to": "space:bench-two"})
    assert moved.status_code == 200
    shown = colleague.ask("GET", f"passages/{moved.json()['passage']}").json()
    assert (shown["place"], shown["body"]) == ("space:bench-two", "The bench leaks.")
    assert colleague.ask("GET", f"passages/{passage}").status_code == 404


def test_a_new_version_sent_twice_with_one_key_is_put_once(cast_now: Cast) -> None:
    author = Machine(cast_now.author, now())
    _message, _passage, first = file_said(author, "plan.txt", b"Monday: helium.")
    path = f"attachments/{first}/versions"
    once = author.send(path, "plan-2.txt", b"Nitrogen.", **{"Idempotency-Key": "v-1"})
    again = author.send(path, "plan-2.txt", b"Nitrogen.", **{"Idempotency-Key": "v-1"})
    assert once.status_code == again.status_code == 201
    assert once.content == again.content
    assert len(author.ask("GET", path).json()["versions"]) == 2
