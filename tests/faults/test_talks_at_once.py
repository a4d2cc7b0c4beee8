"""The same people begin a talk at the same instant, each in a thread of their own: there is one, and all goes into
it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from lockgate.base.clock import now
from lockgate.demo.cast import Cast, assemble
from lockgate.gateway.models import Passage
from lockgate.gateway.refusals import RefusedByPolicy
from lockgate.mail.models import Invitation
from lockgate.mail.operations import say_first, write_to
from lockgate.mastodon.tests.client import client_for
from lockgate.people.models import Firm, Person
from lockgate.publishing.tests.real_databases import at_once
from lockgate.spaces import queries as spaces
from lockgate.spaces.models import Seat, Space

AT = datetime(2026, 11, 19, 9, 45, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ROUNDS = 5


@pytest.fixture
def begun_at() -> datetime:
    return AT


@pytest.fixture
def cast(real_database: str, settings: LazySettings, tmp_path: Path, begun_at: datetime) -> Cast:
    settings.KEYS_DIR = tmp_path / "keys"
    settings.EMAIL_HOST, settings.MAIL_DOMAIN = "127.0.0.1", "lockgate.haldenvalve.example"
    with transaction.atomic():
        return assemble(at=begun_at)


def talks() -> list[Space]:
    return list(Space.objects.filter(kind="circle").order_by("pk"))


def said_in(space: Space) -> set[str]:
    return set(Passage.objects.filter(audience__space=space).values_list("message__body", flat=True))


def test_two_who_write_to_each_other_at_the_same_instant_have_one_talk(cast: Cast) -> None:
    before = {one.pk for one in talks()}
    others = [cast.persons[one] for one in ("theo-mercier", "marc-olsen", "julie-martin", "pavel-novak")]
    for number, other in enumerate(others, 1):
        at = AT + number * SECOND
        results = at_once(
            [
                # The second reads a clock that is a little behind.
                partial(say, cast.author, other, at),
                partial(say, other, cast.author, at - SECOND / 1000),
            ]
        )
        assert not [one for one in results if isinstance(one, BaseException)], results
        (talk,) = [one for one in talks() if one.pk not in before]
        before.add(talk.pk)
        assert said_in(talk) == {f"From {cast.author.slug}.", f"From {other.slug}."}
        assert Seat.objects.filter(audience__space=talk).count() == 2
        for person in (cast.author, other):
            assert talk.slug in {one.slug for one in spaces.places_of(person, at)}


def say(by: Person, to: Person, at: datetime) -> str:
    said = say_first(by=by, at=at, body=f"From {by.slug}.", marking=1, persons=[to], addresses=[])
    return said[0]


def test_the_same_addresses_are_invited_once(cast: Cast) -> None:
    addresses = ["Maria Lopez <maria@lopez.example>", "Otto Lopez <otto@lopez.example>"]
    pair = [cast.author, cast.colleague]
    before = len(talks())
    results = at_once(
        [
            partial(write_to, by=one, at=AT, persons=pair, addresses=asked)
            for one, asked in zip(pair, (addresses, addresses[::-1]), strict=True)
        ]
    )
    assert not [one for one in results if isinstance(one, BaseException)], results
    assert len(set(results)) == 1
    assert len(talks()) == before + 1
    assert Person.objects.filter(firm__name="lopez.example").count() == 2
    assert Firm.objects.filter(name="lopez.example").count() == 1
    assert Invitation.objects.count() == 2


def test_of_two_first_words_the_gate_takes_one_and_that_alone_is_said(cast: Cast) -> None:
    results = at_once(
        [
            partial(
                say_first, by=by, at=AT, body=body, marking=1, persons=[cast.author, cast.guest], addresses=[]
            )
            for by, body in (
                (cast.author, "Good morning."),
                (cast.author, "This is company confidential."),
            )
        ]
    )
    assert isinstance(results[1], RefusedByPolicy)
    (talk,) = talks()[-1:]
    assert not isinstance(results[0], BaseException), results
    assert results[0][0] == talk.slug
    assert said_in(talk) == {"Good morning."}


def test_the_database_itself_refuses_a_second(cast: Cast) -> None:
    slug = write_to(by=cast.author, at=AT, persons=[cast.colleague], addresses=[])
    talk = Space.objects.get(slug=slug)
    talk.pk, talk.slug = None, "another"
    with pytest.raises(IntegrityError, match=r"the_same_people_have_one_talk|spaces_space\.among"):
        talk.save(force_insert=True)


class TestApps:
    @pytest.fixture
    def begun_at(self) -> datetime:
        return now() - timedelta(hours=1)

    def test_direct_messages_that_cross(self, cast: Cast) -> None:
        before = len(talks())
        for number, other in enumerate((cast.colleague, cast.deputy, cast.stranger), 1):
            apps = [(client_for(cast.author), other), (client_for(other), cast.author)]
            results = at_once(
                [
                    partial(app.status_post, f"@{to.slug} Good morning.", visibility="direct")
                    for app, to in apps
                ]
            )
            assert not [one for one in results if isinstance(one, BaseException)], results
            assert len(talks()) == before + number
            assert len(said_in(talks()[-1])) == 2
