"""Every address of the house. Nouns; what is done to them is a sub-resource that is posted to."""

from django.conf import settings
from django.urls import include, path

from lockgate.web.views import (
    approvals,
    archive,
    assets,
    channels,
    compose,
    feeds,
    health,
    home,
    live,
    messages,
    palette,
    people,
    policy,
    seats,
    sign_in,
    spaces,
)

handler400 = "lockgate.web.refusals.bad_request"
handler403 = "lockgate.web.refusals.not_found"
handler404 = "lockgate.web.refusals.not_found"
handler500 = "lockgate.web.refusals.server_error"

urlpatterns = [
    path("", home.home),
    path("assets/<str:name>", assets.asset),
    path("api/v1/", include("lockgate.api.urls")),
    path("", include("lockgate.mastodon.urls")),
    path("healthz", health.healthz),
    path("sign-in", sign_in.sign_in),
    path("sign-out", sign_in.sign_out),
    path("language", sign_in.language),
    path("places.json", palette.places),
    path("live/since", live.since),
    path("spaces", seats.all_spaces),
    path("spaces/<slug:slug>", spaces.space),
    path("spaces/<slug:slug>/seats", seats.seats),
    path("spaces/<slug:slug>/seats/<slug:person_slug>/end", seats.end),
    path("messages", compose.send),
    path("messages/<int:message_id>", messages.message),
    path("messages/<int:message_id>/revision", messages.revise),
    path("messages/<int:message_id>/proof/<int:entry_id>", messages.proof),
    path("passages/<int:passage_id>/recall", messages.recall),
    path("passages/<int:passage_id>/retry", messages.retry),
    path("compose/check", compose.check),
    path("compose/draft", compose.draft),
    path("attachments", compose.attach),
    path("attachments/<int:attachment_id>", compose.attachment),
    path("attachments/<int:attachment_id>/removal", compose.detach),
    path("approvals", approvals.desk),
    path("approvals/<int:request_id>", approvals.desk),
    path("approvals/<int:request_id>/sign-off", approvals.sign_off),
    path("approvals/<int:request_id>/change-request", approvals.change_request),
    path("approvals/<int:request_id>/rejection", approvals.rejection),
    path("approvals/<int:request_id>/escalation", approvals.escalation),
    path("people", people.everyone),
    path("people/<slug:slug>", people.one),
    path("channels", channels.accounts),
    path("channels/accounts", channels.open_account),
    path("channels/<slug:slug>", channels.account),
    path("channels/<slug:slug>/secret", channels.renew_secret),
    path("channels/<slug:slug>/pause", channels.pause),
    path("channels/<slug:slug>/resumption", channels.resume),
    path("policy", policy.packs),
    path("policy/proposal", policy.proposal),
    path("policy/<slug:slug>", policy.pack),
    path("policy/<slug:slug>/proposal", policy.proposal),
    path("policy/<slug:slug>/<int:number>", policy.version),
    path("policy/<slug:slug>/<int:number>/review", policy.review),
    path("policy/<slug:slug>/<int:number>/publication", policy.publication),
    path("archive", archive.log),
    path("archive/checkpoint", archive.checkpoint),
    path("archive/<int:entry_id>", archive.entry),
    path("archive/<int:entry_id>/proof", archive.proof),
    path("feed.atom", feeds.atom),
    path("feed.rss", feeds.rss),
    path("feeds/<slug:slug>", feeds.feed_page),
    path("feeds/<slug:slug>/atom.xml", feeds.atom),
    path("feeds/<slug:slug>/rss.xml", feeds.rss),
    path("feeds/<slug:slug>/<uuid:reference>", feeds.entry),
    path("feeds/<slug:slug>/<uuid:reference>/images/<int:position>", feeds.image),
]

if settings.DEBUG or settings.DEMO:
    from lockgate.web.views import parts

    urlpatterns.append(path("_parts", parts.parts))
