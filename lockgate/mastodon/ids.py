"""Numbers for accounts. A client wants decimal ids; our persons and rooms are counted from one, and a count must not be
told (14 today and 19 tomorrow tells a guest of five whom they may not know of). So the number is enciphered: a
permutation of 62 bits keyed by the house's secret. With another secret every account has another number, and clients
ask anew."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.utils.crypto import salted_hmac

from lockgate.base.ids import new_id, read_id

_HALF = 31
_MASK = (1 << _HALF) - 1
_ROUNDS = 6
PERSON, SPACE = 0, 1
LISTS = 1 << (2 * _HALF)
"""Where the numbers of lists of one's own begin: those of accounts, and so of spaces as lists, end below it."""


@lru_cache(maxsize=65_536)
def account_id(kind: int, number: int) -> str:
    """The account id of a person (by id) or of a space (by audience id)."""
    left, right = divmod(number << 1 | kind, 1 << _HALF)
    for turn in range(_ROUNDS):
        left, right = right, left ^ _mixed(turn, right)
    return str(left << _HALF | right)


@lru_cache(maxsize=65_536)
def behind(text: str) -> tuple[int, int] | None:
    """(kind, number) behind an account id; None where it is none of ours."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19) or int(text) >> (2 * _HALF):
        return None
    left, right = divmod(int(text), 1 << _HALF)
    for turn in reversed(range(_ROUNDS)):
        left, right = right ^ _mixed(turn, left), left
    number = left << _HALF | right
    return number & 1, number >> 1


def own_list_id(at: datetime) -> int:
    """A number for a list of somebody's own, which never is that of an account."""
    return LISTS | new_id(at)


def own_list(text: str) -> int | None:
    """The number of a list of somebody's own that ``text`` names; None where it can be none."""
    number = read_id(text)
    return number if number is not None and number >= LISTS else None


def person_id(number: int) -> str:
    return account_id(PERSON, number)


def space_id(audience: int) -> str:
    return account_id(SPACE, audience)


@lru_cache(maxsize=4_096)
def topic_id(word: str) -> str:
    """The number of a topic as a hashtag. It hangs on the word alone, so it does not tell whether anybody used it."""
    digest = salted_hmac("lockgate.mastodon.topics", word, algorithm="sha256").digest()
    return str(int.from_bytes(digest[:8]) >> 1)


def _mixed(turn: int, half: int) -> int:
    digest = salted_hmac("lockgate.mastodon.ids", f"{turn}:{half}", algorithm="sha256").digest()
    return int.from_bytes(digest[:4]) & _MASK
