"""Fingerprints of protected messages in bulk: the same rows that policy.operations.remember writes, poured in."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from lockgate.base.ids import floor_id
from lockgate.people.models import Firm, Person
from lockgate.policy import fingerprints
from lockgate.policy.fingerprint_key import fingerprint_key, note_key
from lockgate.policy.models import Fingerprint, Remembered
from lockgate.policy.reading import read
from tools.bench.pouring import pour, time_as_stored
from tools.bench.words import post_length, sentences

SHARE = 0.05
AUDIENCES = 50

Protected = tuple[int, int, int, datetime, str]  # message, audience, marking, time, words


def remember_all(messages: Iterable[Protected]) -> int:
    """Fingerprint every one of ``messages``; answers how many rows of grams that made."""
    key = fingerprint_key()
    kept: list[tuple[int, int, int, object, bytes]] = []
    grams: list[tuple[int, int, int, int]] = []
    for message, audience, marking, at, text in messages:
        words = fingerprints.words(read(text), key)
        kept.append((message, audience, marking, time_as_stored(at), words.hashes))
        runs = set(fingerprints.grams(words.hashes, key))
        grams += [(gram, marking, audience, message) for gram in runs]
    grams.sort()  # in the order of the key, as a database takes them quickest
    pour(Remembered, ("message_id", "audience_id", "marking", "at", "words"), kept)
    pour(Fingerprint, ("gram", "marking", "audience_id", "message_id"), grams)
    note_key(key)
    return len(grams)


def fill(*, messages: int, at: datetime, seed: int = 11) -> None:
    """A company of ``messages`` messages, of which SHARE are Confidential: of those alone the fingerprints are kept,
    and so of the others nothing is written here."""
    chance = random.Random(seed)
    house = Firm.objects.create(name="Measured Works", is_house=True)
    Person.objects.create(
        slug="somebody", email="somebody@measured.example", name="Somebody", firm=house, joined_at=at,
        password=make_password(None),
    )  # fmt: skip

    def written() -> Iterable[Protected]:
        count = int(messages * SHARE)
        for number in range(count):
            moment = at - timedelta(days=365) + timedelta(days=365) * number / count
            text = sentences(chance, post_length(chance))
            yield floor_id(moment) + number % 4096, 1 + number % AUDIENCES, 2, moment, text

    with transaction.atomic():
        remember_all(written())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
