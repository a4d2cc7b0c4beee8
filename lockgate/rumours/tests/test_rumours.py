"""Asked with a name and without, answered once, told to who wanted it; and gone with the seat."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client

from lockgate.archive.models import Entry
from lockgate.base.refusal import BadInput, NotFound
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import recall
from lockgate.notices.queries import of as told_to
from lockgate.people.models import Person
from lockgate.rumours import operations as rumours
from lockgate.rumours import queries
from lockgate.rumours.models import Rumour, Wish
from lockgate.rumours.operations import asking
from lockgate.rumours.refusals import AnsweredAlready, AskedEnough, NobodyKnows, TooFewToHide
from lockgate.spaces.models import Seat

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
HEARD = "Is it true that the canteen closes in spring?"


@pytest.fixture(autouse=True)
def nobody_asked_before() -> None:
    asking._asked.clear()


def ask(
    by: Person,
    at: datetime,
    *,
    hides: bool = False,
    words: str = HEARD,
    desk: str = "communications",
    key: str = "space:everyone",
) -> int | None:
    return rumours.ask(by=by, at=at, key=key, words=words, desk=desk, is_anonymous=hides)


def make(role: str, person: Person, cast: Cast, space: str) -> None:
    Seat.objects.filter(person=person, audience=cast.audiences[space]).update(role=role)


def kinds(person: Person) -> list[str]:
    return [one.kind for one in told_to(person)]


def test_asked_by_name_answered_once_and_told(cast: Cast, at: datetime) -> None:
    number = ask(cast.author, at)
    assert number is not None
    assert kinds(cast.approver) == ["rumour-asked"]
    (seen,) = queries.rumours(cast.colleague, at + MINUTE)
    assert (seen.words, seen.asker and seen.asker.slug) == ("the canteen closes in spring?", "nadia-roux")
    assert not seen.may_answer
    rumours.wish(by=cast.colleague, at=at + MINUTE, rumour_id=number)
    sent = rumours.answer(
        by=cast.approver, at=at + 2 * MINUTE, rumour_id=number, verdict="false", words="It stays open."
    )
    assert sent.passages[0].state == "delivered"
    body = Passage.objects.get(pk=sent.passages[0].passage_id).message.body
    assert "> the canteen closes in spring?" in body
    assert "It stays open." in body
    with pytest.raises(AnsweredAlready):
        rumours.answer(by=cast.approver, at=at + 3 * MINUTE, rumour_id=number, verdict="true", words="No.")
    assert rumours.tell_answered(at=at + 3 * MINUTE) == 2
    assert rumours.tell_answered(at=at + 3 * MINUTE) == 0
    assert kinds(cast.author) == kinds(cast.colleague) == ["rumour-answered"]
    assert queries.rumour(cast.stranger, number, at + 3 * MINUTE).answer_message_id == sent.message_id


def test_who_may_answer_and_who_not(cast: Cast, at: datetime) -> None:
    number = ask(cast.author, at)
    assert number
    for nobody in (cast.author, cast.colleague, cast.stranger, cast.guest):
        for verb, more in (
            (rumours.answer, {"verdict": "true", "words": "Yes."}),
            (rumours.pass_on, {"desk": "compliance"}),
            (rumours.set_aside, {"why": "No."}),
        ):
            with pytest.raises(NotFound):
                verb(by=nobody, at=at + MINUTE, rumour_id=number, **more)  # type: ignore[operator]  # three verbs
    with pytest.raises(BadInput):
        rumours.answer(by=cast.approver, at=at + MINUTE, rumour_id=number, verdict="maybe", words="Yes.")
    rumours.pass_on(by=cast.approver, at=at + MINUTE, rumour_id=number, desk="compliance")
    assert "rumour-asked" in kinds(cast.supervisor)
    with pytest.raises(NotFound):
        rumours.set_aside(by=cast.approver, at=at + 2 * MINUTE, rumour_id=number, why="Not ours.")
    rumours.set_aside(by=cast.supervisor, at=at + 2 * MINUTE, rumour_id=number, why="It is a private matter.")
    assert queries.rumour(cast.stranger, number, at + 3 * MINUTE).why == "It is a private matter."


def test_a_desk_brings_nothing_before_who_does_not_sit_there(cast: Cast, at: datetime) -> None:
    Seat.objects.filter(person__in=[cast.approver, cast.deputy], audience=cast.audiences["valve-7"]).delete()
    with pytest.raises(NobodyKnows):
        ask(cast.author, at, key="space:valve-7")
    assert not Rumour.objects.exists()


def test_heard_where_it_was_asked_and_nowhere_else(cast: Cast, at: datetime) -> None:
    make("owner", cast.colleague, cast, "valve-7")
    number = ask(cast.author, at, key="space:valve-7", desk="")
    assert number
    for nobody in (cast.stranger, cast.guest, cast.administrator):
        assert queries.rumours(nobody, at + MINUTE) == []
        for verb in (rumours.wish, rumours.no_longer_wish):
            with pytest.raises(NotFound):
                verb(by=nobody, at=at + MINUTE, rumour_id=number)
        with pytest.raises(NotFound):
            ask(nobody, at, key="space:valve-7", desk="")
    assert [one.id for one in queries.rumours(cast.colleague, at + MINUTE)] == [number]
    Seat.objects.filter(person=cast.author, audience=cast.audiences["valve-7"]).update(
        ends_at=at + 2 * MINUTE
    )
    assert queries.rumours(cast.author, at + 3 * MINUTE) == []
    rumours.answer(by=cast.colleague, at=at + 3 * MINUTE, rumour_id=number, verdict="true", words="Yes.")
    rumours.tell_answered(at=at + 4 * MINUTE)
    assert kinds(cast.author) == []


def test_what_the_gate_would_hold_is_read_by_who_answers_alone(cast: Cast, at: datetime) -> None:
    words = "these draft results are not yet public, our competitor was told"
    number = ask(cast.author, at, words=words)
    assert number
    Rumour.objects.filter(pk=number).update(is_shown=False)
    assert queries.rumours(cast.colleague, at + MINUTE) == []
    assert [one.id for one in queries.rumours(cast.approver, at + MINUTE)] == [number]
    assert [one.id for one in queries.rumours(cast.author, at + MINUTE)] == [number]


def test_an_answer_taken_back_answers_no_more(cast: Cast, at: datetime) -> None:
    number = ask(cast.author, at)
    assert number
    sent = rumours.answer(by=cast.approver, at=at, rumour_id=number, verdict="open", words="In May.")
    recall(by=cast.approver, at=at + MINUTE, passage_id=sent.passages[0].passage_id, why="Wrong.")
    assert queries.rumour(cast.author, number, at + MINUTE).state == "waiting"
    rumours.answer(by=cast.approver, at=at + MINUTE, rumour_id=number, verdict="open", words="In June.")


def test_two_of_the_same_are_answered_together(cast: Cast, at: datetime) -> None:
    one = ask(cast.author, at)
    other = ask(cast.colleague, at, words="the canteen is to close this spring, they say")
    assert one
    assert other
    with pytest.raises(BadInput):
        rumours.put_together(by=cast.approver, at=at, rumour_id=one, same_as=one)
    rumours.put_together(by=cast.approver, at=at + MINUTE, rumour_id=other, same_as=one)
    assert [each.id for each in queries.rumours(cast.stranger, at + MINUTE)] == [one]
    rumours.answer(by=cast.approver, at=at + MINUTE, rumour_id=one, verdict="false", words="No.")
    rumours.tell_answered(at=at + 2 * MINUTE)
    assert kinds(cast.colleague) == kinds(cast.author) == ["rumour-answered"]


# Without a name


def everything(person: Person) -> set[tuple[str, str]]:
    """Every row of every table that names this person in any column, as (table, row)."""
    found = set()
    signs = {str(person.pk), person.pseudonym, person.slug, person.email, person.name}
    for model in apps.get_models():
        columns = [one.attname for one in model._meta.concrete_fields]
        for row in model._base_manager.values_list(*columns):
            if signs & {str(value) for value in row} or any(
                isinstance(value, str) and person.pseudonym in value for value in row
            ):
                found.add((model._meta.label, repr(row)))
    return found


def test_without_a_name_nothing_in_any_table_tells_who_asked(cast: Cast, at: datetime) -> None:
    before = everything(cast.author)
    entries = Entry.objects.count()
    assert ask(cast.author, at, hides=True) is None
    assert everything(cast.author) == before
    # The archive hears of it when it is let out, with all else that is due then, as from the system.
    assert Entry.objects.count() == entries
    assert queries.rumours(cast.author, at + MINUTE) == queries.rumours(cast.approver, at + MINUTE) == []
    out = Rumour.objects.get().due_at
    assert out is not None
    assert out.minute == out.second == 0
    assert rumours.release(at=out - MINUTE) == 0
    assert rumours.release(at=out) == 1
    assert rumours.release(at=out) == 0
    assert everything(cast.author) == before
    entry = Entry.objects.get(action="rumours.rumour.asked")
    assert entry.actor == "system"
    assert entry.at == out
    row = Rumour.objects.get()
    assert (row.asker_id, row.asked_on) == (None, out.date())
    assert not Wish.objects.exists()
    # To the asker it looks as to everybody else.
    mine, theirs = (queries.rumours(one, out) for one in (cast.author, cast.colleague))
    assert mine == theirs
    assert mine[0].asker is None
    assert not mine[0].is_mine
    with pytest.raises(DatabaseError), transaction.atomic():
        Rumour.objects.update(asker=cast.author, due_at=None)


def test_the_pages_keep_nothing_either(cast: Cast, at: datetime) -> None:
    client = Client()
    client.force_login(cast.author)
    client.get("/rumours")
    before = everything(cast.author)
    sessions = list(connection.introspection.table_names())
    fields = {"place": "space:everyone", "words": HEARD, "desk": "communications", "anonymous": "yes"}
    answer = client.post("/rumours", fields)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/rumours?asked=hidden")
    page = client.get("/rumours?asked=hidden")
    assert b"canteen" not in page.content
    assert everything(cast.author) == before
    assert list(connection.introspection.table_names()) == sessions
    assert Rumour.objects.get().asker_id is None


def test_not_where_few_hear_it_nor_more_than_five_a_day(cast: Cast, at: datetime) -> None:
    Seat.objects.filter(audience=cast.audiences["valve-7"]).exclude(
        person__in=[cast.author, cast.colleague, cast.approver]
    ).delete()
    make("owner", cast.colleague, cast, "valve-7")
    with pytest.raises(TooFewToHide):
        ask(cast.author, at, hides=True, key="space:valve-7", desk="")
    for _again in range(5):
        ask(cast.author, at, hides=True)
    with pytest.raises(AskedEnough):
        ask(cast.author, at, hides=True)
    ask(cast.author, at + DAY, hides=True)


def test_asked_again_is_shown_what_is_there(cast: Cast, at: datetime) -> None:
    ask(cast.author, at)
    client = Client()
    client.force_login(cast.colleague)
    fields = {"place": "space:everyone", "words": "The canteen closes in spring", "desk": "communications"}
    answer = client.post("/rumours", fields)
    assert answer.status_code == 200
    assert b"This was asked already" in answer.content
    assert Rumour.objects.count() == 1
    assert client.post("/rumours", fields | {"anyway": "1"}).status_code == 302
    assert Rumour.objects.count() == 2
