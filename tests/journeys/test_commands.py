"""The command line: what each command answers, on stdout, on stderr and as its exit code."""

from __future__ import annotations

import gzip
import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lockgate.gateway.tests.papers import lines, pdf_of
from tests.journeys.running import DRAGGING, Running, Visitor, bare, command, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("commands")]

SECRET = "a-secret-of-this-test-and-of-nothing-else-at-all"
PASSWORD = "correct-horse-battery"
CLEAN = "The new seat ring is lighter and lasts longer."
CARD = "Pay with 4111 1111 1111 1111 please."


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation as an administrator makes it: tables, keys, two people, the shipped packs, one desk."""
    data = tmp_path_factory.mktemp("company") / "data"
    env = {"LOCKGATE_DATA": str(data)}
    for words, stdin in (
        (["migrate"], ""),
        (["people", "first", "anna@company.example", "Anna Kok"], PASSWORD),
        (["people", "add", "bo@company.example", "Bo Dahl", "--duty", "policy_reviewer"], PASSWORD),
        (["policy", "adopt", "--by", "anna@company.example", "--reviewer", "bo@company.example"], ""),
        *(
            (["people", "desk", desk, desk, "--approver", "bo@company.example"], "")
            for desk in ("compliance", "communications", "export-control")
        ),
    ):
        ran = command(*words, env=env, stdin=stdin + "\n")
        assert ran.returncode == 0, ran.stderr
    return data


@pytest.fixture
def env(founded: Path, tmp_path: Path) -> dict[str, str]:
    return {"LOCKGATE_DATA": str(shutil.copytree(founded, tmp_path / "data"))}


@pytest.mark.parametrize(
    ("text", "outcome", "code"),
    [(CLEAN, "allow", 0), (CARD, "refuse", 4), ("Company confidential: the price list.", "hold", 3)],
)
def test_check_rules_on_a_text(tmp_path: Path, text: str, outcome: str, code: int) -> None:
    file = tmp_path / "draft.md"
    file.write_text(text, "utf-8")
    ran = command("check", str(file), "--to", "guests", "--json")
    ruling = json.loads(ran.stdout)
    assert (ruling["outcome"], ran.returncode) == (outcome, code), ran.stdout
    for finding in ruling["findings"]:
        assert {"rule", "start", "end", "explanation"} <= finding.keys()
        assert 0 <= finding["start"] <= finding["end"] <= len(text)


@pytest.mark.parametrize(
    ("content", "to", "outcome", "is_whole", "code"),
    [
        (lines("All is well."), "outside", "allow", True, 0),
        (lines("Company confidential: the price list."), "outside", "refuse", True, 4),
        (b"0 0 200 300 re f", "outside", "hold", False, 3),
        (b"0 0 200 300 re f", "guests", "tip", False, 0),
        (b"0 0 200 300 re f", "inside", "allow", False, 0),
    ],
)
def test_check_rules_on_a_paper(
    tmp_path: Path, content: bytes, to: str, outcome: str, is_whole: bool, code: int
) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(pdf_of(content))
    ran = command("check", str(file), "--to", to, "--json")
    ruling = json.loads(ran.stdout)
    assert (ruling["outcome"], ruling["is_whole"], ran.returncode) == (outcome, is_whole, code), ran.stdout
    assert ("could be read" in ran.stderr) is not is_whole


def test_check_rules_on_each_line_also_compressed(tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl.gz"
    rows = [{"text": CLEAN}, {"body": CARD}, {"note": "no text here"}]
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.write(
            "\n".join([json.dumps(rows[0]), "", json.dumps(rows[1]), json.dumps(rows[2]), "{broken"]) + "\n"
        )
    ran = command("check", str(file), "--to", "outside", "--json")
    rulings = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [(one["line"], one["outcome"]) for one in rulings] == [(1, "allow"), (3, "refuse")]
    assert ran.returncode == 4
    assert "Line 4" in ran.stderr
    assert "Line 5" in ran.stderr


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["check", "absent.md", "--to", "outside"], 66, "cannot be read"),
        (["check", "-", "--to", "the-moon"], 65, "is not a place"),
        (["check", "-", "--to", "outside", "--marking", "secret"], 65, "is not a marking"),
        (["check"], 2, "Missing argument"),
        (["archive", "verify", "absent"], 66, "is not a folder"),
        (["post", "-", "--to", "space:x", "--as", "a@b.example"], 78, "not prepared"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    tmp_path: Path, words: list[str], code: int, sentence: str
) -> None:
    ran = command(*words, env={"LOCKGATE_DATA": str(tmp_path)}, stdin="words")
    assert ran.returncode == code, ran.stderr
    assert sentence in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_database_that_is_away_is_said(tmp_path: Path) -> None:
    url = f"postgresql://nobody@/none?host={tmp_path}"
    ran = command("token", "a@b.example", env={"DATABASE_URL": url})
    assert ran.returncode == 69
    assert "cannot be reached" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_post_delivers_holds_and_refuses(env: dict[str, str]) -> None:
    def post(words: str, *more: str) -> subprocess.CompletedProcess[str]:
        told = ["post", "-", "--as", "anna@company.example", "--to", "space:everyone", "--json", *more]
        return command(*told, env=env, stdin=words)

    delivered = post(CLEAN)
    assert delivered.returncode == 0, delivered.stderr
    assert json.loads(delivered.stdout)["passages"][0]["state"] == "delivered"
    held = post(CARD)
    assert held.returncode == 3, held.stdout + held.stderr
    waits = json.loads(held.stdout)["passages"][0]["waits_for"]
    assert waits[0]["people"] == ["Bo Dahl"]
    refused = post(CLEAN, "--marking", "controlled")
    assert refused.returncode == 4, refused.stdout + refused.stderr
    assert json.loads(refused.stdout)["rulings"][0]["outcome"] == "refuse"
    dry = post(CARD, "--dry-run")
    assert dry.returncode == 3
    stranger = command(
        "post", "-", "--as", "who@company.example", "--to", "space:everyone", env=env, stdin=CLEAN
    )
    assert stranger.returncode == 77
    nowhere = command(
        "post", "-", "--as", "anna@company.example", "--to", "space:nowhere", env=env, stdin=CLEAN
    )
    assert nowhere.returncode == 1
    assert "Traceback" not in nowhere.stderr


def test_a_token_speaks_for_its_person(env: dict[str, str]) -> None:
    token = command("token", "anna@company.example", "--name", "ci", env=env).stdout.strip()
    assert token.startswith("lgt_")
    said = command("post", "-", "--to", "space:everyone", env={**env, "LOCKGATE_TOKEN": token}, stdin=CLEAN)
    assert said.returncode == 0, said.stderr
    assert token not in said.stdout + said.stderr
    wrong = command(
        "post", "-", "--to", "space:everyone", env={**env, "LOCKGATE_TOKEN": token + "x"}, stdin=CLEAN
    )
    assert wrong.returncode == 77


def test_the_archive_goes_out_and_verifies_and_a_flipped_byte_is_refused(
    env: dict[str, str], tmp_path: Path
) -> None:
    said = command(
        "post", "-", "--as", "anna@company.example", "--to", "space:everyone", env=env, stdin=CLEAN
    )
    assert said.returncode == 0, said.stderr
    note = command("archive", "checkpoint", env=env)
    assert note.returncode == 0, note.stderr
    kept = tmp_path / "checkpoint"
    kept.write_text(note.stdout, "utf-8")
    folder = tmp_path / "export"
    assert command("archive", "export", str(folder), env=env).returncode == 0
    again = command("archive", "export", str(folder), env=env)
    assert again.returncode == 1
    assert "not empty" in again.stderr
    good = command("archive", "verify", str(folder), "--earlier", str(kept))
    assert good.returncode == 0, good.stderr
    entries = next(path for path in sorted((folder / "tile").rglob("*")) if path.is_file())
    held = bytearray(entries.read_bytes())
    held[len(held) // 2] ^= 1
    entries.write_bytes(held)
    bad = command("archive", "verify", str(folder))
    assert bad.returncode == 1
    assert "does NOT verify" in bad.stderr


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({}, "the one that everybody knows"),
        ({"LOCKGATE_SECRET_KEY": "short"}, "could be guessed"),
        ({"LOCKGATE_SECRET_KEY": SECRET, "LOCKGATE_DEBUG": "yes"}, "DEBUG is on"),
        ({"LOCKGATE_SECRET_KEY": SECRET, "LOCKGATE_DEMO": "yes"}, "DEMO is on"),
        ({"LOCKGATE_SECRET_KEY": SECRET, "LOCKGATE_ALLOWED_HOSTS": "*"}, "Any host name"),
    ],
)
def test_serve_refuses_what_may_not_be_served(env: dict[str, str], told: dict[str, str], why: str) -> None:
    ran = command("serve", "--port", "0", env={**env, **told})
    assert ran.returncode == 78, ran.stdout + ran.stderr
    assert why in ran.stderr
    assert "Traceback" not in ran.stderr


def test_serve_refuses_tables_of_another_version(tmp_path: Path) -> None:
    ran = command("serve", "--port", "0", env={"LOCKGATE_DATA": str(tmp_path), "LOCKGATE_SECRET_KEY": SECRET})
    assert ran.returncode == 78
    assert "lockgate migrate" in ran.stderr


def test_serve_refuses_the_people_of_the_demo(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert command("seed", "--data", str(data)).returncode == 0
    ran = command("serve", "--port", "0", env={"LOCKGATE_DATA": str(data), "LOCKGATE_SECRET_KEY": SECRET})
    assert ran.returncode == 78
    assert "demo company" in ran.stderr


def test_serve_refuses_when_the_archives_keys_are_gone(env: dict[str, str]) -> None:
    shutil.rmtree(Path(env["LOCKGATE_DATA"]) / "keys")
    ran = command("serve", "--port", "0", env={**env, "LOCKGATE_SECRET_KEY": SECRET})
    assert ran.returncode == 78, ran.stdout + ran.stderr
    assert "keys" in ran.stderr.lower()


SOUND = {"LOCKGATE_SECRET_KEY": SECRET, "LOCKGATE_ALLOWED_HOSTS": "lockgate.company.example"}


def test_a_sound_small_company_is_all_well_and_advice_is_no_fault(env: dict[str, str]) -> None:
    # Nothing runs here that would sign the log; what waits for a minute would rightly be told.
    assert command("archive", "checkpoint", env=env).returncode == 0
    ran = command("doctor", env={**env, **SOUND})
    assert ran.returncode == 0, ran.stdout
    assert "All is well." in ran.stdout
    assert "For more, set DATABASE_URL" in ran.stdout
    open_a_feed(env)
    ran = command("doctor", "--channels", env={**env, **SOUND})
    assert ran.returncode == 1, "links in that feed would have no host"
    assert "LOCKGATE_PUBLIC_URL" in ran.stdout
    assert "It knows us as news." in ran.stdout


def open_a_feed(env: dict[str, str]) -> None:
    script = (
        "import django; django.setup()\n"
        "from lockgate.base.clock import now; from lockgate.people.models import Person\n"
        "from lockgate.channels.operations import open_account\n"
        "open_account(by=Person.objects.order_by('pk').first(), at=now(), slug='news', connector_name='feed',"
        " name='News', desk_slug='communications')"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env={**bare(), **env, "DJANGO_SETTINGS_MODULE": "lockgate.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def test_what_is_made_is_for_its_owner_alone(env: dict[str, str], founded: Path) -> None:
    modes = {
        path: stat.S_IMODE(path.stat().st_mode) for path in [founded, *founded.rglob("*")] if path.exists()
    }
    assert founded / "lockgate.sqlite3" in modes
    assert [path for path, mode in modes.items() if mode & 0o077] == []
    data = Path(env["LOCKGATE_DATA"])
    data.chmod(0o755)
    (data / "lockgate.sqlite3").chmod(0o644)
    told = command("doctor", env={**env, **SOUND})
    assert told.returncode == 1
    assert f"chmod 700 {data}" in told.stdout
    assert f"chmod 600 {data / 'lockgate.sqlite3'}" in told.stdout


def test_an_older_database_put_back_is_said_before_anything_starts(
    env: dict[str, str], tmp_path: Path
) -> None:
    data = Path(env["LOCKGATE_DATA"])
    kept = shutil.copy(data / "lockgate.sqlite3", tmp_path / "kept.sqlite3")
    said = command(
        "post", "-", "--as", "anna@company.example", "--to", "space:everyone", env=env, stdin=CLEAN
    )
    assert said.returncode == 0, said.stderr
    assert command("archive", "checkpoint", env=env).returncode == 0
    assert command("doctor", env={**env, **SOUND}).returncode == 0
    for ending in ("-wal", "-shm"):
        (data / f"lockgate.sqlite3{ending}").unlink(missing_ok=True)
    shutil.copy(kept, data / "lockgate.sqlite3")
    ran = command("doctor", env={**env, **SOUND})
    assert ran.returncode == 1, ran.stdout
    assert "were signed before" in ran.stdout
    assert "The database is older than its last checkpoint" in ran.stdout


def test_doctor_names_what_to_mend(env: dict[str, str]) -> None:
    key = Path(env["LOCKGATE_DATA"]) / "keys" / "archive-signing.pem"
    key.chmod(0o644)
    ran = command("doctor", env={**env, "LOCKGATE_SECRET_KEY": SECRET})
    assert ran.returncode == 1
    assert "archive-signing.pem" in ran.stdout
    assert "chmod 600" in ran.stdout
    assert "The secret key is your own" in ran.stdout


def done(env: dict[str, str], *words: str, stdin: str = "") -> str:
    ran = command(*words, env=env, stdin=stdin + "\n")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def refused(env: dict[str, str], *words: str, stdin: str = "") -> str:
    ran = command(*words, env=env, stdin=stdin + "\n")
    assert ran.returncode in (1, 65), ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    return ran.stderr


def test_packs_that_one_person_would_sign_alone_are_adopted_by_two_later(tmp_path: Path) -> None:
    env = {"LOCKGATE_DATA": str(tmp_path / "data")}
    done(env, "migrate")
    done(env, "people", "first", "anna@company.example", "Anna Kok", stdin=PASSWORD)
    done(env, "people", "duty", "anna@company.example", "--give", "policy_reviewer")
    alone = ("policy", "adopt", "--by", "anna@company.example", "--reviewer")
    assert "somebody else has to sign" in refused(env, *alone, "anna@company.example")
    done(env, "people", "add", "bo@company.example", "Bo Dahl", "--duty", "policy_reviewer", stdin=PASSWORD)
    said = done(env, *alone, "bo@company.example")
    number = len(said.splitlines()[1].split())
    assert said.startswith(
        f"{number} of the {number} packs that come with Lockgate are in force, {number} of them"
    )
    assert f"{number} of the {number} packs" in done(env, *alone, "bo@company.example")


def test_guests_rooms_seats_duties_and_passwords_by_command(env: dict[str, str]) -> None:
    guest = "stefan@bauer.example"
    said = done(env, "people", "guest", guest, "Stefan Bauer", "--firm", "Bauer Armaturen", stdin=PASSWORD)
    assert "hears nothing yet" in said
    done(
        env, "people", "guest", "b@bauer.example", "Stefan Bauer", "--firm", "bauer armaturen", stdin=PASSWORD
    )
    assert "are no guests" in refused(
        env, "people", "guest", "c@x.example", "C", "--firm", "Our company", stdin=PASSWORD
    )
    owned = ("--owner", "anna@company.example")
    done(
        env,
        "space",
        "open",
        "dach",
        "Resellers",
        *owned,
        "--guests",
        "--about",
        "Orders",
        "--ceiling",
        "public",
    )
    done(env, "space", "open", "team", "Team", *owned)
    assert "is a guest" in refused(env, "space", "open", "x", "X", "--owner", guest)
    assert "not a marking" in refused(env, "space", "open", "x", "X", *owned, "--ceiling", "secret")
    assert "There is a space" in refused(env, "space", "open", "team", "Team", *owned)
    assert "never admits guests" in refused(env, "space", "seat", "team", guest)
    assert "sits as one" in refused(env, "space", "seat", "dach", guest, "--role", "owner")
    assert "from now on" in done(env, "space", "seat", "dach", guest)
    assert "its past too" in done(
        env, "space", "seat", "team", "bo@company.example", "--past", "--role", "owner"
    )
    assert "no space nowhere" in refused(env, "space", "seat", "nowhere", guest)
    assert "last owner" in refused(env, "space", "end", "dach", "anna@company.example")
    done(env, "space", "end", "dach", guest)
    assert "does not sit" in refused(env, "space", "end", "dach", guest)
    bo = ("people", "duty", "bo@company.example")
    assert "policy_reviewer, supervisor" in done(env, *bo, "--give", "supervisor")
    assert "holds: supervisor." in done(env, *bo, "--end", "policy_reviewer")
    assert "does not hold" in refused(env, *bo, "--give", "administrator", "--end", "policy_reviewer")
    assert "holds: supervisor." in done(env, *bo), "all or none"
    assert "not a duty" in refused(env, *bo, "--give", "king")
    done(env, "people", "password", "bo@company.example", stdin="a-new-long-password")
    assert "too short" in refused(env, "people", "password", "bo@company.example", stdin="short")
    assert "There is no who@x.example" in refused(env, "people", "password", "who@x.example", stdin=PASSWORD)


def test_whoever_has_left_can_do_nothing_within_a_second(env: dict[str, str]) -> None:
    told = {**env, **SOUND, "LOCKGATE_SECURE_COOKIES": "no", "LOCKGATE_ALLOWED_HOSTS": "127.0.0.1"}
    token = done(told, "token", "bo@company.example").strip()
    running = Running.start("serve", "--port", "0", "--workers", "1", env=told)
    try:
        visitor = Visitor(running.ready())
        visitor.sign_in("bo@company.example", PASSWORD)
        assert visitor.ask("GET", "/")[0] == 200
        live = running.text.rpartition("event streams at ")[2].split()[0]
        stream = visitor.listen(live)
        assert stream.status == 200
        assert "desk compliance" in done(told, "people", "leave", "bo@company.example")
        assert visitor.ask("GET", "/")[0] == 302
        wait_for("the stream ends", lambda: stream.is_over, 1 * DRAGGING)
        said = command(
            "post", "-", "--to", "space:everyone", env={**told, "LOCKGATE_TOKEN": token}, stdin=CLEAN
        )
        assert said.returncode == 77
        with pytest.raises(AssertionError):
            Visitor(running.ready()).sign_in("bo@company.example", PASSWORD)
        assert "has left" in refused(told, "people", "leave", "bo@company.example")
    finally:
        running.end()


def test_an_export_tells_who_took_it(env: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "export"
    done(env, "archive", "export", str(folder), "--by", "bo@company.example", "--reason", "Yearly audit")
    last = json.loads(
        max((folder / "records").glob("*.json"), key=lambda file: int(file.stem)).read_text("utf-8")
    )
    assert (last["type"], last["actor"][:2]) == ("archive.export.made", "p:")
    assert "Yearly audit" in [file.read_text("utf-8") for file in (folder / "records").glob("*.body")]
    nobody = command("archive", "export", str(tmp_path / "x"), "--by", "who@x.example", env=env)
    assert nobody.returncode == 77
    assert not (tmp_path / "x").exists()


def test_a_mailbox_comes_into_a_space(env: dict[str, str], tmp_path: Path) -> None:
    box, left = tmp_path / "box", tmp_path / "left.csv"
    box.write_text(
        "From una@else.example Mon May 12 08:30:00 2003\nFrom: Una <una@else.example>\nSubject: Seat rings\n"
        f"Message-ID: <1@else.example>\nDate: Mon, 12 May 2003 08:30:00 +0000\n\n{CLEAN}\n\n"
        "From una@else.example Mon May 12 08:31:00 2003\nFrom: Una <una@else.example>\nSubject: Empty\n\n\n",
        "utf-8",
    )
    asked = ["mail", "import", str(box), "--space", "everyone", "--as", "anna@company.example"]
    rehearsed = command(*asked, "--dry-run", env=env)
    assert (rehearsed.returncode, "1 would be brought in" in rehearsed.stdout) == (3, True), rehearsed.stderr
    ran = command(*asked, "--list", str(left), env=env)
    assert "1 brought in" in ran.stdout
    assert "no words" in left.read_text("utf-8")
    again = command(*asked, env=env)
    assert "1 in the space already" in again.stdout
    counted = json.loads(command("mail", "replaced", "--json", env=env).stdout)
    assert counted["said"] == 0
    lost = command("mail", "import", str(tmp_path / "nothing"), *asked[3:], env=env)
    assert lost.returncode == 66, lost.stderr
