"""Doing something in a child process, so that the process that forks others never opens a database."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from lockgate.cli.troubles import INTERNAL


def in_a_child(do: Callable[[], int]) -> int:
    """Do what opens the database in a child, and answer its exit code: no connection survives a fork.

    A failure that nobody foresaw is told on stderr in a sentence; it never comes back into this process.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        code = INTERNAL
        try:
            code = do()
        except KeyboardInterrupt:
            code = 130
        except Exception as error:
            from lockgate.cli.app import explained

            sentence, mend, code = explained(error)
            print(f"{sentence} {mend}".strip(), file=sys.stderr)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    try:
        _, status = os.waitpid(pid, 0)
    except KeyboardInterrupt:
        # The child got the Ctrl-C as well; what it began is rolled back by the database.
        os.waitpid(pid, 0)
        return 130
    return os.waitstatus_to_exitcode(status)
