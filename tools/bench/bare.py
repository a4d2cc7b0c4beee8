"""The limit: Django with one view that answers a word, no middleware, no database."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path


def word(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ready\n", "text/plain")


urlpatterns = [path("", word)]

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF="tools.bench.bare", SECRET_KEY="bare", MIDDLEWARE=[]
    )

from django.core.wsgi import get_wsgi_application  # noqa: E402  (settings come first)

application = get_wsgi_application()
