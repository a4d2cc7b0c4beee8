"""Imports of Slack, Mattermost and Viva Engage: measured for loss, honest about who wrote what, begun again after
a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lockgate.archive.models import Entry
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Attachment, Message, Passage
from lockgate.notices.models import Notice
from lockgate.portability import rules
from lockgate.portability.models import Imported
from lockgate.portability.operations import bring
from lockgate.portability.queries import conversations, opened
from lockgate.portability.types import ImportTold
from tests import exports

MAKERS = {"slack": exports.slack, "mattermost": exports.mattermost, "yammer": exports.yammer}
CHANNELS = {"slack": "general", "mattermost": "t/valves", "yammer": "7"}


def brought(cast: Cast, at: datetime, path: Path, kind: str = "slack", **more: Any) -> ImportTold:
    said = {
        "by": cast.author,
        "clock": lambda: at,
        "export": opened(kind, path),
        "conversation": CHANNELS[kind],
        "place": "space:valve-7",
        "marking": Marking.INTERNAL,
    }
    return bring(**{**said, **more})


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("*bold* and _italic_ and ~struck~", "**bold** and *italic* and ~~struck~~"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("`*a*` ```\n_b_ &lt;c&gt;\n```", "`*a*` \n```\n_b_ <c>\n```\n"),
        ("<https://x.example|the [page]>", "[the (page)](https://x.example)"),
        ("<https://x.example>", "https://x.example"),
        ("<javascript:alert(1)|here>", "here (javascript:alert(1))"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<@U1> <@U1|old> <@U9>", "@one @one @nine"),
        ("<#C1> <#C2|gone>", "#general #gone"),
        ("<!here> <!channel|channel> <!subteam^S1|@team>", "@here @channel @team"),
        ("<!date^1^{date}|1 May>", "1 May"),
        ("a &amp; b &lt;script&gt;", "a & b <script>"),
        ("• one\n• two", "- one\n- two"),
    ],
)
def test_mrkdwn_becomes_markdown(text: str, written: str) -> None:
    names = {"U1": "@one", "U9": "@nine"}
    assert rules.from_mrkdwn(text, person=lambda one: names[one], channel={"C1": "general"}) == written


@pytest.mark.django_db
class TestBring:
    @pytest.mark.parametrize(
        ("kind", "found", "kept"), [("slack", 7, 3), ("mattermost", 5, 3), ("yammer", 4, 2)]
    )
    def test_all_that_is_found_is_accounted_for(
        self, cast: Cast, at: datetime, tmp_path: Path, kind: str, found: int, kept: int
    ) -> None:
        told = brought(cast, at, MAKERS[kind](tmp_path / "export.zip"), kind)
        assert (told.found, told.brought, told.known, told.threads) == (
            found,
            kept,
            0,
            kept - 1 if kind == "slack" else 1,
        )
        assert told.found == told.brought + told.known + len(told.left_out)
        assert all(one.why for one in told.left_out)
        assert Message.objects.count() == kept
        assert Entry.objects.filter(action="gateway.message.brought_in").count() == kept
        assert Notice.objects.count() == 0
        again = brought(cast, at, tmp_path / "export.zip", kind)
        assert (again.found, again.brought, again.known) == (found, 0, kept)
        assert Message.objects.count() == kept
        assert Attachment.objects.filter(message__isnull=False).count() == 1

    def test_who_wrote_it_and_when_stand_at_its_head(self, cast: Cast, at: datetime, tmp_path: Path) -> None:
        told = brought(cast, at, exports.slack(tmp_path / "export.zip"))
        first, answer, program = Message.objects.order_by("written_at")
        assert first.author == cast.author
        assert first.body.startswith(
            "Written by Nadia Roux (@nadia-roux) on 2024-05-01 07:53, in Slack, general.\n\n**Seal** *holds*"
        )
        assert "@Olga Old & @channel" in first.body
        assert "Reactions there: tada 1." in first.body
        assert answer.body.startswith("Written by Olga Old on 2024-05-01")
        assert "A file there: “plan.pdf”." in answer.body
        assert "Build (a program)" in program.body
        assert told.matched == 1
        assert (first.written_at.year, program.written_at.year) == (2024, 2024)
        root, reply = Passage.objects.filter(message__in=[first, answer]).order_by("position")
        assert reply.thread == root
        assert any("plan.pdf" in one.why for one in told.noted)

    def test_a_rehearsal_changes_nothing(self, cast: Cast, at: datetime, tmp_path: Path) -> None:
        before = Entry.objects.count()
        told = brought(cast, at, exports.slack(tmp_path / "export.zip"), is_rehearsal=True)
        assert told.brought == 3
        assert (Message.objects.count(), Attachment.objects.count(), Imported.objects.count()) == (0, 0, 0)
        assert Entry.objects.count() == before

    def test_never_above_what_the_space_may_hear(self, cast: Cast, at: datetime, tmp_path: Path) -> None:
        path = exports.slack(tmp_path / "export.zip")
        with pytest.raises(BadInput):
            brought(cast, at, path, marking=Marking.CONTROLLED, place="space:everyone")
        secret = {
            "type": "message", "user": "U1", "ts": "1714550001.0",
            "text": "CONFIDENTIAL: the ring of the seventh sample wept at the lip.",
        }  # fmt: skip
        told = brought(cast, at, exports.slack(tmp_path / "b.zip", [secret]), place="space:everyone")
        stands = Message.objects.filter(marking__gt=Marking.INTERNAL).count()
        assert (told.brought, stands) in {(0, 0), (1, 0)}
        assert Passage.objects.filter(marking__gt=Marking.INTERNAL).count() == 0

    def test_what_was_private_stays_private(self, cast: Cast, at: datetime, tmp_path: Path) -> None:
        path = exports.slack(tmp_path / "export.zip")
        told = {one.key: (one.is_private, one.kind) for one, _n in conversations(opened("slack", path))}
        assert told == {"general": (False, "channel"), "secret": (True, "channel"), "D1": (True, "few")}
        with pytest.raises(BadInput, match="few"):
            brought(cast, at, path, conversation="D1")
        with pytest.raises(BadInput, match="private"):
            brought(cast, at, path, conversation="secret", place="space:everyone")
        with pytest.raises(NotFound):
            brought(cast, at, path, by=cast.stranger)
        with pytest.raises(NotFound):
            brought(cast, at, path, conversation="nowhere")

    @pytest.mark.parametrize("kind", ["slack", "mattermost", "yammer"])
    def test_what_is_no_export_is_told_so(self, tmp_path: Path, kind: str) -> None:
        (tmp_path / "x.zip").write_bytes(b"words")
        with pytest.raises(BadInput):
            opened(kind, tmp_path / "x.zip")
        with pytest.raises(BadInput):
            opened(kind, exports.zipped(tmp_path / "y.zip", {"../evil": b"x"}))
        with pytest.raises(OSError):  # noqa: PT011  (its number is the machine's)
            opened(kind, tmp_path / "nowhere.zip")


_PROGRAM = """
import sys, time
from pathlib import Path
import django
django.setup()
from lockgate.base.clock import now
from lockgate.people.queries import by_email
from lockgate.portability.operations import bring
from lockgate.portability.operations import bring as _
from lockgate.portability.queries import opened
def so_far(done, whole):
    print(done, flush=True)
    time.sleep(float(sys.argv[2]))
told = bring(by=by_email("nadia.roux@haldenvalve.example"), clock=now, export=opened("slack", Path(sys.argv[1])),
             conversation="general", place="space:valve-7", marking=1, so_far=so_far)
print("told", told.found, told.brought, told.known, len(told.left_out), flush=True)
"""


@pytest.mark.faults
def test_an_import_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    from tests.faults.world import environment

    messages = [
        {"type": "message", "user": "U1", "text": f"Word {n}.", "ts": f"{1714550000 + n}.000100",
         "thread_ts": f"{1714550000 + n - n % 5}.000100"}
        for n in range(450)
    ]  # fmt: skip
    path = exports.slack(tmp_path / "export.zip", messages)
    told = environment(tmp_path / "data")
    founded = "from tests.faults.world import found; found('http://127.0.0.1:9')"
    (tmp_path / "data").mkdir()
    subprocess.run([sys.executable, "-c", founded], env=told, check=True, timeout=120)
    for _round in range(2):
        going = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(path), "30"], env=told, stdout=subprocess.PIPE, text=True
        )
        assert going.stdout is not None
        assert int(going.stdout.readline()) % 50 == 0
        os.kill(going.pid, signal.SIGKILL)
        going.wait(10)
        going.stdout.close()
        time.sleep(0.1)
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(path), "0"],
        env=told, check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert ended.stdout.splitlines()[-1] == "told 450 250 200 0"
    counted = (
        "import django; django.setup()\n"
        "from lockgate.gateway.models import Message, Passage\n"
        "print(Message.objects.count(), Passage.objects.filter(thread=None).count())"
    )
    out = subprocess.run(
        [sys.executable, "-c", counted], env=told, check=True, capture_output=True, text=True, timeout=60
    )
    assert out.stdout.split() == ["450", "90"]
