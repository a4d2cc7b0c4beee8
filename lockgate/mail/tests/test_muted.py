"""A muted thread writes no letters, but for what it asks of its reader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage

import pytest

from lockgate.attention.operations import mute_thread, unmute_thread
from lockgate.conversations.operations import submit, tell_mentioned
from lockgate.conversations.types import Asks
from lockgate.demo.cast import Cast
from lockgate.mail.operations import gather
from lockgate.mail.tests.conftest import hears, soon

Post = Callable[[datetime], list[EmailMessage]]


def said(
    cast: Cast,
    at: datetime,
    *,
    answers: int | None = None,
    asks: Asks | None = None,
    body: str = "Who comes?",
) -> int:
    places = [] if answers else ["space:everyone"]
    sent = submit(by=cast.author, at=at, body=body, marking=1, places=places, answers=answers, asks=asks)
    return sent.passages[0].passage_id


def to_theo(cast: Cast, letters: list[EmailMessage]) -> int:
    return len([one for one in letters if one["To"] == cast.colleague.email])


def test_answers_in_it_are_not_mailed(cast: Cast, at: datetime, posted: Post) -> None:
    hears(cast.colleague, at, posts="now", notices="now")
    hears(cast.deputy, at, posts="now")
    root = said(cast, soon(at))
    assert to_theo(cast, posted(soon(at, 2))) == 1
    mute_thread(by=cast.colleague, at=soon(at, 2), passage_id=root)
    said(cast, soon(at, 3), answers=root, body="Nobody yet, @theo-mercier.")
    tell_mentioned(at=soon(at, 3))
    letters = posted(soon(at, 6))
    assert to_theo(cast, letters) == 0
    assert [one["To"] for one in letters] == [cast.deputy.email]
    unmute_thread(by=cast.colleague, at=soon(at, 6), passage_id=root)
    said(cast, soon(at, 7), answers=root, body="Somebody now.")
    assert to_theo(cast, posted(soon(at, 10))) == 1


@pytest.mark.parametrize(("asks", "letters"), [(None, 0), (Asks("announcement"), 1)])
def test_what_waits_to_be_mailed_is_asked_again(
    cast: Cast, at: datetime, posted: Post, asks: Asks | None, letters: int
) -> None:
    by = cast.approver if asks is not None else cast.author
    hears(cast.colleague, at, posts="now")
    places = ["space:everyone"]
    sent = submit(by=by, at=soon(at), body="All of you, please read.", marking=1, places=places, asks=asks)
    root = sent.passages[0].passage_id
    assert gather(at=soon(at, 2)) is not None
    mute_thread(by=cast.colleague, at=soon(at, 2), passage_id=root)
    assert to_theo(cast, posted(soon(at, 3))) == letters
