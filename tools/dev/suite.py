"""`./dev check` and `./dev test`: what is run, in which order, and what is said of it at the end."""

import os
import shutil
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tools.dev.environment import ROOT
from tools.dev.machine import provide
from tools.dev.postgres import Postgres, can_run_postgres
from tools.dev.saying import say

HEAVY = "browser or peers or go or faults or postgres or slow"
# Every person asks every address, some two thousand questions each: half the time of all unit tests.
LONG = "tests/leaks"
# Where a machine forbids Python to keep what it compiled, each worker and each process of a journey would compile the
# house and rewrite five hundred files of tests anew.
_COMPILED_ONCE = {"PYTHONDONTWRITEBYTECODE": ""}


@dataclass
class Result:
    """What one step came to: counted tests, or one check."""

    name: str
    seconds: float
    passed: int = 0
    failed: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    said: str = ""


def check(python: Path) -> int:
    """Every check; two at a time, because mypy alone takes as long as the others together."""
    return _close(_checks(python))


def test(python: Path, *, fast: bool, only: Sequence[str], may_install: bool) -> int:
    """The lanes one after another, each parallel in itself. Goes on after a failure, so that one run tells all."""
    lanes = ["check", "unit"] if fast else ["check", "unit", "postgres", "heavy"]
    lanes = [lane for lane in lanes if not only or lane in only]
    missing = provide(set(lanes), may_install=may_install and not fast)
    for sentence in missing:
        say(f"Cannot run everything: {sentence}")
    results: list[Result] = []
    if fast:
        say(f"Quickly: without {LONG}, browsers, servers, PostgreSQL and faults. `./dev test` runs them all.")
    if "check" in lanes:
        results += _checks(python)
    if "unit" in lanes:
        profile = {"HYPOTHESIS_PROFILE": "quick"} if fast else {}
        left_out = [f"--ignore={LONG}"] if fast else []
        arguments = [*_spread(), *left_out, "-m", f"not ({HEAVY} or data)"]
        results.append(_pytest(python, "unit tests on SQLite", arguments, profile))
    if "postgres" in lanes:
        results.append(_on_postgres(python))
    if "heavy" in lanes:
        # One more than there are processors: these wait for browsers, servers and clocks a good part of their time.
        arguments = ["-n", str(int(_workers()) + 1), "--dist", "loadfile", "--no-loadscope-reorder"]
        arguments += ["-m", f"({HEAVY}) and not data"]
        results.append(_pytest(python, "browsers, servers, Go, faults", arguments, {}))
    return _close(results, missing)


def _checks(python: Path) -> list[Result]:
    bin_ = python.parent
    steps: list[tuple[str, Sequence[str]]] = [
        ("types (mypy)", [str(bin_ / "mypy"), "--no-error-summary", "lockgate"]),
        ("lint (ruff)", [str(bin_ / "ruff"), "check", "--quiet", "--no-fix", "."]),
        ("format (ruff)", [str(bin_ / "ruff"), "format", "--quiet", "--check", "."]),
        ("import contracts", [str(bin_ / "lint-imports")]),
        ("templates (djlint)", [str(bin_ / "djlint"), "--lint", "--quiet", "lockgate"]),
        (
            "migrations match models",
            [
                str(python),
                "-m",
                "django",
                "makemigrations",
                "--check",
                "--dry-run",
                "--settings",
                "lockgate.settings",
            ],
        ),
        ("shell", ["sh", "-n", "dev", ".ci/run"]),
    ]
    with tempfile.TemporaryDirectory(prefix="lockgate-check-") as folder, ThreadPoolExecutor(2) as pool:
        environment = {"LOCKGATE_DATA": folder}
        waiting = [pool.submit(_step, name, command, environment) for name, command in steps]
        waiting.append(pool.submit(_javascript))
        return [each.result() for each in waiting]


def _step(name: str, command: Sequence[str], environment: dict[str, str]) -> Result:
    began = time.monotonic()
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    result = Result(name, time.monotonic() - began, said=ran.stdout)
    return _told(_counted(result, ran.returncode == 0))


def _javascript() -> Result:
    """Syntax of our own modules. What is carried whole from elsewhere is checked by whoever made it."""
    began = time.monotonic()
    result = Result("JavaScript syntax", 0.0)
    if not shutil.which("node"):
        result.skipped["Node.js is not here"] = 1
        return _told(result)
    wrong = []
    for file in sorted(ROOT.glob("lockgate/**/static/**/*.js")):
        if "vendor" not in file.parts:
            ran = subprocess.run(
                ["node", "--input-type=module", "--check"],
                input=file.read_text("utf-8"),
                capture_output=True,
                text=True,
                check=False,
            )
            if ran.returncode:
                wrong.append(f"{file.relative_to(ROOT)}: {ran.stderr.strip()}")
    result.said = "\n".join(wrong)
    result.seconds = time.monotonic() - began
    return _told(_counted(result, not wrong))


def _spread() -> list[str]:
    """Handed out a few at a time: some tests take half a minute, and a worker that got many of them would end last."""
    return ["-n", _workers(), "--maxschedchunk", "2"]


def _on_postgres(python: Path) -> Result:
    name = "the same tests on PostgreSQL"
    if why := can_run_postgres():
        return _told(Result(name, 0.0, skipped={why: 1}))
    with Postgres() as server:
        arguments = [*_spread(), "--only-database", "-m", f"not ({HEAVY} or data) or oracle"]
        return _pytest(python, name, arguments, {"DATABASE_URL": server.url("lockgate")})


def _pytest(python: Path, name: str, arguments: Sequence[str], environment: dict[str, str]) -> Result:
    say(f"Running {name}.")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lockgate-report-") as folder:
        report = Path(folder) / "report.xml"
        command = [str(python), "-m", "pytest", f"--junit-xml={report}", *arguments]
        ran = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **_COMPILED_ONCE, **environment},
            stdin=subprocess.DEVNULL,
            check=False,
        )
        result = Result(name, time.monotonic() - began)
        if report.exists():
            for case in ElementTree.parse(report).iter("testcase"):
                if case.find("failure") is not None or case.find("error") is not None:
                    result.failed += 1
                elif (skipped := case.find("skipped")) is not None:
                    why = skipped.get("message", "")
                    result.skipped[why] = result.skipped.get(why, 0) + 1
                else:
                    result.passed += 1
        # A run that ends badly without a failed case (a crash, nothing collected) has failed all the same.
        if ran.returncode and not result.failed:
            result.failed = 1
    return _told(result)


def _counted(result: Result, went_well: bool) -> Result:
    result.passed, result.failed = (1, 0) if went_well else (0, 1)
    return result


def _told(result: Result) -> Result:
    word = "failed" if result.failed else "could not run" if result.skipped and not result.passed else "ok"
    say(f"  {result.name}: {word} ({result.seconds:.0f} s)")
    if result.failed and result.said:
        say("    " + "\n    ".join(result.said.strip().splitlines()[-200:]))
    return result


def _close(results: Iterable[Result], missing: Sequence[str] = ()) -> int:
    results = list(results)
    in_ci = os.environ.get("CI", "").lower() == "true"
    passed, failed = sum(one.passed for one in results), sum(one.failed for one in results)
    skipped: dict[str, int] = {}
    for one in results:
        for why, count in one.skipped.items():
            skipped[why] = skipped.get(why, 0) + count
    if skipped or missing:
        say("\nNot run on this machine:")
        for why, count in skipped.items():
            say(f"  {count} x {why}")
        for sentence in missing:
            say(f"  {sentence}")
    if in_ci:
        failed += sum(skipped.values())
    for one in results:
        if one.failed:
            say(f"Failed: {one.name}")
    total = sum(skipped.values())
    say("")
    print(
        f"{passed} passed, {failed} failed" + (f", {total} skipped" if total and not in_ci else ""),
        flush=True,
    )
    return 1 if failed else 0


def _workers() -> str:
    return str(
        max(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2)
    )
