"""A company's people from a real LDAP server: read, taken over, asked for again. Runs inside."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from lockgate.base.clock import now
from lockgate.directory.operations import people_of_ldap, synchronise
from lockgate.directory.types import Report, Source
from tools.peers import slapd
from tools.peers.peer import Peer, end

SOURCE = Source("ldap", "from:ldap")
GIVEN = (
    "Anna",
    "Bela",
    "Carl",
    "Dora",
    "Emil",
    "Finn",
    "Gert",
    "Hugo",
    "Ines",
    "Jana",
    "Kurt",
    "Lena",
    "Nora",
)
REPORTS = 8
"""People who report to one."""


def measured(count: int) -> dict[str, float]:
    """Seconds for ``count`` people who stand on the server: read by its own client, read by us, taken over the first
    time, brought in step when nothing has changed, and when one in a hundred has."""
    folder = Path(tempfile.mkdtemp(prefix="lockgate-bench-slapd-"))
    try:
        server = slapd.start(folder / "one", people(count, "Engineer"))
        try:
            _ask(server)
            told = {"bare_s": _seconds_of_ldapsearch(server, count)}
            began = time.perf_counter()
            rows = people_of_ldap()
            told["read_s"] = time.perf_counter() - began
        finally:
            end(server.processes[0])
        at = now()

        def step(hours: int) -> tuple[float, Report]:
            began = time.perf_counter()
            report = synchronise(source=SOURCE, at=at + timedelta(hours=hours), rows=rows)
            return time.perf_counter() - began, report

        told["first_s"], report = step(0)
        if len(report.joined) != count or report.not_understood:
            raise RuntimeError(f"{len(report.joined)} of {count} joined: {report.not_understood[:3]}")
        told["same_s"], report = step(1)
        if report.same != count:
            raise RuntimeError(f"{report.same} of {count} are as they were")
        server = slapd.start(folder / "two", people(count, "Engineer", "Chief engineer"))
        try:
            _ask(server)
            rows = people_of_ldap()
        finally:
            end(server.processes[0])
        told["few_s"], report = step(2)
        if len(report.changed) != count // 100:
            raise RuntimeError(f"{len(report.changed)} changed")
        return told
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def people(count: int, title: str, one_in_a_hundred: str | None = None) -> list[str]:
    """As LDIF, in a chart where each has eight who report to them."""
    return [
        slapd.entry(
            f"u{number}",
            f"{GIVEN[number % len(GIVEN)]} Family{number}",
            f"u{number}@of-ldap.example",
            title=one_in_a_hundred if one_in_a_hundred and number % 100 == 7 else title,
            department=f"Department {number % 40}",
        )
        + (f"manager: uid=u{number // REPORTS},ou=people,{slapd.SUFFIX}\n" if number else "")
        for number in range(count)
    ]


def _ask(server: Peer) -> None:
    settings.LDAP_URL = server.url
    settings.LDAP_BASE = server.account["base"]
    settings.LDAP_BIND_DN = server.account["bind_dn"]
    settings.LDAP_BIND_PASSWORD = server.account["bind_password"]
    # Each server gives entries an id of its own; these are two servers.
    settings.LDAP_ID = "uid"


def _seconds_of_ldapsearch(server: Peer, count: int) -> float:
    began = time.perf_counter()
    said = subprocess.run(
        [
            "ldapsearch", "-LLL", "-x", "-H", server.url, "-E", "pr=500/noprompt", "-b", server.account["base"],
            "-D", server.account["bind_dn"], "-w", server.account["bind_password"], "(mail=*)",
        ],
        stdout=subprocess.PIPE, text=True, check=True,
    ).stdout  # fmt: skip
    took = time.perf_counter() - began
    if said.count("\nmail: ") != count:
        raise RuntimeError("ldapsearch did not find everybody")
    return took
