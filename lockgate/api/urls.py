"""Addresses for machines, under /api/v1/."""

from django.urls import path

from lockgate.api import talk, views

urlpatterns = [
    path("places", views.places),
    path("check", views.check),
    path("messages", views.messages),
    path("messages/<int:message_id>", views.message),
    path("search", views.search),
    path("attachments", views.attachments),
    path("passages/<int:passage_id>/reactions", talk.reactions),
    path("passages/<int:passage_id>/saved", talk.saved_mark),
    path("passages/<int:passage_id>/pin", talk.pin),
    path("passages/<int:passage_id>/acceptance", talk.acceptance),
    path("passages/<int:passage_id>/receipt", talk.receipt),
    path("passages/<int:passage_id>/readers", talk.readers),
    path("passages/<int:passage_id>/poll", talk.poll),
    path("passages/<int:passage_id>/votes", talk.votes),
    path("saved", talk.saved),
]
