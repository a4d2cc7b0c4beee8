"""The one place that asks the machine what time it is. Only the edges (a view, a command, a worker's
loop) call it; every operation takes ``at=`` and every rule is given its time."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def rfc3339(at: datetime) -> str:
    """``at`` as RFC 3339 text in UTC with microseconds, the form that archive entries hold."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
