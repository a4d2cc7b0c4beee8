from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "lockgate.api"
    label = "api"
