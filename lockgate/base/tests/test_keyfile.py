"""A key is made once, whoever else makes it at the same moment, and read anew when its file is another."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lockgate.base.keyfile import make_key, read_key


def test_a_key_is_made_and_read(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "one.key"
    key = make_key(path)
    assert len(key) == 32
    assert read_key(path) == key == make_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [one.name for one in path.parent.iterdir()] == ["one.key"]


def test_two_who_make_it_at_once_have_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _one: make_key(tmp_path / "one.key"), range(16)))) == 1


def test_another_file_is_another_key(tmp_path: Path) -> None:
    path = tmp_path / "one.key"
    key = make_key(path)
    path.write_text("ab" * 32)
    os.utime(path, ns=(1, 1))
    assert read_key(path) == bytes.fromhex("ab" * 32) != key


@pytest.mark.parametrize("words", ["", "ab", "no key", "ab" * 33])
def test_what_is_no_key_is_refused(tmp_path: Path, words: str) -> None:
    path = tmp_path / "one.key"
    path.write_text(words)
    with pytest.raises(ValueError, match=r"a key has|hexadecimal"):
        read_key(path)


def test_what_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_key(tmp_path / "one.key")
