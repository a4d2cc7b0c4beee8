"""kill -9 at random points of recording, placing and signing; and what erasure leaves in the files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

_HERE = Path(__file__).parent

_ERASE = """
import django, os; django.setup()
from datetime import UTC, datetime
from pathlib import Path
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from lockgate.archive import operations, queries
from lockgate.archive.models import Sealed
from lockgate.archive.types import Fact
call_command("migrate", "archive", verbosity=0)
operations.make_keys()
now = datetime.now(UTC)
with transaction.atomic():
    said = [(f"m:{n}", b"words of %d" % n) for n in range(50)]
    ids = operations.record([Fact("gateway.message.submitted", m, "p:0a", now, body=body) for m, body in said])
operations.keep(now)
sealed, key = bytes(Sealed.objects.get(entry=ids[7]).data), bytes(Sealed.objects.get(entry=ids[7]).wrapped)
def found(what):
    return [p.name for p in Path(settings.DATA_DIR).glob("lockgate.sqlite3*") if what in p.read_bytes()]
assert found(sealed) and found(key), "they were there"
operations.erase(record="m:7", basis="gdpr-17", by="p:0a", at=now)
assert not found(sealed), found(sealed)
assert not found(key), found(key)
assert queries.content(ids[8]) == b"words of 8"
assert queries.proof(ids[7])
"""


def _run(arguments: list[str], data: Path, url: str = "") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "lockgate.settings",
        "LOCKGATE_DATA": str(data),
        "LOCKGATE_KEYS": str(data / "keys"),
        "DATABASE_URL": url,
    }
    data.mkdir(exist_ok=True)
    ran = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr[-4000:]
    return ran


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.parametrize("vendor", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_nothing_acknowledged_is_lost_when_all_are_killed(tmp_path, request, vendor):
    url = request.getfixturevalue("postgres").url("archive_kill") if vendor == "postgresql" else ""
    ran = _run([str(_HERE / "crash_rounds.py"), "40", str(tmp_path / "export")], tmp_path / "data", url)
    found = json.loads(ran.stdout)
    assert found["ended_alone"] == 0, ran.stderr[-4000:]
    assert found["acknowledged"] >= 100
    assert found["lost"] == 0
    assert found["waiting"] == 0
    assert found["placed"] == found["entries"] >= found["acknowledged"]
    assert found["bodies"] == found["disclosed"]
    # Signed in the midst of it, not only at the end. How often depends on the machine's speed, so more is not asked.
    assert found["checkpoints"] >= 2
    assert found["broken_checkpoints"] == 0
    assert found["faults"] == []


def test_what_is_erased_is_in_none_of_sqlites_files(tmp_path):
    _run(["-c", _ERASE], tmp_path / "data")
