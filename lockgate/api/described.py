"""The API tells of itself."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, JsonResponse

from lockgate.api import openapi
from lockgate.api.declared import Verb
from lockgate.api.speaker import answering
from lockgate.people.models import Person


@answering(GET=Verb("This document.", ""))
def document(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    return JsonResponse(openapi.document())
