"""Rulings, fingerprints, the archive and its verification: in a process of the installation, without pages."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from tools.bench.databases import Database, filled, inside, kept_log
from tools.bench.figures import Figure, at_least, at_most
from tools.bench.sitting import Sitting, bare_commits


def rulings(sitting: Sitting) -> list[Figure]:
    """Reading and ruling with 10,000 terms and 500 patterns, beside the matching engines alone on the same texts."""
    with tempfile.TemporaryDirectory() as folder:
        said = json.loads(
            inside(Database("no database", Path(folder)), "rulings", str(sitting.seconds)).splitlines()[-1]
        )
    return [
        Figure(
            "ruling of 3,000 characters, 10,000 terms, 500 patterns",
            "no database",
            said["long"],
            "Aho-Corasick and RE2 alone",
            said["long_limit"],
            said["long"]["p50_ms"] / said["long_limit"]["p50_ms"],
            goals=[at_most("p99 20 ms", said["long"]["p99_ms"], 20)],
            notes=[f"the policy compiles in {said['compile_s']:.2f} s"],
        ),
        Figure(
            "rulings of 600 characters, two processes",
            "no database",
            said["short"],
            "Aho-Corasick and RE2 alone",
            said["short_limit"],
            said["short"]["a_second"] / said["short_limit"]["a_second"],
            goals=[at_least("5,000 a second", said["short"]["a_second"], 5_000)],
        ),
    ]


def fingerprints(kind: str, sitting: Sitting) -> list[Figure]:
    """A draft of 3,000 characters against a company of a million messages."""
    with filled(kind, "protected", str(sitting.protected)) as database:
        said = json.loads(inside(database, "fingerprints", str(sitting.seconds)).splitlines()[-1])
    note = (
        f"{sitting.protected:,} messages, 5 % of them Confidential: {said['remembered']:,} fingerprinted,"
        f" {said['grams']:,} rows"
    )
    return [
        Figure(
            "fingerprint check of 3,000 characters, nothing repeated",
            database.name,
            said["clean"],
            "one look-up of as many keys",
            said["limit"],
            said["clean"]["p50_ms"] / said["limit"]["p50_ms"],
            goals=[at_most("20 ms", said["clean"]["p99_ms"], 20)],
            notes=[note],
        ),
        Figure(
            "fingerprint check of 3,000 characters, a paragraph repeated",
            database.name,
            said["repeated"],
            goals=[at_most("20 ms", said["repeated"]["p99_ms"], 20)],
        ),
    ]


def directory(database: Database, sitting: Sitting) -> list[Figure]:
    """Everybody on an LDAP server, read and taken over, then asked for again; beside the server's own client and
    bare commits of a row each, as many at once as we make: one."""
    said = json.loads(inside(database, "directory", str(sitting.directory)).splitlines()[-1])
    commits = bare_commits(database, database.folder, 1, 3)["a_second"]
    many = f"{sitting.directory:,} people"
    joined = sitting.directory / said["first_s"]
    return [
        Figure(
            f"{many} read from an LDAP server",
            database.name,
            {"took_s": said["read_s"]},
            "ldapsearch, in pages of as many",
            {"took_s": said["bare_s"]},
            said["read_s"] / said["bare_s"],
        ),
        Figure(
            "people taken over from a directory, each with a record of it",
            database.name,
            {"a_second": joined},
            "bare commits of a row, one after another",
            {"a_second": commits},
            joined / commits,
        ),
        Figure(
            f"{many} brought in step: nothing changed; one in a hundred did",
            database.name,
            {"same_s": said["same_s"], "few_s": said["few_s"]},
        ),
    ]


def archive(database: Database, sitting: Sitting) -> list[Figure]:
    """Entries recorded and placed in the log, in batches; beside bare rows inserted in the same batches."""
    said = json.loads(inside(database, "archive", str(sitting.seconds)).splitlines()[-1])
    return [
        Figure(
            "archive entries recorded and sequenced, 100 a transaction",
            database.name,
            said["figure"],
            "bare rows of the same size, 100 a transaction",
            said["limit"],
            said["figure"]["a_second"] / said["limit"]["a_second"],
            processor_ms={"an entry": said["processor_ms"]},
            goals=[at_least("10,000 a second", said["figure"]["a_second"], 10_000)],
            notes=[
                f"recording alone {said['record_a_second']:,.0f}/s, sequencing alone {said['sequence_a_second']:,.0f}/s"
            ],
        )
    ]


def verification(sitting: Sitting) -> list[Figure]:
    """Our verifier over an exported log, beside SHA-256 over the same entries and nothing else."""
    folder = kept_log(sitting.entries)
    with tempfile.TemporaryDirectory() as made:
        said = json.loads(inside(Database("no database", Path(made)), "verify", str(folder)).splitlines()[-1])
    return [
        Figure(
            f"verify an export of {sitting.entries:,} entries",
            "no database",
            {"took_s": said["took_s"]},
            "SHA-256 of the same entries",
            {"took_s": said["hash_s"]},
            said["took_s"] / said["hash_s"],
            goals=[at_most("5 s for 1,000,000", said["took_s"] * 1_000_000 / sitting.entries, 5)],
        )
    ]
