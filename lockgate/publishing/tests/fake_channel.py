"""A channel in memory that counts by token and can be told to fail at each point.

It has no idempotency of its own: a token that is published twice stands there twice, and a test sees it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from lockgate.channels.types import AccountFacts, Capabilities, OutboundPost, Published, ReadBack


class Crash(BaseException):
    """The process is gone: nothing in the product catches this."""


class FakeChannel:
    name = "fake"
    capabilities = Capabilities(label="Fake", text_limit=300)
    fields = ()

    def __init__(self) -> None:
        self.posts: dict[str, list[str]] = defaultdict(list)
        self.calls: list[str] = []
        # Each is called with the post where it stands; it may raise. The default does nothing.
        self.before_publish: Callable[[OutboundPost], None] = _nothing
        self.after_publish: Callable[[OutboundPost], None] = _nothing
        self.before_look_up: Callable[[OutboundPost], None] = _nothing
        self.before_delete: Callable[[Published], None] = _nothing
        self.before_read_back: Callable[[OutboundPost], None] = _nothing
        self.complaints: tuple[str, ...] = ()
        self.differences: tuple[str, ...] = ()
        self.keeps_deleted = False

    def installed(self, monkeypatch: pytest.MonkeyPatch) -> FakeChannel:
        from lockgate.channels import queries

        monkeypatch.setattr(queries, "connector", lambda name: self)
        return self

    def count(self, token: str) -> int:
        return len(self.posts.get(token, []))

    def validate(self, post: OutboundPost) -> tuple[str, ...]:
        return self.complaints

    def sign_in(self, account: AccountFacts) -> str:
        return "halden"

    def publish(self, post: OutboundPost, account: AccountFacts) -> Published:
        self.calls.append("publish")
        self.before_publish(post)
        self.posts[post.token].append(post.markdown)
        self.after_publish(post)
        return self._published(post.token)

    def look_up(self, post: OutboundPost, account: AccountFacts) -> Published | None:
        self.calls.append("look_up")
        self.before_look_up(post)
        return self._published(post.token) if self.count(post.token) else None

    def read_back(self, post: OutboundPost, published: Published, account: AccountFacts) -> ReadBack:
        self.calls.append("read_back")
        self.before_read_back(post)
        token = published.reference.removeprefix("ref-")
        there = self.posts.get(token, [])
        return ReadBack(bool(there), there[0] if there else "", self.differences)

    def delete(self, published: Published, account: AccountFacts) -> None:
        self.calls.append("delete")
        self.before_delete(published)
        if not self.keeps_deleted:
            self.posts.pop(published.reference.removeprefix("ref-"), None)

    @staticmethod
    def _published(token: str) -> Published:
        return Published(f"ref-{token}", f"https://fake.example/{token}", {"sent": token})


def _nothing(_given: Any) -> None:
    return None


def fails(error: BaseException, times: int = 1) -> Callable[[Any], None]:
    """Raises ``error`` the first ``times`` times."""
    left = [times]

    def hook(_given: Any) -> None:
        if left[0] > 0:
            left[0] -= 1
            raise error

    return hook
