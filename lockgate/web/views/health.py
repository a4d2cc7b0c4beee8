"""Is all ready? Asked by whoever starts us, without sign-in and without a session."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lockgate.base import heartbeat


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 "ready" when the database answers and its tables are there, else 503 and the reason."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM people_person LIMIT 1")
            cursor.fetchall()
    except DatabaseError:
        return _not_yet("The database does not answer, or is not prepared.")
    health = heartbeat.report()
    if not health.is_ready:
        return _not_yet(f"waiting for: {', '.join(health.quiet)}")
    return HttpResponse("ready\n", "text/plain")


def _not_yet(why: str) -> HttpResponse:
    response = HttpResponse(f"{why}\n", "text/plain", status=503)
    # An answer, not a fault: without this Django writes an error for each time that somebody asks.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
