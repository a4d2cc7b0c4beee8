"""Rules of talk as tables, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.conversations import rules

AT = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("Ask @nadia-roux, please.", ("nadia-roux",)),
        ("@a @b @a", ("a", "b")),
        ("mail me: a@b.example", ()),
        ("see https://x.example/@nadia", ()),
        ("@Nadia", ()),
        ("(@theo-mercier)", ("theo-mercier",)),
        ("@@x", ()),
        ("none", ()),
    ],
)
def test_names_after_an_at(body: str, named: tuple[str, ...]) -> None:
    assert rules.mentioned(body) == named
    assert "".join(words for words, _slug in rules.split_mentions(body)) == body


_OPTION = st.text(st.characters(blacklist_categories=["C", "Z"]), min_size=1, max_size=30)


@given(
    st.text(max_size=100).filter(lambda text: not text.rstrip().split("\n")[-1].startswith("- ")),
    st.lists(_OPTION, min_size=2, max_size=10),
)
def test_options_come_out_as_they_went_in(words: str, options: list[str]) -> None:
    found, listed = rules.options_of(rules.with_options(words, options))
    assert listed == tuple(options)
    assert found == words.rstrip()


@pytest.mark.parametrize(
    ("anonymous", "voted", "closed", "voters", "shown"),
    [
        (False, False, False, 9, False),
        (False, True, False, 1, True),
        (False, False, True, 0, True),
        (True, True, False, 9, False),
        (True, False, True, 3, True),
        (True, True, True, 2, False),
    ],
)
def test_when_a_result_is_shown(anonymous: bool, voted: bool, closed: bool, voters: int, shown: bool) -> None:
    assert (
        rules.shows_result(is_anonymous=anonymous, has_voted=voted, is_closed=closed, voters=voters) is shown
    )


@pytest.mark.parametrize(
    ("reminded", "reminders", "at", "due"),
    [
        (None, 0, AT + DAY, False),
        (None, 0, AT + 2 * DAY, True),
        (AT + 2 * DAY, 1, AT + 4 * DAY, False),
        (AT + 2 * DAY, 1, AT + 5 * DAY, True),
        (AT + 8 * DAY, 3, AT + 30 * DAY, False),
    ],
)
def test_when_a_reminder_is_due(reminded: datetime | None, reminders: int, at: datetime, due: bool) -> None:
    assert rules.is_reminder_due(made_at=AT, reminded_at=reminded, reminders=reminders, at=at) is due


@pytest.mark.parametrize(
    ("asker", "role", "may"),
    [
        (True, "member", True),
        (True, "guest", True),
        (True, "observer", False),
        (True, "", False),
        (False, "member", False),
        (False, "moderator", True),
        (False, "owner", True),
    ],
)
def test_who_accepts(asker: bool, role: str, may: bool) -> None:
    assert rules.may_accept(is_asker=asker, role=role) is may
