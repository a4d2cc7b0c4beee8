"""Where other systems call in."""

from django.urls import path

from lockgate.api import texts, webhooks

urlpatterns = [path("hooks/sms", texts.incoming), path("hooks/<uuid:reference>", webhooks.hook)]
