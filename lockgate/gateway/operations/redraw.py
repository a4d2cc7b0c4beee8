"""What is laid over a passage by the rooms above changed: it looks otherwise for everybody who hears it."""

from __future__ import annotations

from datetime import datetime

from lockgate.base.rows import execute
from lockgate.notices.operations import announce


def redraw(
    *, passage_id: int, audience_id: int, thread_id: int | None, at: datetime, is_revised: bool = False
) -> None:
    """Raise the passage's version, so that its kept fragment is drawn anew, and wake the pages that show it.

    Call it inside the transaction of what changed. Its words, its ruling and its state stay as they are; with
    ``is_revised`` what it brings along (a file) is another now, which is told to those who follow from outside.
    """
    execute("UPDATE gateway_passage SET version = version + 1 WHERE id = %s", [passage_id])
    announce([(audience_id, thread_id or passage_id, "revised" if is_revised else "redrawn")], at=at)
