"""Rooms that one finds, asks for or never hears of: an open and a closed space, a circle, and a deal room in
mid-process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from lockgate.base.markings import Marking
from lockgate.deals.operations import answer_all, call, vote
from lockgate.deals.queries import decisions
from lockgate.demo.story import Story
from lockgate.gateway.operations import submit
from lockgate.people.models import Firm, Person
from lockgate.spaces.models import Audience
from lockgate.spaces.operations import (
    ask_to_join,
    file_nda,
    join,
    open_lane,
    open_space,
    seal_submissions,
    seat,
)

_BUYERS = ("laure-vidal", "priya-raman")


_FOUND = (
    (
        "silje-moen",
        "reading-circle",
        "Papers we read",
        "One paper a month, read by whoever likes. No minutes, no homework.",
        "topic",
        "open",
    ),
    (
        "hugo-bonnet",
        "bench-hours",
        "Bench hours",
        "Who has which test bench when. For those who run tests; ask, and say what you test.",
        "topic",
        "closed",
    ),
    ("brigitte-wenzel", "works-council", "Works council", "Among ourselves.", "circle", "private"),
)


def tell(story: Story) -> None:
    """Put the opening of these rooms and what is said in them into the story."""
    _one_more_firm(story)

    def day(days: int, hour: int) -> datetime:
        return min(story.day(days) + timedelta(hours=hour), story.now - timedelta(minutes=1))

    said: list[tuple[datetime, Callable[[datetime], None]]] = [
        (day(40, 9), lambda at: _found(story, at)),
        (day(33, 10), lambda at: _reading(story, at)),
        (day(20, 9), lambda at: _deal(story, at)),
        (day(12, 11), lambda at: _answers(story, at)),
        (day(4, 9), lambda at: _sealed(story, at)),
        (day(2, 14), lambda at: _offers(story, at)),
        (day(2, 11), lambda at: _decides(story, at)),
        (day(1, 9), lambda at: _votes(story, at)),
        (day(1, 8), lambda at: _asks(story, at)),
    ]
    for at, what in said:
        story.happens(at, what)


def _one_more_firm(story: Story) -> None:
    known = story.persons["astrid-holmgren"]
    firm = Firm.objects.create(name="Fonderie Castelnau", trade="Stainless castings", is_house=False)
    story.persons["luc-castelnau"] = Person.objects.create(
        slug="luc-castelnau",
        name="Luc Castelnau",
        title="Sales Director",
        email="luc.castelnau@fonderie-castelnau.example",
        firm=firm,
        language="fr",
        joined_at=story.day(21),
        password=known.password,
        is_demo=True,
    )


def _found(story: Story, at: datetime) -> None:
    who = story.persons
    for owner, slug, name, about, kind, entry in _FOUND:
        ceiling = Marking.CONFIDENTIAL if kind == "circle" else Marking.INTERNAL
        open_space(
            by=who[owner], at=at, slug=slug, name=name, about=about, kind=kind, ceiling=ceiling, entry=entry
        )
    council = Audience.objects.get(space__slug="works-council")
    for slug in ("dieter-schulz", "anja-krueger"):
        seat(by=who["brigitte-wenzel"], at=at, person=who[slug], audience_id=council.pk)


def _reading(story: Story, at: datetime) -> None:
    who = story.persons
    for slug in ("nadia-roux", "bjorn-aasen"):
        join(by=who[slug], at=at, slug="reading-circle")
    _say(
        story,
        "silje-moen",
        at,
        "space:reading-circle",
        "December: creep of filled PTFE below 90 K. Twelve pages, two of them pictures.",
    )
    _say(
        story,
        "hugo-bonnet",
        at,
        "space:bench-hours",
        "Bench 2 is free on Thursday from ten. First come, first cold.",
    )
    _say(
        story,
        "brigitte-wenzel",
        at,
        "space:works-council",
        "Shift plan for January came in this morning. We read it before Tuesday, then we talk.",
    )


def _deal(story: Story, at: datetime) -> None:
    who = story.persons
    owner = who["karin-steiner"]
    open_space(
        by=owner,
        at=at,
        slug="castings-2027",
        name="Castings 2027",
        about="Bodies and bonnets in stainless, frame contract for 2027 and 2028.",
        kind="deal",
        ceiling=Marking.CONFIDENTIAL,
    )
    main = Audience.objects.get(space__slug="castings-2027")
    for slug in _BUYERS:
        seat(by=owner, at=at, person=who[slug], audience_id=main.pk)
    for slug in ("astrid-holmgren", "luc-castelnau"):
        lane = open_lane(
            by=owner, at=at, slug="castings-2027", firm=who[slug].firm, ceiling=Marking.CONFIDENTIAL
        )
        seat(by=owner, at=at, person=who[slug], audience_id=lane.pk, role="guest")
    file_nda(
        by=None,
        at=at,
        person=who["luc-castelnau"],
        ends_at=story.now + timedelta(days=400),
        ceiling=Marking.CONFIDENTIAL,
        reference="Purchasing, folder 2027/4",
    )
    _say(
        story,
        "karin-steiner",
        at,
        "space:castings-2027",
        "Two foundries are in. We decide on three things, in this order: delivery time, scrap rate, price.",
    )


def _answers(story: Story, at: datetime) -> None:
    answer_all(
        by=story.persons["karin-steiner"],
        at=at,
        slug="castings-2027",
        question="May the bodies be cast in two parts and welded?",
        answer="No. One part, and radiography of the neck on every tenth piece.",
        marking=Marking.INTERNAL,
        justification="Said to every firm alike.",
    )


def _sealed(story: Story, at: datetime) -> None:
    seal_submissions(
        by=story.persons["karin-steiner"],
        at=at,
        slug="castings-2027",
        until=(story.now + timedelta(days=3)).replace(hour=16, minute=0, second=0, microsecond=0),
    )


def _offers(story: Story, at: datetime) -> None:
    luc = story.persons["luc-castelnau"]
    box = Audience.objects.select_related("space").get(firm=luc.firm, sealed_until__isnull=False)
    _say(
        story,
        "luc-castelnau",
        at,
        box.key,
        "Our offer: eleven weeks from drawing to first casting, scrap below "
        "two in a hundred. The price list follows tomorrow.",
    )


def _decides(story: Story, at: datetime) -> None:
    call(
        by=story.persons["karin-steiner"],
        at=at,
        slug="castings-2027",
        question="Do we sign for one year or for two?",
        options=["One year", "Two years, with a price review after the first"],
    )


def _votes(story: Story, at: datetime) -> None:
    (asked,) = decisions(story.persons["karin-steiner"], "castings-2027", at)
    vote(
        by=story.persons["laure-vidal"],
        at=at,
        slug="castings-2027",
        decision_id=asked.id,
        option=2,
        reason="A foundry invests in our patterns only if it knows that we stay.",
    )


def _asks(story: Story, at: datetime) -> None:
    ask_to_join(
        by=story.persons["noah-fischer"],
        at=at,
        slug="bench-hours",
        words="I help with the cold runs from January.",
    )


def _say(story: Story, who: str, at: datetime, place: str, words: str) -> None:
    submit(
        by=story.persons[who],
        at=at,
        body=words,
        marking=Marking.INTERNAL,
        places=[place],
        justification="Known to everybody who sits here.",
        slot="",
    )
