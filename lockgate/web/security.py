"""What every answer tells the browser it may do: nothing from elsewhere, nothing inline."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "screen-wake-lock",
        "serial",
        "usb",
    )
)


def live_address(request: HttpRequest) -> str:
    """Where this reader's event stream is: LIVE_URL, else the same host at LIVE_PORT, else none ("").

    The browser falls back to asking ``/live/since`` where there is none or it does not answer.
    """
    if settings.LIVE_URL:
        return str(settings.LIVE_URL)
    if settings.LIVE_PORT:
        host = request.get_host().rsplit("]", 1)
        name = host[0] + "]" if len(host) == 2 else host[0].split(":", 1)[0]
        return f"{request.scheme}://{name}:{settings.LIVE_PORT}/events"
    return ""


def content_security_policy(live: str) -> str:
    """The policy as one header line. ``live`` is the event stream's address or ""."""
    parts = urlsplit(live)
    stream = f" {parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
        f"connect-src 'self'{stream}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "manifest-src 'self'; object-src 'none'"
    )


class SecurityHeaders:
    """Middleware: the same headers on every answer, whoever made it. A view may only set stricter ones."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._policies: dict[str, str] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers = response.headers
        if "Content-Security-Policy" not in headers:
            headers["Content-Security-Policy"] = self._policy(request)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", _PERMISSIONS)
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("X-Frame-Options", "DENY")
        if settings.SECURE_COOKIES:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        # Pages hold what one reader may see: no cache on the way may keep them, nor show them after sign-out.
        headers.setdefault("Cache-Control", "private, no-store")
        return response

    def _policy(self, request: HttpRequest) -> str:
        try:
            live = live_address(request)
        except Exception:  # a host that is not allowed: the answer is a refusal and needs no stream
            live = ""
        policy = self._policies.get(live)
        if policy is None:
            if len(self._policies) > 64:
                self._policies.clear()
            policy = self._policies[live] = content_security_policy(live)
        return policy
