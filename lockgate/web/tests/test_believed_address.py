"""Whose wrong passwords are counted together: by the address that can be believed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client, RequestFactory

from lockgate.demo.cast import Cast
from lockgate.web import throttle


@pytest.mark.parametrize(
    ("behind", "header", "told"),
    [
        (False, None, "192.0.2.1"),
        (False, "203.0.113.9", "192.0.2.1"),  # a client's own word
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # only what our proxy added counts
        (True, "198.51.100.1,2001:DB8::1", "2001:db8::1"),
        (True, None, "192.0.2.1"),
        (True, "203.0.113.9, unknown", "192.0.2.1"),
    ],
)
def test_the_address_that_is_believed(settings: Any, behind: bool, header: str | None, told: str) -> None:
    settings.BEHIND_PROXY = behind
    more = {} if header is None else {"HTTP_X_FORWARDED_FOR": header}
    request = RequestFactory().post("/sign-in", REMOTE_ADDR="192.0.2.1", **more)
    assert throttle.caller(request) == told


def test_behind_a_proxy_one_guesser_does_not_lock_out_the_others(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch, at: datetime
) -> None:
    settings.BEHIND_PROXY = True
    monkeypatch.setattr(throttle, "FREE_TRIES_OF_ADDRESS", 2)

    def wrong(email: str, hops: str) -> int:
        form = {"email": email, "password": "not-the-password"}
        return Client(REMOTE_ADDR="127.0.0.1").post("/sign-in", form, HTTP_X_FORWARDED_FOR=hops).status_code

    assert [wrong(f"{n}@x.example", f"10.0.0.{n}, 203.0.113.9") for n in range(3)] == [422, 422, 429]
    assert wrong("3@x.example", "203.0.113.9, 203.0.113.10") == 422
