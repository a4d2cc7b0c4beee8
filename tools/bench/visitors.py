"""People who are signed in over HTTP, through the real page, and what they ask."""

from __future__ import annotations

import http.client
import json
import random
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tools.bench.databases import ROOT
from tools.bench.processes import Meter, Served
from tools.bench.words import PASSWORD, rare_word, sentences


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person's cookies and the spaces in which they sit."""

    number: int
    cookies: dict[str, str]
    spaces: tuple[str, ...]

    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def head(self, port: int) -> str:
        """The header lines that a browser sends each time."""
        return (
            f"Host: 127.0.0.1:{port}\r\nCookie: {self.cookie()}\r\n"
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) bench\r\nAccept-Language: en\r\n"
        )

    def get(self, port: int, path: str) -> str:
        return f"GET {path} HTTP/1.1\r\n{self.head(port)}Accept: text/html\r\n\r\n"

    def post(self, port: int, path: str, fields: list[tuple[str, str]]) -> str:
        """As the composer's script sends it: a form, the token in a header, JSON back."""
        body = urlencode(fields)
        return (
            f"POST {path} HTTP/1.1\r\n{self.head(port)}Accept: application/json\r\n"
            f"X-CSRFToken: {self.cookies['lockgate_csrf']}\r\nOrigin: http://127.0.0.1:{port}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )


def sign_in(port: int, number: int) -> Visitor:
    """Person ``number`` goes through the door as a browser does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    cookies: dict[str, str] = {}

    def ask(method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, str]:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = line.partition("=")
            cookies[name] = rest.split(";", 1)[0]
        return answer.status, answer.read().decode()

    _status, page = ask("GET", "/sign-in")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if token is None:
        raise RuntimeError("the sign-in page has no form")
    form = urlencode(
        {
            "email": f"person.{number}@measured.example",
            "password": PASSWORD,
            "csrfmiddlewaretoken": token.group(1),
        }
    )
    status, _page = ask("POST", "/sign-in", form, **{"Content-Type": "application/x-www-form-urlencoded"})
    if status != 302:
        raise RuntimeError(f"person {number} could not sign in: {status}")
    status, home = ask("GET", "/")
    if status != 200:
        raise RuntimeError(f"home answered {status}")
    connection.close()
    # A room of each ceiling takes Internal words; those with guests are left out, as most posts are for colleagues.
    spaces = re.findall(r'name="places" value="space:([^"]+)" data-name="[^"]*" data-kind="inside"', home)
    if not spaces:
        raise RuntimeError("the composer offers no space")
    return Visitor(number, cookies, tuple(dict.fromkeys(spaces)))


def home_requests(visitor: Visitor, port: int) -> list[str]:
    return [visitor.get(port, "/")]


def post_requests(
    visitor: Visitor, port: int, *, count: int = 60, characters: int = 300, space: str = ""
) -> list[str]:
    """Posts of about ``characters`` into the visitor's spaces (or one), each with a number that makes it new."""
    chance = random.Random(visitor.number)
    return [
        visitor.post(
            port,
            "/messages",
            [
                ("slot", "new"),
                ("body", "Note 0000000. " + sentences(chance, max(40, int(chance.gauss(characters, 90))))),
                ("marking", "1"),
                ("places", f"space:{space or chance.choice(visitor.spaces)}"),
                ("justification", ""),
                ("deliver_at", ""),
                ("act", "send"),
            ],
        ).replace("Note+0000000.", "Note+%COUNT%.")
        for _ in range(count)
    ]


def search_requests(visitor: Visitor, port: int, *, count: int = 12) -> list[str]:
    """Searches for a word, for two, and for the beginning of one."""
    chance = random.Random(visitor.number)
    asked = []
    for number in range(count):
        words = re.findall("[a-z]{4,}", sentences(chance, 60).lower())[:2]
        text = [words[0], " ".join(words), words[0][:4] + "*", rare_word(chance)][number % 4]
        asked.append(visitor.get(port, "/search?" + urlencode({"q": text})))
    return asked


def said(port: int, request: str) -> None:
    """One post, over a connection of its own, until it is answered."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    head, _, body = request.partition("\r\n\r\n")
    lines = head.split("\r\n")
    connection.request("POST", lines[0].split()[1], body, dict(line.split(": ", 1) for line in lines[1:]))
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"a post was answered {answer.status}")
    answer.read()
    connection.close()


def check_requests(visitor: Visitor, port: int, *, count: int = 40, characters: int = 3_000) -> list[str]:
    """What the composer asks while one types: a long draft for three of the visitor's spaces."""
    chance = random.Random(visitor.number)
    return [
        visitor.post(
            port,
            "/compose/check",
            [
                ("slot", "new"),
                ("body", sentences(chance, characters)[:characters]),
                ("marking", "1"),
                *(("places", f"space:{space}") for space in visitor.spaces[:3]),
                ("justification", ""),
                ("deliver_at", ""),
            ],
        )
        for _ in range(count)
    ]


def pressed(
    served: Served, clients: list[list[str]], *, seconds: float, warm_up: float = 1.0
) -> dict[str, Any]:
    """Run the load client over ``clients`` (for each its requests) and read off what the servers spent."""
    ran = subprocess.Popen(
        [sys.executable, "-m", "tools.bench.load"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert ran.stdin is not None
    assert ran.stdout is not None
    json.dump({"port": served.port, "seconds": seconds, "warm_up": warm_up, "clients": clients}, ran.stdin)
    ran.stdin.close()
    if ran.stdout.readline().strip() != "warm":
        raise RuntimeError("the load client did not get through its warm-up")
    meter = Meter(served)
    said = ran.stdout.read()
    ran.wait()
    result: dict[str, Any] = json.loads(said)
    spent = meter.spent()
    result["processor_ms"] = spent.each(result["requests"])
    result["processor_ms_all"] = round(spent.total * 1000 / max(1, result["requests"]), 3)
    refused = {status: count for status, count in result["statuses"].items() if not status.startswith("2")}
    if refused or result["errors"]:
        result["refused"] = refused or {"errors": result["errors"]}
    return result
