"""`lockgate mail import`: a mailbox into a space, and a list of what was left out."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from lockgate.cli.posting import speaking
from lockgate.cli.serve import with_tables
from lockgate.cli.troubles import BAD_INPUT, NO_INPUT, Trouble

if TYPE_CHECKING:
    from lockgate.mail.types import MailboxImport

ALL_THERE, SOME_LEFT_OUT = 0, 3
_OFTEN = 1000


def run_import(
    source: Path, *, slug: str, speaker: str, marking: str, reason: str, told: Path | None, dry: bool
) -> int:
    """Bring ``source`` in, say what became of it, and answer the exit code."""
    with_tables()
    from lockgate.base.clock import now
    from lockgate.base.markings import Marking
    from lockgate.mail.operations import import_mailbox

    try:
        level = Marking[marking.upper()]
    except KeyError as error:
        raise Trouble(
            f"{marking} is not a marking.",
            "Say public, internal, confidential or controlled.",
            code=BAD_INPUT,
        ) from error
    by = speaking(speaker, now())
    try:
        done = import_mailbox(
            by=by,
            clock=now,
            slug=slug.removeprefix("space:"),
            source=source,
            marking=level,
            justification=reason,
            is_rehearsal=dry,
            so_far=_so_far,
        )
    except OSError as error:
        raise Trouble(
            f"{error.filename or source} cannot be read: {error.strerror}.",
            "Name an mbox file, a folder of .eml files, or a Maildir.",
            code=NO_INPUT,
        ) from error
    _say(done, dry)
    if told is not None:
        _write(done, told)
    return SOME_LEFT_OUT if done.left_out else ALL_THERE


def _so_far(done: int, all_of_it: int) -> None:
    if done % _OFTEN == 0:
        print(f"{done:,} of {all_of_it:,}", file=sys.stderr, flush=True)


def _say(done: MailboxImport, dry: bool) -> None:
    stands = "would be brought in" if dry else "brought in"
    print(f"{done.found:,} mails found")
    print(f"{done.brought:,} {stands}, as {done.threads:,} new threads and answers in them")
    print(f"{done.known:,} in the space already")
    print(f"{len(done.left_out):,} left out")
    for why, count in Counter(one.why for one in done.left_out).most_common():
        print(f"  {count:,}: {why}")
    print(f"{len(done.noted):,} things noted of what was brought in")
    for what, count in Counter(one.why for one in done.noted).most_common(10):
        print(f"  {count:,}: {what}")


def _write(done: MailboxImport, told: Path) -> None:
    with told.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["what", "where", "message-id", "why"])
        lines.writerows(["left out", one.where, one.mail_id, one.why] for one in done.left_out)
        lines.writerows(["noted", one.where, one.mail_id, one.why] for one in done.noted)


def run_replaced(*, days: int, as_json: bool) -> int:
    """Print how much e-mail was replaced; answers the exit code."""
    with_tables()
    from lockgate.base.clock import now
    from lockgate.mail.queries import replaced

    done = replaced(now(), days=days)
    if as_json:
        print(json.dumps(asdict(done) | {"fewer": done.fewer}))
        return 0
    print(f"In {done.days} days")
    print(f"  {done.said:,} posts and answers were said in spaces")
    print(f"  {done.copies:,} mailboxes a mail to the same people would have lain in")
    print(f"  {done.letters:,} mails were sent all the same, to those who want them")
    print(f"  {done.came_in:,} mails came in from people who answer by e-mail")
    print(f"  {done.fewer:,} mails fewer lay in mailboxes")
    print(
        "Counted are people who sat in the room at the end of the day, without the author, and no imported mail."
    )
    print("Not counted: whether a mail would have been written at all, and what it would have been answered.")
    return 0
