"""./dev bench: each figure beside the limit of this machine, measured in the same run."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tools.bench import measures
from tools.bench.databases import filled, kept_folder
from tools.bench.figures import Figure, shown
from tools.bench.measures import LARGE_NAMES, NAMES
from tools.bench.sitting import LARGE, Sitting
from tools.dev.postgres import can_run_postgres


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./dev bench",
        description="Figures of this checkout on this machine, each beside a limit measured in the same run.",
        epilog="What they mean, and what was learned: docs/performance.md",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)} (all)")
    parser.add_argument(
        "--large",
        action="store_true",
        help="10,000 people, 2,000 spaces, 2.5 million posts on PostgreSQL and 200,000 on SQLite: of"
        f" {', '.join(LARGE_NAMES)} (all). Filled once, in minutes; 9 GB of disk",
    )
    parser.add_argument("--quick", action="store_true", help="shorter looks: under two minutes in all")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the figures go as JSON")
    given = parser.parse_args(arguments)
    known = LARGE_NAMES if given.large else NAMES
    unknown = sorted(set(given.names) - set(known))
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; known are {', '.join(known)}")
    names = given.names or known
    kinds = ["sqlite", "postgresql"] if given.database == "both" else [given.database]
    if "postgresql" in kinds and (why := can_run_postgres()):
        print(f"PostgreSQL is left out: {why}.", flush=True)
        kinds.remove("postgresql")
    began = time.monotonic()
    figures, failed = _measured(names, kinds, Sitting.of(quick=given.quick))
    took = time.monotonic() - began
    print(table(figures))
    print(
        f"\n{len(figures)} figures in {took:.0f} s on {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end."
    )
    for sentence in failed:
        print(sentence, file=sys.stderr)
    file = given.json or kept_folder() / "figures.json"
    file.write_text(
        json.dumps({"took_s": round(took), "figures": [one.as_json() for one in figures]}, indent=1) + "\n"
    )
    print(f"As JSON: {file}")
    return 1 if failed else 0


def _measured(names: list[str], kinds: list[str], sitting: Sitting) -> tuple[list[Figure], list[str]]:
    figures: list[Figure] = []
    failed: list[str] = []

    def take(what: str, measure: Callable[[], list[Figure]]) -> None:
        began = time.monotonic()
        try:
            found = measure()
        except Exception as error:
            traceback.print_exc()
            failed.append(f"{what} could not be measured: {error}")
            return
        figures.extend(found)
        for one in found:
            print(f"{one.name} ({one.database}): {shown(one.values)}", flush=True)
        print(f"  [{what}, {time.monotonic() - began:.0f} s]", flush=True)

    for kind in kinds:
        wanted = [name for name in measures.WITH_COMPANY if name in names]
        for name in wanted:
            # A copy each: what one measurement writes is not there for the next.
            with filled(kind, "company", str(sitting.messages)) as database:
                take(f"{name} on {database.name}", lambda: measures.WITH_COMPANY[name](database, sitting))  # noqa: B023  (called at once)
        for name in (name for name in measures.WITH_LARGE_COMPANY if name in names):
            with filled(kind, "large", str(LARGE[kind])) as database:
                take(
                    f"{name} on {database.name}",
                    lambda: measures.WITH_LARGE_COMPANY[name](database, sitting),  # noqa: B023  (called at once)
                )
        if "fingerprints" in names:
            take(f"fingerprints on {kind}", lambda: measures.OF_DATABASE["fingerprints"](kind, sitting))  # noqa: B023  (called at once)
    for name, measure in measures.ALONE.items():
        if name in names:
            take(name, lambda: measure(sitting))  # noqa: B023  (called at once)
    return figures, failed


def table(figures: list[Figure]) -> str:
    """Lines for people; the JSON holds the same."""
    lines = []
    for one in figures:
        lines += ["", f"{one.name} · {one.database}", f"  figure     {shown(one.values)}"]
        if one.limit:
            share = "" if one.of_limit is None else f"   ratio {one.of_limit:.2g}"
            lines.append(f"  limit      {shown(one.limit)} ({one.limit_name}){share}")
        if one.processor_ms:
            spent = ", ".join(f"{name} {value:.3g}" for name, value in one.processor_ms.items())
            lines.append(f"  processor  {spent} ms each")
        for goal in one.goals:
            lines.append(f"  goal       {goal.words}: {'met' if goal.is_met else 'NOT met'}")
        lines += [f"  note       {note}" for note in one.notes]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
