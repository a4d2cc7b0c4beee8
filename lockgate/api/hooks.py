"""Where other systems call in."""

from django.urls import path

from lockgate.api import webhooks

urlpatterns = [path("hooks/<uuid:reference>", webhooks.hook)]
