"""The house and its oracle side by side: how they are founded, and the roads by which they are compared."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo

from django.conf import settings as configured
from django.db import transaction
from django.test import Client
from hypothesis import Phase
from hypothesis import settings as searching
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from lockgate.archive.operations import keep
from lockgate.base import clock
from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.base.refusal import NotFound, Refusal
from lockgate.conversations import queries as conversations
from lockgate.gateway import queries as gate
from lockgate.notices import queries as notices
from lockgate.people.models import Firm, Person
from lockgate.search.operations import keep_up
from lockgate.search.queries import search
from lockgate.spaces import operations as tending
from lockgate.spaces import queries as spaces
from lockgate.spaces.models import Audience
from lockgate.web import shell, waiting
from tests.founding import found
from tests.leaks.asking import DOOR
from tests.leaks.oracle import Oracle, Place

FIRMS = {
    "nadia-roux": "",
    "theo-mercier": "",
    "pavel-novak": "",
    "anneke-kok": "",
    "ann-alpha": "Alpha Seals",
    "abe-alpha": "Alpha Seals",
    "bo-beta": "Beta Rings",
}
OWNER, ADMINISTRATOR, SUPERVISOR = "nadia-roux", "anneke-kok", "ingrid-solberg"
OURS = ("theo-mercier", "pavel-novak", "anneke-kok")
GUESTS = ("ann-alpha", "abe-alpha", "bo-beta")
OTHERS = (*OURS, *GUESTS)
# The owner speaks most often: the others often sit nowhere.
SPEAKERS = (OWNER, OWNER, OWNER, *OTHERS)
ROOMS = ("hall", "study", "partners", "deal")
NAMED = ("pavel-novak", "bo-beta")


def looked_for(examples: int, steps: int) -> searching:
    """How long is looked: ORACLE_TIMES=20 looks twenty times as long."""
    return searching(
        max_examples=examples * int(os.environ.get("ORACLE_TIMES", "1")),
        stateful_step_count=steps,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
    )


class Compared(RuleBasedStateMachine):
    """The house and the oracle, side by side."""

    @initialize()
    def begin(self) -> None:
        waiting._cards.clear()
        shell.forget_standings()
        # Each example begins with a log of its own, which was never signed.
        (configured.KEYS_DIR / "archive-last.checkpoint").unlink(missing_ok=True)
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.start = now().replace(microsecond=0) - timedelta(days=4)
        found(self.start - timedelta(hours=1))
        self.oracle = Oracle(FIRMS)
        self.audiences: dict[str, int] = {}
        self.told: set[tuple[str, int]] = set()
        for slug in GUESTS:
            firm, _new = Firm.objects.get_or_create(name=FIRMS[slug])
            name = slug.replace("-", " ").title()
            Person.objects.create(
                slug=slug, email=f"{slug}@x.example", name=name, firm=firm, joined_at=self.start
            )
        for room, entry in (
            ("hall", "open"),
            ("study", "closed"),
            ("partners", "private"),
            ("deal", "private"),
        ):
            space = tending.open_space(
                by=self.person(OWNER),
                at=self.at,
                slug=room,
                name=room,
                kind="deal" if room == "deal" else "topic",
                ceiling=Marking.CONFIDENTIAL,
                admits_guests=room == "partners",
                entry=entry,
            )
            self.audiences[room] = Audience.objects.get(space=space).pk
            self.oracle.places[room] = Place(room, entry, guests=room == "partners")
            self.oracle.sit(OWNER, room, past=True, role="owner")
        self.sit("theo-mercier", "deal", past=True)
        for firm_name in ("Alpha Seals", "Beta Rings"):
            self.open_lane(firm_name)
        self.sit("ann-alpha", "deal/Alpha Seals", past=True)
        self.sit("bo-beta", "deal/Beta Rings", past=False)

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            try:
                self.look_by_every_road()
            finally:
                transaction.set_rollback(True)
                self.undo.__exit__(None, None, None)

    @property
    def at(self) -> datetime:
        return self.start + timedelta(minutes=self.oracle.now)

    def tick(self) -> datetime:
        self.oracle.now += 1
        return self.at

    def person(self, slug: str) -> Person:
        return Person.objects.select_related("firm").get(slug=slug)

    def either(self, verb: Callable[[], object], may: bool) -> bool:
        """Do it; it must be refused exactly where the oracle says so."""
        refused: Refusal | None = None
        try:
            verb()
        except Refusal as refusal:
            refused = refusal
        assert (refused is None) == may, refused
        return may

    def place(self, n: int) -> str:
        return list(self.oracle.places)[n % len(self.oracle.places)]

    # -- who hears

    @invariant()
    def feeds_agree(self) -> None:
        if not hasattr(self, "oracle"):
            return
        ours = {number: place for place, number in self.audiences.items()}
        for slug in FIRMS:
            person = self.person(slug)
            sits = {ours[one] for one in spaces.audible(person, self.at) if one in ours}
            assert sits == self.oracle.places_of(slug), slug
            heard = {key.passage_id for key in conversations.home(person, self.at, limit=200).keys}
            assert heard == self.oracle.feed(slug), slug

    @rule(who=st.sampled_from(tuple(FIRMS)))
    def look_at_lists(self, who: str) -> None:
        """Search, what was saved, what was told, the list of rooms, who reacted, threads."""
        person, at = self.person(who), self.at
        keep(at=at)
        while keep_up(at=at):
            continue
        hits = {one.passage_id for one in search(person, "bench", at=at, limit=50).hits}
        words = {
            one.passage
            for one in self.oracle.said
            if "bench" in gate.Message.objects.get(pk=one.message).body
        }
        assert hits == self.oracle.found(who) & words
        saved = {
            (one.root or one).passage
            for one in self.oracle.said
            if who in one.saved_by and self._hears_whole(who, one)
        }
        assert set(conversations.saved(person, at)) == saved
        listed = {one.slug for one in spaces.doors(person, at)} & set(ROOMS)
        assert listed == self.oracle.doors(who)
        told = {one.message_id for one in notices.of(person, limit=500) if one.kind == "mentioned"}
        assert told == {message for whose, message in self.told if whose == who}
        for one in self.oracle.said[-12:]:
            try:
                gathered = conversations.reacted_by(person, one.passage, at)
            except NotFound:
                assert not self._hears_whole(who, one)
            else:
                assert self._hears_whole(who, one)
                assert sum(len(each.people) + each.others for each in gathered) == len(one.reacted)
            if one.root is None and one.at is not None and self.oracle.hears(who, one):
                answers = {each.passage_id for each in conversations.answers(person, one.passage, at)}
                below = {each.passage for each in self.oracle.said if each.root is one}
                assert answers == below & self.oracle.found(who)

    def look_by_every_road(self) -> None:
        """Each message, for each person, by query, page and API; each room by its page."""
        keys = {
            one.pk: one.address
            for one in Audience.objects.filter(pk__in=self.audiences.values()).select_related("space")
        }
        for slug in FIRMS:
            self.look_at_lists(slug)
            person, gone = self.person(slug), slug in self.oracle.gone
            client = Client()
            Person.objects.filter(pk=person.pk).update(is_active=True, left_at=None)
            client.force_login(self.person(slug), backend=DOOR)
            Person.objects.filter(pk=person.pk).update(is_active=person.is_active, left_at=person.left_at)
            with self.clock():
                for one in self.oracle.said[-8:]:
                    sees = self.oracle.sees(slug, one.message)
                    page = client.get(f"/messages/{one.message}").status_code
                    api = client.get(f"/api/v1/messages/{one.message}").status_code
                    expected = (302, 401) if gone else (200, 200) if sees else (404, 404)
                    assert (page, api) == expected, (slug, one)
                for place, number in self.audiences.items():
                    sits = self.oracle.stay(slug, place) is not None
                    door = "/" not in place and place in self.oracle.doors(slug)
                    # A guest of one lane who asks for the room is shown their lane.
                    lane = "/" not in place and any(
                        self.oracle.stay(slug, one)
                        for one in self.oracle.places
                        if one.startswith(f"{place}/")
                    )
                    may = sits or door or lane
                    expected_page = 302 if gone else 200 if may else 404
                    assert client.get(keys[number]).status_code == expected_page, (slug, place)

    @contextmanager
    def clock(self) -> Iterator[None]:
        """The pages ask the machine's clock, which stands later than the oracle's: they are asked at its moment."""
        at = self.at

        class Stands(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a clock that stands
                return at.astimezone(tz)

        real = clock.datetime
        clock.datetime = Stands  # type: ignore[misc]  # for as long as these pages are read
        try:
            yield
        finally:
            clock.datetime = real  # type: ignore[misc]  # and back
