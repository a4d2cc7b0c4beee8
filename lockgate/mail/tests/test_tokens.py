"""A token of one person, thread or seat never holds for another, whatever is done to it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lockgate.mail.tokens import ReplyToken, approval_token, read_approval, read_reply, reply_token

KEY = bytes(range(32))
ids = st.integers(1, 2**63 - 1)
persons = st.integers(1, 2**32 - 1)
tokens = st.builds(ReplyToken, ids, ids, persons)


@given(tokens)
def test_it_reads_as_it_was_written(token: ReplyToken) -> None:
    text = reply_token(KEY, token)
    assert read_reply(KEY, text) == token
    assert read_reply(KEY, text.upper()) == token
    assert len(f"r+{text}") <= 64


@given(tokens, tokens)
def test_two_tokens_are_two(one: ReplyToken, other: ReplyToken) -> None:
    assert (reply_token(KEY, one) == reply_token(KEY, other)) == (one == other)


@given(tokens, st.integers(0, 55), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_no_letter_can_be_changed(token: ReplyToken, place: int, letter: str) -> None:
    text = reply_token(KEY, token)
    forged = text[:place] + letter + text[place + 1 :]
    assert read_reply(KEY, forged) == (token if forged == text else None)


@given(tokens, st.binary(min_size=32, max_size=32))
def test_another_key_reads_nothing(token: ReplyToken, key: bytes) -> None:
    assert key == KEY or read_reply(key, reply_token(KEY, token)) is None


@given(st.text(max_size=80))
def test_nothing_else_is_a_token(text: str) -> None:
    assert read_reply(KEY, text) is None


@given(ids, persons, st.binary(min_size=32, max_size=32), st.text(min_size=1, max_size=40), st.data())
def test_a_sign_off_is_bound_to_content_and_policy(
    request: int, person: int, content: bytes, policy: str, data: st.DataObject
) -> None:
    text = approval_token(
        KEY, request_id=request, person_id=person, content_hash=content, policy_version=policy
    )
    found = read_approval(text)
    assert found is not None
    assert (found.request_id, found.person_id) == (request, person)
    assert found.is_sealed(KEY, content, policy)
    other = data.draw(st.tuples(st.binary(min_size=32, max_size=32), st.text(min_size=1, max_size=40)))
    assert found.is_sealed(KEY, *other) == (other == (content, policy))
    assert read_reply(KEY, text) is None
    assert read_approval(reply_token(KEY, ReplyToken(request, 1, person))) is None
