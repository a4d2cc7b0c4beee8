"""`lockgate mail import`: a mailbox into a space, and a list of what was left out."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from lockgate.cli.brought import ALL_THERE, SOME_LEFT_OUT, say_reasons, so_far, write_reasons
from lockgate.cli.markings import marking_named
from lockgate.cli.posting import speaking
from lockgate.cli.serve import with_tables
from lockgate.cli.troubles import NO_INPUT, Trouble

if TYPE_CHECKING:
    from lockgate.mail.types import MailboxImport


def run_import(
    source: Path, *, slug: str, speaker: str, marking: str, reason: str, told: Path | None, dry: bool
) -> int:
    """Bring ``source`` in, say what became of it, and answer the exit code."""
    with_tables()
    from lockgate.base.clock import now
    from lockgate.mail.operations import import_mailbox

    level = marking_named(marking)
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
            so_far=so_far,
        )
    except OSError as error:
        raise Trouble(
            f"{error.filename or source} cannot be read: {error.strerror}.",
            "Name an mbox file, a folder of .eml files, or a Maildir.",
            code=NO_INPUT,
        ) from error
    _say(done, dry)
    if told is not None:
        write_reasons(
            told,
            ["where", "message-id", "why"],
            [(one.where, one.mail_id, one.why) for one in done.left_out],
            [(one.where, one.mail_id, one.why) for one in done.noted],
        )
    return SOME_LEFT_OUT if done.left_out else ALL_THERE


def _say(done: MailboxImport, dry: bool) -> None:
    stands = "would be brought in" if dry else "brought in"
    print(f"{done.found:,} mails found")
    print(f"{done.brought:,} {stands}, as {done.threads:,} new threads and answers in them")
    print(f"{done.known:,} in the space already")
    say_reasons([one.why for one in done.left_out], [one.why for one in done.noted])


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
