"""The rows of the Mastodon edge: what stands in ROUTES for each address, and how an app asks it with a token.

In an address ``{passage}``, ``{account}``, ``{attachment}`` stand for objects of the world; ``test_mastodon`` asks for
each that was planted, and one that never was. A cookie opens none of these: the matrix asks with one and is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

FAR = 4_611_686_018_427_387_904
WORDS = {"status": "Good morning, all."}

S, A, L = "api/v1/statuses/<str:number>", "api/v1/accounts/<str:number>", "api/v1/lists/<str:number>"


@dataclass(frozen=True)
class Edge:
    """``asks`` are (method, address, fields). ``is_open``: answered to anybody."""

    asks: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    is_open: bool = False

    @property
    def gets(self) -> list[str]:
        """The addresses that are read, with numbers that were never given."""
        read = [address for method, address, _fields in self.asks if method == "GET"]
        for slot in ("{passage}", "{account}", "{attachment}", "{slug}", "{list}"):
            read = [one.replace(slot, str(FAR)) for one in read]
        return read


def _read(*addresses: str, is_open: bool = False) -> Edge:
    return Edge([("GET", one, {}) for one in addresses], is_open)


def _asks(*asks: tuple[str, str, dict[str, Any]], is_open: bool = False) -> Edge:
    return Edge(list(asks), is_open)


def _below(route: str, slot: str, method: str, *names: str) -> dict[str, Edge]:
    start = "/" + route.replace("<str:number>", "{" + slot + "}")
    return {f"{route}/{name}": _asks((method, f"{start}/{name}", {})) for name in names}


def _empty(*names: str, is_open: bool = False) -> dict[str, Edge]:
    return {f"api/{name}": _read(f"/api/{name}", is_open=is_open) for name in names}


OPEN = {
    ".well-known/oauth-authorization-server": _read("/.well-known/oauth-authorization-server", is_open=True),
    ".well-known/nodeinfo": _read("/.well-known/nodeinfo", is_open=True),
    "nodeinfo/2.0": _read("/nodeinfo/2.0", is_open=True),
    "oauth/authorize": _read("/oauth/authorize", "/oauth/authorize?client_id=never-was", is_open=True),
    "oauth/token": _asks(("POST", "/oauth/token", {"grant_type": "password"}), is_open=True),
    "oauth/revoke": _asks(("POST", "/oauth/revoke", {"token": "x"}), is_open=True),
    "api/mastodon/openapi.json": _read("/api/mastodon/openapi.json", is_open=True),
    "api/v1/streaming": _read("/api/v1/streaming?stream=user", is_open=True),
    "api/v1/streaming/<path:rest>": _read("/api/v1/streaming/public/local", is_open=True),
    "api/v1/apps": _asks(
        ("POST", "/api/v1/apps", {"client_name": "x", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob"}),
        is_open=True,
    ),
    "avatars/<int:hue>/<str:letters>.png": _read("/avatars/190/NR.png", "/avatars/9/-.png", is_open=True),
    "photos/<int:token>/<slug:slug>/<str:until>/<str:words>": _read(
        "/photos/1/nadia-roux/2030-01-01/never", "/photos/0/never-was/x/x", is_open=True
    ),
    "media_attachments/<int:token>/<str:number>/<str:until>/<str:words>": _read(
        "/media_attachments/1/{attachment}/2030-01-01/never", "/media_attachments/0/x/x/x", is_open=True
    ),
    "api/<path:rest>": _read("/api/v1/nowhere", "/api/v1/instance/", is_open=True),
    **_empty(
        "v1/instance",
        "v2/instance",
        "v1/instance/extended_description",
        "v1/instance/languages",
        "v1/instance/privacy_policy",
        "v1/instance/rules",
        "v1/instance/peers",
        "v1/instance/activity",
        "v1/instance/domain_blocks",
        "v1/instance/translation_languages",
        "v1/custom_emojis",
        is_open=True,
    ),
}

EDGES: dict[str, Edge] = {
    **OPEN,
    "oauth/userinfo": _read("/oauth/userinfo"),
    "api/v1/apps/verify_credentials": _read("/api/v1/apps/verify_credentials"),
    "api/v1/accounts": _read("/api/v1/accounts?id[]={account}"),
    "api/v1/accounts/verify_credentials": _read("/api/v1/accounts/verify_credentials"),
    "api/v1/accounts/update_credentials": _asks(("PATCH", "/api/v1/accounts/update_credentials", {})),
    "api/v1/profile/avatar": _asks(("DELETE", "/api/v1/profile/avatar", {})),
    "api/v1/profile/header": _asks(("DELETE", "/api/v1/profile/header", {})),
    "api/v1/accounts/lookup": _read("/api/v1/accounts/lookup?acct={slug}"),
    "api/v1/accounts/search": _read(
        "/api/v1/accounts/search?q=zq",
        "/api/v1/accounts/search?q=mira",
        "/api/v1/accounts/search?q=room",
        "/api/v1/accounts/search?q={slug}",
        "/api/v1/accounts/search?q={slug}&following=true",
    ),
    "api/v1/accounts/relationships": _read("/api/v1/accounts/relationships?id[]={account}"),
    "api/v1/accounts/familiar_followers": _read("/api/v1/accounts/familiar_followers?id[]={account}"),
    A: _read("/api/v1/accounts/{account}"),
    **_below(
        A,
        "account",
        "GET",
        "statuses",
        "lists",
        "followers",
        "following",
        "featured_tags",
        "endorsements",
        "identity_proofs",
    ),
    **_below(
        A,
        "account",
        "POST",
        "follow",
        "unfollow",
        "mute",
        "unmute",
        "block",
        "unblock",
        "note",
        "pin",
        "unpin",
        "remove_from_followers",
    ),
    "api/v1/lists": _asks(("GET", "/api/v1/lists", {}), ("POST", "/api/v1/lists", {"title": "x"})),
    L: _asks(
        ("GET", "/api/v1/lists/{account}", {}),
        ("PUT", "/api/v1/lists/{account}", {"title": "x"}),
        ("DELETE", "/api/v1/lists/{account}", {}),
        ("GET", "/api/v1/lists/{list}", {}),
        ("PUT", "/api/v1/lists/{list}", {"title": "x"}),
        ("DELETE", "/api/v1/lists/{list}", {}),
    ),
    f"{L}/accounts": _asks(
        ("GET", "/api/v1/lists/{account}/accounts", {}),
        ("POST", "/api/v1/lists/{account}/accounts", {}),
        ("DELETE", "/api/v1/lists/{account}/accounts", {}),
        ("GET", "/api/v1/lists/{list}/accounts", {}),
        ("POST", "/api/v1/lists/{list}/accounts", {"account_ids[]": "1"}),
        ("DELETE", "/api/v1/lists/{list}/accounts", {"account_ids[]": "1"}),
    ),
    "api/v1/timelines/home": _read(
        "/api/v1/timelines/home?limit=",
        "/api/v1/timelines/home?max_id={passage}",
        "/api/v1/timelines/home?min_id={passage}",
        "/api/v1/timelines/home?since_id=1&limit=40",
    ),
    "api/v1/timelines/public": _read("/api/v1/timelines/public", "/api/v1/timelines/public?local=true"),
    "api/v1/timelines/tag/<str:name>": _read(
        "/api/v1/timelines/tag/valve",
        "/api/v1/timelines/tag/hushtopic",
        "/api/v1/timelines/tag/valve?any[]=hushtopic&none[]=ring",
        "/api/v1/timelines/tag/hushtopic?max_id={passage}",
        "/api/v1/timelines/tag/hushtopic?min_id={passage}",
    ),
    "api/v1/timelines/list/<str:number>": _read(
        "/api/v1/timelines/list/{account}", "/api/v1/timelines/list/{list}"
    ),
    "api/v1/conversations": _read("/api/v1/conversations", "/api/v1/conversations?max_id={passage}"),
    "api/v1/conversations/<str:number>": _asks(("DELETE", "/api/v1/conversations/{account}", {})),
    "api/v1/conversations/<str:number>/read": _asks(("POST", "/api/v1/conversations/{account}/read", {})),
    "api/v1/timelines/link": _read("/api/v1/timelines/link?url=x"),
    "api/v1/timelines/direct": _read("/api/v1/timelines/direct"),
    "api/v1/tags/<str:name>": _read("/api/v1/tags/valve", "/api/v1/tags/hushtopic"),
    "api/v1/tags/<str:name>/follow": _asks(("POST", "/api/v1/tags/hushtopic/follow", {})),
    "api/v1/tags/<str:name>/unfollow": _asks(("POST", "/api/v1/tags/hushtopic/unfollow", {})),
    "api/v1/followed_tags": _read("/api/v1/followed_tags", "/api/v1/followed_tags?max_id={passage}"),
    "api/v1/directory": _read("/api/v1/directory", "/api/v1/directory?order=new&limit=80"),
    "api/v2/search": _read(
        # By name alone: the words of a post that one hears may well name somebody whom one may not know of.
        "/api/v2/search?type=accounts&q={slug}",
        "/api/v2/search?q=zq",
        "/api/v2/search?q=zq*",
        "/api/v2/search?q=%23valve",
        "/api/v2/search?q=hush&type=hashtags",
    ),
    "api/v1/markers": _asks(
        ("GET", "/api/v1/markers?timeline[]=home", {}),
        ("POST", "/api/v1/markers", {"home[last_read_id]": "{passage}"}),
    ),
    "api/v1/preferences": _read("/api/v1/preferences"),
    "api/v1/notifications": _read("/api/v1/notifications", "/api/v1/notifications?types[]=mention"),
    "api/v2/notifications": _read(
        "/api/v2/notifications", "/api/v2/notifications?expand_accounts=partial_avatars"
    ),
    "api/v1/notifications/unread_count": _read("/api/v1/notifications/unread_count"),
    "api/v2/notifications/unread_count": _read("/api/v2/notifications/unread_count"),
    "api/v1/notifications/clear": _asks(("POST", "/api/v1/notifications/clear", {})),
    "api/v1/notifications/policy": _asks(
        ("GET", "/api/v1/notifications/policy", {}),
        ("PUT", "/api/v1/notifications/policy", {}),
        ("PATCH", "/api/v1/notifications/policy", {}),
    ),
    "api/v2/notifications/policy": _asks(
        ("GET", "/api/v2/notifications/policy", {}), ("PATCH", "/api/v2/notifications/policy", {})
    ),
    "api/v1/notifications/requests/merged": _read("/api/v1/notifications/requests/merged"),
    "api/v1/notifications/requests/accept": _asks(
        ("POST", "/api/v1/notifications/requests/accept", {"id[]": "{passage}"})
    ),
    "api/v1/notifications/requests/dismiss": _asks(
        ("POST", "/api/v1/notifications/requests/dismiss", {"id[]": "{passage}"})
    ),
    "api/v1/notifications/requests/<str:number>": _read("/api/v1/notifications/requests/{passage}"),
    **_below("api/v1/notifications/requests/<str:number>", "passage", "POST", "accept", "dismiss"),
    "api/v2/notifications/<str:key>": _read("/api/v2/notifications/ungrouped-{passage}"),
    "api/v2/notifications/<str:key>/accounts": _read("/api/v2/notifications/ungrouped-{passage}/accounts"),
    "api/v2/notifications/<str:key>/dismiss": _asks(
        ("POST", "/api/v2/notifications/ungrouped-{passage}/dismiss", {})
    ),
    "api/v1/notifications/requests": _read("/api/v1/notifications/requests"),
    "api/v1/notifications/<str:number>": _read("/api/v1/notifications/{passage}"),
    "api/v1/notifications/<str:number>/dismiss": _asks(
        ("POST", "/api/v1/notifications/{passage}/dismiss", {})
    ),
    "api/v1/statuses": _asks(
        ("GET", "/api/v1/statuses?id[]={passage}", {}),
        ("POST", "/api/v1/statuses", {"status": "An answer.", "in_reply_to_id": "{passage}"}),
        ("POST", "/api/v1/statuses", {"status": "@{slug} Good morning."}),
        ("POST", "/api/v1/statuses", {"status": "@{slug} Good morning.", "visibility": "direct"}),
        (
            "POST",
            "/api/v1/statuses",
            {"status": "@theo-mercier So.", "visibility": "direct", "in_reply_to_id": "{passage}"},
        ),
        ("POST", "/api/v1/statuses", {**WORDS, "media_ids[]": "{attachment}"}),
    ),
    S: _asks(
        ("GET", "/api/v1/statuses/{passage}", {}),
        ("PUT", "/api/v1/statuses/{passage}", WORDS),
        ("DELETE", "/api/v1/statuses/{passage}", {}),
    ),
    **_below(
        S,
        "passage",
        "GET",
        "context",
        "source",
        "history",
        "favourited_by",
        "reblogged_by",
        "quotes",
    ),
    **_below(
        S,
        "passage",
        "POST",
        "favourite",
        "unfavourite",
        "bookmark",
        "unbookmark",
        "reblog",
        "unreblog",
        "pin",
        "unpin",
        "mute",
        "unmute",
        "translate",
    ),
    "api/v1/scheduled_statuses": _read("/api/v1/scheduled_statuses"),
    "api/v1/scheduled_statuses/<str:number>": _asks(
        ("GET", "/api/v1/scheduled_statuses/{passage}", {}),
        ("PUT", "/api/v1/scheduled_statuses/{passage}", {}),
        ("PUT", "/api/v1/scheduled_statuses/{passage}", {"scheduled_at": "2087-01-01T00:00:00Z"}),
        ("DELETE", "/api/v1/scheduled_statuses/{passage}", {}),
    ),
    "api/v1/media": _asks(("POST", "/api/v1/media", {})),
    "api/v2/media": _asks(("POST", "/api/v2/media", {})),
    "api/v1/media/<str:number>": _asks(
        ("GET", "/api/v1/media/{attachment}", {}),
        ("PUT", "/api/v1/media/{attachment}", {"description": "mine now"}),
        ("DELETE", "/api/v1/media/{attachment}", {}),
    ),
    **_empty(
        "v1/announcements",
        "v1/blocks",
        "v1/bookmarks",
        "v1/domain_blocks",
        "v1/endorsements",
        "v1/favourites",
        "v1/featured_tags/suggestions",
        "v1/follow_requests",
        "v1/mutes",
        "v1/suggestions",
        "v1/trends",
        "v1/trends/links",
        "v1/trends/statuses",
        "v1/trends/tags",
        "v2/suggestions",
        "v1/annual_reports",
    ),
    "api/v2/filters": _asks(
        ("GET", "/api/v2/filters", {}),
        ("POST", "/api/v2/filters", {"title": "Words", "context[]": "home"}),
    ),
    "api/v2/filters/<str:number>": _asks(
        ("GET", "/api/v2/filters/{passage}", {}),
        ("PUT", "/api/v2/filters/{passage}", {"title": "Other words"}),
        ("DELETE", "/api/v2/filters/{passage}", {}),
    ),
    "api/v2/filters/<str:number>/keywords": _asks(
        ("GET", "/api/v2/filters/{passage}/keywords", {}),
        ("POST", "/api/v2/filters/{passage}/keywords", {"keyword": "ring"}),
    ),
    "api/v2/filters/<str:number>/statuses": _asks(
        ("GET", "/api/v2/filters/{passage}/statuses", {}),
        ("POST", "/api/v2/filters/{passage}/statuses", {"status_id": "{passage}"}),
    ),
    "api/v2/filters/statuses/<str:number>": _asks(
        ("GET", "/api/v2/filters/statuses/{passage}", {}),
        ("DELETE", "/api/v2/filters/statuses/{passage}", {}),
    ),
    "api/v1/filters": _asks(
        ("GET", "/api/v1/filters", {}),
        ("POST", "/api/v1/filters", {"phrase": "ring", "context[]": "home"}),
    ),
    "api/v1/filters/<str:number>": _asks(
        ("GET", "/api/v1/filters/{passage}", {}),
        ("PUT", "/api/v1/filters/{passage}", {"phrase": "rings"}),
        ("DELETE", "/api/v1/filters/{passage}", {}),
    ),
    "api/v1/featured_tags": _asks(
        ("GET", "/api/v1/featured_tags", {}), ("POST", "/api/v1/featured_tags", {"name": "valve"})
    ),
    "api/v1/featured_tags/<str:number>": _asks(("DELETE", "/api/v1/featured_tags/{passage}", {})),
    "api/v2/filters/keywords/<str:number>": _asks(
        ("GET", "/api/v2/filters/keywords/{passage}", {}),
        ("PUT", "/api/v2/filters/keywords/{passage}", {"keyword": "ring"}),
        ("DELETE", "/api/v2/filters/keywords/{passage}", {}),
    ),
    "api/v1/polls/<str:number>": _asks(("GET", "/api/v1/polls/{passage}", {})),
    "api/v1/polls/<str:number>/votes": _asks(("POST", "/api/v1/polls/{passage}/votes", {"choices[]": "0"})),
    "api/v1/announcements/<str:number>/dismiss": _asks(
        ("POST", "/api/v1/announcements/{passage}/dismiss", {})
    ),
    "api/v1/announcements/<str:number>/reactions/<str:name>": _asks(
        ("PUT", "/api/v1/announcements/{passage}/reactions/agree", {}),
        ("DELETE", "/api/v1/announcements/{passage}/reactions/agree", {}),
    ),
    "api/v1/push/subscription": _asks(
        ("GET", "/api/v1/push/subscription", {}),
        ("POST", "/api/v1/push/subscription", {}),
        (
            "POST",
            "/api/v1/push/subscription",
            {
                "subscription[endpoint]": "https://127.0.0.1/x",
                "subscription[keys][p256dh]": "AAAA",
                "subscription[keys][auth]": "AAAA",
            },
        ),
        ("PUT", "/api/v1/push/subscription", {}),
        ("DELETE", "/api/v1/push/subscription", {}),
    ),
    "api/v1/reports": _asks(("POST", "/api/v1/reports", {"account_id": "{account}"})),
}
