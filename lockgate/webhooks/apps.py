from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "lockgate.webhooks"
    label = "webhooks"
