"""Rooms joined, asked for, left, narrowed, archived and cleared, guests seated, papers that end, lanes, sealed boxes,
a broken glass, and words said, answered, taken back, saved and searched for, in any order: whoever hears is who the
oracle says, by every road. What the gate does with words is in ``test_oracle_gate``."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
    run_state_machine_as_test,
)

from lockgate.conversations import operations as talk
from lockgate.deals.operations import answer_all, clear
from lockgate.gateway.operations import recall, submit
from lockgate.gateway.types import Submitted
from lockgate.people.models import Firm
from lockgate.spaces import operations as tending
from lockgate.spaces.models import Audience
from tests.leaks.oracle import Place, Said
from tests.leaks.oracle_house import (
    ADMINISTRATOR,
    FIRMS,
    GUESTS,
    NAMED,
    OTHERS,
    OURS,
    OWNER,
    ROOMS,
    SPEAKERS,
    SUPERVISOR,
    Compared,
    looked_for,
)

who_ours, who_guest, who_other = (st.sampled_from(one) for one in (OURS, GUESTS, OTHERS))
any_room, number = st.sampled_from(ROOMS), st.integers(0, 999)


class House(Compared):
    """Every verb of the rooms, done in the house and said to the oracle."""

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


@pytest.mark.slow
@pytest.mark.oracle
def test_whoever_hears_is_who_the_oracle_says(db: None) -> None:
    """Leak classes A3, A4, B8, C13, C15, C17, D20, F28, F29, F31 and F32, in any order of what is done."""
    run_state_machine_as_test(House, settings=looked_for(20, 30))
