"""Addresses for machines, under /api/v1/."""

from django.urls import path

from lockgate.api import views

urlpatterns = [
    path("places", views.places),
    path("check", views.check),
    path("messages", views.messages),
    path("messages/<int:message_id>", views.message),
    path("search", views.search),
    path("attachments", views.attachments),
]
