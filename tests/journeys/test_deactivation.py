"""A directory deactivates somebody: on running processes, page, token and stream are dead within a second."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Callable

from tests.journeys.running import DRAGGING, Running, Visitor, command
from tests.journeys.test_processes import COLLEAGUE, data, demo, live_of, loaded, pytestmark

__all__ = ["data", "demo", "loaded", "pytestmark"]

ADMINISTRATOR = "anneke.kok@haldenvalve.example"
SHAPES = (
    {"op": "Replace", "path": "active", "value": "False"},
    {"op": "replace", "value": {"active": False}},
    {"op": "add", "path": "active", "value": False},
)


def key_of(address: str) -> str:
    anneke = Visitor(address)
    anneke.sign_in(ADMINISTRATOR)
    _status, page = anneke.ask("GET", "/access")
    form = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert form
    fields = {"csrfmiddlewaretoken": form[1], "name": "Entra", "scope": "users:write"}
    _status, page = anneke.ask("POST", "/access/keys", fields)
    found = re.search(r"lgd_[\w-]+", page)
    assert found, page
    return found[0]


def asked(visitor: Visitor, method: str, path: str, token: str, body: str = "") -> int:
    connection = http.client.HTTPConnection(visitor.host, visitor.port, timeout=20)
    connection.request(method, path, body, {"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def seconds_until(holds: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < 10
        time.sleep(0.01)
    return time.monotonic() - began


def test_whoever_is_deactivated_is_out_within_a_second(demo: Running, data: object) -> None:
    address = demo.ready()
    key = key_of(address)
    for shape in SHAPES:
        theo = Visitor(address)
        theo.sign_in(COLLEAGUE)
        ran = command("token", COLLEAGUE, "--name", "robot", env={"LOCKGATE_DATA": str(data)})
        assert ran.returncode == 0, ran.stderr
        token = ran.stdout.strip()
        stream = theo.listen(live_of(theo))
        assert stream.status == 200
        assert asked(theo, "GET", "/api/v1/places", token) == 200
        body = json.dumps({"Operations": [shape]})
        began = time.monotonic()
        assert asked(theo, "PATCH", "/scim/v2/Users/theo-mercier", key, body) == 200
        took = time.monotonic() - began
        page = seconds_until(lambda theo=theo: theo.ask("GET", "/people")[0] == 302)
        machine = seconds_until(
            lambda theo=theo, token=token: asked(theo, "GET", "/api/v1/places", token) == 401
        )
        heard = seconds_until(lambda stream=stream: stream.is_over)
        print(f"{shape}: answered {took:.3f} s, page {page:.3f}, token {machine:.3f}, stream {heard:.3f}")
        assert max(page, machine, heard) < DRAGGING
        # Back, with a password of their own again, for the next shape; nothing that they had holds.
        back = json.dumps({"Operations": [{"op": "replace", "value": {"active": True}}]})
        assert asked(theo, "PATCH", "/scim/v2/Users/theo-mercier", key, back) == 200
        assert asked(theo, "GET", "/api/v1/places", token) == 401
        assert theo.ask("GET", "/people")[0] == 302
        ran = command(
            "people", "password", COLLEAGUE, env={"LOCKGATE_DATA": str(data)}, stdin="valves-and-seals-2026\n"
        )
        assert ran.returncode == 0, ran.stderr
