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
GLASS = {"supervisor", "administrator"}
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
    "email": _row(
        SIGNED_IN,
        posts=[
            ("/email", {"posts": "daily", "approvals": "off", "notices": "now", "room-hush-room": "now"}),
            ("/email", {"posts": "always"}),
        ],
    ),
    "places.json": _row(SIGNED_IN, "/places.json"),
    "search": _row(
        SIGNED_IN,
        "/search",
        "/search?q=zqroomname*",
        "/search?q=zq*",
        f"/search?q=good+morning&before={FAR}",
        "/search?q=from:mira-lund",
        "/search?q=in:{space}+zq*",
        "/search?q=has:file",
    ),
    "live/since": _row(
        SIGNED_IN,
        "/live/since?after=0",
        "/live/since?after=0&scope=space:{space}",
        "/live/since?after=1&look={passage}",
        "/live/since?scope=thread:{passage}",
    ),
    "spaces/<slug:slug>": _row(
        SIGNED_IN, "/spaces/{space}", f"/spaces/{{space}}?before={FAR}", "/spaces/{space}?show=open"
    ),
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
    "spaces/<slug:slug>/seats/<slug:person_slug>/role": _row(
        SIGNED_IN,
        posts=[("/spaces/{tended}/seats/theo-mercier/role", {"role": "owner"})],
        acts={"author"},
    ),
    "spaces/<slug:slug>/lanes/<slug:lane>": _row(
        SIGNED_IN, "/spaces/{lane}", f"/spaces/{{lane}}?before={FAR}", "/spaces/{space}/lanes/nowhere"
    ),
    "spaces/<slug:slug>/lanes/<slug:lane>/seats": _row(
        SIGNED_IN,
        "/spaces/{tended_lane}/seats",
        posts=[("/spaces/{tended_lane}/seats", {"person": "pavel-novak", "role": "member"})],
        acts={"author"},
    ),
    "spaces/<slug:slug>/lanes/<slug:lane>/seats/<slug:person_slug>/end": _row(
        SIGNED_IN, posts=[("/spaces/{lane}/seats/theo-mercier/end", {})], acts={"author", "colleague"}
    ),
    "spaces/<slug:slug>/lanes/<slug:lane>/seats/<slug:person_slug>/role": _row(
        SIGNED_IN,
        posts=[("/spaces/{tended_lane}/seats/theo-mercier/role", {"role": "member"})],
        acts={"author"},
    ),
    "spaces/<slug:slug>/membership": _row(
        SIGNED_IN,
        posts=[("/spaces/{door}/membership", {}), ("/spaces/{space}/membership", {})],
        acts=HOUSE - {"author"},
    ),
    "spaces/<slug:slug>/requests": _row(
        SIGNED_IN,
        posts=[("/spaces/{door}/requests", {"words": "Let me."}), ("/spaces/{space}/requests", {})],
        acts=HOUSE - {"author"},
    ),
    "spaces/<slug:slug>/entry": _row(
        SIGNED_IN, posts=[("/spaces/{tended}/entry", {"entry": "closed"})], acts={"author"}
    ),
    "spaces/<slug:slug>/archiving": _row(
        SIGNED_IN, posts=[("/spaces/{tended}/archiving", {})], acts={"author"}
    ),
    "spaces/<slug:slug>/deal": _row(SIGNED_IN, "/spaces/{deal}/deal"),
    "spaces/<slug:slug>/deal/lanes": _row(
        SIGNED_IN, posts=[("/spaces/{deal}/deal/lanes", {"firm": "Aerovia"})], acts={"author"}
    ),
    "spaces/<slug:slug>/deal/deadline": _row(
        SIGNED_IN, posts=[("/spaces/{deal}/deal/deadline", {"until": "2080-01-01T12:00"})], acts={"author"}
    ),
    "spaces/<slug:slug>/deal/answers": _row(
        SIGNED_IN,
        posts=[("/spaces/{deal}/deal/answers", {"question": "When?", "answer": "In May."})],
        acts={"author"},
    ),
    "spaces/<slug:slug>/deal/clearing": _row(
        SIGNED_IN, posts=[("/spaces/{deal}/deal/clearing", {"why": "Enough."})], acts={"author"}
    ),
    "requests/<int:request_id>/withdrawal": _row(
        SIGNED_IN, posts=[("/requests/{join_asked}/withdrawal", {})]
    ),
    "requests/<int:request_id>/acceptance": _row(
        SIGNED_IN, posts=[("/requests/{join_tended}/acceptance", {})]
    ),
    "requests/<int:request_id>/refusal": _row(SIGNED_IN, posts=[("/requests/{join_tended}/refusal", {})]),
    "glass": _row(
        GLASS,
        "/glass",
        posts=[("/glass", {"space": "hush-room", "why": "They asked."}), ("/glass", {"space": "hush-room"})],
        acts={"administrator"},
    ),
    "glass/<int:glass_id>/agreement": _row(SIGNED_IN, posts=[("/glass/{glass}/agreement", {})]),
    "glass/<int:glass_id>/refusal": _row(SIGNED_IN, posts=[("/glass/{glass}/refusal", {})]),
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
    "passages/<int:passage_id>/reactions": _row(
        SIGNED_IN,
        "/passages/{passage}/reactions",
        posts=[
            ("/passages/{passage}/reactions", {"kind": "thanks", "on": "1"}),
            ("/passages/{passage}/reactions", {"kind": "thanks", "on": "0"}),
            ("/passages/{passage}/reactions", {"kind": "no-such", "on": "1"}),
        ],
    ),
    "passages/<int:passage_id>/saved": _row(
        SIGNED_IN, posts=[("/passages/{passage}/saved", {"on": "1"}), ("/passages/{passage}/saved", {})]
    ),
    "passages/<int:passage_id>/pin": _row(
        SIGNED_IN,
        posts=[("/passages/{passage}/pin", {"on": "1"}), ("/passages/{passage}/pin", {})],
        acts={"author"},
    ),
    "passages/<int:passage_id>/acceptance": _row(
        SIGNED_IN,
        posts=[("/passages/{reply}/acceptance", {"on": "1"}), ("/passages/{passage}/acceptance", {})],
        acts={"author", "colleague"},
    ),
    "passages/<int:passage_id>/receipt": _row(
        SIGNED_IN, posts=[("/passages/{passage}/receipt", {}), ("/passages/{announcement}/receipt", {})]
    ),
    "passages/<int:passage_id>/readers": _row(
        SIGNED_IN, "/passages/{passage}/readers", "/passages/{readers}/readers"
    ),
    "passages/<int:passage_id>/readers.csv": _row(
        SIGNED_IN, "/passages/{passage}/readers.csv", "/passages/{readers}/readers.csv"
    ),
    "passages/<int:passage_id>/readers/exemption": _row(
        SIGNED_IN,
        posts=[
            ("/passages/{announcement}/readers/exemption", {"person": "theo-mercier", "why": "Away."}),
            ("/passages/{announcement}/readers/exemption", {"person": "nobody", "why": ""}),
        ],
        acts={"author"},
    ),
    "passages/<int:passage_id>/readers/reminder": _row(
        SIGNED_IN, posts=[("/passages/{announcement}/readers/reminder", {})], acts={"author"}
    ),
    "passages/<int:passage_id>/votes": _row(
        SIGNED_IN,
        posts=[("/passages/{poll}/votes", {"option": "1"}), ("/passages/{passage}/votes", {"option": "9"})],
    ),
    "marks.json": _row(SIGNED_IN, "/marks.json", "/marks.json?of={passage}"),
    "saved": _row(SIGNED_IN, "/saved"),
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
    "api/v1/search": Row(
        SIGNED_IN,
        ["/api/v1/search", "/api/v1/search?q=zq*", "/api/v1/search?q=in:{space}+zq*&limit=50"],
        is_json=True,
    ),
    "api/v1/attachments": Row(SIGNED_IN, posts=[("/api/v1/attachments", {})], is_json=True),
    "api/v1/passages/<int:passage_id>/reactions": Row(
        SIGNED_IN,
        ["/api/v1/passages/{passage}/reactions"],
        [("/api/v1/passages/{passage}/reactions", {"kind": "thanks"})],
        is_json=True,
    ),
    "api/v1/passages/<int:passage_id>/saved": Row(
        SIGNED_IN, posts=[("/api/v1/passages/{passage}/saved", {})], is_json=True
    ),
    "api/v1/passages/<int:passage_id>/pin": Row(
        SIGNED_IN, posts=[("/api/v1/passages/{passage}/pin", {})], is_json=True, acts={"author"}
    ),
    "api/v1/passages/<int:passage_id>/acceptance": Row(
        SIGNED_IN,
        posts=[("/api/v1/passages/{reply}/acceptance", {})],
        is_json=True,
        acts={"author", "colleague"},
    ),
    "api/v1/passages/<int:passage_id>/receipt": Row(
        SIGNED_IN, posts=[("/api/v1/passages/{announcement}/receipt", {})], is_json=True
    ),
    "api/v1/passages/<int:passage_id>/readers": Row(
        SIGNED_IN, ["/api/v1/passages/{readers}/readers"], is_json=True
    ),
    "api/v1/passages/<int:passage_id>/poll": Row(SIGNED_IN, ["/api/v1/passages/{poll}/poll"], is_json=True),
    "api/v1/passages/<int:passage_id>/votes": Row(
        SIGNED_IN, posts=[("/api/v1/passages/{poll}/votes", {"options": [1]})], is_json=True
    ),
    "api/v1/saved": Row(SIGNED_IN, ["/api/v1/saved"], is_json=True),
}

ROUTES |= {
    "apps": _row(SIGNED_IN, "/apps"),
    "apps/<int:token_id>/end": _row(SIGNED_IN, posts=[(f"/apps/{FAR}/end", {})]),
    **{route: _row(EVERYBODY if edge.is_open else set(), *edge.gets) for route, edge in EDGES.items()},
}

# Only an administrator sees the ways in; SCIM speaks to keys alone, and to no person whoever they are.
_SCIM = {
    "ServiceProviderConfig": "ServiceProviderConfig",
    "ResourceTypes": "ResourceTypes",
    "ResourceTypes/<str:name>": "ResourceTypes/User",
    "Schemas": "Schemas",
    "Schemas/<str:name>": "Schemas/urn:ietf:params:scim:schemas:core:2.0:User",
    "Users": "Users?filter=userName+co+%22zq%22",
    "Users/<slug:reference>": "Users/{person}",
    "Groups": "Groups",
    "Groups/<slug:reference>": "Groups/never-was",
}
ROUTES |= {
    **{f"scim/v2/{route}": _row(set(), f"/scim/v2/{asked}") for route, asked in _SCIM.items()},
    "welcome/<slug:slug>/<str:token>": _row(
        EVERYBODY, "/welcome/nadia-roux/c0ffee-0", "/welcome/never-was/c0ffee-0"
    ),
    "access": _row({"administrator"}, "/access"),
    "access/keys": _row(
        {"administrator"},
        posts=[
            ("/access/keys", {"name": "Entra", "scope": "users:read"}),
            ("/access/keys", {"name": "", "scope": "no-such"}),
        ],
    ),
    "access/keys/<int:key_id>/end": _row({"administrator"}, posts=[(f"/access/keys/{FAR}/end", {})]),
}

ROUTES |= {
    "sign-in/oidc": _row(EVERYBODY, "/sign-in/oidc", "/sign-in/oidc?next=/spaces/hush-room"),
    "sign-in/oidc/return": _row(
        EVERYBODY, "/sign-in/oidc/return?code=x&state=y", "/sign-in/oidc/return?error=access_denied"
    ),
    "sign-in/second": _row(EVERYBODY, "/sign-in/second", posts=[("/sign-in/second", {"code": "123456"})]),
    "sign-in/enrolment": _row(
        EVERYBODY, "/sign-in/enrolment", posts=[("/sign-in/enrolment", {"code": "123456"})]
    ),
    "sign-in/passkey": _row(EVERYBODY, posts=[("/sign-in/passkey", {})]),
    "sign-in/passkey/proof": _row(
        EVERYBODY, posts=[("/sign-in/passkey/proof", {"answer": "{}"}), ("/sign-in/passkey/proof", {})]
    ),
    "security": _row(SIGNED_IN, "/security"),
    "security/app": _row(SIGNED_IN, posts=[("/security/app", {})]),
    "security/app/confirmation": _row(SIGNED_IN, posts=[("/security/app/confirmation", {"code": "1"})]),
    "security/app/removal": _row(SIGNED_IN, posts=[("/security/app/removal", {})]),
    "security/codes": _row(SIGNED_IN, posts=[("/security/codes", {})]),
    "security/passkeys": _row(SIGNED_IN, posts=[("/security/passkeys", {"answer": "{}"})]),
    "security/passkeys/asking": _row(SIGNED_IN, posts=[("/security/passkeys/asking", {})]),
    "security/passkeys/<int:passkey_id>/name": _row(
        SIGNED_IN, posts=[(f"/security/passkeys/{FAR}/name", {"name": "x"})]
    ),
    "security/passkeys/<int:passkey_id>/removal": _row(
        SIGNED_IN, posts=[(f"/security/passkeys/{FAR}/removal", {})]
    ),
    "access/second-factor": _row(
        {"administrator"},
        posts=[("/access/second-factor", {"of": "everybody"}), ("/access/second-factor", {"of": "nobody"})],
    ),
}

MISSING_OF_KIND: dict[str, str] = {
    "space": "never-was",
    "tended": "never-was",
    "door": "never-was",
    "deal": "never-was",
    "lane": "never-was/lanes/never-was-either",
    "tended_lane": "never-was/lanes/never-was-either",
    "join_asked": "9000000000000000001",
    "join_tended": "9000000000000000001",
    "glass": "9000000000000000001",
    "person": "never-was",
    "channel": "never-was",
    "pack": "never-was",
    "version": "halden/77",
    "reference": "00000000-0000-4000-8000-000000000000",
    "message": "9000000000000000001",
    "passage": "9000000000000000001",
    "reply": "9000000000000000001",
    "announcement": "9000000000000000001",
    "readers": "9000000000000000001",
    "poll": "9000000000000000001",
    "request": "9000000000000000001",
    "attachment": "9000000000000000001",
    "entry": "9000000000000000001",
    "proof": "9000000000000000001/proof/9000000000000000001",
}

__all__ = ["MISSING_OF_KIND", "ROOM", "ROUTES", "Row"]
