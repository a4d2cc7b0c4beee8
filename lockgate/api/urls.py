"""Addresses for machines, under /api/v1/."""

from django.urls import path

from lockgate.api import deals, records, rooms, talk, views

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
    path("doors", rooms.doors),
    path("spaces/<slug:slug>/membership", rooms.membership),
    path("spaces/<slug:slug>/requests", rooms.ask),
    path("requests/<int:request_id>", rooms.withdraw),
    path("requests/<int:request_id>/acceptance", rooms.accept),
    path("requests/<int:request_id>/refusal", rooms.decline),
    path("spaces/<slug:slug>/deal", deals.deal),
    path("spaces/<slug:slug>/deal/lanes", deals.lanes),
    path("spaces/<slug:slug>/deal/deadline", deals.deadline),
    path("spaces/<slug:slug>/deal/answers", deals.answers),
    path("spaces/<slug:slug>/deal/clearing", deals.clearing),
    path("spaces/<slug:slug>/decisions", deals.decisions),
    path("spaces/<slug:slug>/decisions/<int:decision_id>/votes", deals.votes),
    path("spaces/<slug:slug>/decisions/<int:decision_id>/decision", deals.decision),
    path("records", records.put),
    path("records/<int:record_id>", records.one),
    path("rumours", records.all_rumours),
    path("follows", records.follows),
    path("read", records.mark_read),
    path("passages/<int:passage_id>/why", records.why),
]
