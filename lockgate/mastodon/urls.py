"""Every address of the edge: for each method its view, the scope that it needs, and who may ask."""

from django.urls import path

from lockgate.mastodon.speaking import ANYONE, APP, Verb, address
from lockgate.mastodon.views import (
    accounts,
    announcements,
    document,
    filters,
    filters_before,
    following,
    groups,
    house,
    instance,
    lists,
    marks,
    media,
    muting,
    notes,
    oauth,
    pages,
    polls,
    profile,
    push,
    quiet,
    scheduled,
    statuses,
    talks,
    timelines,
)

R_ACCOUNTS, W_ACCOUNTS = "read:accounts", "write:accounts"
R_STATUSES, W_STATUSES = "read:statuses", "write:statuses"
R_LISTS, W_LISTS = "read:lists", "write:lists"
R_NOTICES, W_NOTICES = "read:notifications", "write:notifications"
R_FILTERS, W_FILTERS = "read:filters", "write:filters"
W_TALKS = "write:conversations"
R_FOLLOWS, W_FOLLOWS = "read:follows", "write:follows"


def _nothing(scope: str = "read") -> Verb:
    return Verb(quiet.nothing, scope)


def _not_here(scope: str = "write") -> Verb:
    return Verb(quiet.not_here, scope)


_oauth = [
    path(".well-known/oauth-authorization-server", address(GET=Verb(oauth.server, who=ANYONE))),
    path(".well-known/nodeinfo", address(GET=Verb(instance.nodeinfo_links, who=ANYONE))),
    path("nodeinfo/2.0", address(GET=Verb(instance.nodeinfo, who=ANYONE))),
    path("oauth/authorize", oauth.authorize),
    path("oauth/token", address(POST=Verb(oauth.token, who=ANYONE))),
    path("oauth/revoke", address(POST=Verb(oauth.revoke, who=ANYONE))),
    path(
        "oauth/userinfo", address(GET=Verb(oauth.userinfo, "profile"), POST=Verb(oauth.userinfo, "profile"))
    ),
    path("api/v1/apps", address(POST=Verb(oauth.register, who=ANYONE))),
    path("api/v1/apps/verify_credentials", address(GET=Verb(oauth.verify_app, who=APP))),
    path("apps", pages.apps),
    path("apps/<int:token_id>/end", pages.disconnect),
]

_instance = [
    path("api/mastodon/openapi.json", address(GET=Verb(document.openapi, who=ANYONE))),
    path("api/v1/instance", address(GET=Verb(instance.v1, who=ANYONE))),
    path("api/v2/instance", address(GET=Verb(instance.v2, who=ANYONE))),
    path("api/v1/instance/extended_description", address(GET=Verb(instance.about, who=ANYONE))),
    *(
        path(f"api/v1/instance/{name}", address(GET=Verb(quiet.nothing, who=ANYONE)))
        for name in ("rules", "peers", "activity", "domain_blocks", "translation_languages")
    ),
    path("api/v1/instance/languages", address(GET=Verb(house.languages, who=ANYONE))),
    path("api/v1/instance/privacy_policy", address(GET=Verb(house.privacy_policy, who=ANYONE))),
    path("api/v1/streaming", address(GET=Verb(instance.streaming, who=ANYONE))),
    path("api/v1/streaming/<path:rest>", address(GET=Verb(instance.streaming, who=ANYONE))),
    path("api/v1/custom_emojis", address(GET=Verb(quiet.nothing, who=ANYONE))),
]

_accounts = [
    path("api/v1/accounts", address(GET=Verb(accounts.many, R_ACCOUNTS))),
    path("api/v1/accounts/verify_credentials", address(GET=Verb(profile.verify_credentials, "profile"))),
    path("api/v1/accounts/update_credentials", address(PATCH=Verb(profile.update_credentials, W_ACCOUNTS))),
    path("api/v1/profile/avatar", address(DELETE=Verb(profile.remove_avatar, W_ACCOUNTS))),
    path("api/v1/profile/header", address(DELETE=Verb(profile.remove_header, W_ACCOUNTS))),
    path("api/v1/accounts/lookup", address(GET=Verb(accounts.lookup, R_ACCOUNTS))),
    path("api/v1/accounts/search", address(GET=Verb(accounts.search, R_ACCOUNTS))),
    path("api/v1/accounts/relationships", address(GET=Verb(accounts.relationships, R_FOLLOWS))),
    path("api/v1/accounts/familiar_followers", address(GET=Verb(accounts.familiar_followers, R_FOLLOWS))),
    path("api/v1/accounts/<str:number>", address(GET=Verb(accounts.one, R_ACCOUNTS))),
    path("api/v1/accounts/<str:number>/statuses", address(GET=Verb(accounts.statuses, R_STATUSES))),
    path("api/v1/accounts/<str:number>/lists", address(GET=Verb(lists.with_person, R_LISTS))),
    *(
        path(f"api/v1/accounts/<str:number>/{name}", address(GET=Verb(accounts.nobody, R_ACCOUNTS)))
        for name in ("followers", "featured_tags", "endorsements", "identity_proofs")
    ),
    path("api/v1/accounts/<str:number>/following", address(GET=Verb(following.following, R_ACCOUNTS))),
    path("api/v1/accounts/<str:number>/follow", address(POST=Verb(following.follow, W_FOLLOWS))),
    path("api/v1/accounts/<str:number>/unfollow", address(POST=Verb(following.unfollow, W_FOLLOWS))),
    path("api/v1/directory", address(GET=Verb(accounts.directory, R_ACCOUNTS))),
    *(
        path(f"api/v1/accounts/<str:number>/{name}", address(POST=Verb(view, scope)))
        for name, view, scope in (
            ("mute", accounts.mute, "write:mutes"),
            ("unmute", accounts.unmute, "write:mutes"),
            ("block", accounts.not_done, "write:blocks"),
            ("unblock", accounts.undone, "write:blocks"),
            ("note", notes.note, W_ACCOUNTS),
            ("pin", accounts.not_done, W_ACCOUNTS),
            ("unpin", accounts.undone, W_ACCOUNTS),
            ("remove_from_followers", accounts.undone, W_FOLLOWS),
        )
    ),
    path("api/v1/lists", address(GET=Verb(lists.every, R_LISTS), POST=Verb(lists.create, W_LISTS))),
    path(
        "api/v1/lists/<str:number>",
        address(
            GET=Verb(lists.one, R_LISTS),
            PUT=Verb(lists.change, W_LISTS),
            DELETE=Verb(lists.remove, W_LISTS),
        ),
    ),
    path(
        "api/v1/lists/<str:number>/accounts",
        address(
            GET=Verb(lists.members, R_LISTS),
            POST=Verb(lists.put_on, W_LISTS),
            DELETE=Verb(lists.take_off, W_LISTS),
        ),
    ),
]

_requests = [
    path("api/v1/notifications/requests", address(GET=_nothing(R_NOTICES))),
    path("api/v1/notifications/requests/merged", address(GET=Verb(groups.merged, R_NOTICES))),
    path("api/v1/notifications/requests/accept", address(POST=Verb(groups.no_requests, W_NOTICES))),
    path("api/v1/notifications/requests/dismiss", address(POST=Verb(groups.no_requests, W_NOTICES))),
    path("api/v1/notifications/requests/<str:number>", address(GET=Verb(groups.no_request, R_NOTICES))),
    *(
        path(
            f"api/v1/notifications/requests/<str:number>/{name}",
            address(POST=Verb(groups.no_request, W_NOTICES)),
        )
        for name in ("accept", "dismiss")
    ),
]

_timelines = [
    path("api/v1/timelines/home", address(GET=Verb(timelines.home, R_STATUSES))),
    path("api/v1/timelines/public", address(GET=Verb(timelines.public, R_STATUSES))),
    path("api/v1/timelines/tag/<str:name>", address(GET=Verb(following.timeline, R_STATUSES))),
    path("api/v1/timelines/list/<str:number>", address(GET=Verb(lists.timeline, R_LISTS))),
    path("api/v1/timelines/link", address(GET=_nothing(R_STATUSES))),
    path("api/v1/timelines/direct", address(GET=Verb(talks.timeline, R_STATUSES))),
    path("api/v1/tags/<str:name>", address(GET=Verb(following.one_topic, R_FOLLOWS))),
    path("api/v1/tags/<str:name>/follow", address(POST=Verb(following.follow_topic, W_FOLLOWS))),
    path("api/v1/tags/<str:name>/unfollow", address(POST=Verb(following.unfollow_topic, W_FOLLOWS))),
    path("api/v1/followed_tags", address(GET=Verb(following.followed_topics, R_FOLLOWS))),
    path("tags/<str:word>", pages.topic),
    path("api/v2/search", address(GET=Verb(timelines.search, "read:search"))),
    path(
        "api/v1/markers",
        address(GET=Verb(timelines.markers, R_STATUSES), POST=Verb(timelines.mark, W_STATUSES)),
    ),
    path("api/v1/preferences", address(GET=Verb(quiet.preferences, R_ACCOUNTS))),
    path("api/v1/notifications", address(GET=Verb(timelines.notifications, R_NOTICES))),
    path("api/v2/notifications", address(GET=Verb(groups.every, R_NOTICES))),
    path("api/v1/notifications/unread_count", address(GET=Verb(timelines.unread_count, R_NOTICES))),
    path("api/v2/notifications/unread_count", address(GET=Verb(timelines.unread_count, R_NOTICES))),
    path("api/v1/notifications/clear", address(POST=Verb(timelines.clear, W_NOTICES))),
    path(
        "api/v1/notifications/policy",
        address(
            GET=Verb(timelines.notification_policy, R_NOTICES),
            PUT=_not_here(W_NOTICES),
            PATCH=_not_here(W_NOTICES),
        ),
    ),
    path(
        "api/v2/notifications/policy",
        address(GET=Verb(timelines.notification_policy, R_NOTICES), PATCH=_not_here(W_NOTICES)),
    ),
    *_requests,
    path("api/v2/notifications/<str:key>", address(GET=Verb(groups.one, R_NOTICES))),
    path("api/v2/notifications/<str:key>/accounts", address(GET=Verb(groups.accounts, R_NOTICES))),
    path("api/v2/notifications/<str:key>/dismiss", address(POST=Verb(groups.dismiss, W_NOTICES))),
    path("api/v1/notifications/<str:number>", address(GET=Verb(timelines.notification, R_NOTICES))),
    path("api/v1/notifications/<str:number>/dismiss", address(POST=Verb(timelines.dismiss, W_NOTICES))),
]

_statuses = [
    path(
        "api/v1/statuses",
        address(GET=Verb(statuses.many, R_STATUSES), POST=Verb(statuses.create, W_STATUSES)),
    ),
    path(
        "api/v1/statuses/<str:number>",
        address(
            GET=Verb(statuses.one, R_STATUSES),
            PUT=Verb(statuses.revise, W_STATUSES),
            DELETE=Verb(statuses.recall, W_STATUSES),
        ),
    ),
    path("api/v1/statuses/<str:number>/context", address(GET=Verb(statuses.context, R_STATUSES))),
    path("api/v1/statuses/<str:number>/source", address(GET=Verb(statuses.source, R_STATUSES))),
    path("api/v1/statuses/<str:number>/history", address(GET=Verb(statuses.history, R_STATUSES))),
    path("api/v1/statuses/<str:number>/reblogged_by", address(GET=Verb(statuses.reblogged_by, R_STATUSES))),
    path("api/v1/statuses/<str:number>/quotes", address(GET=Verb(statuses.quotes, R_STATUSES))),
    path("api/v1/statuses/<str:number>/favourited_by", address(GET=Verb(marks.favourited_by, R_STATUSES))),
    *(
        path(f"api/v1/statuses/<str:number>/{name}", address(POST=Verb(view, scope)))
        for name, view, scope in (
            ("favourite", marks.favourite, "write:favourites"),
            ("unfavourite", marks.unfavourite, "write:favourites"),
            ("bookmark", marks.bookmark, "write:bookmarks"),
            ("unbookmark", marks.unbookmark, "write:bookmarks"),
            ("reblog", statuses.reblog, W_STATUSES),
            ("unreblog", statuses.unreblog, W_STATUSES),
            ("pin", marks.pin, W_ACCOUNTS),
            ("unpin", marks.unpin, W_ACCOUNTS),
            ("mute", muting.mute, "write:mutes"),
            ("unmute", muting.unmute, "write:mutes"),
            ("translate", quiet.translate, R_STATUSES),
        )
    ),
    path("api/v1/scheduled_statuses", address(GET=Verb(scheduled.every, R_STATUSES))),
    path(
        "api/v1/scheduled_statuses/<str:number>",
        address(
            GET=Verb(scheduled.one, R_STATUSES),
            PUT=Verb(scheduled.change, W_STATUSES),
            DELETE=Verb(scheduled.remove, W_STATUSES),
        ),
    ),
    path("api/v1/media", address(POST=Verb(media.upload, "write:media"))),
    path("api/v2/media", address(POST=Verb(media.upload, "write:media"))),
    path(
        "api/v1/media/<str:number>",
        address(
            GET=Verb(media.one, "write:media"),
            PUT=Verb(media.describe, "write:media"),
            DELETE=Verb(media.remove, "write:media"),
        ),
    ),
    path("media_attachments/<int:token>/<str:number>/<str:until>/<str:words>", media.content),
    path("avatars/<int:hue>/<str:letters>.png", media.avatar),
    path("photos/<int:token>/<slug:slug>/<str:until>/<str:words>", media.photo),
]

_talk = [
    path("api/v1/conversations", address(GET=Verb(talks.every, R_STATUSES))),
    path("api/v1/conversations/<str:number>", address(DELETE=Verb(talks.put_away, W_TALKS))),
    path("api/v1/conversations/<str:number>/read", address(POST=Verb(talks.read, W_TALKS))),
    path("api/v1/favourites", address(GET=Verb(marks.favourites, "read:favourites"))),
    path("api/v1/mutes", address(GET=Verb(accounts.mutes, "read:mutes"))),
    path("api/v1/bookmarks", address(GET=Verb(marks.bookmarks, "read:bookmarks"))),
    path("api/v1/polls/<str:number>", address(GET=Verb(polls.one, R_STATUSES))),
    path("api/v1/polls/<str:number>/votes", address(POST=Verb(polls.vote, W_STATUSES))),
    path("api/v1/announcements", address(GET=Verb(announcements.unread, "read"))),
    path("api/v1/announcements/<str:number>/dismiss", address(POST=Verb(announcements.dismiss, W_ACCOUNTS))),
    path(
        "api/v1/announcements/<str:number>/reactions/<str:name>",
        address(
            PUT=Verb(announcements.react, "write:favourites"),
            DELETE=Verb(announcements.withdraw, "write:favourites"),
        ),
    ),
]

NOTHING = (
    "blocks",
    "domain_blocks",
    "endorsements",
    "featured_tags/suggestions",
    "follow_requests",
    "suggestions",
    "trends",
    "trends/links",
    "trends/statuses",
    "trends/tags",
)
"""Addresses below /api/v1/ that answer an empty list to whoever may read."""

_filters = [
    path(
        "api/v1/filters",
        address(GET=Verb(filters_before.every, R_FILTERS), POST=Verb(filters_before.create, W_FILTERS)),
    ),
    path(
        "api/v1/filters/<str:number>",
        address(
            GET=Verb(filters_before.one, R_FILTERS),
            PUT=Verb(filters_before.change, W_FILTERS),
            DELETE=Verb(filters_before.remove, W_FILTERS),
        ),
    ),
    path(
        "api/v2/filters",
        address(GET=Verb(filters.every, R_FILTERS), POST=Verb(filters.create, W_FILTERS)),
    ),
    path(
        "api/v2/filters/keywords/<str:number>",
        address(
            GET=Verb(filters.keyword, R_FILTERS),
            PUT=Verb(filters.change_keyword, W_FILTERS),
            DELETE=Verb(filters.remove_keyword, W_FILTERS),
        ),
    ),
    path(
        "api/v2/filters/<str:number>",
        address(
            GET=Verb(filters.one, R_FILTERS),
            PUT=Verb(filters.change, W_FILTERS),
            DELETE=Verb(filters.remove, W_FILTERS),
        ),
    ),
    path(
        "api/v2/filters/<str:number>/keywords",
        address(GET=Verb(filters.keywords, R_FILTERS), POST=Verb(filters.add_keyword, W_FILTERS)),
    ),
    path(
        "api/v2/filters/statuses/<str:number>",
        address(GET=Verb(filters.status, R_FILTERS), DELETE=Verb(filters.remove_status, W_FILTERS)),
    ),
    path(
        "api/v2/filters/<str:number>/statuses",
        address(GET=Verb(filters.statuses, R_FILTERS), POST=Verb(filters.add_status, W_FILTERS)),
    ),
]

_quiet = [
    *(path(f"api/v1/{name}", address(GET=_nothing())) for name in NOTHING),
    path("api/v1/featured_tags", address(GET=_nothing(), POST=Verb(quiet.not_featured, W_ACCOUNTS))),
    path("api/v1/featured_tags/<str:number>", address(DELETE=Verb(quiet.not_featured, W_ACCOUNTS))),
    *_filters,
    path("api/v2/suggestions", address(GET=_nothing())),
    path("api/v1/annual_reports", address(GET=Verb(quiet.empty, "read"))),
    path(
        "api/v1/push/subscription",
        address(
            GET=Verb(push.shown, "push"),
            POST=Verb(push.subscribe, "push"),
            PUT=Verb(push.change, "push"),
            DELETE=Verb(push.end, "push"),
        ),
    ),
    path("api/v1/reports", address(POST=Verb(quiet.not_reported, "write:reports"))),
]

# Some clients end an address with a slash. What nothing else answers for is missing, in JSON.
_rest = [path("api/<path:rest>", quiet.otherwise)]

urlpatterns = [*_oauth, *_instance, *_accounts, *_timelines, *_statuses, *_talk, *_quiet, *_rest]
