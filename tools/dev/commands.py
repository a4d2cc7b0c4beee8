"""The subcommands of `./dev` and what each needs."""

import argparse
import os
import sys
from pathlib import Path

from tools.dev import environment
from tools.dev.saying import Trouble, say, stop

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./dev", description="Everything one does in this checkout.", epilog="Each takes --help."
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    demo = commands.add_parser("demo", help="start the demo company on this machine")
    demo.add_argument("--port", type=int, default=8000, help="the port of the pages (8000)")
    demo.add_argument(
        "--data", type=Path, default=ROOT / ".lockgate", help="where the demo keeps its data (.lockgate)"
    )
    demo.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")

    test = commands.add_parser(
        "test", help="run every test; with --fast those that take under 90 seconds in all"
    )
    test.add_argument("--fast", action="store_true", help="checks, and the unit tests on SQLite")
    test.add_argument(
        "--only", metavar="LANE", action="append", help="only this lane (may be given several times)"
    )
    test.add_argument("--no-install", action="store_true", help="install no system package, even as root")

    commands.add_parser("check", help="lint, format, types, import contracts, templates, migrations")
    commands.add_parser("lock", help="write the lock files anew from pyproject.toml (needs the network)")
    commands.add_parser("env", help="make the environment, with what tests need, and print its Python")
    for name, told in (
        ("seed", "load the demo company into a data folder and start nothing"),
        ("serve", "lockgate serve, from this checkout"),
        ("doctor", "lockgate doctor, from this checkout"),
        ("lockgate", "any lockgate command, from this checkout"),
        ("bench", "measure, beside the limits of this machine"),
    ):
        commands.add_parser(name, help=told, add_help=False)

    known, rest = parser.parse_known_args(arguments)
    if rest and known.command not in {"seed", "serve", "doctor", "lockgate", "bench"}:
        parser.error("not understood: " + " ".join(rest))
    try:
        return _do(known, rest)
    except Trouble as trouble:
        stop(trouble)
    except KeyboardInterrupt:
        say("\nStopped. Run the same command again to go on.")
        return 130


def _do(known: argparse.Namespace, rest: list[str]) -> int:
    match known.command:
        case "demo":
            python = environment.ensure("run")
            options = ["--port", str(known.port), "--data", str(known.data.absolute()), "--host", known.host]
            return _become(python, "-m", "lockgate.cli", "demo", *options)
        case "seed":
            return _become(environment.ensure("run"), "-m", "lockgate.cli", "seed", *rest)
        case "serve" | "doctor":
            return _become(environment.ensure("run"), "-m", "lockgate.cli", known.command, *rest)
        case "lockgate":
            return _become(environment.ensure("run"), "-m", "lockgate.cli", *rest)
        case "bench":
            return _become(environment.ensure("dev"), "-m", "tools.bench", *rest)
        case "env":
            print(environment.ensure("dev"))
            return 0
        case "lock":
            from tools.dev.locking import lock

            return lock()
        case "check":
            from tools.dev.suite import check

            return check(environment.ensure("dev"))
        case _:
            from tools.dev.suite import test

            return test(
                environment.ensure("dev"),
                fast=known.fast,
                only=known.only or [],
                may_install=not known.no_install,
            )


def _become(python: Path, *arguments: str) -> int:
    """Hands this process over, so that signals reach the program itself and nothing stands in between."""
    sys.stdout.flush()
    os.execv(python, [str(python), *arguments])
