"""How long a search takes, and whether its time tells what is hidden. Runs inside.

A word is put into many messages of a busy room where the searcher does not sit, and another stands nowhere: the two are
searched for in turn, and their times compared. What is measured is search.queries.search: seats, index, what stands,
snippets; not the page around it.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
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
from lockgate.search.types import Order
from lockgate.spaces import queries as spaces
from lockgate.spaces.models import Audience
from tools.bench.load import percentile
from tools.bench.rooms import HISTORY

HIDDEN, NOWHERE = "zqhiddenword", "zqnowhereword"
MOST_HIDDEN = 3_000
BEST_FIRST = ("a word as it is used", "two words of one message", "a phrase of two", "what one person said")


def measured(rounds: int) -> dict[str, Any]:
    at = now()
    searcher = Person.objects.filter(firm__is_house=True).order_by("pk")[10]
    heard = spaces.audible(searcher, at)
    hidden = _hide(set(heard), at)
    said = [one.split() for one in _bodies(at)]
    chance = random.Random(3)

    def took(text: str, order: Order = Order.RECENT) -> float:
        began = time.perf_counter()
        search(searcher, text, at=at, order=order)
        return (time.perf_counter() - began) * 1000

    found = {}
    questions = _questions(said, chance)
    kinds = [(name, question, Order.RECENT) for name, question in questions.items()]
    kinds += [(f"{name}, best first", questions[name], Order.BEST) for name in BEST_FIRST]
    for name, question, order in kinds:
        ours, servers = time.process_time(), _of_the_server()
        times = sorted(took(question(), order) for _ in range(rounds))
        found[name] = {
            "p50_ms": percentile(times, 0.5), "p95_ms": percentile(times, 0.95), "most_ms": times[-1],
            "processor_ms": (time.process_time() - ours) * 1000 / rounds,
            "database_ms": (_of_the_server() - servers) / rounds,
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


def _of_the_server() -> float:
    """Milliseconds of processor that the database's process of this connection has had; SQLite's are our own."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        file = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not file.exists():
        return 0
    user, system = file.read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) * 1000 / os.sysconf("SC_CLK_TCK")


def _questions(said: list[list[str]], chance: random.Random) -> dict[str, Callable[[], str]]:
    before = now() - timedelta(days=182)
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
        "all that one person said": lambda: f"from:person-{chance.randrange(1, 900)}",
        "an answer with a word": lambda: "is:answer " + chance.choice(chance.choice(said)),
        "a word, half a year ago and earlier": lambda: (
            f"before:{before:%Y-%m-%d} {chance.choice(chance.choice(said))}"
        ),
        "Japanese that nobody said": lambda: "弁の漏れ",
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
