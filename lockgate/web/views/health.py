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
        return HttpResponse("The database does not answer, or is not prepared.\n", "text/plain", status=503)
    health = heartbeat.report()
    if not health.is_ready:
        return HttpResponse(f"waiting for: {', '.join(health.quiet)}\n", "text/plain", status=503)
    return HttpResponse("ready\n", "text/plain")
