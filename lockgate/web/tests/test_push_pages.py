"""The switch that has a device told, as each person sees it."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from lockgate.demo.cast import Cast
from lockgate.people.models import Person
from lockgate.push import queries
from lockgate.push.models import Subscription
from lockgate.push.tests.service import Device

pytestmark = pytest.mark.django_db
AGENT = "Mozilla/5.0 (Android 16) Firefox/140.0"


def signed_in(person: Person) -> Client:
    client = Client(headers={"User-Agent": AGENT})
    client.force_login(person)
    return client


def fields(device: Device) -> dict[str, str]:
    keys = device.keys
    return {"endpoint": keys.endpoint, "p256dh": keys.p256dh, "auth": keys.auth}


def test_a_device_is_put_down_and_ended(cast_now: Cast) -> None:
    theo, pavel = signed_in(cast_now.colleague), signed_in(cast_now.stranger)
    device = Device("https://push.example/send/1?token=a%2Fb")
    page = theo.get("/attention").content.decode()
    assert f'data-push="{queries.public_key()}"' in page
    assert "No device of yours is told." in page
    assert theo.post("/devices", fields(device)).json() == {"on": True}
    (row,) = queries.devices(cast_now.colleague)
    listed = theo.get("/devices").content.decode()
    assert "Firefox · Android" in listed
    assert f'data-device="{row.digest}"' in listed
    for secret in fields(device).values():
        assert secret not in listed
    assert "Firefox" not in pavel.get("/devices").content.decode()
    assert pavel.post(f"/devices/{row.id}/end").status_code == 404
    assert theo.post(f"/devices/{row.id}/end").headers["Location"] == "/attention"
    assert not Subscription.objects.exists()


def test_a_guest_may_be_told_and_who_is_not_signed_in_may_not(cast_now: Cast) -> None:
    device = Device("https://push.example/send/2")
    assert Client().post("/devices", fields(device)).status_code in {302, 401, 403}
    assert not Subscription.objects.exists()
    assert signed_in(cast_now.guest).post("/devices", fields(device)).json() == {"on": True}


def test_a_refusal_says_what_and_nothing_is_kept(cast_now: Cast) -> None:
    told = signed_in(cast_now.colleague).post("/devices", fields(Device("https://10.0.0.7/x")))
    assert told.status_code == 422 or told.status_code == 400
    assert "inside the company" in json.loads(told.content)["sentence"]
    assert not Subscription.objects.exists()


def test_where_nothing_is_pushed_the_page_says_so(cast_now: Cast, settings: object) -> None:
    settings.PUSH = False  # type: ignore[attr-defined]  # the fixture's
    page = signed_in(cast_now.colleague).get("/attention").content.decode()
    assert "sends nothing to devices" in page
    assert "data-push=" not in page
