"""The address where the gateway of text messages brings what people answered."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from lockgate.api.fields import body
from lockgate.api.refusals import refusal
from lockgate.api.speaker import told
from lockgate.base.clock import now
from lockgate.sms import operations


@csrf_exempt
def incoming(request: HttpRequest) -> HttpResponse:
    """No cookie and no token counts here: the signature does, or nothing. Whose number it is, is not answered."""
    if request.method != "POST":
        refused = refusal(405, "method", _("This address takes %(verbs)s.") % {"verbs": "POST"})
        refused.headers["Allow"] = "POST"
        return refused
    # Not counted here: whoever floods this without our secret must not keep the gateway out. What is signed is counted
    # by its sender's number.

    def taken() -> HttpResponse:
        operations.take(
            at=now(),
            timestamp=request.headers.get("x-timestamp", ""),
            signed=request.headers.get("x-signature", ""),
            body=body(request),
        )
        return JsonResponse({"taken": True}, status=202)

    return told(taken)
