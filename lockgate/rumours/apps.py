from django.apps import AppConfig


class RumoursConfig(AppConfig):
    name = "lockgate.rumours"
    label = "rumours"
    default_auto_field = "django.db.models.BigAutoField"
