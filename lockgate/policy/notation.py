"""YAML, the small safe part of it, as a tree that knows its lines.

Built from parser events, one by one, so that depth, size and aliases are refused before anything grows.
Every scalar stays text: a term written ``no`` is a word, not a false. Whoever reads a value says what it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

import yaml

MOST_BYTES = 256 * 1024
MOST_DEPTH = 8
MOST_NODES = 60_000

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class PackError(Exception):
    """A pack cannot be read; ``sentence`` says why, ``line`` where (1 is the first; 0 the whole)."""

    def __init__(self, sentence: str, line: int = 0) -> None:
        super().__init__(f"Line {line}: {sentence}" if line else sentence)
        self.sentence = sentence
        self.line = line


@dataclass(frozen=True, slots=True)
class Scalar:
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys in order, each with the line it stands on."""

    items: dict[str, Node]
    lines: dict[str, int]
    line: int


Node = Scalar | Sequence | Mapping


def parse(source: str) -> Node:
    """The tree of one YAML document, or PackError. At most 256 KB, 8 levels, no aliases and no tags."""
    size = len(source.encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        raise PackError(f"A pack holds at most {MOST_BYTES // 1024} KB; this one has {size // 1024 + 1} KB.")
    try:
        return _tree(_events(source))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
        raise PackError(f"This is not YAML: {problem}.", mark.line + 1 if mark else 0) from error
    except UnicodeError as error:
        raise PackError("This is not YAML: it holds characters that cannot be written as UTF-8.") from error


def _events(source: str) -> Iterator[Any]:
    loader = _Parser(source)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


def _tree(events: Iterator[Any]) -> Node:
    """Builds from the leaves up with a stack of what stands open; nothing recurses."""
    opened: list[tuple[bool, int, list[Node]]] = []
    root: Node | None = None
    nodes = 0
    for event in events:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            raise PackError("One file holds one pack; a second document begins here.", line)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise PackError(
                "Anchors and aliases (& and *) are not taken here. Quote a term that begins with *.", line
            )
        if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None):
            raise PackError("Tags (words that begin with !) are not taken here.", line)
        node: Node
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if len(opened) >= MOST_DEPTH:
                raise PackError(f"This stands more than {MOST_DEPTH} levels deep.", line)
            opened.append((isinstance(event, yaml.MappingStartEvent), line, []))
            continue
        if isinstance(event, yaml.ScalarEvent):
            node = Scalar(event.value, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            is_mapping, began, children = opened.pop()
            node = _mapping(children, began) if is_mapping else Sequence(tuple(children), began)
        else:
            continue
        nodes += 1
        if nodes > MOST_NODES:
            raise PackError(f"A pack holds at most {MOST_NODES:,} values.", line)
        if opened:
            opened[-1][2].append(node)
        else:
            root = node
    if root is None:
        raise PackError("The pack is empty.")
    return root


def _mapping(children: list[Node], line: int) -> Mapping:
    items: dict[str, Node] = {}
    lines: dict[str, int] = {}
    for key, value in zip(children[::2], children[1::2], strict=True):
        if not isinstance(key, Scalar):
            raise PackError("A key is one word.", key.line)
        if key.value in items:
            raise PackError(f"The key {key.value!r} stands here twice.", key.line)
        items[key.value] = value
        lines[key.value] = key.line
    return Mapping(items, lines, line)


class Reader:
    """Takes the known keys out of one mapping; ``close`` refuses what nobody asked for."""

    def __init__(self, node: Node, what: str, keys: frozenset[str] = frozenset()) -> None:
        """``keys`` are all that may stand here, so that a misspelt one can be named for the one that is missing."""
        if not isinstance(node, Mapping):
            raise PackError(f"{what} is written as keys and values.", node.line)
        self._left = dict(node.items)
        self._lines = node.lines
        self.line = node.line
        self._what = what
        self._known: list[str] = []
        self._keys = keys

    def take(self, key: str) -> Node | None:
        self._known.append(key)
        return self._left.pop(key, None)

    def line_of(self, key: str) -> int:
        return self._lines.get(key, self.line)

    def text(self, key: str, *, longest: int = 500, default: str | None = None) -> str:
        """One line of words; asked for unless there is a default."""
        node = self.take(key)
        if node is None:
            if default is None:
                raise self.lacks(key)
            return default
        if not isinstance(node, Scalar):
            raise PackError(f"{key!r} takes words.", node.line)
        value = " ".join(node.value.split())
        if not value and default is None:
            raise PackError(f"{key!r} is empty.", node.line)
        if len(value) > longest:
            raise PackError(f"{key!r} takes at most {longest} characters; here are {len(value)}.", node.line)
        return value

    def entries(self, key: str, *, longest: int = 200, most: int = 20_000) -> tuple[Scalar, ...]:
        """A list of scalars (or one alone), each with its line, as written."""
        node = self.take(key)
        if node is None:
            return ()
        items = node.items if isinstance(node, Sequence) else (node,)
        out: list[Scalar] = []
        for item in items:
            if not isinstance(item, Scalar):
                raise PackError(f"{key!r} takes a list of words.", item.line)
            if not item.value.strip():
                raise PackError(f"{key!r} has an empty entry.", item.line)
            if len(item.value) > longest:
                raise PackError(f"An entry of {key!r} takes at most {longest} characters.", item.line)
            out.append(item)
        if len(out) > most:
            raise PackError(f"{key!r} takes at most {most:,} entries; here are {len(out):,}.", node.line)
        return tuple(out)

    def number(self, key: str, *, default: int, least: int, most: int) -> int:
        node = self.take(key)
        if node is None:
            return default
        if not isinstance(node, Scalar) or not node.value.strip().isdecimal():
            raise PackError(f"{key!r} takes a whole number.", node.line)
        value = int(node.value[:9])
        if not least <= value <= most:
            raise PackError(f"{key!r} takes a number from {least} to {most}.", node.line)
        return value

    def day(self, key: str) -> date | None:
        node = self.take(key)
        if node is None:
            return None
        return day(node, key)

    def yes(self, key: str, *, default: bool) -> bool:
        node = self.take(key)
        if node is None:
            return default
        return yes(node, key)

    def lacks(self, key: str) -> PackError:
        """That ``key`` is missing; with the unknown key that stands there instead, the likest if there are several."""
        unknown = [one for one in self._left if one not in self._keys] if self._keys else []
        if not unknown:
            return PackError(f"{self._what} lacks {key!r}.", self.line)
        instead = next(iter(get_close_matches(key, unknown, n=1, cutoff=0.0)), unknown[0])
        return PackError(
            f"{self._what} lacks {key!r}; the key {instead!r} that stands here is not known.",
            self._lines[instead],
        )

    def close(self) -> None:
        for key in self._left:
            known = ", ".join(sorted(set(self._known)))
            raise PackError(f"{self._what} has no key {key!r}. Known are: {known}.", self._lines[key])


def day(node: Node, key: str) -> date:
    try:
        return date.fromisoformat(node.value.strip()) if isinstance(node, Scalar) else _no_day()
    except ValueError:
        raise PackError(f"{key!r} takes a day written like 2026-11-22.", node.line) from None


def _no_day() -> date:
    raise ValueError


def yes(node: Node, key: str) -> bool:
    word = node.value.strip().lower() if isinstance(node, Scalar) else ""
    if word in ("yes", "true"):
        return True
    if word in ("no", "false"):
        return False
    raise PackError(f"{key!r} takes yes or no.", node.line)
