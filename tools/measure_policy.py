"""How much of real text the shipped packs flag, by which rule; and a sample of findings to read.

    python tools/measure_policy.py                      counts for posts, mail and pii, as public posts
    python tools/measure_policy.py --sample 200 FILE    also write 200 findings in context to FILE (JSON Lines) to judge
    python tools/measure_policy.py --judged FILE        count the judgements that somebody wrote into that file

The text lies in ../shared/data, which is not part of the project. What the sample holds is other people's mail: keep
the file out of the checkout and throw it away. A judgement is the field "right": true or false.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
FILES = ("posts", "mail", "pii")
SEED = 20261122
DAY = date(2026, 11, 22)
# presidio-research's names for what our rules find.
LABELS = {
    "CREDIT_CARD": "numbers/payment-card",
    "IBAN_CODE": "numbers/bank-account",
    "US_SSN": "numbers/national-id",
    "PHONE_NUMBER": "numbers/phone",
}


def rows(name: str) -> list[dict[str, Any]]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def measure(name: str, kind: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Prints the counts of one file; answers each row with its ruling."""
    from lockgate.policy.queries import check

    texts = rows(name)
    began = time.process_time()
    ruled = list(zip(texts, check((row["text"] for row in texts), kind=kind, on=DAY), strict=True))
    taken = time.process_time() - began
    outcomes = Counter(ruling["outcome"] for _, ruling in ruled)
    findings: Counter[str] = Counter()
    holders: Counter[str] = Counter()
    for _, ruling in ruled:
        names = [finding["rule"] for finding in ruling["findings"]]
        findings.update(names)
        holders.update(set(names))
    flagged = sum(1 for _, ruling in ruled if ruling["findings"])
    print(
        f"\n{name}, to a place that is {kind}: {len(ruled):,} texts, {flagged:,} flagged ({flagged / len(ruled):.1%}),"
    )
    print(f"  {taken / len(ruled) * 1e6:.0f} microseconds of processor time a text")
    print("  " + ", ".join(f"{outcome} {number:,}" for outcome, number in outcomes.most_common()))
    for rule, number in findings.most_common():
        print(f"  {rule:38} {number:6,} findings in {holders[rule]:6,} texts")
    return ruled


def recall(ruled: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Of the labelled numbers of pii.jsonl.gz, how many a finding of the right rule touches."""
    seen: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    for row, ruling in ruled:
        for label, start, end in row["label"]:
            if label in LABELS:
                seen[label] += 1
                caught[label] += any(
                    f["rule"] == LABELS[label] and f["start"] < end and start < f["end"]
                    for f in ruling["findings"]
                )
    print("\nlabelled numbers caught in pii (many of them were made up without valid check digits):")
    for label, number in seen.most_common():
        print(f"  {label:14} {caught[label]:4} of {number:4}")


def sample(ruled: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]], number: int, file: Path) -> None:
    """``number`` findings at random: evenly over the files' findings, fixed seed."""
    found = [
        (name, row["id"], finding, row["text"])
        for name, results in ruled.items()
        for row, ruling in results
        for finding in ruling["findings"]
    ]
    chosen = random.Random(SEED).sample(found, min(number, len(found)))
    with file.open("w", encoding="utf-8") as out:
        for name, row_id, finding, text in sorted(
            chosen, key=lambda one: (one[2]["rule"], one[0], str(one[1]))
        ):
            start, end = finding["start"], finding["end"]
            out.write(
                json.dumps(
                    {
                        "file": name,
                        "id": row_id,
                        "rule": finding["rule"],
                        "before": text[max(0, start - 120) : start],
                        "words": text[start:end],
                        "after": text[end : end + 120],
                        "right": None,
                    },
                    ensure_ascii=False,
                )
                + "\n"
            )
    print(f"\n{len(chosen)} of {len(found):,} findings written to {file}")


def count_judgements(file: Path) -> None:
    right: Counter[str] = Counter()
    all_of: Counter[str] = Counter()
    for line in file.read_text("utf-8").splitlines():
        judged = json.loads(line)
        if judged["right"] is not None:
            all_of[judged["rule"]] += 1
            right[judged["rule"]] += bool(judged["right"])
    for rule, number in sorted(all_of.items()):
        print(f"| {rule} | {number} | {right[rule]} | {number - right[rule]} |")
    print(f"| all | {all_of.total()} | {right.total()} | {all_of.total() - right.total()} |")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kind", default="outside", choices=("inside", "guests", "outside"))
    parser.add_argument("--sample", nargs=2, metavar=("NUMBER", "FILE"))
    parser.add_argument("--judged", type=Path, metavar="FILE")
    asked = parser.parse_args()
    if asked.judged:
        count_judgements(asked.judged)
        return 0
    if not DATA.is_dir():
        print(f"Skipped: the real text is not here ({DATA} is absent).")
        return 0
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=False, INSTALLED_APPS=INSTALLED, AUTH_USER_MODEL="people.Person")
        django.setup()
    ruled = {name: measure(name, asked.kind) for name in FILES}
    if asked.kind == "outside":
        recall(ruled["pii"])
    if asked.sample:
        sample(ruled, int(asked.sample[0]), Path(asked.sample[1]))
    return 0


INSTALLED = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "lockgate.archive",
    "lockgate.people",
    "lockgate.policy",
]

if __name__ == "__main__":
    sys.exit(main())
