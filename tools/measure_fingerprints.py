"""How long a fingerprint check takes beside many remembered messages, on the database that the settings name.

    LOCKGATE_DATA=/some/folder python tools/measure_fingerprints.py --messages 1000000
    DATABASE_URL=postgresql://... python tools/measure_fingerprints.py --messages 1000000

The messages are made here: about 40 words each from a vocabulary with a long tail, one in four with a boilerplate
sentence, of which the commonest stands in one message of twenty-five. The database is filled behind the operations'
back (by rows in key order), because filling it through them would take hours; what is measured goes through them.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import struct
import sys
import time
from array import array
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lockgate.settings")
AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
AUDIENCES = 2_000


def vocabulary(size: int, chance: random.Random) -> tuple[list[str], list[float]]:
    parts = [
        "va",
        "se",
        "fla",
        "ste",
        "bo",
        "ri",
        "pa",
        "tu",
        "mo",
        "ne",
        "li",
        "ga",
        "co",
        "du",
        "ve",
        "so",
        "ki",
        "ra",
    ]
    words = sorted(
        {"".join(chance.choices(parts, k=chance.choice((1, 2, 2, 3, 3, 4)))) for _ in range(size * 3)}
    )
    chance.shuffle(words)
    words = words[:size]
    return words, list(itertools.accumulate(1 / (n + 3) for n in range(len(words))))


def texts(number: int, chance: random.Random) -> Iterator[list[str]]:
    words, weights = vocabulary(30_000, chance)
    boilerplate = [chance.choices(words, cum_weights=weights, k=chance.randint(10, 24)) for _ in range(300)]
    common = list(itertools.accumulate(1 / (n + 1) for n in range(len(boilerplate))))
    for _ in range(number):
        text = chance.choices(words, cum_weights=weights, k=max(8, int(chance.gauss(36, 14))))
        if chance.random() < 0.25:
            text += chance.choices(boilerplate, cum_weights=common)[0]
        yield text


def fill(number: int) -> None:
    from django.db import connection

    from lockgate.policy import fingerprints
    from lockgate.policy.fingerprint_key import fingerprint_key, note_key

    key = fingerprint_key()
    note_key(key)
    chance = random.Random(11)
    hashed: dict[str, bytes] = {}
    rows = 0
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if is_postgresql:
            cursor.execute(
                "CREATE UNLOGGED TABLE IF NOT EXISTS filling (g bigint, m smallint, a bigint, i bigint)"
            )
        else:
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA temp_store=FILE")
            cursor.execute("PRAGMA cache_size=-800000")
            cursor.execute("CREATE TEMP TABLE filling (g bigint, m smallint, a bigint, i bigint)")
    for batch in _batched(enumerate(texts(number, chance), 1), 5_000):
        kept: list[tuple[int, int, int, int]] = []
        remembered: list[tuple[Any, ...]] = []
        for message, words in batch:
            for word in words:
                if word not in hashed:
                    hashed[word] = blake2b(word.encode(), digest_size=8, key=key).digest()
            blob = b"".join([hashed[word] for word in words])
            audience, marking = chance.randint(1, AUDIENCES), 3 if chance.random() < 0.1 else 2
            remembered.append(
                (message, audience, marking, AT if is_postgresql else str(AT.replace(tzinfo=None)), blob)
            )
            kept.extend((gram, marking, audience, message) for gram in set(fingerprints.grams(blob, key)))
        rows += len(kept)
        with connection.cursor() as cursor:
            if is_postgresql:
                with cursor.copy("COPY filling FROM STDIN (FORMAT BINARY)") as copy:
                    copy.write(b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0))
                    for one in kept:
                        copy.write(struct.pack("!hiqihiqiq", 4, 8, one[0], 2, one[1], 8, one[2], 8, one[3]))
                    copy.write(struct.pack("!h", -1))
            else:
                cursor.execute("BEGIN")
                cursor.executemany("INSERT INTO filling VALUES (%s,%s,%s,%s)", kept)
            cursor.executemany(
                "INSERT INTO policy_remembered (message_id, audience_id, marking, at, words) VALUES (%s,%s,%s,%s,%s)",
                remembered,
            )
            if not is_postgresql:
                cursor.execute("COMMIT")
        print(f"\r{batch[-1][0]:,} messages, {rows:,} fingerprints", end="", file=sys.stderr, flush=True)
    print("\nsorting them in", file=sys.stderr)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO policy_fingerprint (gram, marking, audience_id, message_id)"
            " SELECT g, m, a, i FROM filling ORDER BY g, m, a, i"
        )
        cursor.execute("DROP TABLE filling")
        if is_postgresql:
            cursor.execute("VACUUM ANALYZE policy_fingerprint")
            cursor.execute("VACUUM ANALYZE policy_remembered")


def _batched(
    items: Iterator[tuple[int, list[str]]], size: int
) -> Iterator[tuple[tuple[int, list[str]], ...]]:
    while batch := tuple(itertools.islice(items, size)):
        yield batch


def measure(rounds: int) -> None:
    from django.db import connection, transaction

    from lockgate.policy.models import Remembered
    from lockgate.policy.operations import forget, remember
    from lockgate.policy.queries import read, repeats

    chance = random.Random(12)
    fresh = [" ".join(words) for words in texts(rounds, random.Random(99))]
    vocabulary_again = random.Random(11)
    again = [" ".join(words) for words in itertools.islice(texts(5_000, vocabulary_again), 5_000)]
    copied, mixed, posts = [], [], []
    for number in range(rounds):
        own = " ".join(f"fresh{number}x{n}" for n in range(220))
        copied.append(own + " " + chance.choice(again))
        mixed.append(" ".join(chance.sample(again, 8))[:3000])
        posts.append(" ".join(chance.sample(fresh, 12))[:3000])
    for name, drafts in (
        ("600 characters, nothing repeated", [text[:600] for text in posts]),
        ("3,000 characters, nothing repeated", posts),
        ("3,000 characters, one message copied", copied),
        ("3,000 characters, eight messages and boilerplate", mixed),
    ):
        taken, processor = array("d"), array("d")
        hits = 0
        for place, draft in enumerate(drafts):
            reading = read(draft)
            began, began_processor = time.perf_counter(), time.process_time()
            found = repeats(reading, except_audiences={place % AUDIENCES + 1, 7})
            processor.append((time.process_time() - began_processor) * 1000)
            taken.append((time.perf_counter() - began) * 1000)
            hits += bool(found)
        print(f"{name}: {_said(taken)}; this process alone {_said(processor)}; {hits}/{len(drafts)} found")
    taken = array("d")
    for place, draft in enumerate(posts):
        with transaction.atomic():
            began = time.perf_counter()
            remember(message_id=10**12 + place, audience_id=1, text=draft[:600], marking=2, at=AT)
            taken.append((time.perf_counter() - began) * 1000)
    print(f"remember 600 characters: {_said(taken)} (without commit)")
    began = time.perf_counter()
    for place in range(len(posts)):
        forget(10**12 + place)
    print(f"forget: {(time.perf_counter() - began) * 1000 / len(posts):.2f} ms a message")
    print(f"{Remembered.objects.count():,} messages remembered on {connection.vendor}")


def _said(taken: array[float]) -> str:
    line = sorted(taken)
    return f"p50 {line[len(line) // 2]:.2f} ms, p99 {line[int(len(line) * 0.99)]:.2f} ms"


def main() -> None:
    import django
    from django.core.management import call_command

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=300)
    asked = parser.parse_args()
    django.setup()
    from lockgate.policy.models import Remembered

    call_command("migrate", verbosity=0)
    if not Remembered.objects.exists():
        began = time.perf_counter()
        fill(asked.messages)
        print(f"filled in {time.perf_counter() - began:.0f} s")
    measure(asked.rounds)


if __name__ == "__main__":
    main()
