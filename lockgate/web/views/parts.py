"""The page of parts: every part in each of its states, with filling, for building and for photographs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lockgate.base.clock import now
from lockgate.web.shell import bare

_KINDS = (("Everyone", "inside"), ("Resellers DACH", "guests"), ("Company blog", "outside"))


@require_safe
def parts(request: HttpRequest) -> HttpResponse:
    at = now()
    findings: list[dict[str, Any]] = [
        {
            "outcome": outcome,
            "sign": "●" if outcome in {"hold", "refuse"} else "○",
            "words": words,
            "title": title,
            "explanation": "Words that the rule speaks of, and why it asks.",
            "mend": "Say it without the name.",
            "verdicts": [(verdict, where)],
        }
        for outcome, words, title, verdict, where in (
            (
                "refuse",
                "first deliveries to Aerovia",
                "A customer’s name without consent",
                "Blocks",
                "Company blog",
            ),
            ("hold", "Valve 7", "A project that is not public yet", "Needs approval", ""),
            ("justify", "420 bar", "A figure from a test", "Needs a reason", ""),
            ("tip", "asap", "Plain words", "A tip", ""),
        )
    ]
    context = {
        "kinds": _KINDS,
        "hues": range(0, 360, 30),
        "findings": findings,
        "moments": [at, at - timedelta(hours=20), at - timedelta(days=4), at - timedelta(days=90)],
        "icons": ("house", "inbox", "users", "megaphone", "scale", "archive", "pen-line", "layout-list"),
    }
    return bare(request, "web/parts.html", context)
