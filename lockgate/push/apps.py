from django.apps import AppConfig


class PushConfig(AppConfig):
    name = "lockgate.push"
    label = "push"
