"""How much e-mail was replaced: what is counted, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from lockgate.demo.cast import Cast
from lockgate.gateway.operations import submit
from lockgate.mail.queries import replaced
from lockgate.mail.tests.conftest import comes, hears, soon
from lockgate.mail.tests.test_import import a_mail, brought, mbox
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
