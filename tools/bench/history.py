"""What was said in a measured company over a year: roots and answers, busier rooms being the larger ones.

Made and poured in by pieces, so that two and a half million messages take no more memory than a hundred thousand.
"""

from __future__ import annotations

import random
from array import array
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from lockgate.base.ids import floor_id
from lockgate.gateway import rules
from lockgate.gateway.models import Message, Passage, Ruling
from tools.bench.pouring import pour, time_as_stored
from tools.bench.protected import remember_all
from tools.bench.rooms import HISTORY, Room
from tools.bench.words import post_length, rare_word, sentences

AT_ONCE = 50_000
TEXTS = 4_000
ANSWERS_SHARE, CONFIDENTIAL_SHARE = 0.4, 0.03


@dataclass(frozen=True, slots=True)
class Written:
    """One message of the history. ``text`` is the number of its text in the store, ``rare`` the words put after it."""

    message: int
    ruling: int
    passage: int
    position: int
    author: int
    body: str
    text: int
    rare: tuple[str, ...]
    marking: int
    digest: bytes
    room: Room
    thread: int | None
    answers: int
    at: datetime


def written(
    chance: random.Random,
    rooms: list[Room],
    count: int,
    at: datetime,
    *,
    open_share: float | None,
    are_rare_words: bool,
) -> Iterator[list[Written]]:
    """The history by pieces of AT_ONCE. ``rooms`` whose everybody is the company say ``open_share`` of it."""
    said_in, threads, answers = _threads(chance, _weights(rooms, open_share), count)
    began = at - HISTORY
    step = HISTORY / max(1, count)
    # A body is drawn from a store: 4,000 different texts are enough, and reading them once is quicker.
    store = texts()
    hashed: dict[tuple[int, int], bytes] = {}
    # Of the roots alone: what an answer needs to know of them.
    roots: dict[int, tuple[int, int]] = {}
    piece: list[Written] = []
    for number in range(count):
        moment = began + step * number
        base = floor_id(moment) + chance.randrange(1 << 18)
        room = rooms[said_in[number]]
        chosen = chance.randrange(len(store))
        root = threads[number]
        if root < 0:
            thread = None
            marking = 2 if room.ceiling >= 2 and chance.random() < CONFIDENTIAL_SHARE * 2.5 else 1
            if answers[number]:
                roots[number] = (base + 2, marking)
        else:
            thread, marking = roots[root]
        rare = (rare_word(chance), rare_word(chance)) if are_rare_words else ()
        body = f"{store[chosen]} {' '.join(rare)}." if rare else store[chosen]
        digest = None if rare else hashed.get((chosen, marking))
        if digest is None:
            digest = rules.content_hash(rules.canonical_content(body, marking))
            hashed[chosen, marking] = digest
        piece.append(
            Written(
                base, base + 1, base + 2, base + 3, chance.choice(room.sitters), body, chosen, rare, marking,
                digest, room, thread, answers[number], moment,
            )
        )  # fmt: skip
        if len(piece) == AT_ONCE:
            yield piece
            piece = []
    if piece:
        yield piece


def texts() -> list[str]:
    """The store of texts: the same whenever it is made."""
    chance = random.Random(TEXTS)
    return [sentences(chance, post_length(chance)) for _ in range(TEXTS)]


def _weights(rooms: list[Room], open_share: float | None) -> list[float]:
    weights = [float(len(room.sitters) + 30) for room in rooms]
    if open_share is None:
        return weights
    wide = sum(weight for weight, room in zip(weights, rooms, strict=True) if room.is_open)
    others = sum(weights) - wide
    return [
        weight * (open_share / wide if room.is_open else (1 - open_share) / others)
        for weight, room in zip(weights, rooms, strict=True)
    ]


def _threads(
    chance: random.Random, weights: Sequence[float], count: int
) -> tuple[array[int], array[int], array[int]]:
    """For each message its room, the message that it answers (-1: none), and how many answer it."""
    said_in, threads, answers = array("i"), array("i"), array("i", bytes(4 * count))
    cumulated = list(accumulate(weights))
    open_threads: list[list[int]] = [[] for _ in weights]
    for number in range(count):
        room = min(bisect(cumulated, chance.random() * cumulated[-1]), len(weights) - 1)
        said_in.append(room)
        recent = open_threads[room]
        if recent and chance.random() < ANSWERS_SHARE:
            root = chance.choice(recent)
            threads.append(root)
            answers[root] += 1
        else:
            threads.append(-1)
            recent.append(number)
            del recent[:-12]
    return said_in, threads, answers


def lay_down(piece: list[Written]) -> None:
    """Messages, rulings and passages of one piece, and the fingerprints of what is protected."""
    pour(
        Message,
        ("id", "author_id", "body", "marking", "revision", "content_hash", "justification", "written_at"),
        (
            (one.message, one.author, one.body, one.marking, 1, one.digest, "", time_as_stored(one.at))
            for one in piece
        ),
    )
    pour(
        Ruling,
        ("id", "message_id", "revision", "place", "outcome", "findings", "policy_version", "content_hash", "ruled_at"),
        (
            (
                one.ruling, one.message, 1, f"space:{one.room.slug}", 0, "[]", "measured@1", one.digest,
                time_as_stored(one.at),
            )
            for one in piece
        ),
    )  # fmt: skip
    pour(
        Passage,
        (
            "id", "message_id", "audience_id", "thread_id", "ruling_id", "marking", "state", "position", "delivered_at",
            "version", "answers_count", "outside_url", "last_word",
        ),
        (
            (
                one.passage, one.message, one.room.audience, one.thread, one.ruling, one.marking, "delivered",
                one.position, time_as_stored(one.at), 1 + one.answers, one.answers, "", "",
            )
            for one in piece
        ),
    )  # fmt: skip
    remember_all(
        (one.message, one.room.audience, one.marking, one.at, one.body) for one in piece if one.marking >= 2
    )
