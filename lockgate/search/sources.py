"""What is to be indexed, as it stands at this moment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lockgate.base.rows import among, fetched
from lockgate.gateway.queries import attachments_of, read_files
from lockgate.gateway.types import ReadFile
from lockgate.search.rules import Document, document


@dataclass(frozen=True, slots=True)
class Source:
    """A delivered passage with its words as the index holds them."""

    passage: int
    position: int
    audience: int
    revision: int
    is_open: bool
    words: Document


# What every employee hears (the company's own space, and the public) is open; all else is confidential.
_IS_OPEN = "(audience.kind = 'outside' OR (audience.kind = 'inside' AND space.kind = 'company'))"
_DELIVERED = f"""SELECT passage.id, passage.position, passage.audience_id, message.revision, message.id,
 message.author_id, message.body, passage.thread_id IS NOT NULL, question.passage_id IS NOT NULL,
 {_IS_OPEN}
 FROM gateway_passage passage JOIN gateway_message message ON message.id = passage.message_id
 JOIN spaces_audience audience ON audience.id = passage.audience_id
 LEFT JOIN spaces_space space ON space.id = audience.space_id
 LEFT JOIN conversations_question question ON question.passage_id = passage.id
 WHERE passage.id {{among}} AND passage.position IS NOT NULL"""  # noqa: S608 (our own names)


def sources(passages: Collection[int]) -> list[Source]:
    """Those of these passages that are delivered now, oldest first; with the names and words of their files."""
    if not passages:
        return []
    condition, values = among(passages)
    rows = fetched(_DELIVERED.replace("{among}", condition), values)
    files = files_of({row[4] for row in rows})
    return sorted(
        (
            Source(
                passage,
                position,
                audience,
                revision,
                bool(is_open),
                document(
                    text_of(body, files.get(message, ())),
                    author=author,
                    has_file=message in files,
                    is_answer=bool(is_answer),
                    is_question=bool(is_question),
                ),
            )
            for passage, position, audience, revision, message, author, body, is_answer, is_question, is_open in rows
        ),
        key=lambda one: one.position,
    )


def files_of(messages: Collection[int]) -> dict[int, list[ReadFile]]:
    """The files of these messages as they stand now, with the words that were found in them."""
    files = attachments_of(messages) if messages else {}
    read = {one.view.id: one for one in read_files([one for some in files.values() for one in some])}
    return {message: [read[one.id] for one in some] for message, some in files.items()}


# Of the words of its files: with more, the row of one long paper would be larger than the database takes.
MOST_OF_FILES = 60_000


def text_of(body: str, files: Sequence[ReadFile]) -> str:
    """What a message can be found by: its words, and names, descriptions and words of its files."""
    texts, left = [body], MOST_OF_FILES
    for one in files:
        texts.append(f"{one.view.name}\n{one.view.alt}")
        if one.words and left:
            texts.append(one.words[:left])
            left -= min(left, len(one.words))
    return "\n\n".join(texts)


def passages_of(records: Collection[str]) -> set[int]:
    """The passages that these records of the archive ("x:7", "m:12") are about."""
    passages = {int(one[2:]) for one in records if one.startswith("x:")}
    messages = {int(one[2:]) for one in records if one.startswith("m:")}
    if messages:
        condition, values = among(messages)
        passages |= {
            row[0]
            for row in fetched(f"SELECT id FROM gateway_passage WHERE message_id {condition}", values)  # noqa: S608
        }
    return passages


def spaces_of(records: Collection[str]) -> set[int]:
    """The spaces that these records of the archive ("s:7") are about."""
    return {int(one[2:]) for one in records if one.startswith("s:") and one[2:].isdigit()}


def misplaced(spaces: Collection[int], limit: int) -> list[int]:
    """Passages said in these spaces that stand in the corpus where they no longer belong."""
    if not spaces:
        return []
    condition, values = among(spaces)
    wrong = fetched(
        f"SELECT audience.id, {_IS_OPEN} FROM spaces_audience audience"  # noqa: S608 (our own names, and marks)
        f" JOIN spaces_space space ON space.id = audience.space_id WHERE audience.space_id {condition}",
        values,
    )
    found: list[int] = []
    for audience, is_open in wrong:
        rows = fetched(
            "SELECT passage_id FROM search_indexed WHERE audience_id = %s AND is_open = %s LIMIT %s",
            [audience, not is_open, limit - len(found)],
        )
        found += [row[0] for row in rows]
        if len(found) >= limit:
            break
    return found


def after(passage: int, limit: int) -> list[int]:
    """The next passages by id, delivered or not."""
    return [
        row[0]
        for row in fetched(
            "SELECT id FROM gateway_passage WHERE id > %s ORDER BY id LIMIT %s", [passage, limit]
        )
    ]
