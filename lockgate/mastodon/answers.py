"""What each view answers and takes, for the OpenAPI document. A view that is not here fails a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lockgate.mastodon.views import (
    accounts,
    announcements,
    document,
    filters,
    instance,
    marks,
    media,
    oauth,
    polls,
    push,
    quiet,
    statuses,
    timelines,
)

Written = dict[str, str]
"""Fields by name, each as ``schemas`` writes it."""


@dataclass(frozen=True, slots=True)
class Answers:
    """An entity, a list of one, or nothing; and whether that is real, empty because the house has no such thing, or
    refused with a sentence."""

    what: str = ""
    how: str = "real"
    status: int = 200


REFUSED = Answers(how="refused")

ANSWERS: dict[Callable[..., Any], Answers] = {
    accounts.verify_credentials: Answers("CredentialAccount"),
    accounts.update_credentials: REFUSED,
    accounts.lookup: Answers("Account"),
    accounts.search: Answers("[Account]"),
    accounts.many: Answers("[Account]"),
    accounts.relationships: Answers("[Relationship]"),
    accounts.familiar_followers: Answers("[FamiliarFollowers]", "empty"),
    accounts.one: Answers("Account"),
    accounts.statuses: Answers("[Status]"),
    accounts.nobody: Answers("[object]", "empty"),
    accounts.lists_with: Answers("[List]"),
    accounts.follow: Answers("Relationship"),
    accounts.unfollow: Answers("Relationship"),
    accounts.mute: Answers("Relationship"),
    accounts.unmute: Answers("Relationship"),
    accounts.mutes: Answers("[Account]"),
    accounts.not_done: REFUSED,
    accounts.undone: Answers("Relationship", "empty"),
    accounts.lists: Answers("[List]"),
    accounts.one_list: Answers("List"),
    accounts.accounts_of_list: Answers("[Account]"),
    accounts.lists_are_spaces: REFUSED,
    accounts.timeline: Answers("[Status]"),
    announcements.unread: Answers("[Announcement]"),
    announcements.dismiss: Answers("Empty"),
    announcements.react: Answers("Empty"),
    announcements.withdraw: Answers("Empty"),
    document.openapi: Answers("Object"),
    filters.every: Answers("[Filter]"),
    filters.one: Answers("Filter"),
    filters.create: Answers("Filter"),
    filters.change: Answers("Filter"),
    filters.remove: Answers("Empty"),
    filters.keywords: Answers("[FilterKeyword]"),
    filters.add_keyword: Answers("FilterKeyword"),
    filters.keyword: Answers("FilterKeyword"),
    filters.change_keyword: Answers("FilterKeyword"),
    filters.remove_keyword: Answers("Empty"),
    filters.statuses: Answers("[object]", "empty"),
    instance.v1: Answers("InstanceV1"),
    instance.v2: Answers("Instance"),
    instance.about: Answers("ExtendedDescription"),
    instance.nodeinfo_links: Answers("Object"),
    instance.nodeinfo: Answers("Object"),
    instance.streaming: Answers(status=307),
    marks.favourite: Answers("Status"),
    marks.unfavourite: Answers("Status"),
    marks.bookmark: Answers("Status"),
    marks.unbookmark: Answers("Status"),
    marks.pin: Answers("Status"),
    marks.unpin: Answers("Status"),
    marks.favourited_by: Answers("[Account]"),
    marks.favourites: Answers("[Status]"),
    marks.bookmarks: Answers("[Status]"),
    media.upload: Answers("MediaAttachment"),
    media.one: Answers("MediaAttachment"),
    media.describe: Answers("MediaAttachment"),
    media.remove: Answers("Empty"),
    oauth.server: Answers("Object"),
    oauth.token: Answers("Token"),
    oauth.revoke: Answers("Empty"),
    oauth.userinfo: Answers("UserInfo"),
    oauth.register: Answers("CredentialApplication"),
    oauth.verify_app: Answers("Application"),
    polls.one: Answers("Poll"),
    polls.vote: Answers("Poll"),
    push.shown: Answers("WebPushSubscription"),
    push.subscribe: Answers("WebPushSubscription"),
    push.change: Answers("WebPushSubscription"),
    push.end: Answers("Empty"),
    quiet.nothing: Answers("[object]", "empty"),
    quiet.empty: Answers("Empty", "empty"),
    quiet.not_here: REFUSED,
    quiet.preferences: Answers("Preferences"),
    statuses.create: Answers("Object"),
    statuses.many: Answers("[Status]"),
    statuses.one: Answers("Status"),
    statuses.context: Answers("Context"),
    statuses.source: Answers("StatusSource"),
    statuses.history: Answers("[StatusEdit]"),
    statuses.revise: Answers("Status"),
    statuses.recall: Answers("Status"),
    statuses.nobody: Answers("[Account]", "empty"),
    statuses.not_done: REFUSED,
    statuses.never: REFUSED,
    statuses.undone: Answers("Status", "empty"),
    statuses.scheduled: Answers("[ScheduledStatus]"),
    statuses.one_scheduled: Answers("ScheduledStatus"),
    statuses.unschedule: Answers("Empty"),
    statuses.reschedule: REFUSED,
    timelines.home: Answers("[Status]"),
    timelines.public: Answers("[Status]"),
    timelines.tag: Answers("[Status]"),
    timelines.one_tag: Answers("Tag"),
    timelines.search: Answers("Search"),
    timelines.notifications: Answers("[Notification]"),
    timelines.notification: Answers("Notification"),
    timelines.grouped: Answers("GroupedNotifications"),
    timelines.unread_count: Answers("Count"),
    timelines.clear: Answers("Empty"),
    timelines.dismiss: Answers("Empty"),
    timelines.notification_policy: Answers("NotificationPolicy"),
    timelines.markers: Answers("Markers"),
    timelines.mark: Answers("Markers"),
}

_STATUS: Written = {
    "status": "string",
    "visibility": "public|unlisted|private|direct",
    "in_reply_to_id": "id",
    "media_ids": "[id]",
    "spoiler_text": "string",
    "scheduled_at": "string",
    "language": "string",
}

_KEYWORD: Written = {"keyword": "string", "whole_word": "boolean"}
_FILTER: Written = {
    "title": "string",
    "context": "[FilterContext]",
    "filter_action": "warn|hide|blur",
    "expires_in": "integer",
    "keywords_attributes": "[object]",
}

TAKES: dict[Callable[..., Any], Written] = {
    accounts.lookup: {"acct": "string"},
    accounts.mute: {"notifications": "boolean", "duration": "integer"},
    accounts.search: {"q": "string", "limit": "integer"},
    accounts.many: {"id": "[id]"},
    accounts.relationships: {"id": "[id]"},
    accounts.familiar_followers: {"id": "[id]"},
    accounts.statuses: {"pinned": "boolean"},
    filters.create: _FILTER,
    filters.change: _FILTER,
    filters.add_keyword: _KEYWORD,
    filters.change_keyword: _KEYWORD,
    media.describe: {"description": "string"},
    oauth.register: {
        "client_name": "string",
        "redirect_uris": "string",
        "scopes": "string",
        "website": "string",
    },
    oauth.token: {
        "grant_type": "string",
        "client_id": "string",
        "client_secret": "string",
        "code": "string",
        "redirect_uri": "string",
        "scope": "string",
    },
    oauth.revoke: {"client_id": "string", "client_secret": "string", "token": "string"},
    polls.vote: {"choices": "[integer]"},
    push.subscribe: {"subscription": "object", "data": "object", "policy": "all|followed|follower|none"},
    push.change: {"data": "object", "policy": "all|followed|follower|none"},
    statuses.create: _STATUS,
    statuses.revise: {"status": "string"},
    statuses.many: {"id": "[id]"},
    timelines.public: {"local": "boolean", "remote": "boolean"},
    timelines.tag: {"any": "[string]"},
    timelines.search: {"q": "string", "type": "accounts|hashtags|statuses", "limit": "integer"},
    timelines.notifications: {"types": "[string]", "exclude_types": "[string]"},
    timelines.grouped: {"types": "[string]", "exclude_types": "[string]"},
    timelines.markers: {"timeline": "[string]"},
}
