"""What this server is. Said to anybody, and so it counts nobody and names nobody."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _

from lockgate.base.refusal import NotFound
from lockgate.gateway.operations import MOST_FILE_BYTES
from lockgate.mastodon.posting import LONGEST_POLL_SECONDS
from lockgate.mastodon.speaking import Asked
from lockgate.push import queries as push
from lockgate.web import assets
from lockgate.web.security import live_address

IMAGES = ["image/png", "image/jpeg", "image/gif", "image/webp"]
FILES = [
    *IMAGES,
    "application/pdf",
    "text/plain",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/zip",
]
MOST_CHARACTERS = 50_000


def own_version() -> str:
    try:
        return version("lockgate")
    except PackageNotFoundError:
        return "0"


def streaming_address(asked: Asked) -> str:
    """Where streams are opened: a WebSocket address, to which clients add /api/v1/streaming. Behind a proxy that hands
    ``LIVE_URL`` on as an address of this very host, the host itself."""
    live = live_address(asked.request)
    parts = urlsplit(live)
    base = f"{parts.scheme}://{parts.netloc}" if parts.netloc else asked.base
    return "ws" + base.removeprefix("http")


def streaming(asked: Asked, rest: str = "") -> HttpResponse:
    """Streams are open at another port or host than the pages: who asks here is sent there, as with Mastodon."""
    # What stands below the address goes on with it, as it came.
    del rest
    base = "http" + streaming_address(asked).removeprefix("ws")
    if base == asked.base:
        raise NotFound(_("Streams are not open at this address: the proxy in front does not hand them on."))
    query = asked.request.META.get("QUERY_STRING", "")
    address = base + asked.request.path + (f"?{query}" if query else "")
    return HttpResponse(status=307, headers={"Location": address})


def _configuration() -> dict[str, Any]:
    return {
        "accounts": {
            "max_display_name_length": 120,
            "max_note_length": 600,
            "max_avatar_description_length": 0,
            "max_header_description_length": 0,
            "max_featured_tags": 0,
            "max_pinned_statuses": 0,
            "max_profile_fields": 0,
            "profile_field_name_limit": 0,
            "profile_field_value_limit": 0,
        },
        "statuses": {
            "max_characters": MOST_CHARACTERS,
            "max_media_attachments": 10,
            "characters_reserved_per_url": 23,
            "supported_mime_types": ["text/plain", "text/markdown"],
        },
        "media_attachments": {
            "supported_mime_types": FILES,
            "description_limit": 1500,
            "image_size_limit": MOST_FILE_BYTES,
            "image_matrix_limit": 40_000_000,
            "video_size_limit": 0,
            "video_frame_rate_limit": 0,
            "video_matrix_limit": 0,
        },
        "polls": {
            "max_options": 10,
            "max_characters_per_option": 140,
            "min_expiration": 300,
            "max_expiration": LONGEST_POLL_SECONDS,
        },
    }


def v2(asked: Asked) -> dict[str, Any]:
    closed = {"local": "authenticated", "remote": "disabled"}
    return {
        "domain": asked.host,
        "title": settings.COMPANY,
        "version": f"4.3.0 (compatible; Lockgate {own_version()})",
        "source_url": "",
        "description": _("The private network of %(company)s. Sign in to read.")
        % {"company": settings.COMPANY},
        "usage": {"users": {"active_month": 0}},
        "thumbnail": {
            "url": f"{asked.base}/avatars/190/-.png",
            "blurhash": None,
            "description": None,
            "versions": {},
        },
        "icon": [
            {"src": asked.base + assets.address(f"icon-{side}.png"), "size": f"{side}x{side}"}
            for side in (192, 512)
        ],
        "languages": [code for code, _name in settings.LANGUAGES],
        "configuration": {
            "urls": {
                "streaming": streaming_address(asked),
                "status": None,
                "about": None,
                "privacy_policy": None,
                "terms_of_service": None,
            },
            "vapid": {"public_key": push.public_key() if push.is_on() else ""},
            **_configuration(),
            "translation": {"enabled": False},
            "timelines_access": {
                "live_feeds": closed,
                "hashtag_feeds": closed,
                "trending_link_feeds": {"local": "disabled", "remote": "disabled"},
            },
            "limited_federation": True,
        },
        "registrations": {
            "enabled": False,
            "approval_required": True,
            "reason_required": None,
            "message": None,
            "min_age": None,
            "url": None,
        },
        "api_versions": {"mastodon": 2},
        "contact": {"email": "", "account": None},
        "rules": [],
    }


def v1(asked: Asked) -> dict[str, Any]:
    whole = v2(asked)
    return {
        "uri": asked.host,
        "title": whole["title"],
        "short_description": whole["description"],
        "description": whole["description"],
        "email": "",
        "version": whole["version"],
        "urls": {"streaming_api": whole["configuration"]["urls"]["streaming"]},
        "stats": {"user_count": 0, "status_count": 0, "domain_count": 0},
        "thumbnail": whole["thumbnail"]["url"],
        "languages": whole["languages"],
        "registrations": False,
        "approval_required": True,
        "invites_enabled": False,
        "configuration": _configuration(),
        "contact_account": None,
        "rules": [],
    }


def about(asked: Asked) -> dict[str, Any]:
    return {"updated_at": "2026-01-01T00:00:00Z", "content": ""}


def nodeinfo_links(asked: Asked) -> dict[str, Any]:
    schema = "http://nodeinfo.diaspora.software/ns/schema/2.0"
    return {"links": [{"rel": schema, "href": f"{asked.base}/nodeinfo/2.0"}]}


def nodeinfo(asked: Asked) -> dict[str, Any]:
    return {
        "version": "2.0",
        "software": {"name": "lockgate", "version": own_version()},
        "protocols": [],
        "services": {"outbound": [], "inbound": []},
        "usage": {"users": {"total": 0, "activeMonth": 0, "activeHalfyear": 0}, "localPosts": 0},
        "openRegistrations": False,
        "metadata": {},
    }
