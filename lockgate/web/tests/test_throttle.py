"""Guessing passwords is held back, for accounts that there are and for those that there are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from lockgate.demo.cast import PASSWORD, Cast
from lockgate.web import throttle
from lockgate.web.throttle import Count, wait

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wrong", "ago", "seconds"),
    [
        (0, 0, 0),
        (4, 0, 0),
        (5, 0, 30),
        (5, 10, 20),
        (5, 31, 0),
        (6, 0, 60),
        (9, 0, 480),
        (10, 0, 900),
        (10_000, 0, 900),
    ],
)
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(wrong: int, ago: int, seconds: int) -> None:
    count = Count(wrong, NOW - timedelta(seconds=ago))
    assert wait(count, throttle.FREE_TRIES, NOW) == timedelta(seconds=seconds)


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["nadia.roux@haldenvalve.example", "nobody@haldenvalve.example"])
def test_the_sixth_try_waits_and_tells_how_long(cast: Cast, email: str) -> None:
    client = Client()
    for _try in range(5):
        answer = client.post("/sign-in", {"email": email.upper(), "password": "wrong"})
        assert answer.status_code == 422
        assert b"do not go together" in answer.content
    answer = client.post("/sign-in", {"email": email, "password": PASSWORD})
    assert answer.status_code == 429
    assert b"Wait 1 minute" in answer.content


@pytest.mark.django_db
def test_one_right_try_forgets_the_wrong_ones(cast: Cast) -> None:
    client = Client()
    email = cast.author.email
    for _try in range(4):
        client.post("/sign-in", {"email": email, "password": "wrong"})
    assert client.post("/sign-in", {"email": email, "password": PASSWORD}).status_code == 302
    for _try in range(4):
        client.post("/sign-in", {"email": email, "password": "wrong"})
    assert client.post("/sign-in", {"email": email, "password": PASSWORD}).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["a\x00b", "", "x" * 5000, "\ud800"])
def test_odd_addresses_get_the_same_sentence(cast: Cast, email: str) -> None:
    given = {"email": email.encode("utf-8", "surrogatepass").decode("latin-1"), "password": "p\x00"}
    assert Client().post("/sign-in", given).status_code in {422, 429}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("target", "goes"),
    [
        ("/people", "/people"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_after_signing_in_one_goes_on_inside_the_house(cast: Cast, target: str, goes: str) -> None:
    given = {"email": cast.author.email, "password": PASSWORD, "next": target}
    assert Client().post("/sign-in", given)["Location"] == goes
