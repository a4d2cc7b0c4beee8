"""Fingerprint checks at scale: a draft that repeats nothing, and one with a paragraph of a Confidential message."""

from __future__ import annotations

import random
from typing import Any

from django.db import connection

from lockgate.policy.models import Fingerprint, Remembered
from lockgate.policy.queries import read, repeats
from tools.bench.inside import timed
from tools.bench.load import percentile
from tools.bench.words import post_length, sentences

CHARACTERS = 3_000


def measured(seconds: float) -> dict[str, Any]:
    chance = random.Random(99)
    clean = [sentences(chance, CHARACTERS)[:CHARACTERS] for _ in range(100)]
    protected = _some_protected(100)
    repeated = [
        text[: CHARACTERS - 400] + "\n\n" + protected[n % len(protected)][:400]
        for n, text in enumerate(clean)
    ]
    for number in range(20):
        repeats(read(clean[number]))
        if not repeats(read(repeated[number])):
            raise RuntimeError("a paragraph of a protected message was not found")
    keys = [[random.Random(f"{n}.{place}").getrandbits(62) for place in range(450)] for n in range(50)]
    return {
        "remembered": Remembered.objects.count(),
        "grams": Fingerprint.objects.count(),
        "clean": _percentiles(timed(lambda n: repeats(read(clean[n % 100])), seconds / 3)),
        "repeated": _percentiles(timed(lambda n: repeats(read(repeated[n % 100])), seconds / 3)),
        "limit": _percentiles(timed(lambda n: _bare(keys[n % 50]), seconds / 6)),
    }


def _some_protected(count: int) -> list[str]:
    """The generator again: the first messages that it made, whose words are long enough to be repeated."""
    chance = random.Random(11)
    texts: list[str] = []
    while len(texts) < count:
        text = sentences(chance, post_length(chance))
        if len(text) >= 400:
            texts.append(text)
    return texts


def _bare(keys: list[int]) -> None:
    marks = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM policy_fingerprint WHERE gram IN ({marks})", keys)
        cursor.fetchall()


def _percentiles(times: list[float]) -> dict[str, float]:
    return {"p50_ms": percentile(times, 0.5) * 1000, "p99_ms": percentile(times, 0.99) * 1000}
