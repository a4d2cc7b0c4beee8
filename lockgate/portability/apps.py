from django.apps import AppConfig


class PortabilityConfig(AppConfig):
    name = "lockgate.portability"
    label = "portability"
