"""Rulings for other tools: plain data, no database, English without settings."""

import json
import subprocess
import sys
from datetime import date

import pytest

from lockgate.policy.check import check
from lockgate.policy.policy import Policy
from lockgate.policy.shipped import SHIPPED, shipped_policy

DAY = date(2026, 11, 22)


def one(text, **changed):
    (found,) = check([text], on=DAY, **changed)
    return found


def test_a_text_gets_an_outcome_and_its_reasons():
    found = one("Hello. This is COMPANY CONFIDENTIAL.")
    assert found["outcome"] == "refuse"
    (finding,) = found["findings"]
    assert finding["rule"] == "markings/company-confidential"
    assert (finding["start"], finding["end"]) == (15, 35)
    assert finding["explanation"]
    assert json.loads(json.dumps(found)) == found
    assert one("The new catalogue is out.") == {
        "outcome": "allow",
        "policy": "markings@0 numbers@0 secrets@0 standards@0",
        "least_marking": 0,
        "findings": [],
    }


def test_the_place_decides():
    text = "COMPANY CONFIDENTIAL"
    assert [one(text, kind=kind)["outcome"] for kind in ("inside", "guests", "outside")] == [
        "tip",
        "hold",
        "refuse",
    ]
    assert one(text, kind="guests", ceiling=1)["outcome"] == "refuse"
    assert one("plain", marking=1)["outcome"] == "refuse"
    assert one("plain", policy=Policy([]))["outcome"] == "hold"


def test_what_no_encoding_can_carry_is_still_answered():
    for text in ("", "\ud800", "\x00", "é" * 10, "\u200b" * 1000, "🏳️‍🌈" * 50):
        assert one(text)["outcome"] == "allow"


def test_it_runs_without_settings_and_without_a_database():
    script = (
        "from datetime import date\nfrom lockgate.policy.check import check\n"
        "print(next(check(['COMPANY CONFIDENTIAL'], on=date(2026, 11, 22), ceiling=0, marking=2))['outcome'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": ""},
    )
    assert (done.stdout.strip(), done.stderr) == ("refuse", "")


CLEAN = """
New on our blog: why we test each DN 50 ball valve at 1.5 times its rated pressure.
M10x1.5 bolts, torque 45 Nm, see drawing note 3.
Meet us in Düsseldorf, hall 5, stand C12, from 2 to 5 December.
Our Toulouse site is looking for a welding engineer (m/f/d).
Der neue Katalog ist da: 240 Seiten, kostenlos zum Herunterladen.
Notre équipe R&D publie ses résultats d'essais à -40 °C.
ISO 5211 F07/F10 flange, PN 16, NBR seat, -10 to 90 °C.
Thank you to everyone who visited us at the open day.
Valve of the month: series 300, stainless steel 1.4408.
We have planted 200 trees behind the foundry.
Leak rate A to EN 12266-1, test certificate 3.1 on request.
Die Ausbildung beginnt am 1. September. Bewerbt euch bis März.
Le 12 mars, nous ouvrons les portes de l'atelier de Toulouse.
Batch 36574261890 and serial 4111 1111 1111 1112 have been tested.
How do you size a control valve? Kv = Q x sqrt(rho/dp). A short guide.
Our safety margin of 20 percent is on purpose.
Temperature 0.5 to 1.5 bar, 120 000 cycles, 3 x 400 V.
We are hiring a sales engineer for the Nordics.
Rundgang durch die Gießerei, jeden Dienstag um 14 Uhr.
See the report 14-208 for the figures.
""".strip().splitlines()


@pytest.mark.parametrize("text", CLEAN)
def test_ordinary_industrial_posts_pass(text):
    assert one(text)["findings"] == []


def test_shipped_packs_are_four():
    assert [pack.id for pack, _ in shipped_policy().packs] == list(SHIPPED)
