"""Rooms joined, asked for, left, narrowed, archived and cleared, guests seated, papers that end, lanes, sealed boxes,
a broken glass, and words said, answered, taken back, saved and searched for, in any order: whoever hears is who the
oracle says, by every road. What the gate does with words is in ``test_oracle_gate``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from functools import partial

import pytest
from django.conf import settings as configured
from django.db import transaction
from django.test import Client
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lockgate.archive.operations import keep
from lockgate.base import clock
from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.base.refusal import NotFound, Refusal
from lockgate.conversations import operations as talk
from lockgate.conversations import queries as conversations
from lockgate.deals.operations import answer_all, clear
from lockgate.gateway import queries as gate
from lockgate.gateway.operations import recall, submit
from lockgate.gateway.types import Submitted
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
from tests.leaks.oracle import Oracle, Place, Said

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

who_ours, who_guest, who_other = (st.sampled_from(one) for one in (OURS, GUESTS, OTHERS))
any_room, number = st.sampled_from(ROOMS), st.integers(0, 999)


class House(RuleBasedStateMachine):
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

    # -- seats

    @rule(who=who_ours, room=any_room)
    def join(self, who: str, room: str) -> None:
        at = self.tick()
        may = room in self.oracle.doors(who) and self.oracle.places[room].entry == "open"
        if self.either(lambda: tending.join(by=self.person(who), at=at, slug=room), may):
            self.oracle.sit(who, room, past=True)

    @rule(who=who_guest, room=any_room)
    def a_guest_never_joins(self, who: str, room: str) -> None:
        at = self.tick()
        self.either(lambda: tending.join(by=self.person(who), at=at, slug=room), may=False)
        self.either(lambda: tending.ask_to_join(by=self.person(who), at=at, slug=room), may=False)

    @rule(who=who_ours, room=any_room, is_taken=st.booleans())
    def ask(self, who: str, room: str, is_taken: bool) -> None:
        at, asked = self.tick(), []
        may = room in self.oracle.doors(who) and self.oracle.places[room].entry == "closed"

        def verb() -> None:
            asked.append(tending.ask_to_join(by=self.person(who), at=at, slug=room))

        if self.either(verb, may):
            # Between asking and the answer nobody hears anything more.
            self.feeds_agree()
            answer = tending.accept if is_taken else tending.decline
            self.either(lambda: answer(by=self.person(who), at=at, request_id=asked[0]), may=False)
            answer(by=self.person(OWNER), at=self.tick(), request_id=asked[0])
            if is_taken:
                self.oracle.sit(who, room, past=True)

    @rule(who=who_other, n=number, past=st.booleans())
    def sit(self, who: str, n: int | str, past: bool) -> None:
        place = n if isinstance(n, str) else self.place(n)
        at = self.tick()
        sealed = self.oracle.places[place].sealed
        if sealed:  # nobody of ours tends a box that is sealed, and later it takes no more
            return
        role = "guest" if who in GUESTS else "member"
        may = self.oracle.admits(who, place)
        verb = lambda: tending.seat(  # noqa: E731 (it is called once, below)
            by=self.person(OWNER),
            at=at,
            person=self.person(who),
            audience_id=self.audiences[place],
            role=role,
            hears_past=past,
        )
        if self.either(verb, may):
            self.oracle.seat(who, place, past=past, role=role)

    @rule(who=who_other, n=number, by_themselves=st.booleans())
    def leave(self, who: str, n: int, by_themselves: bool) -> None:
        place, at = self.place(n), self.tick()
        by = who if by_themselves else OWNER
        may = self.oracle.stay(who, place) is not None
        if not by_themselves and self.oracle.stay(OWNER, place) is None:
            may = False
        verb = lambda: tending.end_seat(  # noqa: E731 (it is called once, below)
            by=self.person(by), at=at, person=self.person(who), audience_id=self.audiences[place]
        )
        if self.either(verb, may):
            self.oracle.leave(who, place)

    @rule(who=who_other)
    @precondition(lambda self: self.oracle.now > 30)
    def leave_the_company(self, who: str) -> None:
        if who not in self.oracle.gone:
            tending.leave_company(by=None, at=self.tick(), person=self.person(who))
            for place in self.oracle.places:
                self.oracle.end(who, place)
            self.oracle.gone.add(who)

    @rule(who=who_guest, lasts=st.integers(2, 60), ceiling=st.sampled_from((1, 2, 2, 3)))
    def file_paper(self, who: str, lasts: int, ceiling: int) -> None:
        at = self.tick()
        tending.file_nda(
            by=self.person(ADMINISTRATOR) if ADMINISTRATOR not in self.oracle.gone else None,
            at=at,
            person=self.person(who),
            ends_at=at + timedelta(minutes=lasts),
            ceiling=ceiling,
        )
        self.oracle.file_paper(who, self.oracle.now + lasts, ceiling)

    @rule(minutes=st.integers(5, 90))
    def time_passes(self, minutes: int) -> None:
        self.oracle.now += minutes

    @rule()
    def the_clock_is_recorded(self) -> None:
        """What the work process does later changes nothing of what is heard."""
        tending.record_ends(at=self.at)
        tending.open_sealed(at=self.at)

    # -- rooms

    @rule(room=st.sampled_from(("hall", "study")), entry=st.sampled_from(("open", "closed", "private")))
    def narrow_or_widen(self, room: str, entry: str) -> None:
        at = self.tick()
        may = not self.oracle.places[room].archived
        if self.either(lambda: tending.set_entry(by=self.person(OWNER), at=at, slug=room, entry=entry), may):
            self.oracle.places[room].entry = entry

    @rule(room=st.sampled_from(("study", "partners")))
    @precondition(lambda self: self.oracle.now > 40)
    def archive(self, room: str) -> None:
        at = self.tick()
        may = not self.oracle.places[room].archived
        if self.either(lambda: tending.archive_space(by=self.person(OWNER), at=at, slug=room), may):
            self.oracle.places[room].archived = True

    @rule(room=any_room, lasts=st.just(24 * 60))
    def break_the_glass(self, room: str, lasts: int) -> None:
        if ADMINISTRATOR in self.oracle.gone:
            return
        at = self.tick()
        asked = tending.ask_for_glass(by=self.person(ADMINISTRATOR), at=at, slug=room, why="A court asks.")
        self.feeds_agree()  # one alone opens nothing
        for alone in (ADMINISTRATOR, OWNER):
            by = self.person(alone)
            self.either(partial(tending.agree_to_glass, by=by, at=at, glass_id=asked), may=False)
        at = self.tick()
        tending.agree_to_glass(by=self.person(SUPERVISOR), at=at, glass_id=asked)
        self.oracle.break_glass(ADMINISTRATOR, room, lasts)

    def open_lane(self, firm: str) -> None:
        made = tending.open_lane(
            by=self.person(OWNER), at=self.tick(), slug="deal", firm=Firm.objects.get(name=firm), ceiling=2
        )
        place = f"deal/{firm}"
        self.audiences[place] = made.pk
        self.oracle.places[place] = Place("deal", guests=True, firm=firm)
        self._with_the_buyers(place, "deal")

    @rule(minutes=st.integers(3, 60))
    def seal(self, minutes: int) -> None:
        if any(one.sealed for one in self.oracle.places.values()):
            return
        at = self.tick()
        until = self.oracle.now + minutes
        boxes = tending.seal_submissions(
            by=self.person(OWNER), at=at, slug="deal", until=at + timedelta(minutes=minutes)
        )
        for box in boxes:
            firm = str(box.firm)
            place = f"deal/{firm}/box"
            self.audiences[place] = box.pk
            self.oracle.places[place] = Place("deal", guests=True, firm=firm, sealed=until)
            self._with_the_buyers(place, f"deal/{firm}")

    def _with_the_buyers(self, place: str, beside: str) -> None:
        for who in FIRMS:
            stay = self.oracle.stay(who, beside)
            if stay is not None:
                self.oracle.sit(who, place, past=True, role=stay.role)

    @rule()
    @precondition(lambda self: self.oracle.now > 40)
    def clear_the_room(self) -> None:
        at = self.tick()
        _left, sent = clear(
            by=self.person(OWNER), at=at, slug="deal", why="Enough.", decision="The first.", marking=1
        )
        assert isinstance(sent, Submitted)
        self.oracle.clear("deal")
        self.keep(sent, OWNER, ["deal"])

    # -- words

    def keep(self, sent: Submitted, author: str, places: list[str], root: Said | None = None) -> None:
        by_audience = {self.audiences[one]: one for one in places}
        for one in sent.passages:
            assert one.state == "delivered", one
            place = by_audience[one.audience_id or 0]
            self.oracle.said.append(
                Said(one.passage_id, sent.message_id, author, place, self.oracle.now, root)
            )

    @rule(who=st.sampled_from(SPEAKERS), n=number)
    def say(self, who: str, n: int) -> None:
        place, at, sent = self.place(n), self.tick(), []
        may = self.oracle.may_speak(who, place)
        key = Audience.objects.select_related("space").get(pk=self.audiences[place]).key
        words = "Good morning from the bench, " + " ".join(f"@{one}" for one in NAMED)

        def verb() -> None:
            sent.append(talk.submit(by=self.person(who), at=at, body=words, marking=1, places=[key]))

        if self.either(verb, may):
            self.keep(sent[0], who, [place])
            talk.tell_mentioned(at=at)
            self.told |= {
                (one, sent[0].message_id)
                for one in NAMED
                if one != who and self.oracle.hears(one, self.oracle.said[-1])
            }

    @rule(who=st.sampled_from(SPEAKERS), n=number)
    @precondition(lambda self: self.oracle.said)
    def answer(self, who: str, n: int) -> None:
        to, at, sent = self.oracle.said[n % len(self.oracle.said)], self.tick(), []
        root = to.root or to
        may = self.oracle.hears(who, to) and root.at is not None and self.oracle.may_speak(who, to.place)

        def verb() -> None:
            sent.append(
                submit(
                    by=self.person(who), at=at, body="So it is at the bench.", marking=1, answers=to.passage
                )
            )

        if self.either(verb, may):
            self.keep(sent[0], who, [to.place], root)

    @rule()
    def answer_everybody(self) -> None:
        lanes = [name for name, one in self.oracle.places.items() if one.is_lane and not one.sealed]
        told = answer_all(
            by=self.person(OWNER), at=self.tick(), slug="deal", question="When?", answer="In May.", marking=1
        )
        self.keep(told, OWNER, lanes)

    @rule(n=number, by_another=st.booleans())
    @precondition(lambda self: self.oracle.said)
    def take_back(self, n: int, by_another: bool) -> None:
        one = self.oracle.said[n % len(self.oracle.said)]
        if one.at is None or any(each.root is one for each in self.oracle.said):
            return  # what becomes of answers to words that were taken back is asked elsewhere
        at = self.tick()
        by = "bo-beta" if by_another else one.author
        may = by == one.author and self.oracle.stay(by, one.place) is not None
        verb = lambda: recall(by=self.person(by), at=at, passage_id=one.passage, why="Wrong.")  # noqa: E731
        if self.either(verb, may):
            one.at = None

    @rule(who=st.sampled_from(SPEAKERS), n=number)
    @precondition(lambda self: self.oracle.said)
    def mark(self, who: str, n: int) -> None:
        """Saved, and thanked for."""
        one, at = self.oracle.said[n % len(self.oracle.said)], self.tick()
        hears = self._hears_whole(who, one)
        if self.either(lambda: talk.save(by=self.person(who), at=at, passage_id=one.passage), hears):
            one.saved_by.add(who)
        listens = hears and self.oracle.stays[who, one.place].role == "observer"
        thank = lambda: talk.react(  # noqa: E731 (it is called once, below)
            by=self.person(who), at=at, passage_id=one.passage, kind="thanks"
        )
        if self.either(thank, hears and not listens):
            one.reacted.add(who)

    def _hears_whole(self, who: str, one: Said) -> bool:
        return self.oracle.hears(who, one) and (one.root is None or self.oracle.hears(who, one.root))

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


@pytest.mark.slow
def test_whoever_hears_is_who_the_oracle_says(db: None) -> None:
    """Leak classes A3, A4, B8, C13, C15, C17, D20, F28, F29, F31 and F32, in any order of what is done."""
    run_state_machine_as_test(
        House,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
        ),
    )
