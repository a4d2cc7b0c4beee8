"""When to try again and when to stop, as tables; and that the database keeps the same steps as the rules."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest

from lockgate.publishing import rules
from lockgate.publishing.rules import Patience
from lockgate.publishing.types import DeliveryState as S

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(("tries", "seconds"), [(1, 15), (2, 30), (3, 60), (9, 3600), (500, 3600), (0, 15)])
def test_back_off_doubles_up_to_an_hour(tries, seconds):
    assert rules.back_off(tries) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("sends", "asked", "seconds"),
    [(1, 0, 15), (1, 120, 120), (5, 10, 240), (1, 10**9, 6 * 3600), (1, -5, 15), (rules.MAX_SENDS, 0, None)],
)
def test_a_channel_that_names_a_time_is_given_it(sends, asked, seconds):
    then = rules.send_again_at(AT, sends, asked)
    assert then == (None if seconds is None else AT + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("again", "limit"),
    [
        (rules.send_again_at, rules.MAX_SENDS),
        (rules.send_lost_again_at, rules.MAX_LOST),
        (rules.look_up_again_at, rules.MAX_LOOK_UPS),
        (rules.recall_again_at, rules.MAX_RECALLS),
        (rules.read_back_again_at, rules.MAX_READ_BACKS),
    ],
)
def test_every_kind_of_try_is_bounded(again, limit):
    assert again(AT, limit - 1) is not None
    assert again(AT, limit) is None


@pytest.mark.parametrize(("seconds", "believed"), [(0, False), (119, False), (120, True), (3600, True)])
def test_an_absence_is_believed_only_after_a_while(seconds, believed):
    assert rules.believes_absence(AT + timedelta(seconds=seconds), AT, Patience()) is believed


def test_the_database_keeps_the_same_steps():
    kept = import_module("lockgate.publishing.migrations.0002_steps_are_kept").STEPS
    assert {S(before): {S(one) for one in after} for before, after in kept.items()} == {
        before: set(after) for before, after in rules.STEPS.items() if after
    }


def test_what_was_never_sent_cannot_become_live():
    assert S.LIVE not in rules.STEPS[S.PLANNED] | rules.STEPS[S.CLAIMED]
    assert S.CLAIMED not in rules.STEPS[S.SENT] | rules.STEPS[S.UNKNOWN] | rules.STEPS[S.LIVE]


@pytest.mark.parametrize(
    ("came", "becomes"),
    [
        (S.LIVE, S.RECALLING),
        (S.PLANNED, S.RECALLED),
        (S.REFUSED, S.RECALLED),
        (S.UNKNOWN, S.UNKNOWN),
        (S.RECALLED, S.RECALLED),
        (S.RECALLING, S.RECALLING),
    ],
)
def test_a_recall_that_came_under_way(came, becomes):
    assert rules.after_recall_was_asked(came) is becomes
