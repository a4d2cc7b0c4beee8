"""Reply addresses: a token names what is answered and by whom, and is sealed by our key. Pure.

A token is no sign-in. It holds for one person's own address, one thread and one seat (or one request under one
content and policy), and whoever reads it asks for all of them again at the moment of use.
"""

from __future__ import annotations

import base64
import hmac
import struct
from dataclasses import dataclass
from hashlib import sha256

_FORM = struct.Struct(">BQQI")
_SEAL_BYTES = 14  # 35 bytes in all: 56 letters, so that "r+" and they fit the 64 that a mailbox name may have
_REPLY, _APPROVAL, _BOUNCE = 1, 2, 3


@dataclass(frozen=True, slots=True)
class ReplyToken:
    """For an answer to the thread ``passage_id`` by ``person_id`` while the seat ``seat_id`` is theirs."""

    passage_id: int
    seat_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class ApprovalToken:
    """For the answer of ``person_id`` to the request ``request_id``. Its seal also covers the content hash and the
    policy version, which are not in it: ``is_sealed`` is asked with those that stand."""

    request_id: int
    person_id: int
    seal: bytes

    def is_sealed(self, key: bytes, content_hash: bytes, policy_version: str) -> bool:
        head = _FORM.pack(_APPROVAL, self.request_id, 0, self.person_id)
        return hmac.compare_digest(self.seal, _seal(key, head, _bound(content_hash, policy_version)))


def reply_token(key: bytes, token: ReplyToken) -> str:
    head = _FORM.pack(_REPLY, token.passage_id, token.seat_id, token.person_id)
    return _written(head + _seal(key, head))


def approval_token(
    key: bytes, *, request_id: int, person_id: int, content_hash: bytes, policy_version: str
) -> str:
    head = _FORM.pack(_APPROVAL, request_id, 0, person_id)
    return _written(head + _seal(key, head, _bound(content_hash, policy_version)))


def read_reply(key: bytes, text: str) -> ReplyToken | None:
    """The token that ``text`` writes, if our key sealed it."""
    data = _read(text)
    if data is None or data[0] != _REPLY:
        return None
    head = data[: _FORM.size]
    if not hmac.compare_digest(data[_FORM.size :], _seal(key, head)):
        return None
    _kind, passage, seat, person = _FORM.unpack(head)
    return ReplyToken(passage, seat, person)


def read_approval(text: str) -> ApprovalToken | None:
    """The token that ``text`` writes; whether it is sealed is asked of it."""
    data = _read(text)
    if data is None or data[0] != _APPROVAL:
        return None
    _kind, request, _none, person = _FORM.unpack(data[: _FORM.size])
    return ApprovalToken(request, person, data[_FORM.size :])


def bounce_token(key: bytes, mailing_id: int, person_id: int) -> str:
    """For the envelope of a letter: who sends it back says which letter it was."""
    head = _FORM.pack(_BOUNCE, mailing_id, 0, person_id)
    return _written(head + _seal(key, head))


def read_bounce(key: bytes, text: str) -> tuple[int, int] | None:
    """(mailing, person) of a letter that came back, if our key sealed it."""
    data = _read(text)
    if data is None or data[0] != _BOUNCE:
        return None
    head = data[: _FORM.size]
    if not hmac.compare_digest(data[_FORM.size :], _seal(key, head)):
        return None
    _kind, mailing, _none, person = _FORM.unpack(head)
    return mailing, person


def _seal(key: bytes, head: bytes, bound: bytes = b"") -> bytes:
    return hmac.new(key, b"lockgate mail token v1\n" + head + bound, sha256).digest()[:_SEAL_BYTES]


def _bound(content_hash: bytes, policy_version: str) -> bytes:
    return sha256(content_hash + b"\n" + policy_version.encode()).digest()


def _written(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=").lower()


def _read(text: str) -> bytes | None:
    if not text.isascii() or len(text) > 64:
        return None
    try:
        data = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        return None
    # One writing for each token: base32 leaves bits over that could be anything.
    return data if len(data) == _FORM.size + _SEAL_BYTES and _written(data) == text.lower() else None
