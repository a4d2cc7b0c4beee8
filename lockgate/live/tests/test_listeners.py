"""Open streams: what is sent reaches its person's streams, in order, and a slow one is let go."""

from __future__ import annotations

import asyncio

from lockgate.live.listeners import TOO_FAR_BEHIND, Listener, Listeners


def test_frames_come_in_order_and_together() -> None:
    async def scene() -> None:
        listener = Listener(1, "a")
        for frame in (b"1", b"2", b"3"):
            listener.push(frame)
        assert await listener.next() == b"123"
        waiting = asyncio.ensure_future(listener.next())
        await asyncio.sleep(0)
        listener.push(b"4")
        assert await waiting == b"4"

    asyncio.run(scene())


def test_what_waits_is_sent_before_the_stream_ends() -> None:
    async def scene() -> None:
        listener = Listener(1, "a")
        listener.push(b"last")
        listener.end()
        assert await listener.next() == b"last"
        assert await listener.next() is None

    asyncio.run(scene())


def test_a_reader_that_falls_too_far_behind_is_let_go() -> None:
    async def scene() -> None:
        listener = Listener(1, "a")
        for _ in range(TOO_FAR_BEHIND + 1):
            listener.push(b".")
        await listener.next()
        assert await listener.next() is None

    asyncio.run(scene())


def test_only_the_persons_named_hear_and_on_all_their_streams() -> None:
    async def scene() -> None:
        listeners = Listeners()
        mine, also_mine, theirs = Listener(1, "a"), Listener(1, "b"), Listener(2, "c")
        for one in (mine, also_mine, theirs):
            listeners.add(one)
        listeners.push(frozenset({1, 99}), b"x")
        theirs.end()
        assert await mine.next() == await also_mine.next() == b"x"
        assert await theirs.next() is None

    asyncio.run(scene())


def test_a_session_that_ended_ends_its_streams_and_no_others() -> None:
    async def scene() -> None:
        listeners = Listeners()
        dead, living = Listener(1, "a"), Listener(1, "b")
        listeners.add(dead)
        listeners.add(living)
        listeners.end_sessions(frozenset({"a"}), frozenset())
        living.push(b"still here")
        assert await dead.next() is None
        assert await living.next() == b"still here"
        listeners.remove(dead)
        listeners.remove(dead)
        assert len(listeners) == 1

    asyncio.run(scene())
