"""What was said in the spaces: threads and their answers, submitted like any other words."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from lockgate.base.markings import Marking
from lockgate.conversations import operations as talk
from lockgate.conversations.types import Asks
from lockgate.demo.story import Story
from lockgate.gateway import operations as gateway


def tell(story: Story, spaces: list[Any]) -> None:
    """Put each thread and each answer into the story at its moment."""
    for space in spaces:
        for number, thread in enumerate(space["threads"]):
            key = f"{space['space']}/{number}"
            marking = Marking[thread["marking"].upper()]
            story.happens(
                story.moment(thread["at"]),
                partial(_say, story, key, f"space:{space['space']}", thread, marking),
            )
            last = story.moment(thread["at"])
            for count, answer in enumerate(thread.get("replies", [])):
                own = Marking[answer["marking"].upper()] if "marking" in answer else marking
                last = story.moment(answer["at"])
                story.happens(last, partial(_answer, story, key, count, answer, own))
            for quote in thread.get("quotes", []):
                story.happens(story.moment(quote["at"]), partial(_quote, story, key, quote, marking))
            if _MARKS & thread.keys():
                # Told of the moment of the last answer, in the order of telling: after it.
                story.happens(last, partial(_mark, story, key, thread))


def _say(story: Story, key: str, place: str, words: Any, marking: Marking, at: datetime) -> None:
    said = talk.submit(
        by=story.persons[words["by"]],
        at=at,
        body=words["body"].strip(),
        marking=marking,
        places=[place],
        justification=_REASON,
        slot="",
        asks=Asks(words["asks"], tuple(words.get("options", ()))) if "asks" in words else None,
    )
    if said.passages[0].state == "delivered":
        story.passages[key] = said.passages[0].passage_id


def _answer(story: Story, key: str, count: int, words: Any, marking: Marking, at: datetime) -> None:
    if key not in story.passages:
        # What it answers was held at the gate, so nobody heard it.
        return
    said = talk.submit(
        by=story.persons[words["by"]],
        at=at,
        body=words["body"].strip(),
        marking=marking,
        answers=story.passages[key],
        justification=_REASON,
        slot="",
    )
    story.passages[f"{key}/{count}"] = said.passages[0].passage_id


def _quote(story: Story, key: str, words: Any, marking: Marking, at: datetime) -> None:
    """Somebody shows it elsewhere, with words of their own."""
    talk.submit(
        by=story.persons[words["by"]],
        at=at,
        body=words["body"].strip(),
        marking=marking,
        places=[f"space:{words['into']}"],
        justification=_REASON,
        slot="",
        shows=story.passages[key],
    )


def _mark(story: Story, key: str, thread: Any, at: datetime) -> None:
    """What people made of it: reactions, the accepted answer, receipts and votes."""
    passage, by = story.passages[key], story.persons[thread["by"]]
    for kind, people in thread.get("reactions", {}).items():
        for one in people:
            talk.react(by=story.persons[one], at=at, passage_id=passage, kind=kind)
    for one, space in thread.get("boosts", {}).items():
        gateway.boost(by=story.persons[one], at=at, passage_id=passage, place=f"space:{space}")
    if "accepts" in thread:
        talk.accept(by=by, at=at, answer_id=story.passages[f"{key}/{thread['accepts']}"])
    for one in thread.get("receipts", []):
        talk.confirm(by=story.persons[one], at=at, passage_id=passage)
    for one, option in thread.get("votes", {}).items():
        talk.vote(by=story.persons[one], at=at, passage_id=passage, options=[option])
    if tends := thread.get("faq"):
        talk.put_into_faq(by=story.persons[tends], at=at, question_id=passage)
    if thread.get("pinned"):
        talk.pin(by=by, at=at, passage_id=passage)


_MARKS = frozenset({"reactions", "boosts", "accepts", "receipts", "votes", "pinned", "faq"})
_REASON = "Known to everybody who sits here."
