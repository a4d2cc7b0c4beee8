"""The table of every address, and how it is asked. A route of the resolver without a row here fails the matrix.

In an address ``{kind}`` stands for an object of ``world.World.objects``: the matrix asks for each that was planted, and
once for one that never was. A row says who may come in at all; which objects they may then read, the world says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.leaks.mastodon_rows import EDGES
from tests.leaks.world import EVERYBODY, HOUSE, ROOM, SIGNED_IN

WRITERS_OF_POLICY = {"ex-member", "late member"}
SUPERVISORS = {"supervisor"}
REVIEWERS = {"supervisor"}
ARCHIVE = {"supervisor", "administrator"}
TENDERS = {"approver", "administrator"}

FAR = 4_611_686_018_427_387_904
WORDS = {"body": "Good morning, all.", "marking": "1"}


@dataclass(frozen=True)
class Row:
    """``gets`` are read by all; ``posts`` are (address, fields). ``comes_in`` may use it, the rest find nothing."""

    comes_in: set[str]
    gets: list[str] = field(default_factory=list)
    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    is_json: bool = False
    # Whose posts may change something, where that is not everybody who comes in.
    acts: set[str] | None = None


def _row(
    comes_in: set[str],
    *gets: str,
    posts: list[tuple[str, dict[str, Any]]] | None = None,
    acts: set[str] | None = None,
) -> Row:
    return Row(comes_in, list(gets), posts or [], acts=acts)


ROUTES: dict[str, Row] = {
    "": _row(SIGNED_IN, "/", f"/?before={FAR}", "/?write=1"),
    "assets/<str:name>": _row(EVERYBODY, "/assets/nothing.css"),
    "healthz": _row(EVERYBODY, "/healthz"),
    "sign-in": _row(
        EVERYBODY,
        "/sign-in",
        "/sign-in?next=/spaces/hush-room",
        posts=[("/sign-in", {"email": "nobody@x.example", "password": "wrong", "next": "/spaces/hush-room"})],
    ),
    "sign-out": _row(EVERYBODY, posts=[("/sign-out", {})]),
    "language": _row(SIGNED_IN, posts=[("/language", {"language": "fr"}), ("/language", {"language": "xx"})]),
    "places.json": _row(SIGNED_IN, "/places.json"),
    "live/since": _row(
        SIGNED_IN,
        "/live/since?after=0",
        "/live/since?after=0&scope=space:{space}",
        "/live/since?after=1&look={passage}",
        "/live/since?scope=thread:{passage}",
    ),
    "spaces/<slug:slug>": _row(SIGNED_IN, "/spaces/{space}", f"/spaces/{{space}}?before={FAR}"),
    "spaces": _row(
        SIGNED_IN,
        "/spaces",
        posts=[
            ("/spaces", {"name": "Hush room", "ceiling": "1", "kind": "topic"}),
            ("/spaces", {"name": "", "ceiling": "1"}),
        ],
        acts=HOUSE,
    ),
    "spaces/<slug:slug>/seats": _row(
        SIGNED_IN,
        "/spaces/{tended}/seats",
        posts=[("/spaces/{tended}/seats", {"person": "pavel-novak", "role": "member", "past": "yes"})],
    ),
    "spaces/<slug:slug>/seats/<slug:person_slug>/end": _row(
        SIGNED_IN, posts=[("/spaces/{space}/seats/theo-mercier/end", {})], acts={"author", "colleague"}
    ),
    "messages": _row(
        SIGNED_IN,
        posts=[
            ("/messages", {**WORDS, "places": "space:{space}"}),
            ("/messages", {**WORDS, "places": "space:{space}", "act": "look"}),
            ("/messages", {**WORDS, "answers": "{passage}"}),
            ("/messages", {**WORDS, "places": "space:everyone", "attachments": "{attachment}"}),
        ],
    ),
    "messages/<int:message_id>": _row(SIGNED_IN, "/messages/{message}"),
    "messages/<int:message_id>/revision": _row(SIGNED_IN, posts=[("/messages/{message}/revision", WORDS)]),
    "messages/<int:message_id>/proof/<int:entry_id>": _row(SIGNED_IN, "/messages/{proof}"),
    "passages/<int:passage_id>/recall": _row(
        SIGNED_IN,
        posts=[("/passages/{passage}/recall", {"why": "Wrong."}), ("/passages/{passage}/recall", {})],
    ),
    "passages/<int:passage_id>/retry": _row(SIGNED_IN, posts=[("/passages/{passage}/retry", {})]),
    "compose/check": _row(
        SIGNED_IN,
        posts=[
            ("/compose/check", {**WORDS, "places": "space:{space}"}),
            ("/compose/check", {**WORDS, "places": "space:everyone", "attachments": "{attachment}"}),
        ],
    ),
    "compose/draft": _row(
        SIGNED_IN,
        posts=[
            ("/compose/draft", {**WORDS, "places": "space:{space}"}),
            ("/compose/draft", {**WORDS, "attachments": "{attachment}", "alt-{attachment}": "mine now"}),
        ],
    ),
    "attachments": _row(SIGNED_IN, posts=[("/attachments", {})]),
    "attachments/<int:attachment_id>": _row(SIGNED_IN, "/attachments/{attachment}"),
    "attachments/<int:attachment_id>/removal": _row(
        SIGNED_IN, posts=[("/attachments/{attachment}/removal", {})]
    ),
    "approvals": _row(
        SIGNED_IN, "/approvals", "/approvals?tab=answered", "/approvals?tab=own", "/approvals?tab=told"
    ),
    "approvals/<int:request_id>": _row(
        SIGNED_IN, "/approvals/{request}", "/approvals/{request}?tab=answered"
    ),
    "approvals/<int:request_id>/sign-off": _row(
        SIGNED_IN, posts=[("/approvals/{request}/sign-off", {"word": "Good."})]
    ),
    "approvals/<int:request_id>/change-request": _row(
        SIGNED_IN, posts=[("/approvals/{request}/change-request", {"word": "Shorter."})]
    ),
    "approvals/<int:request_id>/rejection": _row(
        SIGNED_IN, posts=[("/approvals/{request}/rejection", {"word": "No."})]
    ),
    "approvals/<int:request_id>/escalation": _row(
        SIGNED_IN, posts=[("/approvals/{request}/escalation", {"word": "You?", "to": "claire-laurent"})]
    ),
    "people": _row(SIGNED_IN, "/people", "/people?q=zq", "/people?q=mira", "/people?q=hush"),
    "people/<slug:slug>": _row(SIGNED_IN, "/people/{person}"),
    "channels": _row(HOUSE, "/channels", "/channels?open=wordpress"),
    "channels/accounts": _row(
        HOUSE,
        posts=[("/channels/accounts", {"connector": "feed", "name": "Second", "desk": "communications"})],
        acts=TENDERS,
    ),
    "channels/<slug:slug>": _row(HOUSE, "/channels/{channel}"),
    "channels/<slug:slug>/secret": _row(
        HOUSE, posts=[("/channels/{channel}/secret", {"name": "access_token", "secret": "new"})], acts=TENDERS
    ),
    "channels/<slug:slug>/pause": _row(HOUSE, posts=[("/channels/{channel}/pause", {})], acts=TENDERS),
    "channels/<slug:slug>/resumption": _row(
        HOUSE, posts=[("/channels/{channel}/resumption", {})], acts=TENDERS
    ),
    "policy": _row(HOUSE, "/policy"),
    "policy/proposal": _row(
        WRITERS_OF_POLICY, "/policy/proposal", posts=[("/policy/proposal", {"source": "pack: x"})]
    ),
    "policy/<slug:slug>": _row(HOUSE, "/policy/{pack}"),
    "policy/<slug:slug>/proposal": _row(
        WRITERS_OF_POLICY,
        "/policy/{pack}/proposal",
        posts=[("/policy/{pack}/proposal", {"source": "pack: x"})],
    ),
    "policy/<slug:slug>/<int:number>": _row(HOUSE, "/policy/{version}"),
    "policy/<slug:slug>/<int:number>/review": _row(
        HOUSE, posts=[("/policy/{version}/review", {"word": "Good."})], acts=REVIEWERS
    ),
    "policy/<slug:slug>/<int:number>/publication": _row(
        HOUSE, posts=[("/policy/{version}/publication", {})], acts=set()
    ),
    "archive": _row(ARCHIVE, "/archive", f"/archive?before={FAR}"),
    "archive/checkpoint": _row(SIGNED_IN, "/archive/checkpoint"),
    "archive/<int:entry_id>": _row(SUPERVISORS, "/archive/{entry}"),
    "archive/<int:entry_id>/proof": _row(SUPERVISORS, "/archive/{entry}/proof"),
    "feed.atom": _row(EVERYBODY, "/feed.atom"),
    "feed.rss": _row(EVERYBODY, "/feed.rss"),
    "feeds/<slug:slug>": _row(EVERYBODY, "/feeds/feed", "/feeds/blog"),
    "feeds/<slug:slug>/atom.xml": _row(EVERYBODY, "/feeds/feed/atom.xml", "/feeds/blog/atom.xml"),
    "feeds/<slug:slug>/rss.xml": _row(EVERYBODY, "/feeds/feed/rss.xml"),
    "feeds/<slug:slug>/<uuid:reference>": _row(
        EVERYBODY, "/feeds/feed/{reference}", "/feeds/blog/{reference}"
    ),
    "feeds/<slug:slug>/<uuid:reference>/images/<int:position>": _row(
        EVERYBODY, "/feeds/feed/{reference}/images/0", "/feeds/feed/{reference}/images/7"
    ),
    "_parts": _row(EVERYBODY, "/_parts"),
    "api/v1/places": Row(SIGNED_IN, ["/api/v1/places"], is_json=True),
    "api/v1/check": Row(
        SIGNED_IN,
        posts=[
            ("/api/v1/check", {"body": "Good morning.", "places": ["space:{space}"]}),
            (
                "/api/v1/check",
                {"body": "Good.", "places": ["space:everyone"], "attachments": ["{attachment}"]},
            ),
        ],
        is_json=True,
    ),
    "api/v1/messages": Row(
        SIGNED_IN,
        posts=[
            ("/api/v1/messages", {"body": "Good morning.", "places": ["space:{space}"]}),
            ("/api/v1/messages", {"body": "Good morning.", "answers": "{passage}"}),
            (
                "/api/v1/messages",
                {"body": "Good.", "places": ["space:everyone"], "attachments": ["{attachment}"]},
            ),
        ],
        is_json=True,
    ),
    "api/v1/messages/<int:message_id>": Row(SIGNED_IN, ["/api/v1/messages/{message}"], is_json=True),
    "api/v1/attachments": Row(SIGNED_IN, posts=[("/api/v1/attachments", {})], is_json=True),
}

ROUTES |= {
    "apps": _row(SIGNED_IN, "/apps"),
    "apps/<int:token_id>/end": _row(SIGNED_IN, posts=[(f"/apps/{FAR}/end", {})]),
    **{route: _row(EVERYBODY if edge.is_open else set(), *edge.gets) for route, edge in EDGES.items()},
}

MISSING_OF_KIND: dict[str, str] = {
    "space": "never-was",
    "tended": "never-was",
    "person": "never-was",
    "channel": "never-was",
    "pack": "never-was",
    "version": "halden/77",
    "reference": "00000000-0000-4000-8000-000000000000",
    "message": "9000000000000000001",
    "passage": "9000000000000000001",
    "request": "9000000000000000001",
    "attachment": "9000000000000000001",
    "entry": "9000000000000000001",
    "proof": "9000000000000000001/proof/9000000000000000001",
}

__all__ = ["MISSING_OF_KIND", "ROOM", "ROUTES", "Row"]
