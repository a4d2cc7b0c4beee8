"""What a question means and what answers it: pure. The databases are held to this by a property test."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from lockgate.search.stems import stems
from lockgate.search.types import Asked, Part, Term
from lockgate.search.words import LONGEST_WORD, MOST_WORDS, Word, level, read, read_plain

MOST_CHARACTERS = 300
MOST_TERMS = 12
MOST_IN_A_PHRASE = 16
SHORTEST_PREFIX = 2
SHORTEST_PIECE = 3
SNIPPET = 220

_PIECE = re.compile(
    r'(?:(?P<operator>[a-z]{2,8}):)?(?:"(?P<phrase>[^"]*)"?|(?P<plain>[^\s"]+))', re.IGNORECASE
)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_A_WORD = re.compile(r"[^\W_]+")
_HAS_MARKS = re.compile(r"[*`#>]")
_MARKS = re.compile(r"[*`]|^[ \t]*(?:#{1,6}|>)[ \t]*", re.MULTILINE)
_EMPTY_LINE = re.compile(r"\n[ \t]*\n\s*")


@dataclass(frozen=True, slots=True)
class Document:
    """What the index knows of one message in one place."""

    words: tuple[str, ...]
    stems: frozenset[str]
    author: int
    has_file: bool
    is_answer: bool
    is_question: bool = False


def document(
    text: str, *, author: int, has_file: bool, is_answer: bool, is_question: bool = False
) -> Document:
    """``text`` as it is indexed."""
    plain = read_plain(text)
    if plain is not None:
        endings = frozenset().union(*map(stems, set(plain)))
        return Document(tuple(plain), endings, author, has_file, is_answer, is_question)
    words = read(text)
    endings = frozenset(stem for word in words if not word.is_run for stem in stems(word.text))
    return Document(tuple(word.text for word in words), endings, author, has_file, is_answer, is_question)


def ask(text: str) -> Asked:
    """Read a question. Never refuses: an unknown operator is a plain word, and what is too much is left out."""
    terms: list[Term] = []
    people: list[str] = []
    places: list[str] = []
    has_file = is_answer = is_question = False
    before = after = None
    for piece in _PIECE.finditer(text[:MOST_CHARACTERS]):
        operator = (piece["operator"] or "").lower()
        is_quoted = piece["phrase"] is not None
        value = piece["phrase"] if is_quoted else piece["plain"]
        day = _day(value) if operator in ("before", "after") else None
        if operator == "from" and value:
            people.append(value)
        elif operator == "in" and value:
            places.append(value)
        elif operator == "has" and value.lower() == "file":
            has_file = True
        elif operator == "is" and value.lower() == "answer":
            is_answer = True
        elif operator == "is" and value.lower() == "question":
            is_question = True
        elif operator == "before" and day:
            before = min(before, day) if before else day
        elif operator == "after" and day:
            after = max(after, day) if after else day
        else:
            terms += _terms(value if is_quoted else piece.group(), is_quoted=is_quoted)
            if operator and is_quoted:
                terms += _terms(operator, is_quoted=False)
    return Asked(
        tuple(dict.fromkeys(terms))[:MOST_TERMS],
        tuple(dict.fromkeys(people))[:MOST_TERMS],
        tuple(dict.fromkeys(places))[:MOST_TERMS],
        has_file,
        is_answer,
        is_question,
        before,
        after,
    )


def _terms(value: str, *, is_quoted: bool) -> list[Term]:
    """What was written between two blanks, or between quotes: one term, or none where it has no letters."""
    words = read(value)
    if not words:
        return []
    # Shorter pieces stand in nearly every word.
    is_long_enough = len(words) == 1 and not words[0].is_run and len(words[0].text) >= SHORTEST_PIECE
    if is_long_enough and not is_quoted and value.startswith("*"):
        return [Term((words[0].text,), is_piece=True)]
    is_prefix = not is_quoted and value.endswith("*") and not words[-1].is_run
    if words[-1].is_run:
        # The last character of a run stands alone there too; asked for, it is the beginning of any pair.
        if len(words) > 1 and words[-2].is_run and words[-2].end == words[-1].end:
            words = words[:-1]
        else:
            is_prefix = True
    words = words[:MOST_IN_A_PHRASE]
    if is_prefix and len(words[-1].text) < SHORTEST_PREFIX and not words[-1].is_run:
        is_prefix = False
    is_exact = is_quoted or len(words) > 1 or words[0].is_run
    return [Term(tuple(word.text for word in words), is_exact, is_prefix)]


def _day(value: str) -> date | None:
    """A day, or the first of a month or a year."""
    match = _DAY.fullmatch(value)
    if match is None:
        return None
    try:
        day = date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None
    return day if 2020 <= day.year <= 2088 else None


def matches(found: Document, asked: Asked, people: Collection[int]) -> bool:
    """Whether a message answers: what the indexes do, said plainly. ``people`` are the ids that ``from:`` names."""
    return (
        (not asked.people or found.author in people)
        and (not asked.has_file or found.has_file)
        and (not asked.is_answer or found.is_answer)
        and (not asked.is_question or found.is_question)
        and all(_holds(found, term) for term in asked.terms)
    )


def _holds(found: Document, term: Term) -> bool:
    if term.is_piece:
        return any(term.words[0] in word for word in found.words)
    if not term.is_exact and not term.is_prefix:
        return bool(stems(term.words[0]) & found.stems)
    size = len(term.words)
    return any(
        _is_here(found.words[place : place + size], term) for place in range(len(found.words) - size + 1)
    )


def _is_here(here: Sequence[str], term: Term) -> bool:
    *first, last = term.words
    if term.is_piece:
        return last in here[0]
    return list(here[:-1]) == first and (here[-1].startswith(last) if term.is_prefix else here[-1] == last)


def places_of(words: Sequence[str], term: Term) -> list[int]:
    """Where ``term`` begins among the words of a text."""
    size = len(term.words)
    if not (term.is_exact or term.is_prefix or term.is_piece):
        wanted = stems(term.words[0])
        return [place for place, word in enumerate(words) if wanted & stems(word)]
    return [place for place in range(len(words) - size + 1) if _is_here(words[place : place + size], term)]


def terms_in(asked: Asked, text: str) -> frozenset[int]:
    """Places of the terms that stand in ``text``, whatever its kind."""
    found = document(text, author=0, has_file=False, is_answer=False)
    return frozenset(place for place, term in enumerate(asked.terms) if _holds(found, term))


def beginning(term: Term) -> str:
    """Letters that stand in every text that holds ``term``."""
    word = term.words[0]
    if term.is_exact or term.is_prefix:
        return word
    # Another ending may change the last letter of a stem ("fly", "flies"); what they share is its beginning.
    root = min(stems(word), key=len)
    return root[: max(2, len(root) - 1)]


def snippet(text: str, asked: Asked) -> tuple[Part, ...]:
    """The beginning of ``text``, or the piece around the first thing found in it, with what was found marked."""
    plain, levelled = _readied(text) if len(text) <= _LONG else (_plain(text), None)
    spans = spans_of(plain, asked.terms, levelled)
    start = 0
    if spans and spans[0][1] > SNIPPET - 40:
        start = plain.rfind(" ", 0, max(0, spans[0][0] - 60)) + 1
    end = len(plain)
    if end - start > SNIPPET:
        cut = plain.rfind(" ", start + SNIPPET // 2, start + SNIPPET)
        end = cut if cut != -1 else start + SNIPPET
    parts: list[Part] = [Part("… ", False)] if start else []
    at = start
    for low, high in spans:
        low, high = max(low, at), min(high, end)
        if low >= high:
            continue
        if low > at:
            parts.append(Part(plain[at:low], False))
        parts.append(Part(plain[low:high], True))
        at = high
    if at < end:
        parts.append(Part(plain[at:end], False))
    if end < len(plain):
        parts.append(Part(" …", False))
    return tuple(parts)


def _plain(text: str) -> str:
    """``text`` in one line, without its Markdown."""
    if _HAS_MARKS.search(text) is not None:
        text = _MARKS.sub("", text)
    if "\n" in text:
        *before, last = _EMPTY_LINE.split(text)
        # A heading, or any line without a stop before an empty one, does not run into what follows.
        text = "".join([f"{one} · " if _ends_in_word(one) else f"{one} " for one in before]) + last
    return " ".join(text.split())


def _ends_in_word(text: str) -> bool:
    end = text.rstrip(" \t")[-1:]
    return end.isalnum() or end == "_"


# What was just said is found again and again, letter by letter while somebody types.
_LONG = 4_000


@lru_cache(maxsize=4096)
def _readied(text: str) -> tuple[str, str | None]:
    plain = _plain(text)
    return plain, level(plain)


def spans_of(text: str, terms: Sequence[Term], levelled: str | None = None) -> list[tuple[int, int]]:
    """Where these terms stand in ``text``, in order: what ``read`` and ``places_of`` find, in a tenth of their time,
    since only what begins as a term does is read into words. ``levelled`` where ``level(text)`` is known."""
    sought = [_sought(term) for term in terms]
    if None in sought or len(text) >= MOST_WORDS:
        return spans_among(read(text), terms)
    if levelled is None:
        levelled = level(text)
    if levelled is None:
        return spans_among(read(text), terms)
    return sorted(span for one in sought if one is not None for span in one.spans(levelled))


@dataclass(frozen=True, slots=True)
class Standing:
    """How many words a text has; and for each term where it begins among them, and whether as that very word."""

    words: int
    terms: tuple[tuple[tuple[int, bool], ...], ...]


def standing(text: str, terms: Sequence[Term]) -> Standing:
    """Where these terms stand among the words of ``text``: what ``read`` and ``places_of`` find, sooner."""
    sought = [_sought(term) for term in terms]
    levelled = None if None in sought or len(text) >= MOST_WORDS else level(text)
    if levelled is None:
        return standing_among([word.text for word in read(text)], terms)
    starts = [match.start() for match in _A_WORD.finditer(levelled)]
    return Standing(
        len(starts),
        tuple(
            tuple(
                (bisect_left(starts, start), levelled[start:end] == term.words[0])
                for start, end in one.spans(levelled)
            )
            for term, one in zip(terms, sought, strict=True)
            if one is not None
        ),
    )


def standing_among(words: Sequence[str], terms: Sequence[Term]) -> Standing:
    """The same, of a text that was read."""
    return Standing(
        len(words),
        tuple(
            tuple((place, words[place] == term.words[0]) for place in places_of(words, term))
            for term in terms
        ),
    )


@dataclass(frozen=True, slots=True)
class _Sought:
    """A term as it is looked for in levelled text. ``roots`` are the stems of a word that is found in all endings."""

    pattern: re.Pattern[str]
    roots: frozenset[str] | None
    is_phrase: bool = False

    def spans(self, text: str) -> list[tuple[int, int]]:
        roots = self.roots
        return [
            match.span()
            for match in (self._overlapping(text) if self.is_phrase else self.pattern.finditer(text))
            # Compared afterwards: a pattern that begins with letters is looked for several times as fast.
            if (not (start := match.start()) or not text[start - 1].isalnum())
            and (roots is None or not roots.isdisjoint(stems(match.group()[:LONGEST_WORD])))
        ]

    def _overlapping(self, text: str) -> Iterator[re.Match[str]]:
        """A phrase may begin within itself ("ring ring ring")."""
        match = self.pattern.search(text)
        while match is not None:
            yield match
            match = self.pattern.search(text, match.start() + 1)


@lru_cache(maxsize=1024)
def _sought(term: Term) -> _Sought | None:
    """None for what is found by reading all the words: pieces, and words so long that the index cuts them."""
    if term.is_piece or any(len(word) >= LONGEST_WORD for word in term.words):
        return None
    if not (term.is_exact or term.is_prefix):
        return _Sought(re.compile(f"{beginning(term)}[^\\W_]*"), stems(term.words[0]))
    # Folded words are letters and digits alone, so nothing in them means anything to a pattern.
    end = "[^\\W_]*" if term.is_prefix else "(?![^\\W_])"
    return _Sought(re.compile("[\\W_]+".join(term.words) + end), None, len(term.words) > 1)


def spans_among(words: list[Word], terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Where these terms stand among the words of a text, in order."""
    found: list[tuple[int, int]] = []
    texts = [word.text for word in words]
    for term in terms:
        size = len(term.words)
        found += [(words[place].start, words[place + size - 1].end) for place in places_of(texts, term)]
    return sorted(found)
