"""How much e-mail was replaced: what is counted, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from lockgate.attention.operations import name_leader
from lockgate.base.markings import Marking
from lockgate.base.refusal import NotFound
from lockgate.demo.cast import Cast
from lockgate.gateway.operations import submit
from lockgate.mail.queries import replaced, replaced_by_week
from lockgate.mail.tests.conftest import comes, hears, soon
from lockgate.mail.tests.test_import import a_mail, brought, mbox
from lockgate.spaces.operations import open_space
from lockgate.spaces.queries import seats_at

Post = Callable[[datetime], list[EmailMessage]]


def test_what_is_counted(cast: Cast, at: datetime, posted: Post, tmp_path: Path) -> None:
    hears(cast.colleague, at, posts="now")
    submit(
        by=cast.author, at=soon(at), body="Hello.", marking=1, places=["space:everyone", "space:engineering"]
    )
    (letter, *_more) = posted(soon(at, 2))
    comes(cast.colleague, str(letter["Reply-To"]), "Hello back.", soon(at, 3))
    brought(cast, at, mbox(tmp_path / "box", [a_mail(1), a_mail(2)]))
    found = replaced(soon(at, 10), days=1)
    sizes = {
        slug: seats_at(at).filter(audience=cast.audiences[slug]).values("person").distinct().count() - 1
        for slug in ("everyone", "engineering")
    }
    answered = next(slug for slug in sizes if slug in str(letter["List-Id"]))
    assert found.said == 3
    assert found.copies == sizes["everyone"] + sizes["engineering"] + sizes[answered]
    assert (found.letters, found.came_in) == (1 + len(_more), 1)
    assert found.fewer == found.copies - found.letters


def test_nothing_was_said(cast: Cast, at: datetime) -> None:
    found = replaced(at + timedelta(days=9), days=3)
    assert (found.said, found.copies, found.letters, found.fewer) == (0, 0, 0, 0)


def week_after(at: datetime) -> datetime:
    return at + timedelta(days=8)


def test_a_week_is_counted_when_it_has_ended(cast: Cast, at: datetime) -> None:
    submit(by=cast.author, at=soon(at), body="Hello.", marking=1, places=["space:everyone"])
    monday = at - timedelta(days=at.weekday())
    assert replaced_by_week(cast.administrator, soon(at, 9), weeks=4).said == 0
    found = replaced_by_week(cast.administrator, week_after(at), weeks=4)
    sitting = seats_at(at).filter(audience=cast.audiences["everyone"]).count()
    assert (found.said, found.copies) == (1, sitting - 1)
    week = next(one for one in found.weeks if one.said)
    assert (week.begins_on, week.ends_on) == (monday.date(), monday.date() + timedelta(days=6))
    assert replaced_by_week(cast.administrator, at + timedelta(weeks=20), weeks=4).said == 0


def test_nobody_else_sees_it(cast: Cast, at: datetime) -> None:
    for person in (cast.author, cast.approver, cast.supervisor, cast.guest, cast.chief):
        with pytest.raises(NotFound):
            replaced_by_week(person, at, weeks=4)
    name_leader(by=cast.administrator, at=at, person=cast.chief)
    assert replaced_by_week(cast.chief, at, weeks=4).said == 0


def test_a_room_that_one_does_not_hear_is_never_told_apart(cast: Cast, at: datetime) -> None:
    """What is shown is the same whether or not up to four hidden rooms spoke."""
    shown = []
    for number in range(6):
        slug = f"hidden-{number}"
        open_space(
            by=cast.author,
            at=at,
            slug=slug,
            name=slug,
            kind="topic",
            ceiling=Marking.INTERNAL,
            entry="private",
        )
        submit(by=cast.author, at=soon(at, number + 1), body="Hush.", marking=1, places=[f"space:{slug}"])
        shown.append(replaced_by_week(cast.administrator, week_after(at), weeks=4))
    assert [one.said for one in shown] == [0, 0, 0, 0, 5, 6]
    assert all(one == shown[0] for one in shown[:4])
