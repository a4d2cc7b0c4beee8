"""How long a search takes, and whether its time tells what is hidden, on a company filled for measuring.

    python tools/measure_search.py --messages 200000 --database sqlite|postgresql|both

A word is put into every message of a busy room where the searcher does not sit, and another stands nowhere: the two
are searched for in turn, and their times compared. What is measured is ``search.queries.search``: seats, index, what
stands, snippets; not the page around it.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

HIDDEN, NOWHERE = "zqhiddenword", "zqnowhereword"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--inside", action="store_true", help="measure the database that the settings name")
    given = parser.parse_args()
    if given.inside:
        _measure(given.rounds)
        return 0
    from tools.bench.databases import filled

    kinds = ["sqlite", "postgresql"] if given.database == "both" else [given.database]
    for kind in kinds:
        with filled(kind, "company", str(given.messages)) as database:
            print(f"\n{database.name}, {given.messages:,} messages", flush=True)
            command = [sys.executable, __file__, "--inside", "--rounds", str(given.rounds)]
            if subprocess.run(command, env=database.environment(), check=False).returncode:
                return 1
    return 0


def _measure(rounds: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lockgate.settings")
    import django

    django.setup()
    from django.db import connection

    from lockgate.gateway.models import Message, Passage
    from lockgate.people.models import Person
    from lockgate.search.operations import rebuild
    from lockgate.search.queries import search
    from lockgate.spaces.models import Audience, Seat

    at = datetime.now(UTC)
    searcher = Person.objects.filter(firm__is_house=True, seats__ends_at__isnull=True).order_by("id")[10]
    mine = set(
        Seat.objects.filter(person=searcher, ends_at__isnull=True).values_list("audience_id", flat=True)
    )
    others = Audience.objects.exclude(pk__in=mine).exclude(kind="outside").values_list("pk", flat=True)
    room = max(others, key=lambda pk: Passage.objects.filter(audience_id=pk).count())
    hidden = Passage.objects.filter(audience_id=room, position__isnull=False)
    for message in Message.objects.filter(passages__in=hidden).iterator(chunk_size=2000):
        Message.objects.filter(pk=message.pk).update(body=f"{message.body} {HIDDEN}")
    print(
        f"the searcher sits in {len(mine)} audiences; the word stands in {hidden.count():,} messages of another"
    )
    began = time.perf_counter()
    count = rebuild(at=at)
    took = time.perf_counter() - began
    print(f"indexed {count:,} passages in {took:.0f} s ({count / took:,.0f} a second)")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT relname, pg_size_pretty(pg_total_relation_size(oid)) FROM pg_class"
                " WHERE relname IN ('search_open', 'search_confidential', 'gateway_message')"
            )
            print("sizes", cursor.fetchall())

    def timed(text: str) -> float:
        began = time.perf_counter()
        search(searcher, text, at=at)
        return (time.perf_counter() - began) * 1000

    said = [one.split() for one in Message.objects.order_by("?").values_list("body", flat=True)[:400]]
    chance = random.Random(3)
    questions = {
        "a word drawn as it is used": lambda: chance.choice(chance.choice(said)),
        "two words of one message": lambda: " ".join(chance.sample(chance.choice(said), 2)),
        "a phrase of two": lambda: '"' + " ".join(chance.choice(said)[1:3]) + '"',
        "a beginning of four letters": lambda: chance.choice(chance.choice(said))[:4] + "*",
        "the commonest word": lambda: _commonest(said),
    }
    for name, question in questions.items():
        times = sorted(timed(question()) for _ in range(max(40, rounds // 3)))
        print(f"{name}: {_shown(times)}")
    for text in (HIDDEN, NOWHERE):
        assert not search(searcher, text, at=at).hits
    times_of: dict[str, list[float]] = {HIDDEN: [], NOWHERE: []}
    for _ in range(rounds):
        for text in chance.sample([HIDDEN, NOWHERE], 2):
            times_of[text].append(timed(text))
    for text, times in times_of.items():
        print(f"{text}: {_shown(sorted(times))}")
    p50 = [statistics.median(times_of[text]) for text in (HIDDEN, NOWHERE)]
    print(f"hidden to nowhere, medians: {p50[0] / p50[1]:.2f}")


def _commonest(said: list[list[str]]) -> str:
    words = [word for one in said for word in one]
    return max(set(words), key=words.count)


def _shown(times: list[float]) -> str:
    return ", ".join(
        f"p{part} {times[min(len(times) - 1, len(times) * part // 100)]:.1f} ms" for part in (50, 95, 99)
    )


if __name__ == "__main__":
    sys.exit(main())
