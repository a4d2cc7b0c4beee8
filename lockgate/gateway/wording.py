"""The words of a file, for the gate to read: of a text here, of a PDF or an Office file in a child that may take so
much and no more (word_reader.py).

A file is a stranger's. Whatever it is and whatever the child does, the answer is words that can be kept and searched,
and whether they are all.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from lockgate.gateway.bounded_child import ask, program
from lockgate.gateway.types import PDF

MOST_CHARACTERS = 120_000
SECONDS = 10.0
_OOXML = "application/vnd.openxmlformats-officedocument."
PAPERS = {
    ".pdf": PDF,
    ".docx": f"{_OOXML}wordprocessingml.document",
    ".xlsx": f"{_OOXML}spreadsheetml.sheet",
    ".pptx": f"{_OOXML}presentationml.presentation",
}
"""What a child reads, by the ending of its name."""
_KINDS = {media_type: ending.removeprefix(".") for ending, media_type in PAPERS.items()}
# Each child may take much memory: two at a time.
_turns = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class FileWords:
    """Words of a file, and whether they are all that it holds."""

    text: str
    is_whole: bool


_NOTHING = FileWords("", False)


def words_of(
    content: bytes,
    media_type: str,
    *,
    most: int = MOST_CHARACTERS,
    command: Sequence[str] | None = None,
    seconds: float = SECONDS,
) -> FileWords:
    """The words of a file, at most ``most`` characters of them. Of pictures, archives and what cannot be read: none,
    and not all. Never raises."""
    if media_type.startswith("text/"):
        return _words_of_text(content, most)
    kind = _KINDS.get(media_type)
    if kind is None:
        return _NOTHING
    if not _turns.acquire(timeout=2 * seconds):
        return _NOTHING
    try:
        said = ask(
            command or program("word_reader.py", kind, str(most)),
            content,
            seconds=seconds,
            # A character is four bytes at most.
            most_bytes=1 + 4 * most,
        )
    except (OSError, RuntimeError):
        # No process, or no thread, could be started.
        return _NOTHING
    finally:
        _turns.release()
    if not said or said[:1] not in (b"+", b"-"):
        return _NOTHING
    try:
        text = said[1:].decode()
    except UnicodeDecodeError:
        return _NOTHING
    return _within(text, most, is_whole=said[:1] == b"+")


def _words_of_text(content: bytes, most: int) -> FileWords:
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        # Without its mark, any even number of bytes would be UTF-16.
        if encoding == "utf-16" and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _NOTHING if "\x00" in text else _within(text, most, is_whole=True)
    return _NOTHING


_BLANKS = dict.fromkeys((*range(1, 32), *range(127, 160)), " ") | {9: "\t", 10: "\n"}
# PostgreSQL keeps no NUL, and UTF-8 no half of a pair; the last two of a plane are no characters.
_NEVER = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")


def _within(text: str, most: int, *, is_whole: bool) -> FileWords:
    # Two letters may become one; of what is much longer the rest need not be looked at.
    is_whole = is_whole and len(text) <= 2 * most
    text = text[: 2 * most].replace("\r\n", "\n").replace("\r", "\n")
    text = _NEVER.sub("", text).translate(_BLANKS)
    return FileWords(text[:most], is_whole and len(text) <= most)
