"""Kill -9 of every process at random points of publish and archive.

People go on posting, signing and taking back; the channel is slow and crashy. A round ends one or all of the processes,
at a random moment or at the very moment at which the channel is given a post. Afterwards: nothing acknowledged is
lost, nothing was posted twice, nothing was delivered without its entry, and the archive verifies.
"""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

import pytest

from tests.faults.counting_channel import STAGES, CountingChannel, Plan
from tests.faults.installation import Installation, Users, archive_verifies, comes_to_rest, prepared

pytestmark = [pytest.mark.faults, pytest.mark.slow]

ROUNDS = int(os.environ.get("LOCKGATE_FAULT_ROUNDS", "200"))
CRASHY = Plan(
    busy=0.04,
    cut_before=0.04,
    cut_after=0.06,
    error_after=0.06,
    nonsense_after=0.04,
    slow=0.3,
    slow_seconds=0.8,
    blind=0.05,
)
# A round kills these together; the second number is how many rounds of a hundred do.
TARGETS = (
    (("work",), 22),
    (("web",), 22),
    (("live",), 6),
    (("work", "web"), 8),
    (("work", "web", "live"), 6),
    ((), 32),  # work, when the channel is given the next post
    (("everything",), 4),
)


@pytest.mark.parametrize(
    ("database", "rounds"),
    [
        pytest.param("sqlite", ROUNDS, id="sqlite"),
        pytest.param("postgresql", max(ROUNDS // 5, 1), id="postgresql", marks=pytest.mark.postgres),
    ],
)
def test_nothing_is_lost_and_nothing_is_sent_twice(
    database: str, rounds: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = "" if database == "sqlite" else request.getfixturevalue("postgres").url("killed")
    chance = random.Random(rounds)
    with CountingChannel(CRASHY) as channel:
        told = prepared(tmp_path / "data", channel.url, url)
        installation = Installation(tmp_path / "data", url)
        installation.start()
        try:
            installation.ready()
            began = time.monotonic()
            with Users(installation, told) as users:
                for _round in range(rounds):
                    time.sleep(chance.uniform(0.2, 0.9))
                    _strike(installation, channel, chance)
                seconds = time.monotonic() - began
                users.done_posting.set()
                # Well again: what is under way comes to its end.
                channel.plan = Plan()
                installation.ready()
                comes_to_rest(installation)
        finally:
            installation.end()
        given = {
            "acknowledged": users.acknowledged(),
            "channel": {"ever": channel.ever(), "standing": list(channel.standing())},
        }
    found = installation.run(str(Path(__file__).parent / "audit.py"), stdin=json.dumps(given))
    assert found.returncode == 0, found.stderr[-4000:]
    result = json.loads(found.stdout)
    figures = {
        **result["counts"],
        "kills": installation.kills,
        "seconds": round(seconds),
        "unsure": users.unsure,
    }
    print(figures, "acknowledged:", len(users.messages), len(users.signed), len(users.recalls), users.answers)
    assert result["amiss"] == [], (result["amiss"][:20], figures, installation.log)
    # The test is worth something only where much was done and much was killed.
    assert sum(installation.kills.values()) >= rounds * 0.8, figures
    assert len(users.messages) >= rounds / 2, figures
    assert len(users.signed) >= rounds / 8, figures
    assert result["counts"]["deliveries"].get("live", 0) >= rounds / 10, figures
    if rounds >= 40:
        assert users.recalls, figures
    archive_verifies(installation, tmp_path / "export")


def _strike(installation: Installation, channel: CountingChannel, chance: random.Random) -> None:
    (names,) = chance.choices([one for one, _ in TARGETS], [weight for _, weight in TARGETS])
    if names == ("everything",):
        installation.kill_all()
    elif names:
        installation.kill(*names)
    else:
        channel.trap(chance.choice(STAGES), lambda: installation.kill("work"))
