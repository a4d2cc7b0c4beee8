"""In which language a reader is answered: their own once signed in, else what the browser asks for."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

SESSION_KEY = "language"


class ReadersLanguage:
    """Middleware. The language stands in the session from sign-in on, so that no query is needed for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._known = frozenset(code for code, _name in settings.LANGUAGES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = ""
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            language = str(request.session.get(SESSION_KEY, ""))
        if language not in self._known:
            language = translation.get_language_from_request(request)
        translation.activate(language)
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
