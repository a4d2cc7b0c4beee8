"""How long a search takes, and whether its time tells what is hidden. Runs inside.

A word is put into many messages of a busy room where the searcher does not sit, and another stands nowhere: the two are
searched for in turn, and their times compared. What is measured is search.queries.search: seats, index, what stands,
snippets; not the page around it.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count

from lockgate.archive import operations as archive
from lockgate.archive.types import Fact
from lockgate.base.clock import now
from lockgate.base.ids import floor_id
from lockgate.base.transactions import change
from lockgate.gateway.models import Message, Passage
from lockgate.people.models import Person
from lockgate.search import operations as indexing
from lockgate.search.queries import search
from lockgate.spaces import queries as spaces
from lockgate.spaces.models import Audience
from tools.bench.load import percentile
from tools.bench.rooms import HISTORY

HIDDEN, NOWHERE = "zqhiddenword", "zqnowhereword"
MOST_HIDDEN = 3_000


def measured(rounds: int) -> dict[str, Any]:
    at = now()
    searcher = Person.objects.filter(firm__is_house=True).order_by("pk")[10]
    heard = spaces.audible(searcher, at)
    hidden = _hide(set(heard), at)
    said = [one.split() for one in _bodies(at)]
    chance = random.Random(3)

    def took(text: str) -> float:
        began = time.perf_counter()
        search(searcher, text, at=at)
        return (time.perf_counter() - began) * 1000

    found = {}
    for name, question in _questions(said, chance).items():
        times = sorted(took(question()) for _ in range(rounds))
        found[name] = {
            "p50_ms": percentile(times, 0.5), "p95_ms": percentile(times, 0.95), "most_ms": times[-1],
        }  # fmt: skip
    for text in (HIDDEN, NOWHERE):
        assert not search(searcher, text, at=at).hits
    times_of: dict[str, list[float]] = {HIDDEN: [], NOWHERE: []}
    for _ in range(max(100, rounds)):
        for text in chance.sample([HIDDEN, NOWHERE], 2):
            times_of[text].append(took(text))
    p50 = {text: statistics.median(times) for text, times in times_of.items()}
    return {
        "questions": found,
        "hidden": hidden,
        "audiences": len(heard),
        "hidden_ms": p50[HIDDEN],
        "nowhere_ms": p50[NOWHERE],
        "hidden_to_nowhere": p50[HIDDEN] / p50[NOWHERE],
    }


def _questions(said: list[list[str]], chance: random.Random) -> dict[str, Callable[[], str]]:
    words = [word for one in said for word in one]
    commonest = max(set(words), key=words.count)
    return {
        "a word as it is used": lambda: chance.choice(chance.choice(said)),
        "a rare word": lambda: chance.choice(said)[-1],
        "two words of one message": lambda: " ".join(chance.sample(chance.choice(said), 2)),
        "a phrase of two": lambda: '"' + " ".join(chance.choice(said)[1:3]) + '"',
        "a beginning of four letters": lambda: chance.choice(chance.choice(said))[:4] + "*",
        "a piece of four letters": lambda: "*" + chance.choice(said)[-1].strip(".")[2:6],
        "the commonest word": lambda: commonest,
        "two common words in one room": lambda: (
            "in:everyone " + " ".join(chance.sample(chance.choice(said)[:8], 2))
        ),
        "what one person said": lambda: (
            f"from:person-{chance.randrange(1, 900)} {chance.choice(chance.choice(said))}"
        ),
    }


def _hide(heard: set[int], at: datetime) -> int:
    """Put HIDDEN into messages of a busy room outside ``heard``; answers how many have it."""
    others = Audience.objects.exclude(pk__in=heard).exclude(kind="outside").values_list("pk", flat=True)[:40]
    busiest = (
        Passage.objects.filter(audience_id__in=list(others), position__isnull=False)
        .values_list("audience_id")
        .annotate(count=Count("pk"))
        .order_by("-count")[0][0]
    )
    rows = Passage.objects.filter(audience_id=busiest, position__isnull=False, thread__isnull=True)
    newest = list(rows.order_by("-position").select_related("message")[:MOST_HIDDEN])
    if not newest[0].message.body.endswith(HIDDEN):
        for first in range(0, len(newest), 100):
            with change():
                for one in newest[first : first + 100]:
                    Message.objects.filter(pk=one.message_id).update(body=f"{one.message.body} {HIDDEN}")
                archive.record(
                    [
                        Fact("gateway.message.revised", f"m:{one.message_id}", "system", at)
                        for one in newest[first : first + 100]
                    ]
                )
        while archive.keep(at=at):
            pass
        while indexing.keep_up(at=at):
            pass
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return len(newest)


def _bodies(at: datetime) -> list[str]:
    chance = random.Random(5)
    found = []
    for _ in range(400):
        low = floor_id(at - HISTORY * chance.uniform(0.01, 0.99))
        found.append(Message.objects.filter(pk__gte=low).order_by("pk").values_list("body", flat=True)[0])
    return found
