"""`lockgate search`: tending the index."""

from __future__ import annotations


def run_index() -> int:
    """Walk all that was said and index it anew, while everybody goes on searching."""
    from lockgate.cli.serve import with_tables

    with_tables()
    from lockgate.base.clock import now
    from lockgate.search.operations import rebuild

    count = rebuild(at=now())
    print(f"{count} messages can be found.")
    return 0
