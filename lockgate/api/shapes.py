"""The shapes of what is answered, beside ``words.py`` that writes them."""

from __future__ import annotations

from lockgate.api.declared import (
    COUNT,
    CURSOR,
    FLAG,
    ID,
    MARKING,
    MOMENT,
    TEXT,
    Schema,
    many,
    or_null,
    record,
)
from lockgate.conversations.queries import REACTIONS as REACTIONS_GIVEN

PERSON = record({"slug": TEXT, "name": TEXT}, {"firm": TEXT, "title": TEXT, "guest": FLAG, "bot": FLAG})
FINDING = record(
    {
        "rule": TEXT,
        "version": COUNT,
        "title": TEXT,
        "outcome": TEXT,
        "start": COUNT,
        "end": COUNT,
        "explanation": TEXT,
        "mend": TEXT,
    }
)
RULING = record(
    {
        "place": TEXT,
        "name": TEXT,
        "outcome": TEXT,
        "policy": TEXT,
        "content": TEXT,
        "waits_for": many(TEXT),
        "findings": many(FINDING),
    }
)
PREVIEW = record(
    {
        "outcome": TEXT,
        "action": TEXT,
        "audience": record(
            {
                "people": COUNT,
                "guests": many(record({"name": TEXT, "firm": TEXT})),
                "channels": many(TEXT),
            }
        ),
        "rulings": many(RULING),
    }
)
PASSAGE = record(
    {
        "id": ID,
        "place": TEXT,
        "name": TEXT,
        "state": TEXT,
        "deliver_at": or_null(MOMENT),
        "delivered_at": or_null(MOMENT),
        "url": TEXT,
        "word": TEXT,
        "outcome": TEXT,
        "policy": TEXT,
        "findings": many(FINDING),
    }
)
FILE = record({"id": ID, "name": TEXT, "media_type": TEXT, "alt": TEXT})
MESSAGE = record(
    {
        "id": ID,
        "body": TEXT,
        "marking": MARKING,
        "revision": COUNT,
        "written_at": MOMENT,
        "passages": many(PASSAGE),
        "attachments": many(FILE),
    }
)
SUBMITTED = record({"id": ID, "revision": COUNT, "passages": many(PASSAGE)})
REACTION_COUNT = record({"kind": TEXT, "count": COUNT})
# What it quotes or boosts, as far as the caller hears it; null alike where they do not and where it is gone.
_SHOWN = or_null(
    record(
        {
            "passage": ID,
            "message": ID,
            "author": PERSON,
            "place": TEXT,
            "place_name": TEXT,
            "body": TEXT,
            "marking": MARKING,
            "delivered_at": MOMENT,
            "attachments": many(FILE),
        }
    )
)
POST = record(
    {
        "passage": ID,
        "message": ID,
        "author": PERSON,
        "place": TEXT,
        "place_name": TEXT,
        "audience": {"type": "string", "enum": ["inside", "guests", "outside"]},
        "body": TEXT,
        "marking": MARKING,
        "delivered_at": MOMENT,
        "edited_at": or_null(MOMENT),
        "answers": COUNT,
        "attachments": many(FILE),
        "reactions": many(REACTION_COUNT),
        "question": {"type": "string", "enum": ["", "open", "answered"]},
        "announcement": FLAG,
        "poll": FLAG,
        # A post that says nothing of its own and shows another one.
        "boost": FLAG,
        "shown": _SHOWN,
    }
)
ANSWER = record(
    {
        "passage": ID,
        "message": ID,
        "author": PERSON,
        "body": TEXT,
        "marking": MARKING,
        "delivered_at": MOMENT,
        "edited_at": or_null(MOMENT),
        "attachments": many(FILE),
        "reactions": many(REACTION_COUNT),
        "accepted": FLAG,
        "shown": _SHOWN,
    }
)
LINE = record(
    {
        "passage": ID,
        "message": ID,
        "author": TEXT,
        "place_name": TEXT,
        "body": TEXT,
        "delivered_at": MOMENT,
    }
)
POSTS = record({"posts": many(POST), "next": CURSOR})
SPACE = record(
    {
        "key": TEXT,
        "slug": TEXT,
        "lane": TEXT,
        "name": TEXT,
        "about": TEXT,
        "kind": TEXT,
        "audience": TEXT,
        "ceiling": MARKING,
        "role": TEXT,
        "may_write": FLAG,
        "archived": FLAG,
    }
)
REACTIONS = record(
    {
        "reactions": many(
            record({"kind": TEXT, "count": COUNT, "people": many(PERSON), "mine": FLAG}),
        )
    }
)
READER = record({"slug": TEXT, "name": TEXT, "at": or_null(MOMENT), "why": TEXT, "has_left": FLAG})
READERS = record({"read": many(READER), "unread": many(READER), "exempt": many(READER)})
POLL = record(
    {
        "options": many(TEXT),
        "multiple": FLAG,
        "anonymous": FLAG,
        "closes_at": or_null(MOMENT),
        "closed": FLAG,
        "voted": FLAG,
        "voters": COUNT,
        "results": or_null(many(record({"option": COUNT, "count": COUNT, "people": many(TEXT)}))),
    }
)
HIT = record(
    {
        "id": ID,
        "passage": ID,
        "author": PERSON,
        "place": TEXT,
        "name": TEXT,
        "marking": MARKING,
        "delivered_at": MOMENT,
        "is_answer": FLAG,
        "snippet": many(record({"text": TEXT, "found": FLAG})),
        "files": many(TEXT),
    }
)

ASKS: Schema = {"type": "string", "enum": ["", "question", "announcement", "poll"]}
SUBMISSION = record(
    {"body": TEXT},
    {
        "marking": MARKING,
        "places": many(TEXT),
        "answers": ID,
        "shows": ID,
        "attachments": many(ID, 10),
        "deliver_at": or_null(MOMENT),
        "justification": TEXT,
        "asks": ASKS,
        "options": many(TEXT, 10),
        "multiple": FLAG,
        "anonymous": FLAG,
        "closes_at": or_null(MOMENT),
    },
)
REVISION = record({"body": TEXT, "marking": MARKING}, {"justification": TEXT})
RECALL = record({"why": TEXT})
TIME = record({"deliver_at": MOMENT})
KIND = record({"kind": {"type": "string", "enum": list(REACTIONS_GIVEN)}})
BOOST = record({}, {"place": TEXT})
BOOSTS = record(
    {
        "post": ID,
        "may_go_to": many(TEXT),
        "boosts": many(
            record({"place": TEXT, "place_name": TEXT, "count": COUNT, "people": many(PERSON), "mine": FLAG})
        ),
    }
)
CHOICE = record({"options": many({"type": "integer", "minimum": 1, "maximum": 10}, 10)})
EXEMPTION = record({"person": TEXT, "why": TEXT})
REFUSED = record({"code": TEXT, "detail": TEXT, "mend": TEXT})
