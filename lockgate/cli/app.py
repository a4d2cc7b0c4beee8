"""The commands and their options; what they do stands in a file each."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

os.environ.setdefault("TYPER_USE_RICH", "0")

import typer

from lockgate.cli.company import people, policy, space
from lockgate.cli.folders import keep_to_ourselves
from lockgate.cli.troubles import BAD_SETTINGS, CANNOT_CREATE, INTERNAL, Trouble

app = typer.Typer(
    name="lockgate",
    help="The company's private social network, and the one gate from it to the public ones.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Port = Annotated[int, typer.Option(help="The port to listen on.", min=0, max=65535)]
Host = Annotated[str, typer.Option(help="The address to listen on.")]


def run() -> None:
    """Run the command; turn what goes wrong into a sentence and an exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lockgate.settings")
    keep_to_ourselves()
    try:
        app()
    except Trouble as trouble:
        _stop(trouble.sentence, trouble.mend, trouble.code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        _stop(*explained(error))


def _stop(sentence: str, mend: str, code: int) -> None:
    print(sentence, file=sys.stderr)
    if mend:
        print(mend, file=sys.stderr)
    sys.exit(code)


def explained(error: Exception) -> tuple[str, str, int]:
    from lockgate.base.disk import disk_full
    from lockgate.base.environment import SettingsError
    from lockgate.base.refusal import Refusal

    if os.environ.get("LOCKGATE_TRACEBACK"):
        raise error
    if isinstance(error, Refusal):
        return error.sentence, error.mend, 1
    if isinstance(error, SettingsError):
        return str(error), "Mend it and run the same command again.", BAD_SETTINGS
    if (full := disk_full(error)) is not None:
        return full.sentence, full.mend, CANNOT_CREATE
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}.", "", INTERNAL
    return (
        f"Lockgate met something that it does not know how to answer: {type(error).__name__}: {error}",
        "Set LOCKGATE_TRACEBACK=1 and run again to see where; please report it.",
        INTERNAL,
    )


@app.command()
def demo(
    port: Port = 8000,
    data: Annotated[Path, typer.Option(help="Where the demo keeps its database and keys.")] = Path(
        ".lockgate"
    ),
    host: Host = "127.0.0.1",
) -> None:
    """Start the demo company on this machine: database, pages, live streams, background work."""
    from lockgate.cli.demo import run_demo

    sys.exit(run_demo(port=port, data=data, host=host))


@app.command()
def seed(
    data: Annotated[Path, typer.Option(help="The data folder.")] = Path(".lockgate"),
) -> None:
    """Load the demo company into a data folder and start nothing."""
    from lockgate.cli.demo import run_seed

    sys.exit(run_seed(data=data))


@app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    live_port: Annotated[int, typer.Option(help="The port of the event streams (0: the next one).")] = 0,
    workers: Annotated[int, typer.Option(help="Processes for pages (0: one a processor, at most 4).")] = 0,
    threads: Annotated[int, typer.Option(help="Threads in each of them.")] = 4,
    migrate: Annotated[bool, typer.Option("--migrate", help="Apply changes to the tables first.")] = False,
) -> None:
    """Serve a real installation. Refuses a default secret, demo people, DEBUG, missing keys or tables.

    Settings come from LOCKGATE_… and DATABASE_URL, or from a TOML file that LOCKGATE_SETTINGS names.
    """
    from lockgate.cli.serve import run_serve

    sys.exit(
        run_serve(
            host=host, port=port, live_port=live_port, workers=workers, threads=threads, migrate=migrate
        )
    )


@app.command()
def doctor(
    channels: Annotated[
        bool, typer.Option("--channels", help="Also ask each channel whether it knows us.")
    ] = False,
) -> None:
    """Examine this installation and say what to mend. Exit code 1 where something is."""
    from lockgate.cli.serve import run_doctor

    sys.exit(run_doctor(channels=channels))


@app.command()
def migrate() -> None:
    """Bring the tables to this version, and make the keys that a new installation lacks."""
    from lockgate.cli.serve import run_migrate

    sys.exit(run_migrate())


@app.command()
def post(
    file: Annotated[str, typer.Argument(help="The words, Markdown in UTF-8; - for standard input.")],
    to: Annotated[list[str], typer.Option("--to", help="space:<slug> or channel:<slug>; may be repeated.")],
    speaker: Annotated[
        str, typer.Option("--as", envvar="LOCKGATE_TOKEN", help="E-mail address or access token.")
    ],
    marking: Annotated[str, typer.Option(help="public, internal, confidential or controlled.")] = "internal",
    at: Annotated[str, typer.Option(help="When to send it, like 2026-03-04T09:30:00+01:00.")] = "",
    reason: Annotated[str, typer.Option(help="Why it may go, where a rule asks for a reason.")] = "",
    attach: Annotated[list[Path] | None, typer.Option(help="A file to go with it; may be repeated.")] = None,
    alt: Annotated[list[str] | None, typer.Option(help="What the attached picture shows; one each.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of sentences.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what the gate would do.")] = False,
) -> None:
    """Send words to places, through the same gate as any page.

    Exit codes: 0 on its way everywhere; 3 something waits for a signature; 4 something is refused; 5 a reason is
    asked for (--reason); 65 to 78 the command could not be carried out.
    """
    from lockgate.cli.posting import run_post

    sys.exit(
        run_post(
            file=file,
            speaker=speaker,
            to=to,
            marking=marking,
            at=at,
            reason=reason,
            attach=attach or [],
            alt=alt or [],
            as_json=json,
            dry=dry_run,
        )
    )


@app.command()
def check(
    file: Annotated[
        str,
        typer.Argument(
            help="A text, PDF or Office file, or JSON Lines (.jsonl, also .gz); - for standard input."
        ),
    ],
    to: Annotated[str, typer.Option("--to", help="inside, guests, outside, space:<slug> or channel:<slug>.")],
    json: Annotated[bool, typer.Option("--json", help="One JSON object a text.")] = False,
    lines: Annotated[
        bool | None, typer.Option("--lines/--whole", help="Each line is JSON; told by the name.")
    ] = None,
    field: Annotated[
        str, typer.Option(help="The field that holds the text (text, body, content, message).")
    ] = "",
    marking: Annotated[str, typer.Option(help="public, internal, confidential or controlled.")] = "public",
) -> None:
    """Rule on a text, a PDF or Office file, or on each line of a JSON Lines file. Sends nothing.

    For inside, guests and outside the packs that come with Lockgate rule, and no database is needed; for a place of
    this installation its published policy does. Exit codes: 0 may go (allow, tip); 3 would wait for a signature; 4
    would be refused; 5 would need a reason; the gravest text decides. 65: some lines were not understood.
    """
    from lockgate.cli.checking import run_check

    sys.exit(run_check(file=file, to=to, as_json=json, lines=lines, field=field, marking=marking))


archive = typer.Typer(help="The append-only record: take it out, check it, sign it.", no_args_is_help=True)
app.add_typer(archive, name="archive")


@archive.command()
def export(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    record: Annotated[
        list[str] | None,
        typer.Option(help="Only this record's proofs, like m:77, and what happened under it; repeat."),
    ] = None,
    disclose: Annotated[bool, typer.Option(help="With the words themselves and their salts.")] = True,
    by: Annotated[str, typer.Option(help="Who takes it out: an e-mail address; recorded.")] = "",
    reason: Annotated[str, typer.Option(help="What for; kept sealed with the record of it.")] = "",
) -> None:
    """Write the log as static files, with proofs and VERIFY.md, which needs no tool of ours."""
    from lockgate.cli.archiving import run_export

    sys.exit(run_export(folder, record=record or [], disclose=disclose, by=by, reason=reason))


@archive.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="The folder of an export.")],
    key: Annotated[
        str, typer.Option(help="The log's public key, or a file with it, as you got it elsewhere.")
    ] = "",
    earlier: Annotated[
        Path | None, typer.Option(help="A checkpoint that you kept, which it must continue.")
    ] = None,
) -> None:
    """Check an exported folder, with no database. Exit code 1 where it does not verify."""
    from lockgate.cli.archiving import run_verify

    sys.exit(run_verify(folder, key=key, earlier=earlier))


@archive.command()
def checkpoint() -> None:
    """Place all that waits, sign the log as it is now, and print the signed note."""
    from lockgate.cli.archiving import run_checkpoint

    sys.exit(run_checkpoint())


search = typer.Typer(help="The index of what was said.", no_args_is_help=True)
app.add_typer(search, name="search")


@search.callback()
def _search() -> None:
    """The index of what was said."""


@search.command()
def index() -> None:
    """Index all that was said anew, at once. Search goes on meanwhile; the background process otherwise keeps it."""
    from lockgate.cli.searching import run_index

    sys.exit(run_index())


@search.command()
def find(
    words: Annotated[str, typer.Argument(help="What to look for, as on the page; quote it.")],
    speaker: Annotated[
        str, typer.Option("--as", envvar="LOCKGATE_TOKEN", help="E-mail address or access token.")
    ],
    order: Annotated[str, typer.Option(help="recent or best.")] = "recent",
    limit: Annotated[int, typer.Option(help="How many.", min=1, max=50)] = 20,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a message.")] = False,
) -> None:
    """Find what was said where you sit: the newest first, or the best. Exit code 1 where nothing is found."""
    from lockgate.cli.searching import run_find

    sys.exit(run_find(words, speaker=speaker, order=order, limit=limit, as_json=json))


mail = typer.Typer(help="E-mail: take it in.", no_args_is_help=True, name="mail")


@mail.callback()
def _mail() -> None:
    """E-mail: take it in."""


@mail.command("receive")
def receive_mail(
    port: Annotated[
        int, typer.Option(help="The port to listen on (0: LOCKGATE_MAIL_RECEIVE_PORT).", min=0, max=65535)
    ] = 0,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "",
    protocol: Annotated[str, typer.Option(help="lmtp or smtp.")] = "",
    imap: Annotated[bool, typer.Option("--imap", help="Fetch what lies in our mailbox, once.")] = False,
) -> None:
    """Take mail in by LMTP or SMTP until SIGTERM, and put it through the gate. `serve` and `demo` start this themselves
    where LOCKGATE_MAIL_RECEIVE_PORT is set. With --imap, fetch from LOCKGATE_MAIL_IMAP_HOST once instead, which the
    background process otherwise does.
    """
    if imap:
        from lockgate.cli.mailing import run_fetch

        sys.exit(run_fetch())
    from lockgate.cli.mailing import run_receive

    sys.exit(run_receive(port=port, host=host, protocol=protocol))


@mail.command("import")
def import_mail(
    source: Annotated[Path, typer.Argument(help="An mbox file, a folder of .eml files, or a Maildir.")],
    space: Annotated[str, typer.Option("--space", help="The space that it is brought into.")],
    speaker: Annotated[
        str, typer.Option("--as", envvar="LOCKGATE_TOKEN", help="Who brings it in: e-mail address or token.")
    ],
    marking: Annotated[str, typer.Option(help="public, internal, confidential or controlled.")] = "internal",
    reason: Annotated[str, typer.Option(help="Why they may go, where a rule asks for a reason.")] = "",
    told: Annotated[
        Path | None, typer.Option("--list", help="Write what was left out or noted here, as CSV.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would become of it.")] = False,
) -> None:
    """Bring a mailbox into a space, threads kept, each mail through the gate. Broken off, it is simply begun again.

    Exit codes: 0 all of it stands in the space; 3 some was left out, and why is told; 65 to 78 nothing could be done.
    """
    from lockgate.cli.mailboxes import run_import

    sys.exit(
        run_import(
            source, slug=space, speaker=speaker, marking=marking, reason=reason, told=told, dry=dry_run
        )
    )


@mail.command("replaced")
def replaced_mail(
    days: Annotated[int, typer.Option(help="How many days to look back.", min=1, max=366)] = 90,
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of sentences.")] = False,
) -> None:
    """Say how much e-mail the company did without, what is counted and what is not."""
    from lockgate.cli.mailboxes import run_replaced

    sys.exit(run_replaced(days=days, as_json=json))


for group in (people, space, policy, mail):
    app.add_typer(group)


exporting = typer.Typer(
    help="Take out what was written, in open formats.", no_args_is_help=True, name="export"
)


@exporting.callback()
def _exporting() -> None:
    """Take out what was written, in open formats."""


@exporting.command("own")
def export_own(
    file: Annotated[Path, typer.Argument(help="The zip to write; it must not be there yet.")],
    speaker: Annotated[
        str, typer.Option("--as", envvar="LOCKGATE_TOKEN", help="Whose words: e-mail address or token.")
    ],
) -> None:
    """Everything that one person has written and still hears."""
    from lockgate.cli.exporting import run_own

    sys.exit(run_own(file, speaker=speaker))


@exporting.command("space")
def export_space(
    space: Annotated[str, typer.Argument(help="The space.")],
    file: Annotated[Path, typer.Argument(help="The zip to write; it must not be there yet.")],
    speaker: Annotated[
        str, typer.Option("--as", envvar="LOCKGATE_TOKEN", help="An owner of it: e-mail address or token.")
    ],
) -> None:
    """What was said in a space, for one of its owners. It is on record."""
    from lockgate.cli.exporting import run_space

    sys.exit(run_space(file, slug=space, speaker=speaker))


@exporting.command("company")
def export_company(folder: Annotated[Path, typer.Argument(help="A new or empty folder.")]) -> None:
    """All of it: every table, every file, the archive with its proofs. It is on record."""
    from lockgate.cli.exporting import run_company

    sys.exit(run_company(folder))


app.add_typer(exporting)


@app.command("import")
def import_export(
    kind: Annotated[str, typer.Argument(help="slack, mattermost or yammer.")],
    source: Annotated[
        Path, typer.Argument(help="The export as it was made: a zip, a .jsonl file or a folder.")
    ],
    speaker: Annotated[
        str, typer.Option("--as", envvar="LOCKGATE_TOKEN", help="Who brings it in: e-mail address or token.")
    ],
    channel: Annotated[
        str, typer.Option(help="The channel or group that is brought in. Not said: list them.")
    ] = "",
    space: Annotated[str, typer.Option("--space", help="The space that it is brought into.")] = "",
    marking: Annotated[str, typer.Option(help="public, internal, confidential or controlled.")] = "internal",
    reason: Annotated[str, typer.Option(help="Why they may go, where a rule asks for a reason.")] = "",
    told: Annotated[
        Path | None, typer.Option("--list", help="Write what was left out or noted here, as CSV.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would become of it.")] = False,
) -> None:
    """Bring a channel of Slack, Mattermost or Viva Engage into a space, threads kept, all of it through the gate.
    Broken off, it is simply begun again.

    Exit codes: 0 all of it stands in the space; 3 some was left out, and why is told; 65 to 78 nothing could be done.
    """
    from lockgate.cli.importing import run_import

    sys.exit(
        run_import(
            kind,
            source,
            channel=channel,
            slug=space,
            speaker=speaker,
            marking=marking,
            reason=reason,
            told=told,
            dry=dry_run,
        )
    )


@app.command()
def token(
    email: Annotated[str, typer.Argument(help="For whom it speaks.")],
    name: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    scope: Annotated[
        list[str] | None,
        typer.Option(help="read, post, mark, spaces, webhooks, export; repeat. Not said: all."),
    ] = None,
    days: Annotated[int, typer.Option(help="It ends after so many days (0: never).", min=0, max=3650)] = 0,
) -> None:
    """Make an access token. It is printed once."""
    from lockgate.cli.people import run_token

    sys.exit(run_token(email, name, scopes=scope or [], days=days))


@app.command()
def version() -> None:
    """Print the version."""
    from lockgate import __version__

    print(__version__)
