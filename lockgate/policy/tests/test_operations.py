"""A pack's way into force: proposed by one, signed by another, published; each step recorded, none undone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from lockgate.archive.models import Entry
from lockgate.base.refusal import NotFound
from lockgate.people.models import Duty, Firm, Person
from lockgate.policy import guards, queries
from lockgate.policy.models import PackVersion, Publication, Review
from lockgate.policy.operations import (
    AlreadyDone,
    NotReviewed,
    NotYours,
    OwnProposal,
    PackUnsound,
    adopt,
    propose,
    publish,
    review,
)
from lockgate.policy.types import Outcome, PlaceFacts

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
OUTSIDE = PlaceFacts("channel:news", "outside", 0)
pytestmark = pytest.mark.django_db


def source(term="gasket", outcome="hold"):
    return (
        f"pack: own\ntitle: Our own\nrules:\n  - id: r\n    kind: term\n    title: T\n    why: W.\n    mend: M.\n"
        f"    outcome: {outcome}\n    terms: [{term}]\n    examples: {{match: [{term}], pass: [other]}}\n"
    )


@pytest.fixture
def people():
    house = Firm.objects.create(name="Halden Valve", is_house=True)
    partner = Firm.objects.create(name="Bauer Armaturen")

    def person(slug, firm=house, *duties):
        made = Person.objects.create(
            slug=slug, email=f"{slug}@x.example", name=slug.title(), firm=firm, joined_at=AT
        )
        for kind in duties:
            Duty.objects.create(person=made, kind=kind, begins_at=AT - timedelta(days=1))
        return made

    return {
        "author": person("author", house, "policy_author"),
        "reviewer": person("reviewer", house, "policy_reviewer"),
        "both": person("both", house, "policy_author", "policy_reviewer"),
        "employee": person("employee"),
        "guest": person("guest", partner, "policy_author", "policy_reviewer"),
    }


def in_force(people, **changed):
    version = propose(by=people["author"], at=AT, source=source(**changed))
    review(by=people["reviewer"], at=AT, version_id=version.pk, word="Sound.")
    publish(by=people["author"], at=AT, version_id=version.pk)
    return version


def ruled(text, at=AT):
    policy = queries.standing(at)
    return queries.rule(queries.read(text), OUTSIDE, policy, on=at.date(), content_hash=b"", marking=0)


def test_three_steps_put_a_pack_in_force_and_each_is_recorded(people):
    assert ruled("a gasket").policy_version == "none"
    version = in_force(people)
    assert (ruled("a gasket").outcome, ruled("a gasket").policy_version) == (Outcome.HOLD, "own@1")
    assert ruled("a seal").outcome == Outcome.ALLOW
    facts = list(Entry.objects.order_by("id").values_list("action", "record", "actor"))
    author, reviewer = people["author"].pseudonym, people["reviewer"].pseudonym
    record = f"v:{version.pk}"
    assert facts == [
        ("policy.version.proposed", record, author),
        ("policy.version.reviewed", record, reviewer),
        ("policy.version.published", record, author),
    ]


def test_a_new_version_stands_and_the_old_one_can_be_put_back(people):
    first = in_force(people)
    before = queries.standing(AT)
    assert queries.standing(AT) is before, "compiled once"
    later = AT + timedelta(hours=1)
    second = propose(by=people["author"], at=later, source=source("seal"))
    assert ruled("a seal").outcome == Outcome.ALLOW, "a proposal is not in force"
    review(by=people["reviewer"], at=later, version_id=second.pk)
    publish(by=people["reviewer"], at=later, version_id=second.pk)
    assert ruled("a seal", later).policy_version == "own@2"
    assert ruled("a gasket", AT).policy_version == "own@1", "what stood then, stood then"
    publish(by=people["author"], at=later, version_id=first.pk)
    assert ruled("a seal", later).policy_version == "own@1"
    newest, oldest = queries.versions("own", at=later)
    assert (newest.number, newest.is_standing, oldest.number, oldest.is_standing) == (2, False, 1, True)


@pytest.mark.parametrize("who", ["reviewer", "employee"])
def test_only_an_author_proposes(people, who):
    with pytest.raises(NotYours):
        propose(by=people[who], at=AT, source=source())
    assert not PackVersion.objects.exists()
    assert not Entry.objects.exists()


def test_a_guest_learns_nothing_of_policy(people):
    version = propose(by=people["author"], at=AT, source=source())
    for verb in (
        lambda: propose(by=people["guest"], at=AT, source=source("x")),
        lambda: review(by=people["guest"], at=AT, version_id=version.pk),
        lambda: publish(by=people["guest"], at=AT, version_id=version.pk),
    ):
        with pytest.raises(NotFound):
            verb()


def test_a_duty_that_has_ended_is_none(people):
    Duty.objects.filter(person=people["author"]).update(ends_at=AT - timedelta(hours=1))
    with pytest.raises(NotYours):
        propose(by=people["author"], at=AT, source=source())


def test_nobody_signs_their_own(people):
    version = propose(by=people["both"], at=AT, source=source())
    with pytest.raises(OwnProposal):
        review(by=people["both"], at=AT, version_id=version.pk)
    with pytest.raises(NotYours):
        review(by=people["author"], at=AT, version_id=version.pk)
    with pytest.raises(NotReviewed):
        publish(by=people["both"], at=AT, version_id=version.pk)
    assert review(by=people["reviewer"], at=AT, version_id=version.pk).pk
    with pytest.raises(AlreadyDone):
        review(by=people["reviewer"], at=AT, version_id=version.pk)


def test_the_same_words_twice_are_refused(people):
    version = in_force(people)
    with pytest.raises(AlreadyDone):
        propose(by=people["author"], at=AT, source=source().replace("\n", "\r\n"))
    with pytest.raises(AlreadyDone):
        publish(by=people["author"], at=AT, version_id=version.pk)


def test_an_unsound_pack_changes_nothing(people):
    with pytest.raises(PackUnsound) as raised:
        propose(by=people["author"], at=AT, source=source(outcome="forbid"))
    assert raised.value.line == 9
    assert "Line 9" in raised.value.sentence
    assert not PackVersion.objects.exists()


def test_what_is_not_there_is_not_found(people):
    for verb in (review, publish):
        with pytest.raises(NotFound):
            verb(by=people["both"], at=AT, version_id=12345)
    assert queries.version(12345) is None
    assert queries.versions("none") == []


REFUSED = [
    "UPDATE policy_packversion SET source = 'x'",
    "DELETE FROM policy_packversion",
    "UPDATE policy_review SET word = 'x'",
    "DELETE FROM policy_review",
    "UPDATE policy_publication SET version_id = version_id",
    "DELETE FROM policy_publication",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_refuses_to_change_what_was_decided(people, statement):
    in_force(people)
    with (
        pytest.raises(DatabaseError, match="never change"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert ruled("a gasket").outcome == Outcome.HOLD


def test_the_database_refuses_a_review_by_the_proposer_or_in_anothers_name(people):
    version = propose(by=people["author"], at=AT, source=source())
    for reviewer, proposer in (("author", "author"), ("author", "reviewer"), ("reviewer", "both")):
        with pytest.raises(DatabaseError), transaction.atomic():
            Review.objects.create(
                version=version, reviewer=people[reviewer], proposer=people[proposer], at=AT
            )


def test_the_database_refuses_to_publish_what_nobody_signed(people):
    version = propose(by=people["author"], at=AT, source=source())
    with pytest.raises(DatabaseError, match="somebody else"), transaction.atomic():
        Publication.objects.create(version=version, by=people["author"], at=AT)


def test_the_triggers_stand():
    vendor = connection.vendor
    with connection.cursor() as cursor:
        if vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'policy%%'"
            )
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'policy%%'"
            )
        assert {row[0] for row in cursor.fetchall()} == guards.GUARDS.names(vendor)


def test_a_publication_of_another_process_is_noticed_at_once(people):
    """Nothing but the tables tells: the process that rules did not publish."""
    in_force(people)
    assert ruled("a seal").outcome == Outcome.ALLOW
    version = propose(by=people["author"], at=AT, source=source("seal"))
    review(by=people["reviewer"], at=AT, version_id=version.pk)
    Publication.objects.create(version=version, by=people["author"], at=AT)
    assert ruled("a seal").outcome == Outcome.HOLD


def test_asking_what_stands_costs_one_query(people, django_assert_num_queries):
    in_force(people)
    queries.standing(AT)
    with django_assert_num_queries(1):
        queries.standing(AT)


def test_the_shipped_packs_are_adopted_once(people):
    adopted = adopt(by=people["author"], reviewer=people["reviewer"], at=AT)
    assert [version.pack.slug for version in adopted] == list(queries.SHIPPED)
    assert adopt(by=people["author"], reviewer=people["reviewer"], at=AT) == []
    assert ruled("COMPANY CONFIDENTIAL").outcome == Outcome.REFUSE
    shown = queries.packs(AT)
    assert [view.slug for view in shown] == sorted(queries.SHIPPED)
    assert all(view.standing and view.rules and not view.waiting for view in shown)


def test_author_and_reviewer_the_same_leave_nothing_behind(people):
    with pytest.raises(OwnProposal):
        adopt(by=people["both"], reviewer=people["both"], at=AT)
    for reviewer in ("employee", "author"):
        with pytest.raises(NotYours):
            adopt(by=people["both"], reviewer=people[reviewer], at=AT)
    assert not PackVersion.objects.exists()
    assert not Entry.objects.exists()


def test_what_was_proposed_and_is_not_in_force_is_adopted_by_the_next(people):
    waiting = propose(by=people["author"], at=AT, source=source())
    (adopted,) = adopt(by=people["both"], reviewer=people["reviewer"], at=AT, sources=(source(),))
    assert adopted == waiting
    assert ruled("a gasket").policy_version == "own@1"
    assert adopt(by=people["author"], reviewer=people["reviewer"], at=AT, sources=(source(),)) == []


def test_packs_are_adopted_all_or_none(people):
    with pytest.raises(PackUnsound):
        adopt(by=people["author"], reviewer=people["reviewer"], at=AT, sources=(source(), "pack: ["))
    assert not PackVersion.objects.exists()


def test_the_page_sees_versions_differences_and_trials(people):
    version = in_force(people)
    view = queries.version(version.pk)
    assert (view.proposed_by, view.reviews[0].reviewer, view.reviews[0].word) == (
        "Author",
        "Reviewer",
        "Sound.",
    )
    assert view.published_at == AT
    lines = queries.difference(source(), source("seal"))
    assert "-    terms: [gasket]" in lines
    assert "+    terms: [seal]" in lines
    assert queries.difference(source(), source()) == []
    tried = queries.try_out(source(), "a gasket", on=AT.date())
    assert {kind: ruling.outcome for kind, ruling in tried.rulings.items()} == dict.fromkeys(
        ("inside", "guests", "outside"), Outcome.HOLD
    )
    failed = queries.try_out(source(outcome="forbid"), "a gasket", on=AT.date())
    assert (failed.rulings, failed.line) == ({}, 9)
    assert "Unknown outcome" in failed.error


def test_findings_survive_being_stored(people):
    in_force(people)
    (finding,) = ruled("a gasket").findings
    assert queries.finding_from_json(queries.finding_to_json(finding)) == finding
