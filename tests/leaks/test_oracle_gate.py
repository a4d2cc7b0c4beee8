"""Seats given and ended, words posted, held, signed, scheduled, recalled and answered, in any order: whoever hears is
who an oracle of forty lines says, on the feed, on the message's page and by the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lockgate.approvals.queries import of_passage
from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.base.refusal import NotFound
from lockgate.conversations import queries as conversations
from lockgate.demo.cast import Cast, assemble
from lockgate.gateway import queries as gate
from lockgate.gateway.operations import recall, release_due, reschedule, sign_off, submit
from lockgate.gateway.types import Submitted
from lockgate.people.models import Person
from lockgate.people.operations import let_go
from lockgate.spaces.models import Audience
from lockgate.spaces.operations import end_seat, open_space, seat
from lockgate.web import shell, waiting
from tests.leaks.asking import DOOR
from tests.leaks.oracle_house import looked_for
from tests.leaks.world import HOLDS_WITH_GUESTS

PEOPLE = ("theo-mercier", "pavel-novak", "claire-laurent", "stefan-bauer", "lars-eklund")
GUESTS = {"stefan-bauer", "lars-eklund"}
OWNER, SIGNER = "nadia-roux", "julie-martin"
# The owner speaks most often: the others often sit nowhere.
SPEAKERS = (OWNER, OWNER, OWNER, *PEOPLE)
ROOMS = ("with-guests", "inside-alone")


@dataclass
class Said:
    """One message, as the oracle knows it."""

    number: int
    passage: int
    author: str
    room: str
    moment: int | None  # when it was delivered; None while it is not, or is no more
    was_asked: bool = False
    root: Said | None = None


class Oracle:
    """Who may hear what. Knows nothing of the house."""

    def __init__(self) -> None:
        self.seats: dict[tuple[str, str], int] = {(OWNER, room): 0 for room in ROOMS}
        self.gone: set[str] = set()
        self.said: list[Said] = []

    def sits(self, person: str, room: str) -> bool:
        return (person, room) in self.seats and person not in self.gone

    def hears(self, person: str, one: Said) -> bool:
        return (
            one.moment is not None
            and self.sits(person, one.room)
            and self.seats[person, one.room] <= one.moment
        )

    def sees(self, person: str, one: Said) -> bool:
        if person in self.gone:
            return False
        is_own = one.author == person and self.sits(person, one.room)
        return self.hears(person, one) or is_own or (person == SIGNER and one.was_asked)

    def feed(self, person: str) -> set[int]:
        return {one.passage for one in self.said if one.root is None and self.hears(person, one)}


class Rooms(RuleBasedStateMachine):
    """The house and the oracle, side by side."""

    messages: Bundle[Said] = Bundle("messages")
    waiting: Bundle[Said] = Bundle("waiting")

    @initialize()
    def found(self) -> None:
        waiting._cards.clear()
        shell.forget_standings()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.start = now() - timedelta(days=2)
        self.cast: Cast = assemble(at=self.start - timedelta(hours=1))
        self.moment = 1
        self.oracle = Oracle()
        self.rooms: dict[str, int] = {}
        for room in ROOMS:
            space = open_space(
                by=self.person(OWNER),
                at=self.at,
                slug=room,
                name=room,
                kind="topic",
                ceiling=Marking.CONFIDENTIAL,
                admits_guests=room == "with-guests",
            )
            self.rooms[room] = Audience.objects.get(space=space).pk
            self.say(OWNER, room, "Welcome.")
            self.sit("theo-mercier", room, past=False)
        self.sit("stefan-bauer", "with-guests", past=True)

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            try:
                self.roads()
            finally:
                transaction.set_rollback(True)
                self.undo.__exit__(None, None, None)

    @property
    def at(self) -> datetime:
        return self.start + timedelta(minutes=self.moment)

    def tick(self) -> datetime:
        self.moment += 1
        return self.at

    def person(self, slug: str) -> Person:
        return Person.objects.select_related("firm").get(slug=slug)

    def keep(self, sent: Submitted, author: str, room: str, root: Said | None = None) -> Said:
        (one,) = sent.passages
        said = Said(
            sent.message_id,
            one.passage_id,
            author,
            room,
            self.moment if one.state == "delivered" else None,
            one.state == "held",
            root,
        )
        self.oracle.said.append(said)
        return said

    @rule(who=st.sampled_from(PEOPLE), room=st.sampled_from(ROOMS), past=st.booleans())
    def sit(self, who: str, room: str, past: bool) -> None:
        if (
            self.oracle.sits(who, room)
            or who in self.oracle.gone
            or (who in GUESTS and room == "inside-alone")
        ):
            return
        at = self.tick()
        seat(
            by=self.person(OWNER),
            at=at,
            person=self.person(who),
            audience_id=self.rooms[room],
            role="guest" if who in GUESTS else "member",
            hears_past=past,
        )
        self.oracle.seats[who, room] = 0 if past else self.moment

    @rule(who=st.sampled_from(PEOPLE), room=st.sampled_from(ROOMS))
    def leave(self, who: str, room: str) -> None:
        if self.oracle.sits(who, room):
            end_seat(
                by=self.person(OWNER), at=self.tick(), person=self.person(who), audience_id=self.rooms[room]
            )
            del self.oracle.seats[who, room]

    @rule(who=st.sampled_from(PEOPLE))
    @precondition(lambda self: self.moment > 12)
    def leave_the_company(self, who: str) -> None:
        if who not in self.oracle.gone:
            let_go(by=self.cast.administrator, at=self.tick(), person=self.person(who))
            self.oracle.gone.add(who)

    @rule(target=messages, who=st.sampled_from(SPEAKERS), room=st.sampled_from(ROOMS))
    def post(self, who: str, room: str) -> object:
        return self.say(who, room, "Good morning from the bench.")

    @rule(target=waiting, who=st.sampled_from(SPEAKERS))
    def post_what_is_held(self, who: str) -> object:
        return self.say(who, "with-guests", f"{HOLDS_WITH_GUESTS}, all of them.")

    def say(self, who: str, room: str, words: str) -> object:
        at = self.tick()
        if who in self.oracle.gone:
            return multiple()
        try:
            sent = submit(by=self.person(who), at=at, body=words, marking=1, places=[f"space:{room}"])
        except NotFound:
            assert not self.oracle.sits(who, room)
            return multiple()
        assert self.oracle.sits(who, room)
        return self.keep(sent, who, room)

    @rule(target=messages, who=st.sampled_from(SPEAKERS), to=messages)
    def answer(self, who: str, to: Said) -> object:
        at = self.tick()
        if who in self.oracle.gone:
            return multiple()
        try:
            sent = submit(by=self.person(who), at=at, body="So it is.", marking=1, answers=to.passage)
        except NotFound:
            assert not self.oracle.hears(who, to)
            return multiple()
        assert self.oracle.hears(who, to)
        return self.keep(sent, who, to.room, to.root or to)

    @rule(target=messages, one=consumes(waiting), verdict=st.sampled_from(("approve", "change", "reject")))
    def sign(self, one: Said, verdict: str) -> object:
        (asked,) = of_passage(one.passage, self.at)
        at = self.tick()
        sign_off(
            request_id=asked.request_id, by=self.person(SIGNER), decision=verdict, word="So be it.", at=at
        )
        if verdict == "approve" and self.oracle.sits(one.author, one.room):
            one.moment = self.moment
            return one
        return multiple()

    @rule(one=consumes(messages))
    def take_back(self, one: Said) -> None:
        if one.moment is not None and any(each.root is one for each in self.oracle.said):
            return  # what becomes of answers to words that were taken back is asked elsewhere
        at = self.tick()
        try:
            recall(by=self.person(one.author), at=at, passage_id=one.passage, why="Wrong.")
        except NotFound:
            assert not self.oracle.sees(one.author, one)
        else:
            one.moment = None

    @rule(
        who=st.sampled_from(SPEAKERS),
        room=st.sampled_from(ROOMS),
        other=st.sampled_from(SPEAKERS),
        minutes=st.sampled_from((1, 3)),
    )
    def post_later(self, who: str, room: str, other: str, minutes: int) -> None:
        if not self.oracle.sits(who, room):
            return
        sent = submit(
            by=self.person(who),
            at=self.tick(),
            body="When the time has come.",
            marking=1,
            places=[f"space:{room}"],
            deliver_at=self.at + timedelta(minutes=2),
        )
        said = self.keep(sent, who, room)
        wanted = self.at + timedelta(minutes=minutes)
        try:
            reschedule(by=self.person(other), at=self.at, passage_id=said.passage, deliver_at=wanted)
        except NotFound:
            assert other != who
        else:
            assert other == who
        self.moment += 3
        release_due(at=self.at)
        if self.oracle.sits(who, room):
            said.moment = self.moment

    @invariant()
    def feeds_agree(self) -> None:
        if not hasattr(self, "oracle"):
            return
        for slug in (OWNER, SIGNER, *PEOPLE):
            heard = {key.passage_id for key in conversations.home(self.person(slug), self.at).keys}
            assert heard == self.oracle.feed(slug), slug

    def roads(self) -> None:
        """Each message, for each person, by query, page and API."""
        for slug in (OWNER, SIGNER, *PEOPLE):
            person = self.person(slug)
            client = Client()
            was_active, left_at = person.is_active, person.left_at
            Person.objects.filter(pk=person.pk).update(is_active=True, left_at=None)
            client.force_login(self.person(slug), backend=DOOR)
            Person.objects.filter(pk=person.pk).update(is_active=was_active, left_at=left_at)
            for one in self.oracle.said[-8:]:
                sees = self.oracle.sees(slug, one)
                try:
                    gate.message(person, one.number, self.at)
                except NotFound:
                    assert not sees or slug in self.oracle.gone, (slug, one)
                else:
                    assert sees, (slug, one)
                page = client.get(f"/messages/{one.number}").status_code
                api = client.get(f"/api/v1/messages/{one.number}").status_code
                expected = (302, 401) if slug in self.oracle.gone else (200, 200) if sees else (404, 404)
                assert (page, api) == expected, (slug, one)


@pytest.mark.slow
@pytest.mark.oracle
def test_whoever_hears_is_who_the_oracle_says(db: None) -> None:
    run_state_machine_as_test(Rooms, settings=looked_for(15, 25))
