"""Values that cross the door of live."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Happened:
    """One row of the log of happenings."""

    id: int
    audience: int
    passage: int
    kind: str


class Mounted(Protocol):
    """Streams of another kind in the same process, below ``prefix``: a higher floor brings them, so that this one need
    know nothing of it. All but ``listening`` is called in the event loop."""

    prefix: str

    def start(self) -> None: ...

    def listening(self) -> frozenset[int]:
        """Persons with a stream open. Called in the thread that asks the database."""
        ...

    def tell(self, persons: frozenset[int], happened: Happened) -> None:
        """These persons could hear this a moment ago."""
        ...

    def end(self, persons: frozenset[int]) -> None:
        """A seat of these persons has ended somewhere."""
        ...

    def drain(self) -> None:
        """The process is about to end."""
        ...

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...
