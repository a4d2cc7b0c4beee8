from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "lockgate.web"
    label = "web"
