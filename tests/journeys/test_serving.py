"""A real installation on PostgreSQL: founded on the command line, served, spoken in, doctored."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.journeys.running import DRAGGING, Running, Visitor, command, wait_for
from tools.dev.postgres import Postgres

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.xdist_group("serving")]

PASSWORD = "correct-horse-battery"
ANNA = "anna@company.example"


def test_a_company_is_founded_served_and_told_at_once(postgres: Postgres, tmp_path: Path) -> None:
    env = {
        "LOCKGATE_DATA": str(tmp_path / "data"),
        "DATABASE_URL": postgres.url("serving"),
        "LOCKGATE_SECRET_KEY": "a-secret-of-this-test-and-of-nothing-else-at-all",
        "LOCKGATE_SECURE_COOKIES": "no",
    }
    refused = command("serve", "--port", "0", env=env)
    assert refused.returncode == 78
    assert "lockgate migrate" in refused.stderr
    for words, stdin in (
        (["migrate"], ""),
        (["people", "first", ANNA, "Anna Kok"], PASSWORD),
        (["people", "add", "bo@company.example", "Bo Dahl", "--duty", "policy_reviewer"], PASSWORD),
        (["policy", "adopt", "--by", ANNA, "--reviewer", "bo@company.example"], ""),
    ):
        ran = command(*words, env=env, stdin=stdin + "\n")
        assert ran.returncode == 0, ran.stderr

    running = Running.start("serve", "--port", "0", "--workers", "2", env=env)
    try:
        visitor = Visitor(running.ready())
        live = running.text.rpartition("event streams at ")[2].split()[0]
        assert len(running.children()) == 4
        assert visitor.ask("GET", "/healthz")[0] == 200
        visitor.sign_in(ANNA, PASSWORD)
        stream = visitor.listen(live)
        assert stream.status == 200
        said = command("post", "-", "--as", ANNA, "--to", "space:everyone", env=env, stdin="The valve holds.")
        assert said.returncode == 0, said.stderr
        wait_for("the stream is told", lambda: bool(stream.events), 2 * DRAGGING)
        assert json.loads(stream.events[0])["place"] == "space:everyone"
        told = command("doctor", env=env).stdout
        assert "PostgreSQL 1" in told
        assert "Alive: web-1, web-2, live, work" in told
    finally:
        took = running.end(signal.SIGTERM)
    assert took < 2 * DRAGGING
    assert running.process.returncode == 0
