"""One app that listens. Touched by the event loop alone."""

from __future__ import annotations

import asyncio
from collections import deque

from lockgate.live.types import Happened
from lockgate.mastodon.ids import own_list
from lockgate.mastodon.streaming.drawing import Told
from lockgate.mastodon.streaming.names import Stream

TOO_FAR_BEHIND = 256
"""What may wait for one slow app; past that its stream ends, and it comes back and reads its feeds."""


class Listener:
    """Whose stream it is, by which token, what it wants to hear, and what waits for it. What waits is numbers and no
    words: those are drawn when their turn comes, for whoever may hear them then."""

    def __init__(self, *, token: int, person: int, scopes: frozenset[str], base: str) -> None:
        self.token = token
        self.person = person
        self.scopes = scopes
        self.base = base
        self.streams: list[Stream] = []
        self.is_over = False
        self._waiting: deque[Happened | Told | None] = deque()
        self._bell = asyncio.Event()

    def lists(self) -> frozenset[int]:
        """The lists of its person's own that it listens to."""
        named = (own_list(stream[1]) for stream in self.streams if stream[0] == "list")
        return frozenset(one for one in named if one is not None)

    def push(self, what: Happened | Told | None) -> None:
        """Have ``what`` sent; None is the heartbeat."""
        if what is None and self._waiting:
            return
        self._waiting.append(what)
        if len(self._waiting) > TOO_FAR_BEHIND:
            self.end()
        self._bell.set()

    def end(self) -> None:
        """End the stream now: what waits is not sent any more."""
        self.is_over = True
        self._waiting.clear()
        self._bell.set()

    async def wait(self) -> bool:
        """Until something is to be sent; False when the stream is over."""
        await self._bell.wait()
        return not self.is_over

    def take(self) -> Happened | Told | None:
        """What is to be sent next; ``wait`` has said that there is something."""
        what = self._waiting.popleft()
        if not self._waiting and not self.is_over:
            self._bell.clear()
        return what
