"""The commands and their options; what they do stands in a file each."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

os.environ.setdefault("TYPER_USE_RICH", "0")

import typer

from lockgate.cli.troubles import BAD_SETTINGS, INTERNAL, Trouble

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
    try:
        app()
    except Trouble as trouble:
        _stop(trouble.sentence, trouble.mend, trouble.code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        _stop(*_explained(error))


def _stop(sentence: str, mend: str, code: int) -> None:
    print(sentence, file=sys.stderr)
    if mend:
        print(mend, file=sys.stderr)
    sys.exit(code)


def _explained(error: Exception) -> tuple[str, str, int]:
    from lockgate.base.environment import SettingsError
    from lockgate.base.refusal import Refusal

    if os.environ.get("LOCKGATE_TRACEBACK"):
        raise error
    if isinstance(error, Refusal):
        return error.sentence, error.mend, 1
    if isinstance(error, SettingsError):
        return str(error), "Mend it and run the same command again.", BAD_SETTINGS
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
def version() -> None:
    """Print the version."""
    from lockgate import __version__

    print(__version__)
