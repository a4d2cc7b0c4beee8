"""How one gets in: open, closed and private spaces, circles, and what the database itself refuses."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from lockgate.archive.models import Entry
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.demo.cast import Cast
from lockgate.people.models import Person
from lockgate.spaces import queries
from lockgate.spaces.models import Audience, Seat, Space
from lockgate.spaces.operations import (
    CircleFull,
    LastOwner,
    SeatTaken,
    accept,
    archive_space,
    ask_to_join,
    change_role,
    decline,
    end_seat,
    join,
    keep_words,
    open_space,
    seat,
    set_entry,
    withdraw,
)

MINUTE = timedelta(minutes=1)


def room(by: Person, at: datetime, slug: str, entry: str, kind: str = "topic") -> Audience:
    open_space(by=by, at=at, slug=slug, name=slug.title(), kind=kind, ceiling=Marking.INTERNAL, entry=entry)
    return Audience.objects.select_related("space").get(space__slug=slug)


def test_an_open_space_is_found_and_joined_by_employees_alone(cast: Cast, at: datetime) -> None:
    here = room(cast.author, at, "reading", "open")
    assert [one.slug for one in queries.doors(cast.stranger, at) if one.slug == "reading"]
    assert queries.doors(cast.guest, at) == []
    with pytest.raises(NotFound):
        join(by=cast.guest, at=at, slug="reading")
    join(by=cast.stranger, at=at, slug="reading")
    assert here.pk in queries.audible(cast.stranger, at)
    with pytest.raises(SeatTaken):
        join(by=cast.stranger, at=at, slug="reading")
    end_seat(by=cast.stranger, at=at + MINUTE, person=cast.stranger, audience_id=here.pk)
    assert here.pk not in queries.audible(cast.stranger, at + MINUTE)
    with pytest.raises(LastOwner):
        end_seat(by=cast.author, at=at + MINUTE, person=cast.author, audience_id=here.pk)


def test_a_closed_space_is_asked_and_its_tenders_answer(cast: Cast, at: datetime) -> None:
    here = room(cast.author, at, "hatch", "closed")
    with pytest.raises(BadInput):
        join(by=cast.stranger, at=at, slug="hatch")
    first = ask_to_join(by=cast.stranger, at=at, slug="hatch", words="May I?")
    assert ask_to_join(by=cast.stranger, at=at, slug="hatch") == first
    assert here.pk not in queries.audible(cast.stranger, at)
    for nobody in (cast.colleague, cast.guest, cast.administrator, cast.stranger):
        with pytest.raises(NotFound):
            accept(by=nobody, at=at, request_id=first)
        with pytest.raises(NotFound):
            decline(by=nobody, at=at, request_id=first)
    withdraw(by=cast.stranger, at=at, request_id=first)
    with pytest.raises(NotFound):
        accept(by=cast.author, at=at, request_id=first)
    again = ask_to_join(by=cast.stranger, at=at + MINUTE, slug="hatch")
    with pytest.raises(NotFound):
        withdraw(by=cast.colleague, at=at, request_id=again)
    assert accept(by=cast.author, at=at + MINUTE, request_id=again) == "hatch"
    assert here.pk in queries.audible(cast.stranger, at + MINUTE)
    actions = Entry.objects.filter(parent=cast.stranger.pseudonym, record=f"s:{here.space_id}")
    assert sorted(actions.values_list("action", flat=True)) == [
        "spaces.request.accepted",
        "spaces.request.asked",
        "spaces.request.asked",
        "spaces.request.withdrawn",
    ]


def test_a_private_space_is_as_if_it_were_not(cast: Cast, at: datetime) -> None:
    room(cast.author, at, "hush", "private")
    for slug in ("hush", "never-was"):
        for verb in (join, ask_to_join):
            with pytest.raises(NotFound):
                verb(by=cast.stranger, at=at, slug=slug)
        with pytest.raises(NotFound):
            queries.door(cast.stranger, slug, at)


def test_a_space_that_goes_out_of_sight_answers_who_waits(cast: Cast, at: datetime) -> None:
    room(cast.author, at, "hatch", "closed")
    asked = ask_to_join(by=cast.stranger, at=at, slug="hatch")
    with pytest.raises(NotFound):
        set_entry(by=cast.stranger, at=at, slug="hatch", entry="open")
    set_entry(by=cast.author, at=at, slug="hatch", entry="private")
    with pytest.raises(NotFound):
        accept(by=cast.author, at=at, request_id=asked)


def test_owners_change_roles_and_an_observer_does_not_write(cast: Cast, at: datetime) -> None:
    here = room(cast.author, at, "hush", "private")
    seat(by=cast.author, at=at, person=cast.colleague, audience_id=here.pk, role="moderator")
    with pytest.raises(NotFound):
        change_role(by=cast.colleague, at=at, person=cast.author, audience_id=here.pk, role="member")
    with pytest.raises(LastOwner):
        change_role(by=cast.author, at=at, person=cast.author, audience_id=here.pk, role="member")
    with pytest.raises(BadInput):
        seat(by=cast.colleague, at=at, person=cast.stranger, audience_id=here.pk, role="owner")
    change_role(by=cast.author, at=at, person=cast.colleague, audience_id=here.pk, role="observer")
    assert here.pk in queries.audible(cast.colleague, at)
    assert here.pk not in queries.speaks_in(cast.colleague, at, {here.pk})
    assert here.pk in queries.speaks_in(cast.author, at, {here.pk})


def test_a_circle_is_private_and_takes_no_more_than_its_most(
    cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "CIRCLE_MOST", 3)
    here = room(cast.author, at, "round", "open", kind="circle")
    assert here.space is not None
    assert (here.space.entry, here.space.most) == ("private", 3)
    seat(by=cast.author, at=at, person=cast.colleague, audience_id=here.pk)
    seat(by=cast.author, at=at, person=cast.stranger, audience_id=here.pk)
    with pytest.raises(CircleFull):
        seat(by=cast.author, at=at, person=cast.chief, audience_id=here.pk)
    with pytest.raises(IntegrityError, match="circle"), transaction.atomic():
        Seat.objects.create(person=cast.chief, audience=here, begins_at=at)
    end_seat(by=cast.author, at=at + MINUTE, person=cast.stranger, audience_id=here.pk)
    seat(by=cast.author, at=at + MINUTE, person=cast.chief, audience_id=here.pk)
    with pytest.raises(BadInput):
        set_entry(by=cast.author, at=at, slug="round", entry="open")
    with pytest.raises(IntegrityError), transaction.atomic():
        Space.objects.filter(slug="round").update(entry="open")
    with pytest.raises(IntegrityError), transaction.atomic():
        Space.objects.filter(slug="round").update(most=151)


def test_an_archived_space_is_read_and_no_more_written(cast: Cast, at: datetime) -> None:
    here = room(cast.author, at, "done", "open")
    with pytest.raises(NotFound):
        archive_space(by=cast.stranger, at=at, slug="done")
    archive_space(by=cast.author, at=at, slug="done")
    assert here.pk in queries.audible(cast.author, at)
    assert here.pk not in queries.speaks_in(cast.author, at, {here.pk})
    assert queries.place(cast.author, "done", at).is_archived
    assert "done" not in {one.slug for one in queries.places_of(cast.author, at)}
    assert "done" not in {one.slug for one in queries.doors(cast.stranger, at)}
    with pytest.raises(NotFound):
        join(by=cast.stranger, at=at, slug="done")
    with pytest.raises(NotFound):
        archive_space(by=cast.author, at=at, slug="done")


def test_who_tends_a_space_keeps_its_words_in_it(cast: Cast, at: datetime) -> None:
    here = room(cast.author, at, "lathe", "open")
    for person, role in ((cast.colleague, "moderator"), (cast.stranger, "member")):
        seat(by=cast.author, at=at, person=person, audience_id=here.pk, role=role)
    assert not queries.words_stay({here.pk})
    for nobody in (cast.stranger, cast.guest, cast.administrator):
        with pytest.raises(NotFound):
            keep_words(by=nobody, at=at, slug="lathe", is_on=True)
    with pytest.raises(NotFound):
        keep_words(by=cast.author, at=at, slug="never-was", is_on=True)
    keep_words(by=cast.colleague, at=at, slug="lathe", is_on=True)
    keep_words(by=cast.author, at=at, slug="lathe", is_on=True)
    assert queries.words_stay({here.pk})
    assert not queries.words_stay(set())
    keep_words(by=cast.author, at=at, slug="lathe", is_on=False)
    assert not queries.words_stay({here.pk})
    facts = Entry.objects.filter(action__contains="words_").order_by("pk").values_list("action", flat=True)
    assert list(facts) == ["spaces.space.words_kept", "spaces.space.words_let_go"]
