"""The demo company holds together, and the validator would notice if it did not."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta

import pytest

from lockgate.demo import days
from lockgate.demo.validate import figures, problems
from lockgate.demo.wording import language_of, likeness_above, shared_run
from lockgate.demo.written import Company


@pytest.fixture(scope="module")
def company() -> Company:
    return Company()


def test_the_company_holds_together(company: Company) -> None:
    assert problems(company) == []


def test_there_is_enough_of_it(company: Company) -> None:
    counted = figures(company)
    assert counted["messages"] >= 620
    assert counted["public posts"] >= 45
    assert counted["spaces"] == 14


def _said(company: Company, space: str) -> dict:
    return company.threads[space][0]


def _later_reply_first(company: Company) -> None:
    thread = next(t for t in company.threads["everyone"] if len(t.get("replies", ())) > 1)
    thread["replies"].reverse()


def _stranger_in_valve_7(company: Company) -> None:
    _said(company, "valve-7")["by"] = "pavel-novak"


def _observer_speaks(company: Company) -> None:
    thread = _said(company, "steel-sourcing-2027")
    thread.update(by="ingrid-solberg", replies=[])


def _above_the_ceiling(company: Company) -> None:
    _said(company, "everyone")["marking"] = "controlled"


def _after_the_room_was_cleared(company: Company) -> None:
    thread = _said(company, "steel-sourcing-2027")
    thread.update(by="lars-eklund", at={"days": 18, "time": "10:00"}, replies=[])


def _twice(company: Company) -> None:
    _said(company, "toulouse")["body"] = _said(company, "mannheim")["body"]


def _nearly_twice(company: Company) -> None:
    _said(company, "toulouse")["body"] = "Also: " + _said(company, "mannheim")["body"]


def _at_the_weekend(company: Company) -> None:
    _said(company, "kristiansand")["at"]["days"] = 83


def _at_night(company: Company) -> None:
    _said(company, "kristiansand")["at"]["time"] = "02:10"


def _own_signature(company: Company) -> None:
    post = next(post for post in company.posts if post.get("signoffs"))
    post["by"] = post["signoffs"][0]["by"]


def _leaked(company: Company) -> None:
    secret = next(
        said for said in company.messages() if said.marking == "controlled" and len(said.body) > 200
    )
    company.posts[0]["body"] += "\n\n" + secret.body


def _guest_in_everyone(company: Company) -> None:
    company.spaces["everyone"]["seats"]["stefan-bauer"] = {"role": "guest", "since": 100}


def _talks_before_invited(company: Company) -> None:
    company.talks[0]["said"][0]["by"] = company.talks[0]["invited"]["slug"]


def _has_an_account(company: Company) -> None:
    company.talks[0]["invited"]["slug"] = "stefan-bauer"


def _too_long(company: Company) -> None:
    post = next(post for post in company.posts if "channel:bluesky" in post["places"])
    post["body"] += " and so on" * 30


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_later_reply_first, "not later than what it answers"),
        (_stranger_in_valve_7, "does not sit there"),
        (_observer_speaks, "an observer only listens"),
        (_above_the_ceiling, "above the space's ceiling"),
        (_after_the_room_was_cleared, "does not sit there then"),
        (_twice, "the same words as"),
        (_nearly_twice, "alike"),
        (_at_the_weekend, "at a weekend"),
        (_at_night, "an hour when nobody writes"),
        (_own_signature, "may not sign"),
        (_leaked, "repeats confidential words"),
        (_guest_in_everyone, "is a guest and sits in everyone"),
        (_talks_before_invited, "not invited yet"),
        (_has_an_account, "has no account"),
        (_too_long, "too many for bluesky"),
    ],
)
def test_what_is_spoiled_is_noticed(company: Company, spoil, sentence: str) -> None:
    spoiled = copy.deepcopy(company)
    spoil(spoiled)
    assert any(sentence in problem for problem in problems(spoiled))


@pytest.mark.parametrize("ahead", range(14))
@pytest.mark.parametrize("hour", [0, 7, 9, 12, 23])
def test_the_story_fits_any_day(ahead: int, hour: int) -> None:
    now = datetime(2026, 11, 20, hour, 45, tzinfo=UTC) + timedelta(days=ahead)
    told = [n for n in range(85) if not days.is_weekend(n)]
    moments = [days.moment({"days": n, "time": "09:30"}, now) for n in told]
    assert moments == sorted(moments, reverse=True)
    assert len(set(moments)) == len(moments)
    assert moments[0] <= now
    assert all(moment.isoweekday() <= 5 for moment in moments)
    assert days.moment({"days": -3, "time": "09:00"}, now) > moments[0]


def test_a_friday_is_plain_subtraction() -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    for n in (0, 1, 4, 7, 21, 84, -3, -14):
        assert days.on_day(n, now.date()) == now.date() - timedelta(days=n)


def test_dates_are_filled_in() -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert days.dated("from {{in 13 days}} on", now) == "from 2026-12-03 on"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where does the valve stand, and who closed it?", "en"),
        ("Le compresseur est arrêté jusqu'à midi.", "fr"),
        ("Die Rampe ist bis morgen gesperrt.", "de"),
    ],
)
def test_languages_are_told_apart(text: str, language: str) -> None:
    assert language_of(text) == language


def test_likeness() -> None:
    assert list(likeness_above(0.5, ["one two three four five", "one two three four five six", "seven"]))
    assert not list(likeness_above(0.5, ["one two three four five", "five four three two one"]))
    assert shared_run(3, "a b c d", ["x b c d y"]) == "b c d"
    assert shared_run(3, "a b c d", ["b c x d"]) == ""
