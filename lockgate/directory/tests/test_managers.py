"""To whom people report, as a directory says it by SCIM: drawn in the chart, waited for, never in a ring."""

from __future__ import annotations

from datetime import datetime

import pytest

from lockgate.demo.cast import Cast
from lockgate.directory.tests.asking import ENTERPRISE, NEW, Directory
from lockgate.people.models import Person
from lockgate.profiles.models import Line

MANAGER = f"{ENTERPRISE}:manager"
ABOVE = {
    "Entra ID": [{"op": "Add", "path": MANAGER, "value": "nadia-roux"}],
    "Okta": [{"op": "replace", "value": {ENTERPRISE: {"manager": {"value": "nadia-roux"}}}}],
    "Okta, managerId": [{"op": "replace", "value": {ENTERPRISE: {"manager": {"managerId": "nadia-roux"}}}}],
    "SailPoint": [{"op": "add", "path": f"{MANAGER}.value", "value": "nadia-roux"}],
    "a list": [{"op": "replace", "path": MANAGER, "value": [{"value": "nadia-roux"}]}],
    "by address": [{"op": "replace", "path": MANAGER, "value": {"value": "Nadia.Roux@haldenvalve.example"}}],
}
NOBODY = {
    "Entra ID": [{"op": "Remove", "path": MANAGER}],
    "Okta": [{"op": "replace", "value": {ENTERPRISE: {"manager": None}}}],
    "empty": [{"op": "replace", "path": f"{MANAGER}.value", "value": ""}],
}


def reports_to(slug: str) -> str:
    line = Line.objects.filter(person__slug=slug).select_related("manager").first()
    return line.manager.slug if line else ""


@pytest.mark.parametrize("shape", ABOVE)
def test_a_manager_is_drawn_in_the_chart_and_read_back(shape: str, directory: Directory, cast: Cast) -> None:
    status, said = directory.patch("Users/theo-mercier", *ABOVE[shape])
    assert status == 200, said
    told = said[ENTERPRISE]["manager"]
    assert (told["value"], told["displayName"]) == ("nadia-roux", cast.author.name)
    assert reports_to("theo-mercier") == "nadia-roux"
    for words, operations in NOBODY.items():
        directory.patch("Users/theo-mercier", *ABOVE[shape])
        status, said = directory.patch("Users/theo-mercier", *operations)
        assert (status, "manager" in said.get(ENTERPRISE, {})) == (200, False), words
        assert reports_to("theo-mercier") == ""
    directory.patch("Users/theo-mercier", *ABOVE[shape])
    directory.patch("Users/theo-mercier", {"op": "replace", "path": "title", "value": "Head of bench"})
    assert reports_to("theo-mercier") == "nadia-roux", "what is not said stays"


def test_a_manager_who_comes_later_is_set_when_they_come(directory: Directory, cast: Cast) -> None:
    status, said = directory.patch("Users/theo-mercier", {"op": "add", "path": MANAGER, "value": "lena-vogt"})
    assert (status, said[ENTERPRISE]["manager"]) == (200, {"value": "lena-vogt"})
    assert reports_to("theo-mercier") == ""
    assert directory.ask("POST", "Users", {**NEW, ENTERPRISE: {"manager": {"value": "nadia-roux"}}})[0] == 201
    assert (reports_to("theo-mercier"), reports_to("lena-vogt")) == ("lena-vogt", "nadia-roux")
    directory.patch("Users/pavel-novak", {"op": "add", "path": MANAGER, "value": "00u9"})
    assert reports_to("pavel-novak") == ""
    directory.patch("Users/nadia-roux", {"op": "add", "path": "externalId", "value": "00u9"})
    assert reports_to("pavel-novak") == "nadia-roux", "they were here, and are called so now"


def test_a_line_that_comes_round_is_refused_whole(directory: Directory, cast: Cast) -> None:
    directory.patch("Users/theo-mercier", {"op": "add", "path": MANAGER, "value": "nadia-roux"})
    status, said = directory.patch(
        "Users/nadia-roux",
        {"op": "replace", "path": "title", "value": "Other"},
        {"op": "add", "path": MANAGER, "value": "theo-mercier"},
    )
    assert (status, "already" in said["detail"]) == (409, True)
    assert (reports_to("nadia-roux"), Person.objects.get(slug="nadia-roux").title) == ("", cast.author.title)
    directory.patch("Users/nadia-roux", {"op": "add", "path": MANAGER, "value": "zoe-later"})
    late = {
        "userName": "zoe@haldenvalve.example",
        "displayName": "Zoe Later",
        ENTERPRISE: {"manager": {"value": "theo-mercier"}},
    }
    assert directory.ask("POST", "Users", late)[0] == 201, "nobody is kept out by what was said of another"
    assert (reports_to("zoe-later"), reports_to("nadia-roux")) == ("theo-mercier", "")


def test_guests_bots_and_who_left_are_nobodys_manager(directory: Directory, cast: Cast, at: datetime) -> None:
    directory.patch("Users/pavel-novak", {"op": "replace", "path": "active", "value": False})
    for slug in (cast.guest.slug, cast.guest.email, "pavel-novak"):
        assert directory.patch("Users/theo-mercier", {"op": "add", "path": MANAGER, "value": slug})[0] == 200
        assert reports_to("theo-mercier") == ""
    directory.patch("Users/pavel-novak", {"op": "replace", "path": "active", "value": True})
    assert reports_to("theo-mercier") == "pavel-novak"
