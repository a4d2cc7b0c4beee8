"""Praise, events, the FAQ, groups that are named, and drafts that keep what they ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from lockgate.base.refusal import BadInput, NotFound
from lockgate.conversations import operations as talk
from lockgate.conversations import queries
from lockgate.conversations.models import DraftAsks, Event
from lockgate.conversations.refusals import (
    BadEvent,
    BadPraise,
    EventOver,
    NoAnswerYet,
    ObserversListen,
)
from lockgate.conversations.types import Asks, EventView
from lockgate.demo.cast import Cast
from lockgate.notices.queries import of as told_to
from lockgate.people.models import Person
from lockgate.search.operations import keep_up
from lockgate.spaces.models import Seat
from lockgate.web.calendars import calendar_text

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def say(by: Person, at: datetime, body: str, *, space: str = "valve-7", **more: object) -> int:
    marking = more.pop("marking", 1)
    sent = talk.submit(by=by, at=at, body=body, marking=marking, places=[f"space:{space}"], **more)  # type: ignore[arg-type]  # a bag of the test's own
    assert sent.passages[0].state == "delivered", sent
    return sent.passages[0].passage_id


def make(role: str, person: Person, cast: Cast, space: str = "valve-7") -> None:
    Seat.objects.filter(person=person, audience=cast.audiences[space]).update(role=role)


def kinds(person: Person) -> list[str]:
    return [one.kind for one in told_to(person)]


def meeting(at: datetime) -> Asks:
    return Asks("event", begins_at=at + DAY, ends_at=at + DAY + timedelta(hours=1), time_zone="Europe/Paris")


# Praise


def test_praise_names_somebody_and_stands_on_their_page(cast: Cast, at: datetime) -> None:
    for nobody in ("Well done, all of us.", "Well done @nadia-roux", "Well done @no-such-one"):
        with pytest.raises(BadPraise):
            say(cast.author, at, nobody, asks=Asks("praise"))
    post = say(cast.author, at, "Well done @theo-mercier, it holds.", asks=Asks("praise"))
    assert queries.items([post])[post].is_praise
    now = at + MINUTE
    seen = [one.passage_id for one in queries.praise_of(cast.author, cast.colleague.pk, now)]
    assert seen == [post]
    assert queries.praise_of(cast.stranger, cast.colleague.pk, now) == []
    for reader, shown in ((cast.author, True), (cast.stranger, False)):
        client = Client()
        client.force_login(reader)
        assert (f'id="p{post}"' in client.get("/people/theo-mercier").content.decode()) is shown


# Events


@pytest.mark.parametrize(
    ("begins", "ends"),
    [(None, None), (1, 1), (2, 1), (-3, -2), (1, 24 * 61 + 2), (24 * 800, 24 * 800 + 1)],
)
def test_an_event_has_a_sound_time(cast: Cast, at: datetime, begins: int | None, ends: int | None) -> None:
    times = [None if one is None else at + timedelta(hours=one) for one in (begins, ends)]
    with pytest.raises(BadEvent):
        say(cast.author, at, "We meet.", asks=Asks("event", begins_at=times[0], ends_at=times[1]))


def test_who_comes_says_so_and_may_say_otherwise(cast: Cast, at: datetime) -> None:
    post = say(cast.author, at, "# Bench hours\n\nWe meet at the bench.", asks=meeting(at))
    talk.answer_event(by=cast.colleague, at=at + MINUTE, passage_id=post, answer="maybe")
    talk.answer_event(by=cast.colleague, at=at + MINUTE, passage_id=post, answer="yes")
    seen = queries.event(cast.author, post, at + MINUTE)
    assert seen.title == "Bench hours"
    assert [(kind, [one.slug for one in some]) for kind, some, _others in seen.coming] == [
        ("yes", ["theo-mercier"]),
        ("no", []),
        ("maybe", []),
    ]
    for nobody in (cast.stranger, cast.guest):
        with pytest.raises(NotFound):
            talk.answer_event(by=nobody, at=at + MINUTE, passage_id=post, answer="yes")
        with pytest.raises(NotFound):
            queries.event(nobody, post, at + MINUTE)
        assert queries.calendar(nobody, at + MINUTE) == []
    with pytest.raises(BadInput):
        talk.answer_event(by=cast.colleague, at=at + MINUTE, passage_id=post, answer="perhaps")
    with pytest.raises(EventOver):
        talk.answer_event(by=cast.colleague, at=at + 3 * DAY, passage_id=post, answer="no")
    make("observer", cast.colleague, cast)
    with pytest.raises(ObserversListen):
        talk.answer_event(by=cast.colleague, at=at + MINUTE, passage_id=post, answer="no")


def test_a_calendar_shows_what_is_heard_now_and_no_confidential_word(cast: Cast, at: datetime) -> None:
    say(cast.author, at, "Bench hours", asks=meeting(at))
    say(cast.author, at, "Secret tasting", asks=meeting(at), marking=2)
    Event.objects.update(
        begins_at=datetime(2087, 1, 1, tzinfo=UTC), ends_at=datetime(2087, 1, 1, 1, tzinfo=UTC)
    )
    key = talk.make_calendar_key(by=cast.colleague, at=at)
    feed = Client().get(f"/calendar/{key}.ics").content.decode()
    assert feed.count("BEGIN:VEVENT") == 2
    assert "SUMMARY:Bench hours" in feed
    assert "tasting" not in feed
    older = key
    key = talk.make_calendar_key(by=cast.colleague, at=at)
    assert Client().get(f"/calendar/{older}.ics").status_code == 404
    Seat.objects.filter(person=cast.colleague, audience=cast.audiences["valve-7"]).update(ends_at=at + MINUTE)
    assert "VEVENT" not in Client().get(f"/calendar/{key}.ics").content.decode()
    Person.objects.filter(pk=cast.colleague.pk).update(is_active=False)
    assert Client().get(f"/calendar/{key}.ics").status_code == 404


def test_lines_are_folded_and_signs_escaped() -> None:
    at = datetime(2026, 11, 19, 9, tzinfo=UTC)
    words = "Grüße; aus, der \\ Werkstatt\nzweite Zeile " + "é" * 90
    one = EventView(7, 8, words, words, "Room", 1, at, at + DAY, "UTC")
    text = calendar_text([one], at=at, host="x.example:8000", address="https://x.example/")
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    whole = text.replace("\r\n ", "")
    assert "SUMMARY:Grüße\\; aus\\, der \\\\ Werkstatt\\nzweite Zeile " + "é" * 90 in whole
    assert "UID:7@x.example\r\n" in whole
    assert "DTSTART:20261119T090000Z" in whole


# The FAQ


def test_an_answered_question_goes_into_the_faq_by_who_tends(cast: Cast, at: datetime) -> None:
    make("member", cast.author, cast)
    make("owner", cast.colleague, cast)
    post = say(cast.author, at, "How hot does the seal get?", asks=Asks("question"))
    now = at + MINUTE
    with pytest.raises(NoAnswerYet):
        talk.put_into_faq(by=cast.colleague, at=now, question_id=post)
    reply = talk.submit(by=cast.colleague, at=now, body="Up to 200 degrees.", marking=1, answers=post)
    talk.accept(by=cast.author, at=now, answer_id=reply.passages[0].passage_id)
    for nobody in (cast.author, cast.stranger, cast.guest):
        with pytest.raises(NotFound):
            talk.put_into_faq(by=nobody, at=now, question_id=post)
    talk.put_into_faq(by=cast.colleague, at=now, question_id=post)
    talk.put_into_faq(by=cast.colleague, at=now, question_id=post)
    (line,) = queries.faq(cast.author, "valve-7", now)
    assert (line.answer, line.answered_by) == ("Up to 200 degrees.", "Théo Mercier")
    with pytest.raises(NotFound):
        queries.faq(cast.stranger, "valve-7", now)
    client = Client()
    client.force_login(cast.author)
    assert "Up to 200 degrees." in client.get("/spaces/valve-7/faq").content.decode()
    talk.withdraw_acceptance(by=cast.author, at=now, answer_id=reply.passages[0].passage_id)
    assert queries.faq(cast.author, "valve-7", now) == []
    talk.take_out_of_faq(by=cast.colleague, at=now, question_id=post)


def test_what_was_asked_already_is_shown_while_one_types(cast: Cast, at: datetime) -> None:
    post = say(cast.author, at, "How hot does the sealing ring get on the bench?", asks=Asks("question"))
    say(cast.author, at, "The sealing ring on the bench is new.")
    from lockgate.archive.operations import keep

    keep(at=at + MINUTE)
    while keep_up(at=at + MINUTE):
        continue
    fields = {
        "body": "sealing ring bench temperature?",
        "marking": "1",
        "places": "space:everyone",
        "asks": "question",
    }
    for reader, shown in ((cast.colleague, True), (cast.stranger, False)):
        client = Client()
        client.force_login(reader)
        fields["body"] = "the sealing ring on the bench?"
        told = client.post("/compose/check", fields).json()["similar"]
        assert ("How hot" in told) is shown
        assert told.count("<li>") == int(shown)
    assert post


# Groups that are named


def test_a_department_or_a_space_is_told_as_far_as_it_hears(cast: Cast, at: datetime) -> None:
    from django.utils.text import slugify

    team = slugify(cast.colleague.department.name if cast.colleague.department else "")
    say(cast.author, at, f"Please look, @{team} and @valve-7.")
    while talk.tell_mentioned(at=at + MINUTE):
        continue
    assert set(kinds(cast.colleague)) == {"mentioned-group"}
    assert kinds(cast.author) == []
    hears = set(
        Seat.objects.filter(audience=cast.audiences["valve-7"], ends_at=None).values_list(
            "person_id", flat=True
        )
    )
    for person in Person.objects.all():
        assert (kinds(person) != []) <= (person.pk in hears)


def test_naming_a_space_where_one_does_not_sit_is_plain_words(cast: Cast, at: datetime) -> None:
    say(cast.stranger, at, "Hello @valve-7.", space="everyone")
    assert talk.tell_mentioned(at=at + MINUTE) == 0
    assert kinds(cast.author) == []


# Drafts


def test_a_draft_keeps_what_it_asks(cast: Cast, at: datetime) -> None:
    client = Client()
    client.force_login(cast.author)
    fields = {
        "body": "When?",
        "marking": "1",
        "asks": "poll",
        "options": "Monday\nTuesday",
        "multiple": "yes",
    }
    assert client.post("/compose/draft", fields).status_code == 200
    kept = queries.draft_asks(cast.author)
    assert kept is not None
    assert (kept.kind, kept.options, kept.is_multiple) == ("poll", ("Monday", "Tuesday"), True)
    page = client.get("/").content.decode()
    assert "Monday\nTuesday</textarea>" in page
    assert '<option value="poll" selected>' in page
    client.post("/messages", fields | {"places": "space:valve-7"})
    assert not DraftAsks.objects.exists()
