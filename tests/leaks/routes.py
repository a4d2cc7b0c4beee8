"""The table of every address, and how it is asked. A route of the resolver without a row here fails the matrix.

In an address ``{kind}`` stands for an object of ``world.World.objects``: the matrix asks for each that was planted, and
once for one that never was. A row says who may come in at all; which objects they may then read, the world says.
"""

from __future__ import annotations

from tests.leaks.mastodon_rows import EDGES
from tests.leaks.people_rows import PEOPLE_MISSING, PEOPLE_ROWS
from tests.leaks.room_rows import ROOM_MISSING, ROOM_ROWS
from tests.leaks.rows import (
    ARCHIVE,
    FAR,
    GLASS,
    REVIEWERS,
    SUPERVISORS,
    TENDERS,
    WORDS,
    WRITERS_OF_POLICY,
    Row,
    row,
)
from tests.leaks.world import EVERYBODY, HOUSE, ROOM, SIGNED_IN

ROUTES: dict[str, Row] = {
    "": row(SIGNED_IN, "/", f"/?before={FAR}", "/?write=1"),
    "assets/<str:name>": row(EVERYBODY, "/assets/nothing.css"),
    "healthz": row(EVERYBODY, "/healthz"),
    "sign-in": row(
        EVERYBODY,
        "/sign-in",
        "/sign-in?next=/spaces/hush-room",
        posts=[("/sign-in", {"email": "nobody@x.example", "password": "wrong", "next": "/spaces/hush-room"})],
    ),
    "sign-out": row(EVERYBODY, posts=[("/sign-out", {})]),
    "language": row(SIGNED_IN, posts=[("/language", {"language": "fr"}), ("/language", {"language": "xx"})]),
    "email": row(
        SIGNED_IN,
        posts=[
            ("/email", {"posts": "daily", "approvals": "off", "notices": "now", "room-hush-room": "now"}),
            ("/email", {"posts": "always"}),
        ],
    ),
    "devices": row(
        SIGNED_IN,
        "/devices",
        posts=[
            ("/devices", {"endpoint": "https://127.0.0.1/x", "p256dh": "AAAA", "auth": "AAAA"}),
            ("/devices", {}),
        ],
    ),
    "devices/<int:number>/end": row(SIGNED_IN, posts=[(f"/devices/{FAR}/end", {})]),
    "places.json": row(SIGNED_IN, "/places.json"),
    "names.json": row(
        SIGNED_IN, "/names.json?q=zq", "/names.json?q=hush", "/names.json?q=mira", "/names.json"
    ),
    "search": row(
        SIGNED_IN,
        "/search",
        "/search?q=zqroomname*",
        "/search?q=zq*",
        f"/search?q=good+morning&before={FAR}",
        "/search?q=from:mira-lund",
        "/search?q=in:{space}+zq*",
        "/search?q=zq*&order=best",
        "/search?q=has:file",
    ),
    "live/since": row(
        SIGNED_IN,
        "/live/since?after=0",
        "/live/since?after=0&scope=space:{space}",
        "/live/since?after=1&look={passage}",
        "/live/since?scope=thread:{passage}",
    ),
    "spaces/<slug:slug>": row(
        SIGNED_IN, "/spaces/{space}", f"/spaces/{{space}}?before={FAR}", "/spaces/{space}?show=open"
    ),
    "spaces": row(
        SIGNED_IN,
        "/spaces",
        posts=[
            ("/spaces", {"name": "Hush room", "ceiling": "1", "kind": "topic"}),
            ("/spaces", {"name": "", "ceiling": "1"}),
        ],
        acts=HOUSE,
    ),
    "texts": row(
        SIGNED_IN,
        "/texts",
        posts=[("/texts", {"number": "+33 6 12 34 56 78"}), ("/texts", {"number": "none"})],
    ),
    "texts/confirmation": row(SIGNED_IN, posts=[("/texts/confirmation", {"code": "000000"})]),
    "texts/removal": row(SIGNED_IN, posts=[("/texts/removal", {})]),
    "talks": row(
        SIGNED_IN,
        "/talks",
        posts=[
            ("/talks", {"to": "theo-mercier", "name": "Hush", "ceiling": "1"}),
            ("/talks", {"to": "mira-lund", "name": "Hush", "ceiling": "1", "admits": "yes"}),
            ("/talks", {"to": "theo-mercier", "ceiling": "1", "body": "Only between us."}),
            ("/talks", {"to": "mira-lund", "ceiling": "1", "body": "Only between us."}),
            ("/talks", {"to": "", "ceiling": "1"}),
        ],
        acts=HOUSE,
    ),
    "spaces/<slug:slug>/invitations": row(
        SIGNED_IN,
        "/spaces/{tended}/invitations",
        posts=[("/spaces/{tended}/invitations", {"address": "new@lopez.example", "backlog": "all"})],
        acts={"author"},
    ),
    "spaces/<slug:slug>/seats": row(
        SIGNED_IN,
        "/spaces/{tended}/seats",
        posts=[("/spaces/{tended}/seats", {"person": "pavel-novak", "role": "member", "past": "yes"})],
    ),
    "spaces/<slug:slug>/seats/<slug:person_slug>/end": row(
        SIGNED_IN, posts=[("/spaces/{space}/seats/theo-mercier/end", {})], acts={"author", "colleague"}
    ),
    "spaces/<slug:slug>/seats/<slug:person_slug>/role": row(
        SIGNED_IN,
        posts=[("/spaces/{tended}/seats/theo-mercier/role", {"role": "owner"})],
        acts={"author"},
    ),
    "spaces/<slug:slug>/lanes/<slug:lane>": row(
        SIGNED_IN, "/spaces/{lane}", f"/spaces/{{lane}}?before={FAR}", "/spaces/{space}/lanes/nowhere"
    ),
    "spaces/<slug:slug>/lanes/<slug:lane>/seats": row(
        SIGNED_IN,
        "/spaces/{tended_lane}/seats",
        posts=[("/spaces/{tended_lane}/seats", {"person": "pavel-novak", "role": "member"})],
        acts={"author"},
    ),
    "spaces/<slug:slug>/lanes/<slug:lane>/seats/<slug:person_slug>/end": row(
        SIGNED_IN, posts=[("/spaces/{lane}/seats/theo-mercier/end", {})], acts={"author", "colleague"}
    ),
    "spaces/<slug:slug>/lanes/<slug:lane>/seats/<slug:person_slug>/role": row(
        SIGNED_IN,
        posts=[("/spaces/{tended_lane}/seats/theo-mercier/role", {"role": "member"})],
        acts={"author"},
    ),
    "spaces/<slug:slug>/membership": row(
        SIGNED_IN,
        posts=[("/spaces/{door}/membership", {}), ("/spaces/{space}/membership", {})],
        acts=HOUSE - {"author"},
    ),
    "spaces/<slug:slug>/requests": row(
        SIGNED_IN,
        posts=[("/spaces/{door}/requests", {"words": "Let me."}), ("/spaces/{space}/requests", {})],
        acts=HOUSE - {"author"},
    ),
    "spaces/<slug:slug>/entry": row(
        SIGNED_IN, posts=[("/spaces/{tended}/entry", {"entry": "closed"})], acts={"author"}
    ),
    "spaces/<slug:slug>/words": row(SIGNED_IN, posts=[("/spaces/{tended}/words", {})], acts={"author"}),
    "spaces/<slug:slug>/archiving": row(
        SIGNED_IN, posts=[("/spaces/{tended}/archiving", {})], acts={"author"}
    ),
    "spaces/<slug:slug>/deal": row(SIGNED_IN, "/spaces/{deal}/deal"),
    "spaces/<slug:slug>/deal/lanes": row(
        SIGNED_IN, posts=[("/spaces/{deal}/deal/lanes", {"firm": "Aerovia"})], acts={"author"}
    ),
    "spaces/<slug:slug>/deal/deadline": row(
        SIGNED_IN, posts=[("/spaces/{deal}/deal/deadline", {"until": "2080-01-01T12:00"})], acts={"author"}
    ),
    "spaces/<slug:slug>/deal/answers": row(
        SIGNED_IN,
        posts=[("/spaces/{deal}/deal/answers", {"question": "When?", "answer": "In May."})],
        acts={"author"},
    ),
    "spaces/<slug:slug>/deal/clearing": row(
        SIGNED_IN, posts=[("/spaces/{deal}/deal/clearing", {"why": "Enough."})], acts={"author"}
    ),
    "requests/<int:request_id>/withdrawal": row(SIGNED_IN, posts=[("/requests/{join_asked}/withdrawal", {})]),
    "requests/<int:request_id>/acceptance": row(
        SIGNED_IN, posts=[("/requests/{join_tended}/acceptance", {})]
    ),
    "requests/<int:request_id>/refusal": row(SIGNED_IN, posts=[("/requests/{join_tended}/refusal", {})]),
    "glass": row(
        GLASS,
        "/glass",
        posts=[("/glass", {"space": "hush-room", "why": "They asked."}), ("/glass", {"space": "hush-room"})],
        acts={"administrator"},
    ),
    "glass/<int:glass_id>/agreement": row(SIGNED_IN, posts=[("/glass/{glass}/agreement", {})]),
    "glass/<int:glass_id>/refusal": row(SIGNED_IN, posts=[("/glass/{glass}/refusal", {})]),
    "messages": row(
        SIGNED_IN,
        posts=[
            ("/messages", {**WORDS, "places": "space:{space}"}),
            ("/messages", {**WORDS, "places": "space:{space}", "act": "look"}),
            ("/messages", {**WORDS, "answers": "{passage}"}),
            ("/messages", {**WORDS, "places": "space:everyone", "attachments": "{attachment}"}),
        ],
    ),
    "messages/<int:message_id>": row(SIGNED_IN, "/messages/{message}"),
    "messages/<int:message_id>/revision": row(SIGNED_IN, posts=[("/messages/{message}/revision", WORDS)]),
    "messages/<int:message_id>/proof/<int:entry_id>": row(SIGNED_IN, "/messages/{proof}"),
    "passages/<int:passage_id>/move": row(
        SIGNED_IN,
        posts=[
            ("/passages/{passage}/move", {"to": "space:everyone"}),
            ("/passages/{passage}/move", {"to": "space:{space}"}),
        ],
    ),
    "passages/<int:passage_id>/recall": row(
        SIGNED_IN,
        posts=[("/passages/{passage}/recall", {"why": "Wrong."}), ("/passages/{passage}/recall", {})],
    ),
    "passages/<int:passage_id>/time": row(
        SIGNED_IN,
        posts=[
            ("/passages/{passage}/time", {"deliver_at": "2087-01-01T09:00"}),
            ("/passages/{passage}/time", {}),
        ],
    ),
    "passages/<int:passage_id>/retry": row(SIGNED_IN, posts=[("/passages/{passage}/retry", {})]),
    "passages/<int:passage_id>/boosts": row(
        SIGNED_IN,
        "/passages/{passage}/boosts",
        posts=[
            ("/passages/{passage}/boosts", {"place": "space:{space}", "on": "1"}),
            ("/passages/{passage}/boosts", {"place": "space:everyone", "on": "1"}),
            ("/passages/{passage}/boosts", {"on": "0"}),
            ("/messages", {**WORDS, "places": "space:everyone", "shows": "{passage}"}),
        ],
    ),
    "passages/<int:passage_id>/reactions": row(
        SIGNED_IN,
        "/passages/{passage}/reactions",
        posts=[
            ("/passages/{passage}/reactions", {"kind": "thanks", "on": "1"}),
            ("/passages/{passage}/reactions", {"kind": "thanks", "on": "0"}),
            ("/passages/{passage}/reactions", {"kind": "no-such", "on": "1"}),
        ],
    ),
    "passages/<int:passage_id>/saved": row(
        SIGNED_IN, posts=[("/passages/{passage}/saved", {"on": "1"}), ("/passages/{passage}/saved", {})]
    ),
    "passages/<int:passage_id>/pin": row(
        SIGNED_IN,
        posts=[("/passages/{passage}/pin", {"on": "1"}), ("/passages/{passage}/pin", {})],
        acts={"author"},
    ),
    "passages/<int:passage_id>/acceptance": row(
        SIGNED_IN,
        posts=[("/passages/{reply}/acceptance", {"on": "1"}), ("/passages/{passage}/acceptance", {})],
        acts={"author", "colleague"},
    ),
    "passages/<int:passage_id>/receipt": row(
        SIGNED_IN, posts=[("/passages/{passage}/receipt", {}), ("/passages/{announcement}/receipt", {})]
    ),
    "passages/<int:passage_id>/readers": row(
        SIGNED_IN, "/passages/{passage}/readers", "/passages/{readers}/readers"
    ),
    "passages/<int:passage_id>/readers.csv": row(
        SIGNED_IN, "/passages/{passage}/readers.csv", "/passages/{readers}/readers.csv"
    ),
    "passages/<int:passage_id>/readers/exemption": row(
        SIGNED_IN,
        posts=[
            ("/passages/{announcement}/readers/exemption", {"person": "theo-mercier", "why": "Away."}),
            ("/passages/{announcement}/readers/exemption", {"person": "nobody", "why": ""}),
        ],
        acts={"author"},
    ),
    "passages/<int:passage_id>/readers/reminder": row(
        SIGNED_IN, posts=[("/passages/{announcement}/readers/reminder", {})], acts={"author"}
    ),
    "passages/<int:passage_id>/votes": row(
        SIGNED_IN,
        posts=[("/passages/{poll}/votes", {"option": "1"}), ("/passages/{passage}/votes", {"option": "9"})],
    ),
    "marks.json": row(SIGNED_IN, "/marks.json", "/marks.json?of={passage}"),
    "saved": row(SIGNED_IN, "/saved"),
    "attention": row(SIGNED_IN, "/attention"),
    "followed": row(SIGNED_IN, "/followed"),
    "follows": row(
        SIGNED_IN,
        posts=[
            ("/follows", {"kind": "person", "key": "{person}", "on": "1"}),
            ("/follows", {"kind": "thread", "key": "{passage}", "on": "1"}),
            ("/follows", {"kind": "topic", "key": "valves", "on": "1"}),
            ("/follows", {"kind": "topic", "key": "valves"}),
        ],
    ),
    "topics/<str:word>": row(SIGNED_IN, "/topics/hushtopic"),
    "tags/<str:word>": row(SIGNED_IN, "/tags/hushtopic", "/tags/never-was"),
    "quiet": row(SIGNED_IN, posts=[("/quiet", {"begins": "20:00", "ends": "07:00", "days": "6"})]),
    "read": row(
        SIGNED_IN,
        posts=[("/read", {}), ("/read", {"of": "{passage}"}), ("/read", {"keep": "{passage}"})],
    ),
    "leaders": row(
        SIGNED_IN, posts=[("/leaders", {"person": "claire-laurent", "on": "1"})], acts={"administrator"}
    ),
    "passages/<int:passage_id>/why": row(SIGNED_IN, "/passages/{passage}/why"),
    "passages/<int:passage_id>/mute": row(
        SIGNED_IN, posts=[("/passages/{passage}/mute", {"on": "1"}), ("/passages/{passage}/mute", {})]
    ),
    "passages/<int:passage_id>/coming": row(
        SIGNED_IN,
        posts=[
            ("/passages/{event}/coming", {"answer": "yes"}),
            ("/passages/{event}/coming", {"answer": "x"}),
        ],
    ),
    "passages/<int:passage_id>/event.ics": row(SIGNED_IN, "/passages/{event}/event.ics"),
    "passages/<int:passage_id>/faq": row(
        SIGNED_IN,
        posts=[("/passages/{passage}/faq", {"on": "1"}), ("/passages/{passage}/faq", {"on": "0"})],
        acts={"author"},
    ),
    "spaces/<slug:slug>/faq": row(SIGNED_IN, "/spaces/{space}/faq"),
    "spaces/<slug:slug>/records": row(
        SIGNED_IN, "/spaces/{space}/records", posts=[("/spaces/{space}/records", {})]
    ),
    "records/<int:record_id>": row(SIGNED_IN, "/records/{record}"),
    "calendar": row(SIGNED_IN, "/calendar", posts=[("/calendar", {"on": "1"}), ("/calendar", {})]),
    "calendar/<str:key>.ics": row(EVERYBODY, "/calendar/not-a-key.ics"),
    "rumours": row(
        SIGNED_IN,
        "/rumours",
        "/rumours?in=space:{space}",
        posts=[
            ("/rumours", {"place": "space:{space}", "words": "We are all sold", "desk": ""}),
            ("/rumours", {"place": "space:{space}", "words": "We are all sold", "anonymous": "yes"}),
        ],
    ),
    "rumours/<int:rumour_id>/wish": row(
        SIGNED_IN, posts=[("/rumours/{rumour}/wish", {"on": "1"}), ("/rumours/{rumour}/wish", {})]
    ),
    "rumours/<int:rumour_id>/answer": row(
        SIGNED_IN,
        posts=[
            (
                "/rumours/{rumour_to_answer}/answer",
                {"verdict": "false", "words": "No.", "justification": "So."},
            )
        ],
    ),
    "rumours/<int:rumour_id>/desk": row(
        SIGNED_IN, posts=[("/rumours/{rumour_to_answer}/desk", {"desk": "compliance"})]
    ),
    "rumours/<int:rumour_id>/same": row(
        SIGNED_IN, posts=[("/rumours/{rumour_to_answer}/same", {"same_as": "{rumour_to_answer}"})]
    ),
    "rumours/<int:rumour_id>/setting-aside": row(
        SIGNED_IN, posts=[("/rumours/{rumour_to_answer}/setting-aside", {"why": "Private."})]
    ),
    "compose/check": row(
        SIGNED_IN,
        posts=[
            ("/compose/check", {**WORDS, "places": "space:{space}"}),
            ("/compose/check", {**WORDS, "places": "space:everyone", "attachments": "{attachment}"}),
        ],
    ),
    "compose/draft": row(
        SIGNED_IN,
        posts=[
            ("/compose/draft", {**WORDS, "places": "space:{space}"}),
            ("/compose/draft", {**WORDS, "attachments": "{attachment}", "alt-{attachment}": "mine now"}),
        ],
    ),
    "attachments": row(SIGNED_IN, posts=[("/attachments", {})]),
    "attachments/<int:attachment_id>": row(SIGNED_IN, "/attachments/{attachment}"),
    "attachments/<int:attachment_id>/small": row(SIGNED_IN, "/attachments/{attachment}/small"),
    "attachments/<int:attachment_id>/removal": row(
        SIGNED_IN, posts=[("/attachments/{attachment}/removal", {})]
    ),
    "attachments/<int:attachment_id>/versions": row(
        SIGNED_IN,
        posts=[("/attachments/{attachment}/versions", {"file": "no file"})],
    ),
    "approvals": row(
        SIGNED_IN, "/approvals", "/approvals?tab=answered", "/approvals?tab=own", "/approvals?tab=told"
    ),
    "approvals/<int:request_id>": row(SIGNED_IN, "/approvals/{request}", "/approvals/{request}?tab=answered"),
    "approvals/<int:request_id>/sign-off": row(
        SIGNED_IN, posts=[("/approvals/{request}/sign-off", {"word": "Good."})]
    ),
    "approvals/<int:request_id>/change-request": row(
        SIGNED_IN, posts=[("/approvals/{request}/change-request", {"word": "Shorter."})]
    ),
    "approvals/<int:request_id>/rejection": row(
        SIGNED_IN, posts=[("/approvals/{request}/rejection", {"word": "No."})]
    ),
    "approvals/<int:request_id>/escalation": row(
        SIGNED_IN, posts=[("/approvals/{request}/escalation", {"word": "You?", "to": "claire-laurent"})]
    ),
    "people": row(SIGNED_IN, "/people", "/people?q=zq", "/people?q=mira", "/people?q=hush"),
    "people/<slug:slug>": row(SIGNED_IN, "/people/{person}"),
    "channels": row(HOUSE, "/channels", "/channels?open=wordpress"),
    "channels/accounts": row(
        HOUSE,
        posts=[("/channels/accounts", {"connector": "feed", "name": "Second", "desk": "communications"})],
        acts=TENDERS,
    ),
    "channels/<slug:slug>": row(HOUSE, "/channels/{channel}"),
    "channels/<slug:slug>/secret": row(
        HOUSE, posts=[("/channels/{channel}/secret", {"name": "access_token", "secret": "new"})], acts=TENDERS
    ),
    "channels/<slug:slug>/pause": row(HOUSE, posts=[("/channels/{channel}/pause", {})], acts=TENDERS),
    "channels/<slug:slug>/resumption": row(
        HOUSE, posts=[("/channels/{channel}/resumption", {})], acts=TENDERS
    ),
    "policy": row(HOUSE, "/policy"),
    "policy/proposal": row(
        WRITERS_OF_POLICY, "/policy/proposal", posts=[("/policy/proposal", {"source": "pack: x"})]
    ),
    "policy/<slug:slug>": row(HOUSE, "/policy/{pack}"),
    "policy/<slug:slug>/proposal": row(
        WRITERS_OF_POLICY,
        "/policy/{pack}/proposal",
        posts=[("/policy/{pack}/proposal", {"source": "pack: x"})],
    ),
    "policy/<slug:slug>/<int:number>": row(HOUSE, "/policy/{version}"),
    "policy/<slug:slug>/<int:number>/review": row(
        HOUSE, posts=[("/policy/{version}/review", {"word": "Good."})], acts=REVIEWERS
    ),
    "policy/<slug:slug>/<int:number>/publication": row(
        HOUSE, posts=[("/policy/{version}/publication", {})], acts=set()
    ),
    "archive": row(ARCHIVE, "/archive", f"/archive?before={FAR}"),
    "archive/checkpoint": row(HOUSE, "/archive/checkpoint"),
    "archive/<int:entry_id>": row(SUPERVISORS, "/archive/{entry}"),
    "archive/<int:entry_id>/proof": row(SUPERVISORS, "/archive/{entry}/proof"),
    "feed.atom": row(EVERYBODY, "/feed.atom"),
    "feed.rss": row(EVERYBODY, "/feed.rss"),
    "feeds/<slug:slug>": row(EVERYBODY, "/feeds/feed", "/feeds/blog"),
    "feeds/<slug:slug>/atom.xml": row(EVERYBODY, "/feeds/feed/atom.xml", "/feeds/blog/atom.xml"),
    "feeds/<slug:slug>/rss.xml": row(EVERYBODY, "/feeds/feed/rss.xml"),
    "feeds/<slug:slug>/<uuid:reference>": row(
        EVERYBODY, "/feeds/feed/{reference}", "/feeds/blog/{reference}"
    ),
    "feeds/<slug:slug>/<uuid:reference>/images/<int:position>": row(
        EVERYBODY, "/feeds/feed/{reference}/images/0", "/feeds/feed/{reference}/images/7"
    ),
    "_parts": row(EVERYBODY, "/_parts"),
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
        [
            "/api/v1/search",
            "/api/v1/search?q=zq*",
            "/api/v1/search?q=in:{space}+zq*&limit=50",
            "/api/v1/search?q=zq*&order=best",
        ],
        is_json=True,
    ),
    "api/v1/attachments": Row(SIGNED_IN, posts=[("/api/v1/attachments", {})], is_json=True),
    "api/v1/passages/<int:passage_id>/boosts": Row(
        SIGNED_IN,
        ["/api/v1/passages/{passage}/boosts"],
        [
            ("/api/v1/passages/{passage}/boosts", {"place": "space:{space}"}),
            ("/api/v1/passages/{passage}/boosts", {"place": "space:everyone"}),
        ],
        is_json=True,
    ),
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
    "api/v1/passages/<int:passage_id>/mute": Row(
        SIGNED_IN, posts=[("/api/v1/passages/{passage}/mute", {})], is_json=True
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
    "api/v1/openapi.json": Row(SIGNED_IN, ["/api/v1/openapi.json"], is_json=True),
    "api/v1/me": Row(SIGNED_IN, ["/api/v1/me"], is_json=True),
    "api/v1/people/<slug:slug>": Row(SIGNED_IN, ["/api/v1/people/{person}"], is_json=True),
    "api/v1/feed": Row(SIGNED_IN, ["/api/v1/feed", "/api/v1/feed?limit=100"], is_json=True),
    "api/v1/spaces": Row(SIGNED_IN, ["/api/v1/spaces"], is_json=True),
    "api/v1/spaces/<slug:slug>": Row(SIGNED_IN, ["/api/v1/spaces/{space}"], is_json=True),
    "api/v1/spaces/<slug:slug>/posts": Row(SIGNED_IN, ["/api/v1/spaces/{space}/posts"], is_json=True),
    "api/v1/spaces/<slug:slug>/seats": Row(
        SIGNED_IN,
        ["/api/v1/spaces/{space}/seats"],
        [("/api/v1/spaces/{tended}/seats", {"person": "pavel-novak", "role": "member"})],
        is_json=True,
        acts={"author"},
    ),
    "api/v1/spaces/<slug:slug>/pinned": Row(SIGNED_IN, ["/api/v1/spaces/{space}/pinned"], is_json=True),
    "api/v1/spaces/<slug:slug>/questions": Row(
        SIGNED_IN,
        ["/api/v1/spaces/{space}/questions", "/api/v1/spaces/{space}/questions?state=answered"],
        is_json=True,
    ),
    "api/v1/passages/<int:passage_id>": Row(SIGNED_IN, ["/api/v1/passages/{passage}"], is_json=True),
    "api/v1/passages/<int:passage_id>/answers": Row(
        SIGNED_IN, ["/api/v1/passages/{passage}/answers"], is_json=True
    ),
    "api/v1/passages/<int:passage_id>/recall": Row(
        SIGNED_IN,
        posts=[("/api/v1/passages/{passage}/recall", {"why": "No."})],
        is_json=True,
    ),
    "api/v1/passages/<int:passage_id>/time": Row(
        SIGNED_IN,
        posts=[("/api/v1/passages/{passage}/time", {"deliver_at": "2087-01-01T09:00:00Z"})],
        is_json=True,
    ),
    "api/v1/passages/<int:passage_id>/readers/exemption": Row(
        SIGNED_IN,
        posts=[
            ("/api/v1/passages/{announcement}/readers/exemption", {"person": "theo-mercier", "why": "Away."})
        ],
        is_json=True,
        acts={"author"},
    ),
    "api/v1/passages/<int:passage_id>/readers/reminder": Row(
        SIGNED_IN,
        posts=[("/api/v1/passages/{announcement}/readers/reminder", {})],
        is_json=True,
        acts={"author"},
    ),
    "tokens": row(SIGNED_IN, "/tokens", posts=[("/tokens", {"name": "", "scopes": "read"})]),
    "tokens/<int:token_id>/end": row(SIGNED_IN, posts=[(f"/tokens/{FAR}/end", {})]),
    "bots": row(SIGNED_IN, posts=[("/bots", {"name": ""})]),
    "hooks/sms": Row(
        set(),
        posts=[("/hooks/sms", {"id": "1", "from": "+33612345678", "text": "Good morning."})],
        is_signed=True,
    ),
    "hooks/<uuid:reference>": Row(
        set(),
        posts=[("/hooks/00000000-0000-4000-8000-000000000000", {"text": "Good morning."})],
        is_signed=True,
    ),
    "webhooks": row(HOUSE, "/webhooks"),
    "export": row(SIGNED_IN, posts=[("/export", {})]),
    "spaces/<slug:slug>/export": row(SIGNED_IN, posts=[("/spaces/{tended}/export", {})], acts={"author"}),
    "spaces/<slug:slug>/lanes/<slug:lane>/export": row(
        SIGNED_IN, posts=[("/spaces/{tended_lane}/export", {})], acts={"author"}
    ),
    "api/v1/export": Row(SIGNED_IN, ["/api/v1/export"], is_json=True),
    "api/v1/spaces/<slug:slug>/export": Row(SIGNED_IN, ["/api/v1/spaces/{tended}/export"], is_json=True),
    "webhooks/endpoints": row(
        HOUSE,
        posts=[
            ("/webhooks/endpoints", {"name": "x", "url": "https://127.0.0.1/", "kinds": "post.delivered"}),
            (
                "/webhooks/endpoints",
                {
                    "name": "x",
                    "url": "https://x.example/",
                    "kinds": "post.recalled",
                    "place": "space:{space}",
                },
            ),
        ],
    ),
    "webhooks/endpoints/<int:number>/end": row(HOUSE, posts=[(f"/webhooks/endpoints/{FAR}/end", {})]),
    "webhooks/sources": row(
        HOUSE, posts=[("/webhooks/sources", {"name": "x", "bot": "nobody", "place": "space:{space}"})]
    ),
    "webhooks/sources/<int:number>/end": row(HOUSE, posts=[(f"/webhooks/sources/{FAR}/end", {})]),
    "api/v1/webhooks/endpoints": Row(
        HOUSE,
        posts=[
            (
                "/api/v1/webhooks/endpoints",
                {
                    "name": "x",
                    "url": "https://x.example/",
                    "kinds": ["post.recalled"],
                    "place": "space:{space}",
                },
            )
        ],
        is_json=True,
    ),
    "api/v1/webhooks/endpoints/<int:number>": Row(
        SIGNED_IN, [f"/api/v1/webhooks/endpoints/{FAR}"], is_json=True
    ),
    "api/v1/webhooks/sources": Row(
        SIGNED_IN,
        ["/api/v1/webhooks/sources"],
        [("/api/v1/webhooks/sources", {"name": "x", "bot": "nobody", "place": "space:{space}"})],
        is_json=True,
    ),
    "api/v1/webhooks/sources/<int:number>": Row(SIGNED_IN, is_json=True),
    "api/v1/records": Row(
        SIGNED_IN,
        posts=[
            ("/api/v1/records", {"place": "space:{space}", "system": "ERP", "number": "1", "kind": "order"})
        ],
        is_json=True,
    ),
    "api/v1/records/<int:record_id>": Row(SIGNED_IN, ["/api/v1/records/{record}"], is_json=True),
    "api/v1/rumours": Row(
        SIGNED_IN,
        ["/api/v1/rumours"],
        [
            ("/api/v1/rumours", {"place": "space:{space}", "words": "We are all sold"}),
            ("/api/v1/rumours", {"place": "space:{space}", "words": "We are all sold", "anonymous": True}),
        ],
        is_json=True,
    ),
    "api/v1/follows": Row(
        SIGNED_IN,
        ["/api/v1/follows"],
        [
            ("/api/v1/follows", {"kind": "thread", "key": "{passage}"}),
            ("/api/v1/follows", {"kind": "person", "key": "{person}"}),
        ],
        is_json=True,
    ),
    "api/v1/read": Row(
        SIGNED_IN,
        posts=[("/api/v1/read", {"all": True}), ("/api/v1/read", {"passages": ["{passage}"]})],
        is_json=True,
    ),
    "api/v1/passages/<int:passage_id>/why": Row(SIGNED_IN, ["/api/v1/passages/{passage}/why"], is_json=True),
}

ROUTES |= {
    "apps": row(SIGNED_IN, "/apps"),
    "apps/<int:token_id>/end": row(SIGNED_IN, posts=[(f"/apps/{FAR}/end", {})]),
    **{route: row(EVERYBODY if edge.is_open else set(), *edge.gets) for route, edge in EDGES.items()},
}

ROUTES |= ROOM_ROWS | PEOPLE_ROWS
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
    **{f"scim/v2/{route}": row(set(), f"/scim/v2/{asked}") for route, asked in _SCIM.items()},
    "welcome/<slug:slug>/<str:token>": row(
        EVERYBODY, "/welcome/nadia-roux/c0ffee-0", "/welcome/never-was/c0ffee-0"
    ),
    "access": row({"administrator"}, "/access"),
    "access/keys": row(
        {"administrator"},
        posts=[
            ("/access/keys", {"name": "Entra", "scope": "users:read"}),
            ("/access/keys", {"name": "", "scope": "no-such"}),
        ],
    ),
    "e-mail-replaced": row({"administrator"}, "/e-mail-replaced", "/e-mail-replaced?days=90"),
    "access/keys/<int:key_id>/end": row({"administrator"}, posts=[(f"/access/keys/{FAR}/end", {})]),
}

ROUTES |= {
    "sign-in/oidc": row(EVERYBODY, "/sign-in/oidc", "/sign-in/oidc?next=/spaces/hush-room"),
    "sign-in/oidc/return": row(
        EVERYBODY, "/sign-in/oidc/return?code=x&state=y", "/sign-in/oidc/return?error=access_denied"
    ),
    "sign-in/saml": row(EVERYBODY, "/sign-in/saml", "/sign-in/saml?next=/spaces/hush-room"),
    # Posted by another site's page, and so without our token: tests/peers/test_saml.py says what is believed.
    "sign-in/saml/answer": row(EVERYBODY, "/sign-in/saml/answer"),
    "sign-in/saml/return": row(EVERYBODY, "/sign-in/saml/return"),
    "sign-in/saml/metadata": row(EVERYBODY, "/sign-in/saml/metadata"),
    "sign-in/second": row(EVERYBODY, "/sign-in/second", posts=[("/sign-in/second", {"code": "123456"})]),
    "sign-in/enrolment": row(
        EVERYBODY, "/sign-in/enrolment", posts=[("/sign-in/enrolment", {"code": "123456"})]
    ),
    "sign-in/passkey": row(EVERYBODY, posts=[("/sign-in/passkey", {})]),
    "sign-in/passkey/proof": row(
        EVERYBODY, posts=[("/sign-in/passkey/proof", {"answer": "{}"}), ("/sign-in/passkey/proof", {})]
    ),
    "security": row(SIGNED_IN, "/security"),
    "security/app": row(SIGNED_IN, posts=[("/security/app", {})]),
    "security/app/confirmation": row(SIGNED_IN, posts=[("/security/app/confirmation", {"code": "1"})]),
    "security/app/removal": row(SIGNED_IN, posts=[("/security/app/removal", {})]),
    "security/codes": row(SIGNED_IN, posts=[("/security/codes", {})]),
    "security/passkeys": row(SIGNED_IN, posts=[("/security/passkeys", {"answer": "{}"})]),
    "security/passkeys/asking": row(SIGNED_IN, posts=[("/security/passkeys/asking", {})]),
    "security/passkeys/<int:passkey_id>/name": row(
        SIGNED_IN, posts=[(f"/security/passkeys/{FAR}/name", {"name": "x"})]
    ),
    "security/passkeys/<int:passkey_id>/removal": row(
        SIGNED_IN, posts=[(f"/security/passkeys/{FAR}/removal", {})]
    ),
    "access/second-factor": row(
        {"administrator"},
        posts=[("/access/second-factor", {"of": "everybody"}), ("/access/second-factor", {"of": "nobody"})],
    ),
}

MISSING_OF_KIND: dict[str, str] = {
    **ROOM_MISSING,
    **PEOPLE_MISSING,
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
    "record": "9000000000000000001",
    "event": "9000000000000000001",
    "rumour": "9000000000000000001",
    "rumour_to_answer": "9000000000000000001",
    "request": "9000000000000000001",
    "attachment": "9000000000000000001",
    "entry": "9000000000000000001",
    "proof": "9000000000000000001/proof/9000000000000000001",
}

__all__ = ["MISSING_OF_KIND", "ROOM", "ROUTES", "Row"]
