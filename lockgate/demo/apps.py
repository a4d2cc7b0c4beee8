from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "lockgate.demo"
    label = "demo"
