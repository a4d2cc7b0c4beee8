from django.apps import AppConfig


class SmsConfig(AppConfig):
    name = "lockgate.sms"
    label = "sms"
