"""Asking, signing, passing on, voiding, reminding: changed, recorded, refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from lockgate.approvals import events, queries
from lockgate.approvals.models import Desk, Reminder, Request, SignOff, Voiding
from lockgate.approvals.operations import (
    AlreadyDecided,
    NoLongerAsked,
    NoOneCanSign,
    ask,
    escalate,
    open_desk,
    remind,
    sign_off,
    void,
)
from lockgate.approvals.types import ReminderKind, Standing, Verdict
from lockgate.archive.models import Entry
from lockgate.base.refusal import BadInput, NotFound
from lockgate.profiles.operations import note_absence

HASH, OTHER_HASH = b"h" * 32, b"o" * 32
POLICY = "standards@12 secrets@3"

pytestmark = pytest.mark.django_db


@pytest.fixture
def desks(cast, at):
    made = {
        "communications": (cast.approver, cast.deputy),
        "compliance": (cast.supervisor, None),
        "export-control": (cast.stranger, None),
    }
    for slug, (approver, deputy) in made.items():
        open_desk(by=None, at=at, slug=slug, name=slug, approver=approver, deputy=deputy, answer_hours=24)


@pytest.fixture
def asked(cast, desks, at):
    def put(*slugs, author=None, passage_id=7, content_hash=HASH, policy=POLICY):
        return ask(
            passage_id=passage_id,
            message_id=70,
            author=author or cast.author,
            place_key="channel:news",
            desks=slugs or ("communications",),
            content_hash=content_hash,
            policy_version=policy,
            justification="The fair opens on Monday.",
            at=at,
        )

    return put


def actions(record=None):
    rows = Entry.objects.order_by("id")
    rows = rows.filter(record=record) if record else rows.filter(action__startswith="approvals.request")
    return list(rows.values_list("action", flat=True))


def test_asking_waits_for_the_approver_and_is_recorded(asked, cast, at):
    (request,) = asked()
    assert request.asked == cast.approver
    assert request.due_at == at + timedelta(hours=24)
    assert [one.request_id for one in queries.waiting_for(cast.approver, at)] == [request.pk]
    entry = Entry.objects.get(record=f"r:{request.pk}")
    assert (entry.action, entry.parent, entry.actor) == (events.ASKED, "m:70", cast.author.pseudonym)


def test_an_approver_who_wrote_it_is_not_asked(asked, cast, at):
    (request,) = asked(author=cast.approver)
    assert request.asked == cast.deputy
    assert queries.waiting_for(cast.approver, at) == []
    assert len(queries.waiting_for(cast.deputy, at)) == 1


def test_where_neither_can_compliance_is_asked(asked, cast):
    (request,) = asked("export-control", author=cast.stranger)
    assert (request.desk.slug, request.asked) == ("compliance", cast.supervisor)


def test_where_nobody_can_nothing_is_asked(asked, cast):
    with pytest.raises(NoOneCanSign) as refused:
        asked("compliance", author=cast.supervisor)
    assert "compliance" in refused.value.sentence
    assert not Request.objects.exists()
    assert actions() == []


def test_a_desk_that_is_not_there_is_named(asked):
    with pytest.raises(BadInput, match="marketing"):
        asked("communications", "marketing")
    assert not Request.objects.exists()


def test_who_has_left_is_not_asked(asked, cast):
    type(cast.approver).objects.filter(pk=cast.approver.pk).update(is_active=False)
    (request,) = asked()
    assert request.asked == cast.deputy


@pytest.mark.parametrize(
    ("decision", "standing", "action"),
    [
        ("approve", Standing.SIGNED, "approvals.request.approved"),
        ("change", Standing.CHANGE_ASKED, "approvals.request.change_asked"),
        ("reject", Standing.REJECTED, "approvals.request.rejected"),
    ],
)
def test_an_answer_is_kept_recorded_and_told(asked, cast, at, decision, standing, action):
    (request,) = asked()
    told = sign_off(request_id=request.pk, by=cast.approver, decision=decision, word=" Good. ", at=at)
    assert (told.standing, told.word, told.verdict, told.was_late) == (standing, "Good.", decision, False)
    assert (told.content_hash, told.policy_version) == (HASH, POLICY)
    row = SignOff.objects.get()
    assert (bytes(row.content_hash), row.policy_version, row.author) == (HASH, POLICY, cast.author)
    assert actions(f"r:{request.pk}") == [events.ASKED, action]
    assert queries.waiting_for(cast.approver, at) == []
    assert [one.word for one in queries.decided_by(cast.approver, at)] == ["Good."]


def test_the_word_of_reason_is_sealed_and_not_in_the_log(asked, cast, at):
    (request,) = asked()
    sign_off(request_id=request.pk, by=cast.approver, decision="approve", word="Zebrafish", at=at)
    for entry in Entry.objects.all():
        assert b"Zebrafish" not in bytes(entry.leaf)
        assert b"Julie" not in bytes(entry.leaf)


@pytest.mark.parametrize("who", ["author", "colleague", "stranger", "guest", "supervisor"])
def test_whoever_may_not_sign_finds_nothing(asked, cast, at, who):
    (request,) = asked()
    person = getattr(cast, who)
    missing = pytest.raises(NotFound)
    with missing as not_theirs:
        sign_off(request_id=request.pk, by=person, decision="approve", word="Yes.", at=at)
    with pytest.raises(NotFound) as not_there:
        sign_off(request_id=1, by=person, decision="approve", word="Yes.", at=at)
    # Missing and forbidden look the same, to the letter.
    assert str(not_theirs.value) == str(not_there.value)
    assert not SignOff.objects.exists()


def test_the_deputy_may_sign_too(asked, cast, at):
    (request,) = asked()
    told = sign_off(request_id=request.pk, by=cast.deputy, decision="approve", word="Yes.", at=at)
    assert told.signer_id == cast.deputy.pk


def test_who_has_left_signs_nothing(asked, cast, at):
    (request,) = asked()
    cast.approver.is_active = False
    with pytest.raises(NotFound):
        sign_off(request_id=request.pk, by=cast.approver, decision="approve", word="Yes.", at=at)


@pytest.mark.parametrize(("word", "decision"), [("", "approve"), ("x" * 501, "approve"), ("Fine.", "maybe")])
def test_an_answer_that_cannot_be_kept_is_refused_clearly(asked, cast, at, word, decision):
    (request,) = asked()
    with pytest.raises(BadInput):
        sign_off(request_id=request.pk, by=cast.approver, decision=decision, word=word, at=at)
    assert not SignOff.objects.exists()


def test_who_comes_second_sees_who_was_first(asked, cast, at):
    (request,) = asked()
    sign_off(request_id=request.pk, by=cast.deputy, decision="reject", word="Not yet.", at=at)
    with pytest.raises(AlreadyDecided) as lost:
        sign_off(request_id=request.pk, by=cast.approver, decision="approve", word="Yes.", at=at)
    assert (lost.value.by, lost.value.verdict, lost.value.decided_at) == ("Marc Olsen", Verdict.REJECT, at)
    assert "Marc Olsen" in lost.value.sentence
    assert "rejected" in lost.value.sentence
    assert SignOff.objects.count() == 1


def test_all_desks_must_sign(asked, cast, at):
    first, second = asked("communications", "export-control")
    told = sign_off(request_id=first.pk, by=cast.approver, decision="approve", word="Yes.", at=at)
    assert told.standing is Standing.WAITING
    assert not queries.is_signed(7, HASH, POLICY)
    told = sign_off(request_id=second.pk, by=cast.stranger, decision="approve", word="Yes.", at=at)
    assert told.standing is Standing.SIGNED
    assert queries.is_signed(7, HASH, POLICY)


def test_one_no_makes_the_other_question_moot(asked, cast, at):
    first, second = asked("communications", "export-control")
    told = sign_off(request_id=first.pk, by=cast.approver, decision="reject", word="No.", at=at)
    assert told.standing is Standing.REJECTED
    assert queries.waiting_for(cast.stranger, at) == []
    with pytest.raises(NoLongerAsked):
        sign_off(request_id=second.pk, by=cast.stranger, decision="approve", word="Yes.", at=at)
    assert actions(f"r:{second.pk}") == [events.ASKED, events.VOIDED]


@pytest.mark.parametrize(
    ("content_hash", "policy", "signed"),
    [(HASH, POLICY, True), (OTHER_HASH, POLICY, False), (HASH, "standards@13 secrets@3", False)],
)
def test_a_signature_counts_for_what_was_signed_alone(asked, cast, at, content_hash, policy, signed):
    (request,) = asked()
    sign_off(request_id=request.pk, by=cast.approver, decision="approve", word="Yes.", at=at)
    assert queries.is_signed(7, content_hash, policy) is signed


def test_nothing_asked_is_not_signed():
    assert not queries.is_signed(99, HASH, POLICY)


def test_an_edit_voids_what_was_asked_and_what_was_signed(asked, cast, at):
    signed, waiting = asked("communications", "export-control")
    sign_off(request_id=signed.pk, by=cast.approver, decision="approve", word="Yes.", at=at)
    assert void(passage_id=7, why="The author changed the words.", at=at, by=cast.author) == 2
    assert queries.waiting_for(cast.stranger, at) == []
    assert not queries.is_signed(7, HASH, POLICY)
    with pytest.raises(NoLongerAsked, match="changed the words"):
        sign_off(request_id=waiting.pk, by=cast.stranger, decision="approve", word="Yes.", at=at)
    # Asked anew for the new words, one signature for them is enough, and the old one still counts for nothing.
    (anew,) = asked(content_hash=OTHER_HASH)
    sign_off(request_id=anew.pk, by=cast.approver, decision="approve", word="Yes again.", at=at)
    assert queries.is_signed(7, OTHER_HASH, POLICY)
    assert not queries.is_signed(7, HASH, POLICY)


def test_voiding_twice_changes_nothing(asked, at):
    asked()
    assert void(passage_id=7, why="Edited.", at=at) == 1
    assert void(passage_id=7, why="Edited.", at=at) == 0
    assert Voiding.objects.count() == 1


def test_passed_on_it_waits_for_one_more(asked, cast, at):
    (request,) = asked()
    with pytest.raises(NotFound):
        sign_off(request_id=request.pk, by=cast.supervisor, decision="approve", word="Yes.", at=at)
    escalate(request_id=request.pk, by=cast.approver, to=cast.supervisor, word="Please judge this.", at=at)
    (view,) = queries.waiting_for(cast.supervisor, at)
    assert (view.escalated_from, view.escalated_word) == ("Julie Martin", "Please judge this.")
    assert len(queries.waiting_for(cast.approver, at)) == 1
    told = sign_off(request_id=request.pk, by=cast.supervisor, decision="approve", word="Yes.", at=at)
    assert told.standing is Standing.SIGNED


@pytest.mark.parametrize("to", ["author", "guest", "deputy", "approver"])
def test_it_is_not_passed_on_to_who_cannot_or_may_already(asked, cast, at, to):
    (request,) = asked()
    with pytest.raises(BadInput):
        escalate(request_id=request.pk, by=cast.approver, to=getattr(cast, to), word="You?", at=at)


def test_a_stranger_passes_nothing_on(asked, cast, at):
    (request,) = asked()
    with pytest.raises(NotFound):
        escalate(request_id=request.pk, by=cast.colleague, to=cast.supervisor, word="You?", at=at)


def test_late_is_told_and_nothing_expires(asked, cast, at):
    (request,) = asked()
    assert remind(at=at + timedelta(hours=17)) == []
    (due,) = remind(at=at + timedelta(hours=19))
    assert (due.kind, due.author_id) == (ReminderKind.DUE, cast.author.pk)
    assert due.signer_ids == (cast.approver.pk, cast.deputy.pk)
    assert remind(at=at + timedelta(hours=20)) == []
    (overdue,) = remind(at=at + timedelta(hours=25))
    assert overdue.kind is ReminderKind.OVERDUE
    assert remind(at=at + timedelta(days=30)) == []
    assert Reminder.objects.count() == 2
    # A month later it still waits, and can still be signed; the answer says that it was late.
    month = at + timedelta(days=30)
    (view,) = queries.waiting_for(cast.approver, month)
    assert view.is_overdue
    assert sign_off(
        request_id=request.pk, by=cast.approver, decision="approve", word="Sorry.", at=month
    ).was_late


def test_what_is_answered_or_void_reminds_nobody(asked, cast, at):
    (answered,) = asked(passage_id=7)
    asked(passage_id=8)
    sign_off(request_id=answered.pk, by=cast.approver, decision="approve", word="Yes.", at=at)
    void(passage_id=8, why="Edited.", at=at)
    assert remind(at=at + timedelta(days=9)) == []


def test_the_author_sees_where_it_waits_and_others_see_nothing(asked, cast, at):
    (request,) = asked()
    (view,) = queries.of_passage(7, at)
    assert view.waits_for == ("Julie Martin", "Marc Olsen")
    assert view.is_open
    assert queries.request(cast.author, request.pk, at).request_id == request.pk
    for nobody in (cast.colleague, cast.stranger, cast.guest):
        with pytest.raises(NotFound):
            queries.request(nobody, request.pk, at)
        assert queries.passages_asked_of(nobody, 70) == set()
        assert queries.waiting_count(nobody) == 0
    assert queries.passages_asked_of(cast.deputy, 70) == {7}
    assert queries.waiting_count(cast.deputy) == 1


def test_who_would_sign_is_named_before_anything_is_asked(desks, cast, at):
    told = queries.signers(["communications", "export-control", "nowhere"], author=cast.stranger, at=at)
    assert told == {"communications": "Julie Martin", "export-control": "Ingrid Solberg"}


def test_a_desk_needs_two_different_people_and_a_free_name(cast, desks, at):
    with pytest.raises(BadInput, match="same person"):
        open_desk(
            by=None, at=at, slug="one", name="One", approver=cast.author, deputy=cast.author, answer_hours=1
        )
    with pytest.raises(BadInput, match="already"):
        open_desk(
            by=None, at=at, slug="compliance", name="C", approver=cast.author, deputy=None, answer_hours=1
        )


class TestTheDatabaseRefuses:
    """Not the operations: the database itself, on whichever this run stands."""

    def refuses(self, make):
        with pytest.raises(IntegrityError), transaction.atomic():
            make()

    def signed(self, request, signer, **other):
        kept = {
            "author": request.author,
            "content_hash": HASH,
            "policy_version": POLICY,
            "decision": "approve",
            "word": "Yes.",
            "at": request.asked_at,
        }
        return SignOff(request=request, signer=signer, **{**kept, **other})

    def test_a_signature_by_its_author(self, asked, cast):
        (request,) = asked()
        self.refuses(lambda: self.signed(request, cast.author).save())

    @pytest.mark.parametrize(
        "other",
        [{"content_hash": OTHER_HASH}, {"policy_version": "standards@13"}, {"word": ""}, {"decision": "x"}],
    )
    def test_a_signature_for_something_else(self, asked, cast, other):
        (request,) = asked()
        self.refuses(lambda: self.signed(request, cast.approver, **other).save())

    def test_a_signature_that_names_another_author(self, asked, cast):
        (request,) = asked()
        self.refuses(lambda: self.signed(request, cast.approver, author=cast.colleague).save())

    def test_two_signatures(self, asked, cast):
        (request,) = asked()
        self.signed(request, cast.approver).save()
        self.refuses(lambda: self.signed(request, cast.deputy).save())

    def test_a_signature_on_what_is_void(self, asked, cast, at):
        (request,) = asked()
        void(passage_id=7, why="Edited.", at=at)
        self.refuses(lambda: self.signed(request, cast.approver).save())

    def test_a_changed_signature_or_request(self, asked, cast):
        (request,) = asked()
        self.signed(request, cast.approver).save()
        self.refuses(lambda: SignOff.objects.update(decision="reject"))
        self.refuses(lambda: Request.objects.update(content_hash=OTHER_HASH))

    def test_a_desk_that_is_its_own_deputy(self, cast):
        self.refuses(
            lambda: Desk.objects.create(slug="x", name="X", approver=cast.author, deputy=cast.author)
        )

    def test_a_hash_that_is_none(self, asked, cast, desks):
        (request,) = asked()
        copy = Request.objects.get(pk=request.pk)
        copy.pk, copy.content_hash = 1, b"short"
        self.refuses(lambda: copy.save(force_insert=True))


def test_who_is_away_is_not_asked_while_the_deputy_is_here(desks, cast, at):
    today = at.date()
    note_absence(by=cast.approver, at=at, first_on=today, last_on=today)
    assert queries.signers(["communications"], author=cast.author, at=at) == {"communications": "Marc Olsen"}
    later = at + timedelta(days=2)
    assert queries.signers(["communications"], author=cast.author, at=later) == {
        "communications": "Julie Martin"
    }
    note_absence(by=cast.deputy, at=at, first_on=today, last_on=today)
    assert queries.signers(["communications"], author=cast.author, at=at) == {
        "communications": "Julie Martin"
    }
