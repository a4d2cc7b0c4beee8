"""Recording, sealing, placing, signing, reading back; each with what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import transaction

from lockgate.archive import keys, leaves, notes, operations, proofs, queries, rules
from lockgate.archive.models import Checkpoint, Entry, Pending, Sealed, Sequenced
from lockgate.base.refusal import NotFound, Refusal
from lockgate.base.transactions import is_postgresql

pytestmark = pytest.mark.django_db


def test_a_fact_is_written_waits_is_placed_and_signed(facts, noon):
    ids = operations.record(facts(3))
    assert ids == sorted(ids)
    assert list(Pending.objects.order_by("entry_id").values_list("entry_id", flat=True)) == ids
    assert [line.index for line in queries.trail(["m:1", "x:1", "x:2"])] == [None, None, None]

    assert operations.sequence(at=noon) == 3
    assert not Pending.objects.exists()
    assert list(Sequenced.objects.order_by("index").values_list("entry_id", flat=True)) == ids
    lines = queries.trail(["m:1", "x:1", "x:2"])
    assert [(line.index, line.is_proven) for line in lines] == [(0, False), (1, False), (2, False)]

    signed = operations.checkpoint(at=noon)
    assert signed is not None
    assert signed.size == 3
    assert all(line.is_proven for line in queries.trail(["m:1", "x:1", "x:2"]))
    text = notes.open_note(signed.note, notes.Verifier.parse(queries.vkey()))
    assert notes.parse_checkpoint(text) == notes.Checkpoint("halden.example/archive", 3, bytes(signed.root))


def test_the_leaf_holds_hashes_and_ids_and_not_a_word_of_the_body(facts, noon):
    (entry_id,) = operations.record(facts(1, body="Prüfbericht for Bauer".encode()))
    leaf = queries.leaf(entry_id)
    data = bytes(Entry.objects.get().leaf)
    assert b"Bauer" not in data
    assert b"Bauer" not in bytes(Sealed.objects.get().data)
    body, salt = queries.opened(entry_id)
    assert body == "Prüfbericht for Bauer".encode()
    assert leaf == {
        "v": 1,
        "id": str(entry_id),
        "log": "halden.example/archive",
        "type": "gateway.message.submitted",
        "rec": "m:1",
        "ts": "2026-03-04T12:00:00.000000Z",
        "actor": "p:0a1b2c3d4e5f60718293",
        "label": "internal",
        "pt": sha256(salt + body).hexdigest(),
        "ct": sha256(bytes(Sealed.objects.get().data)).hexdigest(),
        "len": len(body),
    }


def test_three_facts_with_a_body_take_two_statements_at_most(facts, django_assert_num_queries):
    operations.record(facts(1))
    with django_assert_num_queries(1 if is_postgresql() else 2):
        operations.record(facts(3, record="m:2"))
    with django_assert_num_queries(1):
        operations.record(facts(3, record="m:3", body=None))
    with django_assert_num_queries(0):
        assert operations.record([]) == []


@pytest.mark.django_db(transaction=True)
def test_a_fact_outside_a_transaction_is_refused(facts):
    with pytest.raises(operations.OutsideTransaction):
        operations.record(facts(1))
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_change_that_fails_leaves_no_entry(facts):
    def change_that_fails() -> None:
        with transaction.atomic():
            operations.record(facts(3))
            raise RuntimeError("the change failed")

    with pytest.raises(RuntimeError):
        change_that_fails()
    assert not Entry.objects.exists()
    assert not Pending.objects.exists()
    assert not Sealed.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"actor": "Nadia Roux"},
        {"actor": "nadia.roux@haldenvalve.example"},
        {"action": "submitted"},
        {"action": "Gateway.Message.Submitted"},
        {"record": "77"},
        {"record": "m:77 and more"},
        {"parent": "Everyone"},
        {"rule": "because “it was said”"},
        {"rule": "r" * 201},
    ],
)
def test_what_could_be_a_name_or_a_sentence_is_refused(facts, wrong):
    with pytest.raises(leaves.UnfitFact):
        operations.record([replace(facts(1)[0], **wrong)])
    assert not Entry.objects.exists()


def test_what_happened_at_once_keeps_its_order(facts, noon):
    same = [replace(fact, at=noon) for fact in facts(30, body=None)]
    ids = operations.record(same[:10]) + operations.record(same[10:])
    assert ids == sorted(set(ids))
    operations.sequence(at=noon)
    assert list(Sequenced.objects.order_by("index").values_list("entry_id", flat=True)) == ids


def test_an_entry_that_commits_late_with_a_smaller_id_is_placed_after(facts, noon):
    late = [replace(fact, at=noon - timedelta(minutes=1)) for fact in facts(1)]
    early_ids = operations.record(facts(2))
    operations.sequence(at=noon)
    (late_id,) = operations.record(late)
    assert late_id < min(early_ids)
    assert operations.sequence(at=noon) == 1
    assert Sequenced.objects.get(entry_id=late_id).index == 2


def test_a_proof_waits_for_its_checkpoint_and_then_verifies_alone(facts, noon):
    ids = operations.record(facts(300, body=None))
    with pytest.raises(queries.NotYetProven):
        queries.proof(ids[0])
    operations.keep(noon)
    last = operations.record(facts(1))[0]
    operations.sequence(at=noon)
    with pytest.raises(queries.NotYetProven):
        queries.proof(last)
    with pytest.raises(NotFound):
        queries.proof(12345)
    verifier = notes.Verifier.parse(queries.vkey())
    for entry_id in (ids[0], ids[255], ids[256], ids[299]):
        proof = proofs.parse(queries.proof(entry_id))
        stated = notes.parse_checkpoint(notes.open_note(proof.checkpoint, verifier))
        leaf = rules.leaf_hash(proof.entry)
        assert proof.entry == bytes(Entry.objects.get(id=entry_id).leaf)
        assert rules.is_included(leaf, proof.index, stated.size, proof.path, stated.root)
        assert not rules.is_included(leaf, proof.index ^ 1, stated.size, proof.path, stated.root)


def test_keep_places_everything_and_signs_no_oftener_than_needed(facts, noon):
    operations.record(facts(600, body=None))
    assert operations.keep(noon) == 600
    assert Checkpoint.objects.count() == 1
    assert operations.keep(noon + timedelta(seconds=60)) == 0
    assert Checkpoint.objects.count() == 1, "nothing is new"
    operations.record(facts(1))
    operations.keep(noon + timedelta(seconds=1))
    assert Checkpoint.objects.count() == 1, "the last one is a second old"
    operations.keep(noon + timedelta(seconds=9))
    assert Checkpoint.objects.count() == 2, "at least every ten seconds"


def test_erasure_destroys_the_body_and_never_the_proof(facts, noon):
    ids = operations.record(facts(3))
    operations.keep(noon)
    before = queries.proof(ids[0])
    later = noon + timedelta(seconds=1)
    told = operations.erase(record="m:1", basis="gdpr-17", by="p:77aa", at=later)
    assert not Sealed.objects.exists()
    with pytest.raises(queries.BodyErased):
        queries.content(ids[0])
    assert queries.proof(ids[0]) == before
    operations.keep(noon + timedelta(seconds=20))
    assert queries.proof(ids[0]) != before, "a newer checkpoint, the same entry"
    line = queries.trail(["m:1"])[-1]
    assert (line.entry_id, line.action, line.rule, line.actor) == (
        told,
        "archive.body.erased",
        "gdpr-17",
        "p:77aa",
    )
    with pytest.raises(operations.NothingSealed):
        operations.erase(record="m:1", basis="gdpr-17", by="p:77aa", at=noon)
    assert len(queries.trail(["m:1"])) == 2


def test_a_body_opens_for_its_own_entry_alone(facts):
    one = operations.record(facts(1, record="m:1", body=b"one"))[0]
    two = operations.record(facts(1, record="m:2", body=b"two"))[0]
    sealed = Sealed.objects.get(entry=two)
    with pytest.raises(keys.KeysMissing):
        queries.open_body(one, bytes(sealed.data), bytes(sealed.wrapped), sealed.epoch)
    assert queries.content(two) == b"two"


def test_an_entry_that_never_had_a_body_has_no_content(facts):
    (entry_id,) = operations.record(facts(1, body=None))
    with pytest.raises(NotFound):
        queries.content(entry_id)
    assert operations.record(facts(1, body=b""))
    assert queries.content(Entry.objects.order_by("-id")[0].id) == b""


def test_looking_into_the_archive_is_on_record(noon):
    operations.view(by="p:77aa", record="m:1", at=noon)
    assert [(line.action, line.actor) for line in queries.trail(["m:1"])] == [
        ("archive.record.viewed", "p:77aa")
    ]


def test_refusals_speak(facts):
    ids = operations.record(facts(1))
    with pytest.raises(Refusal) as caught:
        queries.proof(ids[0])
    assert caught.value.sentence == "This entry is recorded, and the next checkpoint will cover it."


@pytest.mark.django_db(transaction=True)
def test_real_transactions_place_and_sign(facts, noon):
    with transaction.atomic():
        operations.record(facts(3))
    assert operations.keep(noon) == 3
    assert queries.state().signed_size == 3
