"""An export of a whole log, of chosen records, of an erased record, of nothing; and who is told of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from lockgate.archive import export as exporting
from lockgate.archive import guards, keys, leaves, notary, notes, operations, queries, rules, tiles
from lockgate.archive.export import export
from lockgate.archive.models import Checkpoint, Entry, Tile
from lockgate.archive.verify import main, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(facts, noon):
    """600 entries of 200 posts."""
    for post in range(200):
        operations.record(facts(3, record=f"m:{post}", body=f"words of post {post}".encode()))
    operations.keep(noon)


def _files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_whole_export_is_good_and_complete(log, later, tmp_path):
    done = export(tmp_path / "out", by="p:77aa", at=later)
    assert (done.size, done.shown, done.disclosed) == (601, 200, 200)
    report = verify(tmp_path / "out", vkey=done.vkey)
    assert report.faults == []
    assert (report.size, report.root, report.shown, report.disclosed) == (601, done.root, 200, 200)
    assert (report.origin, report.is_own_key) == ("halden.example/archive", False)
    expected = {"checkpoint", "MANIFEST.sha256", "VERIFY.md", "verify.go", "keys/vkey", "keys/public.pem"}
    expected |= {f"tile/0/{part}" for part in ("000", "001", "002.p/89")} | {"tile/1/000.p/2"}
    expected |= {f"tile/entries/{part}" for part in ("000", "001", "002.p/89")}
    for index in range(0, 600, 3):
        expected |= {f"records/{index}{ending}" for ending in (".json", ".salt", ".body")}
        expected |= {f"proofs/{index}.tlog-proof"}
    assert set(_files(tmp_path / "out")) == expected
    assert (tmp_path / "out/records/3.body").read_bytes() == b"words of post 1"
    assert all(len(path.read_bytes()) <= 2048 for path in (tmp_path / "out/proofs").iterdir())


def test_nothing_but_the_disclosed_words_leaves_the_house(log, later, tmp_path):
    done = export(tmp_path / "out", by="p:77aa", at=later, records=["m:7"])
    assert (done.size, done.shown, done.disclosed) == (601, 4, 1)
    assert verify(tmp_path / "out").faults == []
    assert [name for name in _files(tmp_path / "out") if name.startswith("records/")] == [
        "records/21.body",
        "records/21.json",
        "records/21.salt",
        "records/22.json",
        "records/23.json",
        "records/600.json",
    ], "with what happened under it, and the entry that says it was shown"
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file() and path.name != "21.body":
            assert b"words of post" not in path.read_bytes(), path
    assert queries.trail(["m:7"])[-1].action == "archive.export.made", (
        "the export of a record is in its trail"
    )


def test_a_record_goes_out_with_what_happened_under_it_and_why(log, facts, later, tmp_path):
    signature = replace(facts(1, record="q:1", body=b"a word of the signer")[0], parent="m:7")
    operations.record([signature, replace(signature, record="q:2", parent="m:8", body=b"of another record")])
    done = export(
        tmp_path / "out", by="p:77aa", at=later, records=["m:7"], reason="Asked for by the regulator"
    )
    signed = Entry.objects.filter(parent="m:7").count()
    told = queries.trail(["m:7"])[-1]
    assert done.shown == Entry.objects.filter(record="m:7").count() + signed
    assert signed == 3, "ruled, delivered, signed"
    assert verify(tmp_path / "out").faults == []
    shown = {path.read_bytes() for path in (tmp_path / "out/records").glob("*.body")}
    assert shown == {b"words of post 7", b"a word of the signer", b"Asked for by the regulator"}
    assert (told.action, told.actor) == ("archive.export.made", "p:77aa")
    assert queries.content(told.entry_id) == b"Asked for by the regulator"
    leaf = bytes(Entry.objects.get(id=told.entry_id).leaf)
    assert b"regulator" not in leaf, "sealed beside the log, not in it"


def test_entries_can_be_shown_without_their_words(log, later, tmp_path):
    done = export(tmp_path / "out", by="p:77aa", at=later, may_disclose=False)
    assert (done.shown, done.disclosed) == (200, 0)
    assert verify(tmp_path / "out").faults == []
    assert not list((tmp_path / "out").rglob("*.salt"))


def test_no_record_chosen_is_the_tree_alone(log, later, tmp_path):
    done = export(tmp_path / "out", by="p:77aa", at=later, records=[])
    assert (done.size, done.shown) == (601, 0)
    assert verify(tmp_path / "out").faults == []
    assert not (tmp_path / "out/records").exists()


def test_an_erased_record_keeps_its_proof(log, later, tmp_path):
    operations.erase(record="m:7", basis="gdpr-17", by="p:77aa", at=later)
    done = export(tmp_path / "out", by="p:77aa", at=later)
    assert (done.shown, done.disclosed) == (200, 199)
    assert verify(tmp_path / "out").faults == []
    assert (tmp_path / "out/records/21.json").exists()
    assert (tmp_path / "out/proofs/21.tlog-proof").exists()
    assert not (tmp_path / "out/records/21.body").exists()
    assert not (tmp_path / "out/records/21.salt").exists()


def test_an_empty_log_can_be_exported(later, tmp_path):
    done = export(tmp_path / "out", by="system", at=later)
    assert (done.size, done.root) == (0, rules.EMPTY_ROOT)
    assert verify(tmp_path / "out", vkey=done.vkey).faults == []
    assert not Entry.objects.exists()


def test_the_export_holds_its_own_making(log, later, tmp_path):
    export(tmp_path / "out", by="p:77aa", at=later)
    last = queries.recent(limit=1)[0]
    assert (last.action, last.record, last.actor, last.index) == (
        "archive.export.made",
        "archive:log",
        "p:77aa",
        600,
    )


def test_a_later_export_continues_an_earlier_checkpoint(log, facts, later, tmp_path):
    export(tmp_path / "one", by="system", at=later)
    operations.record(facts(3, record="m:900"))
    done = export(tmp_path / "two", by="system", at=later + timedelta(hours=1))
    earlier = (tmp_path / "one/checkpoint").read_text()
    assert verify(tmp_path / "two", vkey=done.vkey, earlier=earlier).faults == []
    later = (tmp_path / "two/checkpoint").read_text()
    (fault,) = verify(tmp_path / "one", vkey=done.vkey, earlier=later).faults
    assert "had 605 entries at the earlier checkpoint and has 601 here" in fault
    (fault,) = verify(tmp_path / "two", vkey=done.vkey, earlier=earlier.replace("601", "600")).faults
    assert "signature on the checkpoint is wrong" in fault


def test_an_operator_who_rewrites_the_log_with_the_real_key_is_caught_by_a_kept_checkpoint(
    log, later, tmp_path, monkeypatch
):
    """The one forgery that no export can show by itself."""
    export(tmp_path / "kept", by="system", at=later)
    entry = Entry.objects.order_by("id")[300]
    with connection.cursor() as cursor:
        for line in guards.GUARDS.lowering(connection.vendor):
            cursor.execute(line)
    Checkpoint.objects.all().delete()
    keys.path(keys.LAST_SIGNED).unlink()
    forged = queries.leaf(entry.id) | {"actor": "p:00000000000000000000"}
    Entry.objects.filter(id=entry.id).update(leaf=leaves.canonical(forged))
    hashes = [
        rules.leaf_hash(bytes(leaf))
        for leaf in Entry.objects.order_by("place__index").values_list("leaf", flat=True)
    ]
    tiles.write(rules.append(0, {}, hashes))
    with connection.cursor() as cursor:
        for line in guards.GUARDS.raising(connection.vendor):
            cursor.execute(line)

    done = export(tmp_path / "forged", by="system", at=later)
    assert verify(tmp_path / "forged", vkey=done.vkey).faults == []
    kept = (tmp_path / "kept/checkpoint").read_text()
    (fault,) = verify(tmp_path / "forged", vkey=done.vkey, earlier=kept).faults
    assert "it was rewritten" in fault


def test_a_folder_that_holds_something_is_left_alone(log, later, tmp_path):
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(exporting.FolderInTheWay):
        export(tmp_path, by="system", at=later)
    assert (tmp_path / "mine").read_text() == "mine"
    with pytest.raises(exporting.FolderInTheWay):
        export(tmp_path / "mine", by="system", at=later)
    (tmp_path / "empty").mkdir()
    assert export(tmp_path / "empty", by="system", at=later).size


def test_an_export_that_fails_leaves_no_half(log, later, tmp_path, monkeypatch):
    def full_disk(self, name, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting._Folder, "put", full_disk)
    with pytest.raises(OSError, match="No space"):
        export(tmp_path / "out", by="system", at=later)
    assert not (tmp_path / "out").exists()
    assert [name for name in os.listdir(tmp_path) if name.startswith(".")] == []


def test_a_damaged_log_is_not_exported(log, later, tmp_path):
    data = bytes(Tile.objects.get(level=0, number=1).data)
    tiles.write({(0, 1): data[:640] + bytes(32) + data[672:]})
    with pytest.raises(notary.InconsistentLog):
        export(tmp_path / "out", by="system", at=later)
    assert not (tmp_path / "out").exists()


def test_the_verifier_needs_neither_database_nor_django(log, later, tmp_path):
    done = export(tmp_path / "out", by="system", at=later)
    probe = (
        "import sys; from lockgate.archive.verify import main; code = main(sys.argv[1:]);"
        " assert not [name for name in sys.modules if name.startswith('django')], 'Django was imported'; sys.exit(code)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", probe, str(tmp_path / "out"), done.vkey],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("good: 601 entries of halden.example/archive")


def test_the_command_answers_in_its_exit_code(log, later, tmp_path, capsys):
    done = export(tmp_path / "out", by="system", at=later)
    assert main([str(tmp_path / "out")]) == 0
    assert "The key came with the folder" in capsys.readouterr().out
    (tmp_path / "kept").write_text((tmp_path / "out/checkpoint").read_text())
    assert main([str(tmp_path / "out"), done.vkey, "--earlier", str(tmp_path / "kept")]) == 0
    assert "came with the folder" not in capsys.readouterr().out
    (tmp_path / "out/checkpoint").write_text("nonsense")
    assert main([str(tmp_path / "out")]) == 1
    assert "REFUSED: The checkpoint is not a signed note." in capsys.readouterr().out
    assert main([str(tmp_path / "nowhere")]) == 1


def test_the_hash_in_the_entry_can_be_made_with_sha256sum(log, later, tmp_path):
    export(tmp_path / "out", by="system", at=later, records=["m:7"])
    salt, body = ((tmp_path / f"out/records/21.{part}").read_bytes() for part in ("salt", "body"))
    assert f'"pt":"{sha256(salt + body).hexdigest()}"' in (tmp_path / "out/records/21.json").read_text()


def test_verify_md_names_the_log_and_leaves_no_blank(log, later, tmp_path):
    done = export(tmp_path / "out", by="system", at=later)
    page = (tmp_path / "out/VERIFY.md").read_text()
    assert done.vkey in page
    assert "**601 entries**" in page
    assert not re.search(r"\{(origin|size|root|vkey)\}|\{\{|\}\}", page)
    assert len(page.splitlines()) < 80, "one page"


@pytest.mark.parametrize("entry", [b"[]", b"nonsense", b'{"pt":1,"len":5}', b"\xff"])
def test_a_log_of_nonsense_signed_by_its_own_key_gets_an_answer(tmp_path, entry):
    """Whoever makes the folder makes the key too: the verifier answers, whatever it is fed."""
    key = Ed25519PrivateKey.generate()
    verifier = notes.Verifier("x", notes.public(key))
    leaf = rules.leaf_hash(entry)
    files = {
        "checkpoint": notes.sign(notes.Checkpoint("x", 1, leaf).text(), "x", key).encode(),
        "keys/vkey": verifier.vkey().encode() + b"\n",
        "keys/public.pem": verifier.pem(),
        "tile/0/000.p/1": leaf,
        "tile/entries/000.p/1": len(entry).to_bytes(2, "big") + entry,
        "records/0.json": entry,
        "records/0.salt": bytes(32),
        "records/0.body": b"words",
        "proofs/0.tlog-proof": b"nonsense\n\n",
    }
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    listed = [f"{sha256(data).hexdigest()}  {name}\n" for name, data in files.items()]
    (tmp_path / "MANIFEST.sha256").write_text("".join(listed))
    assert verify(tmp_path).faults == [
        "records/0.body is not what entry 0 says was said.",
        "proofs/0.tlog-proof does not read: the proof does not begin as a tlog-proof does.",
    ]
