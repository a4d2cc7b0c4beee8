"""The page that a letter leads to: somebody who has no password yet chooses one."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from lockgate.base.clock import now
from lockgate.base.refusal import NotFound
from lockgate.directory.queries import welcomed
from lockgate.people.operations import set_password
from lockgate.web.shell import bare


@sensitive_post_parameters("password", "again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """An address that never was, was used, or is too old is answered as one that is not there."""
    person = welcomed(slug, token)
    if person is None:
        raise NotFound
    problems: list[str] = []
    if request.method == "POST":
        password = request.POST.get("password", "")
        if password != request.POST.get("again", ""):
            problems = ["again"]
        elif len(password) > 200:
            problems = ["long"]
        else:
            try:
                validate_password(password, person)
            except ValidationError as error:
                problems = list(error.messages)
            else:
                set_password(by=person, at=now(), person=person, password=password)
                return HttpResponseRedirect("/sign-in")
    return bare(
        request,
        "web/welcome.html",
        {
            "problems": problems,
            "person": person,
            "company": settings.COMPANY,
        },
        status=422 if problems else 200,
    )
