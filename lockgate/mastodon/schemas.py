"""The entities of Mastodon 4.x as this edge answers them, for the OpenAPI document.

Written from Mastodon's documentation of its entities (docs.joinmastodon.org/entities); what may be null or lacking
there and never is here is said to be as it is here.

A field is written "string", "integer", "boolean", "number", "id" (decimal digits in a string), "time" (ISO 8601, UTC),
the name of an entity, words between bars, or a list of one of these in brackets; "?" says that it may be null.
"""

from __future__ import annotations

from typing import Any

_PLAIN: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "number": {"type": "number"},
    "object": {"type": "object"},
    "id": {"type": "string", "pattern": "^[0-9]+$"},
    "time": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$"},
}


def shape(written: str) -> dict[str, Any]:
    """The schema of one written field."""
    if written.endswith("?"):
        return {"anyOf": [shape(written[:-1]), {"type": "null"}]}
    if written.startswith("["):
        return {"type": "array", "items": shape(written[1:-1])}
    if "|" in written:
        return {"type": "string", "enum": written.split("|")}
    return _PLAIN.get(written) or {"$ref": f"#/components/schemas/{written}"}


def entity(fields: dict[str, str], *, may_lack: dict[str, str] | None = None) -> dict[str, Any]:
    every = {**fields, **(may_lack or {})}
    return {
        "type": "object",
        "required": sorted(fields),
        "properties": {name: shape(written) for name, written in every.items()},
    }


_ACCOUNT = {
    "id": "id",
    "username": "string",
    "acct": "string",
    "display_name": "string",
    "url": "string",
    "uri": "string",
    "note": "string",
    "avatar": "string",
    "avatar_static": "string",
    "header": "string",
    "header_static": "string",
    "locked": "boolean",
    "bot": "boolean",
    "group": "boolean",
    "discoverable": "boolean",
    "indexable": "boolean",
    "noindex": "boolean",
    "hide_collections": "boolean",
    "created_at": "time",
    "last_status_at": "string?",
    "statuses_count": "integer",
    "followers_count": "integer",
    "following_count": "integer",
    "emojis": "[CustomEmoji]",
    "roles": "[object]",
    "fields": "[Field]",
}
_STATUS = {
    "id": "id",
    "uri": "string",
    "url": "string",
    "created_at": "time",
    "edited_at": "time?",
    "account": "Account",
    "content": "string",
    "visibility": "public|unlisted|private|direct",
    "sensitive": "boolean",
    "spoiler_text": "string",
    "media_attachments": "[MediaAttachment]",
    "application": "object?",
    "mentions": "[Mention]",
    "tags": "[StatusTag]",
    "emojis": "[CustomEmoji]",
    "reblogs_count": "integer",
    "favourites_count": "integer",
    "replies_count": "integer",
    "quotes_count": "integer",
    "in_reply_to_id": "id?",
    "in_reply_to_account_id": "id?",
    "reblog": "Status?",
    "quote": "Quote?",
    "quote_approval": "object",
    "poll": "Poll?",
    "card": "object?",
    "language": "string?",
    "favourited": "boolean",
    "reblogged": "boolean",
    "muted": "boolean",
    "bookmarked": "boolean",
    "pinned": "boolean",
    "filtered": "[FilterResult]",
}
_APPLICATION = {
    "id": "id",
    "name": "string",
    "website": "string?",
    "scopes": "[string]",
    "redirect_uri": "string",
    "redirect_uris": "[string]",
    "vapid_key": "string",
}
_GROUP = {
    "group_key": "string",
    "notifications_count": "integer",
    "type": "string",
    "most_recent_notification_id": "integer",
    "page_min_id": "id",
    "page_max_id": "id",
    "latest_page_notification_at": "time",
    "sample_account_ids": "[id]",
    "status_id": "id?",
}
_V2 = {
    "domain": "string",
    "title": "string",
    "version": "string",
    "source_url": "string",
    "description": "string",
    "usage": "object",
    "thumbnail": "object",
    "icon": "[object]",
    "languages": "[string]",
    "configuration": "object",
    "registrations": "object",
    "api_versions": "object",
    "contact": "object",
    "rules": "[object]",
}
_V1 = {
    "uri": "string",
    "title": "string",
    "short_description": "string",
    "description": "string",
    "email": "string",
    "version": "string",
    "urls": "object",
    "stats": "object",
    "thumbnail": "string?",
    "languages": "[string]",
    "registrations": "boolean",
    "approval_required": "boolean",
    "invites_enabled": "boolean",
    "configuration": "object",
    "contact_account": "Account?",
    "rules": "[object]",
}

ENTITIES: dict[str, dict[str, Any]] = {
    "Account": entity(_ACCOUNT),
    "CredentialAccount": entity({**_ACCOUNT, "source": "object", "role": "object"}),
    "Field": entity({"name": "string", "value": "string", "verified_at": "time?"}),
    "CustomEmoji": entity({"shortcode": "string", "url": "string"}),
    "Status": entity(_STATUS, may_lack={"text": "string"}),
    "Mention": entity({"id": "id", "username": "string", "acct": "string", "url": "string"}),
    "StatusTag": entity({"name": "string", "url": "string"}),
    "MediaAttachment": entity(
        {
            "id": "id",
            "type": "unknown|image|gifv|video|audio",
            "url": "string",
            "preview_url": "string?",
            "remote_url": "string?",
            "meta": "object",
            "description": "string?",
            "blurhash": "string?",
        }
    ),
    "Poll": entity(
        {
            "id": "id",
            "expires_at": "time?",
            "expired": "boolean",
            "multiple": "boolean",
            "votes_count": "integer",
            "voters_count": "integer",
            "voted": "boolean",
            "own_votes": "[integer]",
            "options": "[PollOption]",
            "emojis": "[CustomEmoji]",
        }
    ),
    "PollOption": entity({"title": "string", "votes_count": "integer?"}),
    "Quote": entity({"state": "string", "quoted_status": "Status?"}),
    "Context": entity({"ancestors": "[Status]", "descendants": "[Status]"}),
    "StatusSource": entity({"id": "id", "text": "string", "spoiler_text": "string"}),
    "StatusEdit": entity(
        {
            "content": "string",
            "spoiler_text": "string",
            "sensitive": "boolean",
            "created_at": "time",
            "account": "Account",
            "media_attachments": "[MediaAttachment]",
            "emojis": "[CustomEmoji]",
            "poll": "object?",
            "quote": "object?",
        }
    ),
    "ScheduledStatus": entity(
        {"id": "id", "scheduled_at": "time", "params": "object", "media_attachments": "[MediaAttachment]"}
    ),
    "Notification": entity(
        {"id": "id", "type": "string", "created_at": "time", "account": "Account", "group_key": "string"},
        may_lack={"status": "Status?"},
    ),
    "NotificationGroup": entity(_GROUP),
    "GroupedNotifications": entity(
        {
            "accounts": "[Account]",
            "partial_accounts": "[object]",
            "statuses": "[Status]",
            "notification_groups": "[NotificationGroup]",
        }
    ),
    "NotificationPolicy": entity(
        {
            "for_not_following": "string",
            "for_not_followers": "string",
            "for_new_accounts": "string",
            "for_private_mentions": "string",
            "for_limited_accounts": "string",
            "summary": "object",
        }
    ),
    "Merged": entity({"merged": "boolean"}),
    "Count": entity({"count": "integer"}),
    "WebPushSubscription": entity(
        {
            "id": "id",
            "endpoint": "string",
            "standard": "boolean",
            "alerts": "object",
            "policy": "all|followed|follower|none",
            "server_key": "string",
        }
    ),
    "Relationship": entity(
        {
            "id": "id",
            "following": "boolean",
            "showing_reblogs": "boolean",
            "notifying": "boolean",
            "languages": "[string]?",
            "followed_by": "boolean",
            "blocking": "boolean",
            "blocked_by": "boolean",
            "muting": "boolean",
            "muting_notifications": "boolean",
            "requested": "boolean",
            "requested_by": "boolean",
            "domain_blocking": "boolean",
            "endorsed": "boolean",
            "note": "string",
        }
    ),
    "Conversation": entity(
        {"id": "id", "unread": "boolean", "accounts": "[Account]", "last_status": "Status?"}
    ),
    "FamiliarFollowers": entity({"id": "id", "accounts": "[Account]"}),
    "List": entity(
        {"id": "id", "title": "string", "replies_policy": "followed|list|none", "exclusive": "boolean"}
    ),
    "Tag": entity(
        {
            "id": "string",
            "name": "string",
            "url": "string",
            "history": "[object]",
            "following": "boolean",
            "featuring": "boolean",
        }
    ),
    "Search": entity({"accounts": "[Account]", "statuses": "[Status]", "hashtags": "[Tag]"}),
    "Marker": entity({"last_read_id": "id", "version": "integer", "updated_at": "time"}),
    "Markers": entity({}, may_lack={"home": "Marker", "notifications": "Marker"}),
    "Announcement": entity(
        {
            "id": "id",
            "content": "string",
            "starts_at": "time?",
            "ends_at": "time?",
            "all_day": "boolean",
            "published_at": "time",
            "updated_at": "time",
            "read": "boolean",
            "mentions": "[object]",
            "statuses": "[object]",
            "tags": "[StatusTag]",
            "emojis": "[CustomEmoji]",
            "reactions": "[Reaction]",
        }
    ),
    "Reaction": entity({"name": "string", "count": "integer", "me": "boolean"}),
    "FilterContext": {"type": "string", "enum": ["home", "notifications", "public", "thread", "account"]},
    "FilterKeyword": entity({"id": "id", "keyword": "string", "whole_word": "boolean"}),
    "Filter": entity(
        {
            "id": "id",
            "title": "string",
            "context": "[FilterContext]",
            "expires_at": "time?",
            "filter_action": "warn|hide|blur",
            "keywords": "[FilterKeyword]",
            "statuses": "[FilterStatus]",
        }
    ),
    "FilterNamed": entity(
        {
            "id": "id",
            "title": "string",
            "context": "[FilterContext]",
            "expires_at": "time?",
            "filter_action": "warn|hide|blur",
        }
    ),
    "FilterStatus": entity({"id": "id", "status_id": "id"}),
    "FilterResult": entity(
        {"filter": "FilterNamed", "keyword_matches": "[string]?", "status_matches": "[id]?"}
    ),
    "FilterV1": entity(
        {
            "id": "id",
            "phrase": "string",
            "context": "[FilterContext]",
            "whole_word": "boolean",
            "expires_at": "time?",
            "irreversible": "boolean",
        }
    ),
    "Preferences": entity(
        {
            "posting:default:visibility": "public|unlisted|private|direct",
            "posting:default:sensitive": "boolean",
            "posting:default:language": "string?",
            "reading:expand:media": "default|show_all|hide_all",
            "reading:expand:spoilers": "boolean",
        }
    ),
    "Application": entity(_APPLICATION),
    "CredentialApplication": entity({**_APPLICATION, "client_id": "string", "client_secret": "string"}),
    "Token": entity(
        {"access_token": "string", "token_type": "string", "scope": "string", "created_at": "integer"}
    ),
    "UserInfo": entity(
        {"iss": "string", "sub": "string", "name": "string", "preferred_username": "string"},
        may_lack={"profile": "string", "picture": "string"},
    ),
    "Instance": entity(_V2),
    "InstanceV1": entity(_V1),
    "Language": entity({"code": "string", "name": "string"}),
    "PrivacyPolicy": entity({"updated_at": "time", "content": "string"}),
    "ExtendedDescription": entity({"updated_at": "time", "content": "string"}),
    "Empty": {"type": "object", "additionalProperties": False},
    "Object": {"type": "object"},
    "Error": entity({"error": "string"}, may_lack={"error_description": "string"}),
}
