"""The rows of rooms and deals that came after the first: decisions, NDAs, and the same verbs for machines."""

from __future__ import annotations

from tests.leaks.rows import Row, row
from tests.leaks.world import HOUSE, SIGNED_IN

ADMINISTRATOR = {"administrator"}
BUYERS = {"author", "colleague"}
_CHOICE = {"option": 1, "why": "It is the better one."}

ROOM_ROWS: dict[str, Row] = {
    "spaces/<slug:slug>/decisions": row(
        SIGNED_IN,
        "/spaces/{buyers}/decisions",
        posts=[
            ("/spaces/{buyers}/decisions", {"question": "Which?", "options": "One\nTwo"}),
            ("/spaces/{buyers}/decisions", {"question": "", "options": "One"}),
        ],
    ),
    "spaces/<slug:slug>/decisions/<int:decision_id>/votes": row(
        SIGNED_IN,
        posts=[
            ("/spaces/deal-room/decisions/{decision}/votes", {"option": "1", "why": "Near."}),
            ("/spaces/{buyers}/decisions/{decision}/votes", {"option": "9", "why": ""}),
        ],
    ),
    "spaces/<slug:slug>/decisions/<int:decision_id>/decision": row(
        SIGNED_IN,
        posts=[("/spaces/deal-room/decisions/{decision}/decision", {"option": "1", "why": "Near."})],
        acts={"author"},
    ),
    "ndas": row(
        ADMINISTRATOR,
        "/ndas",
        posts=[
            ("/ndas", {"person": "mira-lund", "ends_on": "2080-01-01", "ceiling": "1"}),
            ("/ndas", {"person": "nobody", "ends_on": "never"}),
        ],
    ),
    "api/v1/doors": Row(SIGNED_IN, ["/api/v1/doors"], is_json=True),
    "api/v1/spaces/<slug:slug>/membership": Row(
        SIGNED_IN,
        posts=[
            ("/api/v1/spaces/{door}/membership", {}),
            ("/api/v1/spaces/{space}/membership", {}),
        ],
        deletes=[
            ("/api/v1/spaces/{space}/membership", {}),
            ("/api/v1/spaces/{space}/membership", {"lane": "nowhere"}),
        ],
        is_json=True,
    ),
    "api/v1/spaces/<slug:slug>/requests": Row(
        SIGNED_IN,
        posts=[
            ("/api/v1/spaces/{door}/requests", {"words": "Let me."}),
            ("/api/v1/spaces/{space}/requests", {}),
        ],
        is_json=True,
        acts=HOUSE - {"author"},
    ),
    "api/v1/spaces/<slug:slug>/kept-words": Row(
        SIGNED_IN,
        posts=[("/api/v1/spaces/{tended}/kept-words", {})],
        deletes=[("/api/v1/spaces/{tended}/kept-words", {})],
        is_json=True,
        acts={"author"},
    ),
    "api/v1/requests/<int:request_id>": Row(
        SIGNED_IN, deletes=[("/api/v1/requests/{join_asked}", {})], is_json=True
    ),
    "api/v1/requests/<int:request_id>/acceptance": Row(
        SIGNED_IN, posts=[("/api/v1/requests/{join_tended}/acceptance", {})], is_json=True
    ),
    "api/v1/requests/<int:request_id>/refusal": Row(
        SIGNED_IN, posts=[("/api/v1/requests/{join_tended}/refusal", {})], is_json=True
    ),
    "api/v1/talks": Row(
        SIGNED_IN,
        ["/api/v1/talks", "/api/v1/talks?limit=1"],
        posts=[
            ("/api/v1/talks", {"people": ["theo-mercier"], "name": "Hush"}),
            ("/api/v1/talks", {"people": ["mira-lund"], "name": "Hush", "admits_guests": True}),
            ("/api/v1/talks", {"people": ["theo-mercier"], "body": "Only between us."}),
            ("/api/v1/talks", {"people": ["never-was"]}),
            ("/api/v1/talks", {"people": ["never-was"], "body": "Only between us."}),
            ("/api/v1/talks", {}),
        ],
        is_json=True,
        acts=HOUSE,
    ),
    "api/v1/spaces/<slug:slug>/invitations": Row(
        SIGNED_IN,
        ["/api/v1/spaces/{tended}/invitations"],
        posts=[("/api/v1/spaces/{tended}/invitations", {"address": "new@lopez.example", "backlog": "all"})],
        is_json=True,
        acts={"author"},
    ),
    "api/v1/spaces/<slug:slug>/seats/<slug:person_slug>": Row(
        SIGNED_IN,
        deletes=[
            ("/api/v1/spaces/{space}/seats/theo-mercier", {}),
            ("/api/v1/spaces/{space}/seats/never-was", {}),
        ],
        is_json=True,
        acts={"author", "colleague"},
    ),
    "api/v1/attachments/<int:attachment_id>": Row(
        SIGNED_IN, ["/api/v1/attachments/{attachment}"], is_json=True
    ),
    "api/v1/attachments/<int:attachment_id>/content": Row(
        SIGNED_IN, ["/api/v1/attachments/{attachment}/content"], is_json=True
    ),
    "api/v1/attachments/<int:attachment_id>/versions": Row(
        SIGNED_IN,
        ["/api/v1/attachments/{attachment}/versions"],
        posts=[("/api/v1/attachments/{attachment}/versions", {"file": "no file"})],
        is_json=True,
    ),
    "api/v1/passages/<int:passage_id>/move": Row(
        SIGNED_IN,
        posts=[
            ("/api/v1/passages/{passage}/move", {"to": "space:everyone"}),
            ("/api/v1/passages/{passage}/move", {"to": "space:{space}"}),
        ],
        is_json=True,
    ),
    "api/v1/spaces/<slug:slug>/deal": Row(SIGNED_IN, ["/api/v1/spaces/{deal}/deal"], is_json=True),
    "api/v1/spaces/<slug:slug>/deal/lanes": Row(
        SIGNED_IN, posts=[("/api/v1/spaces/{deal}/deal/lanes", {"firm": "Aerovia"})], is_json=True
    ),
    "api/v1/spaces/<slug:slug>/deal/deadline": Row(
        SIGNED_IN,
        posts=[("/api/v1/spaces/{deal}/deal/deadline", {"until": "2080-01-01T12:00:00Z"})],
        is_json=True,
    ),
    "api/v1/spaces/<slug:slug>/deal/answers": Row(
        SIGNED_IN,
        posts=[("/api/v1/spaces/{deal}/deal/answers", {"question": "When?", "answer": "In May."})],
        is_json=True,
    ),
    "api/v1/spaces/<slug:slug>/deal/clearing": Row(
        SIGNED_IN, posts=[("/api/v1/spaces/{deal}/deal/clearing", {"why": "Enough."})], is_json=True
    ),
    "api/v1/spaces/<slug:slug>/decisions": Row(
        SIGNED_IN,
        ["/api/v1/spaces/{buyers}/decisions"],
        [("/api/v1/spaces/{buyers}/decisions", {"question": "Which?", "options": ["One", "Two"]})],
        is_json=True,
    ),
    "api/v1/spaces/<slug:slug>/decisions/<int:decision_id>/votes": Row(
        SIGNED_IN, posts=[("/api/v1/spaces/{buyers}/decisions/{decision}/votes", _CHOICE)], is_json=True
    ),
    "api/v1/spaces/<slug:slug>/decisions/<int:decision_id>/decision": Row(
        SIGNED_IN,
        posts=[("/api/v1/spaces/{buyers}/decisions/{decision}/decision", _CHOICE)],
        is_json=True,
        acts={"author"},
    ),
}

ROOM_MISSING = {"buyers": "never-was", "decision": "9000000000000000001"}
