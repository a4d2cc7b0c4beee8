"""The command line. Each command imports what it needs when it is called, so that the quick ones are quick."""


def main() -> None:
    """The ``lockgate`` command: answers, or says in a sentence on stderr why not; never a traceback."""
    from lockgate.cli.app import run

    run()
