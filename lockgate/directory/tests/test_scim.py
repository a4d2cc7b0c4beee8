"""A directory tends people by SCIM 2.0, in the shapes that Entra ID, Okta and SailPoint write."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from lockgate.archive.models import Entry
from lockgate.demo.cast import Cast
from lockgate.directory.models import Key, Record, Welcome
from lockgate.directory.operations import end_key, make_key
from lockgate.directory.tests.asking import ENTERPRISE, NEW, USER, Directory
from lockgate.mastodon import operations as apps
from lockgate.mastodon.queries import app, speaker
from lockgate.people.models import Duty, Person
from lockgate.people.operations import make_token
from lockgate.spaces.models import Audience, Seat


def test_okta_connects_looks_and_then_makes_somebody(directory: Directory, at: datetime) -> None:
    status, page = directory.ask("GET", "Users?startIndex=1&count=2")
    assert status == 200
    assert page["itemsPerPage"] == 2
    assert page["totalResults"] > 10
    status, page = directory.ask("GET", 'Users?filter=userName eq "lena.vogt@haldenvalve.example"')
    assert (status, page["totalResults"], page["Resources"]) == (200, 0, [])
    status, made = directory.ask("POST", "Users", NEW)
    assert status == 201, made
    assert made["id"] == "lena-vogt"
    assert made["externalId"] == "00u1"
    assert made["displayName"] == "Lena Vogt"
    assert made["meta"]["location"].endswith("/scim/v2/Users/lena-vogt")
    lena = Person.objects.get(slug="lena-vogt")
    assert (lena.email, lena.title, lena.language) == ("lena.vogt@haldenvalve.example", "Planner", "de")
    assert lena.department is not None
    assert lena.department.name == "Planning"
    assert lena.firm.is_house
    assert not lena.has_usable_password()
    kinds = {one.audience.kind for one in Seat.objects.filter(person=lena).select_related("audience")}
    assert kinds == {Audience.Kind.OUTSIDE, Audience.Kind.INSIDE}
    assert Welcome.objects.filter(person=lena).exists()
    assert (
        directory.ask("GET", 'Users?filter=userName Eq "LENA.vogt@haldenvalve.example"')[1]["totalResults"]
        == 1
    )
    assert directory.ask("GET", 'Users?filter=externalId eq "00u1"')[1]["totalResults"] == 1
    status, refused = directory.ask("POST", "Users", NEW)
    assert (status, refused["scimType"]) == (409, "uniqueness")


def test_who_was_here_before_the_directory_is_found_and_taken_over(directory: Directory, cast: Cast) -> None:
    email = cast.colleague.email
    _status, page = directory.ask("GET", f'Users?filter=userName eq "{email}"')
    assert [one["id"] for one in page["Resources"]] == ["theo-mercier"]
    status, said = directory.ask(
        "PUT", "Users/theo-mercier", {**NEW, "userName": email, "emails": [{"value": email}]}
    )
    assert (status, said["displayName"], said["externalId"]) == (200, "Lena Vogt", "00u1")
    assert Record.objects.get(person=cast.colleague).source == "scim"


def test_guests_are_none_of_its_business(directory: Directory, cast: Cast) -> None:
    guest = cast.guest
    assert directory.ask("GET", f"Users/{guest.slug}")[0] == 404
    assert directory.ask("GET", "Users/never-was") == directory.ask("GET", f"Users/{guest.slug}")
    assert (
        directory.patch(f"Users/{guest.slug}", {"op": "replace", "path": "active", "value": False})[0] == 404
    )
    assert directory.ask("DELETE", f"Users/{guest.slug}")[0] == 404
    _status, page = directory.ask("GET", f'Users?filter=emails.value eq "{guest.email}"')
    assert page["totalResults"] == 0
    _status, made = directory.ask(
        "POST",
        "Groups",
        {"displayName": "All", "members": [{"value": guest.slug}, {"value": "theo-mercier"}]},
    )
    assert [one["value"] for one in made["members"]] == ["theo-mercier"]
    assert directory.ask("POST", "Users", {**NEW, "emails": [{"value": guest.email}]})[0] == 409
    assert Person.objects.get(pk=guest.pk).is_active


SHAPES = {
    "Entra ID": [{"op": "Replace", "path": "active", "value": False}],
    "Entra ID, the text": [{"op": "Replace", "path": "active", "value": "False"}],
    "Entra ID, Add": [{"op": "Add", "path": "active", "value": "False"}],
    "Okta": [{"op": "replace", "value": {"active": False}}],
    "SailPoint": [{"op": "add", "path": "active", "value": False}],
    "with its schema": [{"op": "replace", "path": f"{USER}:active", "value": False}],
    "among others": [
        {"op": "Replace", "path": "title", "value": "Gone"},
        {"op": "Replace", "path": "active", "value": False},
        {"op": "Add", "path": f"{ENTERPRISE}:department", "value": "None"},
    ],
}


def everything_of(cast: Cast, at: datetime) -> tuple[Client, str, str]:
    """A session, an access token and an app's token of the colleague."""
    theo = cast.colleague
    client = Client()
    client.force_login(theo, backend="lockgate.people.door.Door")
    assert client.get("/people").status_code == 200
    token = make_token(by=theo, at=at, person=theo, name="robot")
    made = apps.register(
        at=at, name="App", redirect_uris=["urn:ietf:wg:oauth:2.0:oob"], scopes=["read"], website=""
    )
    known = app(made.app.client_id)
    assert known is not None
    code = apps.allow(
        by=theo, at=at, app=known, redirect_uri="urn:ietf:wg:oauth:2.0:oob", scopes=["read"], challenge=""
    )
    granted = apps.exchange(
        at=at, app=known, code=code, redirect_uri="urn:ietf:wg:oauth:2.0:oob", verifier=""
    )
    assert speaker(granted.words, at) is not None
    return client, token, granted.words


def is_heard(client: Client, token: str, apps_token: str, at: datetime) -> tuple[int, int, bool]:
    api = Client().get("/api/v1/places", headers={"Authorization": f"Bearer {token}"})
    return client.get("/people").status_code, api.status_code, speaker(apps_token, at) is not None


@pytest.mark.parametrize("shape", SHAPES)
def test_who_is_deactivated_is_out_by_every_road_and_gets_back_an_account_alone(
    shape: str, directory: Directory, cast: Cast, at: datetime
) -> None:
    theo = cast.colleague
    Duty.objects.create(person=theo, kind="supervisor", begins_at=at)
    roads = everything_of(cast, at)
    sat = Seat.objects.filter(person=theo, ends_at__isnull=True).count()
    assert sat > 2
    status, said = directory.patch("Users/theo-mercier", *SHAPES[shape])
    assert (status, said["active"]) == (200, False), said
    assert is_heard(*roads, at) == (302, 401, False)
    assert not Seat.objects.filter(person=theo, ends_at__isnull=True).exists()
    assert not Duty.objects.filter(person=theo, ends_at__isnull=True).exists()
    facts = Entry.objects.filter(record=theo.pseudonym, action__startswith="directory.")
    assert {one.action for one in facts} == {"directory.person.linked", "directory.person.deactivated"}
    assert {one.parent for one in facts} == {f"k:{Key.objects.get().pk}"}
    assert directory.patch("Users/theo-mercier", *SHAPES[shape])[0] == 200

    status, said = directory.patch("Users/theo-mercier", {"op": "replace", "value": {"active": True}})
    assert (status, said["active"]) == (200, True)
    assert is_heard(*roads, at) == (302, 401, False)
    seats = Seat.objects.filter(person=theo, ends_at__isnull=True).select_related("audience__space")
    assert {(one.audience.kind, one.role) for one in seats} == {("outside", "member"), ("inside", "member")}
    assert {one.audience.space.slug for one in seats if one.audience.space} == {"everyone"}
    assert not Duty.objects.filter(person=theo, ends_at__isnull=True).exists()
    theo.refresh_from_db()
    assert theo.is_active
    assert not theo.has_usable_password()


@pytest.mark.parametrize("value", ["no", 0, None, "", [], {"value": False}, "Falsch"])
def test_what_is_no_flag_is_refused_and_never_guessed(value: Any, directory: Directory, cast: Cast) -> None:
    for operation in (
        {"op": "replace", "path": "active", "value": value},
        {"op": "replace", "value": {"active": value}},
    ):
        status, said = directory.patch("Users/theo-mercier", operation)
        assert (status, said["scimType"]) == (400, "invalidValue")
    assert directory.patch("Users/theo-mercier", {"op": "remove", "path": "active"})[0] == 400
    assert Person.objects.get(slug="theo-mercier").is_active


def test_a_put_without_active_neither_lets_in_nor_puts_out(directory: Directory, cast: Cast) -> None:
    theo = {
        "userName": cast.colleague.email,
        "displayName": "Theo M.",
        "emails": [{"value": cast.colleague.email}],
    }
    assert directory.ask("PUT", "Users/theo-mercier", theo)[1]["active"] is True
    assert directory.ask("PUT", "Users/theo-mercier", {**theo, "active": False})[1]["active"] is False
    assert directory.ask("PUT", "Users/theo-mercier", theo)[1]["active"] is False
    assert Person.objects.get(slug="theo-mercier").name == "Theo M."


def test_who_is_removed_is_not_there_and_comes_back_as_the_same_person(
    directory: Directory, cast: Cast
) -> None:
    theo = cast.colleague
    assert directory.ask("DELETE", "Users/theo-mercier")[0] == 204
    assert not Person.objects.get(pk=theo.pk).is_active
    assert directory.ask("GET", "Users/theo-mercier")[0] == 404
    assert directory.ask("DELETE", "Users/theo-mercier")[0] == 404
    assert directory.ask("GET", f'Users?filter=userName eq "{theo.email}"')[1]["totalResults"] == 0
    status, said = directory.ask(
        "POST", "Users", {"userName": theo.email, "displayName": theo.name, "active": True}
    )
    assert (status, said["id"], said["active"]) == (201, "theo-mercier", True)
    assert Person.objects.filter(email=theo.email).count() == 1


def test_a_key_does_what_it_may_and_ends(cast: Cast, at: datetime, words: str) -> None:
    assert "lgd_" not in repr(list(Key.objects.values_list()))
    reading = Directory(make_key(by=cast.administrator, at=at, name="Audit", scopes=["users:read"]))
    assert reading.ask("GET", "Users/theo-mercier")[0] == 200
    for method, path in (
        ("POST", "Users"),
        ("PATCH", "Users/theo-mercier"),
        ("DELETE", "Users/theo-mercier"),
        ("GET", "Groups"),
    ):
        assert reading.ask(method, path, {})[0] == 403
    for wrong in ("lgd_" + "x" * 43, "", "lgt_x", words + "x"):
        assert Directory(wrong).ask("GET", "Users")[0] == 401
    assert Client().get("/scim/v2/Users").status_code == 401
    client = Client()
    client.force_login(cast.administrator, backend="lockgate.people.door.Door")
    assert client.get("/scim/v2/Users").status_code == 401, "a session is no key"
    end_key(by=cast.administrator, at=at, key_id=Key.objects.get(name="Audit").pk)
    assert reading.ask("GET", "Users")[0] == 401
    assert (
        Directory(words).ask(
            "PATCH", "Users/anneke-kok", {"Operations": [{"op": "replace", "value": {"active": False}}]}
        )[0]
        == 200
    )
    assert Directory(words).ask("GET", "Users")[0] == 401, "a key dies with the leaving of who made it"


def test_groups_are_kept_as_it_says(directory: Directory) -> None:
    status, made = directory.ask(
        "POST", "Groups", {"displayName": "Valves", "members": [{"value": "nadia-roux"}]}
    )
    assert status == 201
    path = f"Groups/{made['id']}"

    def members() -> list[str]:
        return sorted(one["value"] for one in directory.ask("GET", path)[1].get("members", []))

    directory.patch(
        path, {"op": "Add", "path": "members", "value": [{"value": "theo-mercier"}, {"value": "who"}]}
    )
    assert members() == ["nadia-roux", "theo-mercier"]
    directory.patch(path, {"op": "remove", "path": 'members[value eq "nadia-roux"]'})
    assert members() == ["theo-mercier"]
    directory.patch(path, {"op": "Remove", "path": "members", "value": [{"value": "theo-mercier"}]})
    assert members() == []
    directory.patch(path, {"op": "replace", "value": {"id": made["id"], "displayName": "Valve people"}})
    assert directory.ask("GET", 'Groups?filter=displayName eq "valve people"&excludedAttributes=members')[1][
        "Resources"
    ] == [{key: value for key, value in directory.ask("GET", path)[1].items() if key != "members"}]
    assert directory.ask("POST", "Groups", {"displayName": "VALVE people"})[0] == 409
    assert directory.ask("DELETE", path)[0] == 204
    assert directory.ask("GET", path)[0] == 404


FILTERS = {
    'userName sw "theo" and active eq true': 1,
    'emails[type eq "work" and value eq "theo.mercier@haldenvalve.example"]': 1,
    'emails[type eq "home" and value eq "theo.mercier@haldenvalve.example"]': 0,
    "not (userName pr)": 0,
    '(id eq "theo-mercier") or id eq "nadia-roux"': 2,
    'id eq "theo-mercier" or id eq "nadia-roux" and active eq false': 1,
    'meta.lastModified gt "2100-01-01T00:00:00Z"': 0,
    'displayName co "\\"quoted"': 0,
}
NO_FILTERS = (
    "userName",
    "userName eq",
    'userName is "x"',
    'password eq "x"',
    "userName eq x",
    "(userName pr",
    "active eq 1",
    "userName pr pr",
    "(" * 40 + "userName pr" + ")" * 40,
    'userName eq "' + "x" * 2100 + '"',
    'meta.created gt "soon"',
    '"',
)


@pytest.mark.parametrize("asked", FILTERS)
def test_a_filter_finds(asked: str, directory: Directory) -> None:
    status, page = directory.ask("GET", "Users?" + urlencode({"filter": asked}))
    assert (status, page.get("totalResults")) == (200, FILTERS[asked]), page


@pytest.mark.parametrize("asked", NO_FILTERS)
def test_what_is_no_filter_is_refused(asked: str, directory: Directory) -> None:
    status, said = directory.ask("GET", "Users?" + urlencode({"filter": asked}))
    assert (status, said["scimType"]) == (400, "invalidFilter")


def test_pages_are_steady_and_bounded(directory: Directory) -> None:
    total = directory.ask("GET", "Users?count=0")[1]
    assert (total["itemsPerPage"], total["Resources"]) == (0, [])
    seen: list[str] = []
    start = 1
    while start <= total["totalResults"]:
        page = directory.ask("GET", f"Users?startIndex={start}&count=7&attributes=userName")[1]
        assert all(set(one) == {"schemas", "id", "userName"} for one in page["Resources"])
        seen += [one["id"] for one in page["Resources"]]
        start += 7
    assert len(seen) == len(set(seen)) == total["totalResults"]
    assert directory.ask("GET", "Users?startIndex=-4&count=99999999999999")[0] == 200


def test_it_says_what_it_can(directory: Directory) -> None:
    assert directory.ask("GET", "ServiceProviderConfig")[1]["patch"] == {"supported": True}
    assert [one["id"] for one in directory.ask("GET", "ResourceTypes")[1]["Resources"]] == ["User", "Group"]
    for one in directory.ask("GET", "Schemas")[1]["Resources"]:
        assert directory.ask("GET", f"Schemas/{one['id']}") == (200, one)
    assert directory.ask("GET", "Schemas/urn:none")[0] == 404
    assert directory.ask("PUT", "Users")[0] == 405


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{", '"x"', '{"Operations": []}', '{"Operations": [1]}', '{"Operations": [{"op": "move"}]}'],
)
def test_what_is_no_patch_is_refused(body: str, words: str) -> None:
    answer = Client().generic(
        "PATCH",
        "/scim/v2/Users/theo-mercier",
        body,
        content_type="application/scim+json",
        headers={"Authorization": f"Bearer {words}"},
    )
    assert answer.status_code == 400
