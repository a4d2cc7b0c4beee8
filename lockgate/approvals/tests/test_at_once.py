"""Two people press at once, on databases that several connections share."""

from __future__ import annotations

import pytest

from lockgate.approvals import queries
from lockgate.approvals.models import SignOff
from lockgate.approvals.operations import AlreadyDecided, NoLongerAsked, ask, open_desk, sign_off, void
from lockgate.approvals.types import Decision, Standing
from lockgate.publishing.tests.fixtures import NOON, make_cast
from lockgate.publishing.tests.real_databases import at_once

HASH, POLICY = b"h" * 32, "standards@1"
ROUNDS = 8


@pytest.fixture
def cast(real_database):
    cast = make_cast()
    for slug, approver, deputy in (
        ("communications", cast.approver, cast.deputy),
        ("compliance", cast.supervisor, None),
    ):
        open_desk(by=None, at=NOON, slug=slug, name=slug, approver=approver, deputy=deputy, answer_hours=4)
    return cast


def asked(cast, passage_id, *desks):
    return ask(
        passage_id=passage_id,
        message_id=1,
        author=cast.author,
        place_key="channel:news",
        desks=desks or ("communications",),
        content_hash=HASH,
        policy_version=POLICY,
        justification="",
        at=NOON,
    )


def test_two_approvers_at_once_one_wins_and_the_other_sees_who(cast):
    for number in range(ROUNDS):
        (request,) = asked(cast, number)
        pressed = [(cast.approver, "approve"), (cast.deputy, "reject")]
        results = at_once(
            [
                lambda who=who, what=what, request=request: sign_off(
                    request_id=request.pk, by=who, decision=what, word="So be it.", at=NOON
                )
                for who, what in pressed
            ]
        )
        won = [one for one in results if isinstance(one, Decision)]
        lost = [one for one in results if isinstance(one, AlreadyDecided)]
        assert (len(won), len(lost)) == (1, 1), results
        kept = SignOff.objects.select_related("signer").get(request=request)
        assert kept.signer_id == won[0].signer_id
        assert lost[0].by == kept.signer.name


def test_two_desks_at_once_and_one_of_them_sees_that_all_have_signed(cast):
    for number in range(ROUNDS):
        first, second = asked(cast, 100 + number, "communications", "compliance")
        results = at_once(
            [
                lambda request=request, who=who: sign_off(
                    request_id=request.pk, by=who, decision="approve", word="Yes.", at=NOON
                )
                for request, who in ((first, cast.approver), (second, cast.supervisor))
            ]
        )
        assert sorted(one.standing for one in results) == [Standing.SIGNED, Standing.WAITING], results
        assert queries.is_signed(100 + number, HASH, POLICY)


def test_an_edit_and_a_signature_at_once_never_leave_it_signed(cast):
    for number in range(ROUNDS):
        (request,) = asked(cast, 200 + number)
        results = at_once(
            [
                lambda request=request: sign_off(
                    request_id=request.pk, by=cast.approver, decision="approve", word="Yes.", at=NOON
                ),
                lambda number=number: void(passage_id=200 + number, why="Edited.", at=NOON),
            ]
        )
        assert isinstance(results[0], (Decision, NoLongerAsked)), results
        assert results[1] == 1
        assert not queries.is_signed(200 + number, HASH, POLICY)
