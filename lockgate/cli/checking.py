"""`lockgate check`: rulings for texts, for other tools and their CI."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from lockgate.cli.troubles import BAD_INPUT, NO_INPUT, Trouble
from lockgate.gateway.types import WHERE_UNREAD
from lockgate.gateway.wording import PAPERS, words_of

FIELDS = ("text", "body", "content", "message")
KINDS = ("inside", "guests", "outside")

# The gravest outcome decides. 2 is left out: it is what a command line that is not understood answers.
CODES = {"allow": 0, "tip": 0, "hold": 3, "refuse": 4, "justify": 5}
_GRAVITY = ("allow", "tip", "justify", "hold", "refuse")


def run_check(*, file: str, to: str, as_json: bool, lines: bool | None, field: str, marking: str) -> int:
    """Rule on a text, or on each line of a JSON Lines file; print each ruling; answer the gravest one's code."""
    if lines is None and Path(file).suffix.lower() in PAPERS:
        return _run_on_paper(Path(file), to=to, as_json=as_json, marking=_marking(marking))
    by_line = lines if lines is not None else file.removesuffix(".gz").endswith((".jsonl", ".ndjson"))
    gravest, bad = "allow", 0
    place, policy = _place_and_policy(to)
    with _opened(file) as source:
        texts = _texts_of_lines(source, field) if by_line else iter([(0, _whole(source), "")])
        for number, ruling, trouble in _ruled(texts, place, policy, _marking(marking)):
            if trouble:
                bad += 1
                print(f"Line {number}: {trouble}", file=sys.stderr)
                continue
            if by_line:
                ruling = {"line": number, **ruling}
            gravest = max(gravest, ruling["outcome"], key=_GRAVITY.index)
            _print(ruling, as_json)
    return CODES[gravest] or (BAD_INPUT if bad else 0)


def _run_on_paper(file: Path, *, to: str, as_json: bool, marking: int) -> int:
    """The words of a PDF or an Office file, read as the gate reads them beside a message."""
    try:
        read = words_of(file.read_bytes(), PAPERS[file.suffix.lower()])
    except OSError as error:
        raise Trouble(f"{file} cannot be read: {error.strerror}.", code=NO_INPUT) from error
    place, policy = _place_and_policy(to)
    ((_number, ruling, _trouble),) = _ruled(iter([(0, read.text, "")]), place, policy, marking)
    ruling["is_whole"] = read.is_whole
    if not read.is_whole:
        print(f"Not all words of {file} could be read.", file=sys.stderr)
        least = WHERE_UNREAD[place["kind"]].word
        ruling["outcome"] = max(ruling["outcome"], least, key=_GRAVITY.index)
    _print(ruling, as_json)
    return CODES[ruling["outcome"]]


def _ruled(
    texts: Iterator[tuple[int, str, str]], place: dict[str, Any], policy: Any, marking: int
) -> Iterator[tuple[int, dict[str, Any], str]]:
    from lockgate.base.clock import now
    from lockgate.policy.check import check

    pending: list[tuple[int, str, str]] = []

    def words() -> Iterator[str]:
        for number, text, trouble in texts:
            pending.append((number, text, trouble))
            if not trouble:
                yield text

    for ruling in check(words(), on=now().date(), marking=marking, policy=policy, **place):
        while pending and pending[0][2]:
            number, _, trouble = pending.pop(0)
            yield number, {}, trouble
        number, _, _ = pending.pop(0)
        yield number, ruling, ""
    for number, _, trouble in pending:
        yield number, {}, trouble


def _place_and_policy(to: str) -> tuple[dict[str, Any], Any]:
    """A kind of place is ruled by the packs that come with Lockgate; a place of an installation by its own."""
    if to in KINDS:
        return {"kind": to}, None
    word, _, slug = to.partition(":")
    if word not in {"space", "channel"} or not slug:
        raise Trouble(
            f"{to} is not a place.",
            "Say --to inside, guests or outside; or a place of this installation: space:<slug>, channel:<slug>.",
            code=BAD_INPUT,
        )
    from lockgate.cli.serve import with_tables

    with_tables()
    from lockgate.base.clock import now
    from lockgate.cli.places import facts_of
    from lockgate.policy.queries import standing

    facts = facts_of(word, slug)
    return {
        "kind": facts.kind,
        "key": facts.key,
        "ceiling": facts.ceiling,
        "connector": facts.connector,
    }, standing(now())


def _texts_of_lines(source: TextIO, field: str) -> Iterator[tuple[int, str, str]]:
    """(line number, text, what is wrong with the line). Empty lines are passed over."""
    wanted = (field,) if field else FIELDS
    for number, line in enumerate(_lines(source), 1):
        if not line.strip():
            continue
        try:
            held = json.loads(line)
        except ValueError as error:
            yield number, "", f"is not JSON ({error})"
            continue
        if isinstance(held, str):
            yield number, held, ""
            continue
        text = (
            next((held[name] for name in wanted if isinstance(held.get(name), str)), None)
            if isinstance(held, dict)
            else None
        )
        if text is None:
            yield number, "", f"has no text in {' or '.join(wanted)}; name its field with --field"
        else:
            yield number, text, ""


def _lines(source: Iterable[str]) -> Iterator[str]:
    try:
        yield from source
    except (UnicodeDecodeError, EOFError, OSError) as error:
        raise Trouble(f"The file cannot be read to its end: {error}.", code=BAD_INPUT) from error


def _whole(source: TextIO) -> str:
    return "".join(_lines(source))


@contextmanager
def _opened(file: str) -> Iterator[TextIO]:
    if file == "-":
        yield io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8")
        return
    path = Path(file)
    try:
        held = path.open("rb")
    except OSError as error:
        raise Trouble(f"{file} cannot be read: {error.strerror}.", code=NO_INPUT) from error
    with held:
        plain = gzip.GzipFile(fileobj=held) if path.suffix == ".gz" else held
        yield io.TextIOWrapper(plain, encoding="utf-8")


def _marking(word: str) -> int:
    markings = ("public", "internal", "confidential", "controlled")
    if word not in markings:
        raise Trouble(f"{word} is not a marking.", f"Say one of: {', '.join(markings)}.", code=BAD_INPUT)
    return markings.index(word)


def _print(ruling: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(ruling, ensure_ascii=False, separators=(",", ":")))
        return
    where = f"Line {ruling['line']}: " if "line" in ruling else ""
    print(f"{where}{ruling['outcome']} ({ruling['policy']})")
    for finding in ruling["findings"]:
        print(
            f"  {finding['start']}-{finding['end']} {finding['outcome']}: {finding['title']} [{finding['rule']}]"
        )
        print(f"    {finding['explanation']} {finding['mend']}".rstrip())
