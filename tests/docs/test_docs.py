"""What the documents say is held against what there is: links, commands, settings, words, examples."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import typer

ROOT = Path(__file__).resolve().parents[2]

_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^ {4}.*$", re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@cache
def documents() -> tuple[Path, ...]:
    """Every Markdown file that is part of the project."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    return tuple(sorted(ROOT / one for one in listed if one and (ROOT / one).is_file()))


def name(document: Path) -> str:
    return str(document.relative_to(ROOT))


def guides() -> list[Path]:
    """What is written for readers: the root's files and docs/, not what an export or a demo carries."""
    return [one for one in documents() if one.parent == ROOT or ROOT / "docs" in one.parents]


def code_of(text: str) -> list[str]:
    """Lines of code blocks, and inline code, as written."""
    lines = [line for block in _FENCE.findall(text) for line in block.split("\n")[1:-1]]
    rest = _FENCE.sub("", text)
    lines += [line.strip() for line in _INDENTED.findall(rest)]
    return lines + _INLINE.findall(_INDENTED.sub("", rest))


# Links


@pytest.mark.parametrize("document", documents(), ids=name)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    text = _INLINE.sub("", _INDENTED.sub("", _FENCE.sub("", document.read_text("utf-8"))))
    lost = [
        target
        for target in _LINK.findall(text)
        if not re.match(r"[a-z]+:|#", target)
        and not (document.parent / unquote(target.partition("#")[0])).exists()
    ]
    assert lost == [], f"{name(document)} links to what is not there"


def test_every_page_of_the_docs_is_reached_from_the_index() -> None:
    reached, wanted = set(), [ROOT / "README.md"]
    while wanted:
        page = wanted.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        wanted += [
            (page.parent / target.partition("#")[0]).resolve()
            for target in _LINK.findall(page.read_text("utf-8"))
            if not re.match(r"[a-z]+:|#", target)
        ]
    missed = [name(one) for one in guides() if one not in reached]
    assert missed == []


# Commands


@cache
def _commands() -> Any:
    """The command as typer made it; typed loosely, because typer carries a click of its own."""
    from lockgate.cli.app import app

    return typer.main.get_command(app)


def _below(command: Any) -> dict[str, Any]:
    return getattr(command, "commands", {})


def _complaint(words: list[str]) -> str:
    """What is wrong with a `lockgate …` line, or ""."""
    command = _commands()
    said = ["lockgate"]
    for word in list(words):
        if not _below(command) or not re.fullmatch(r"[a-z][a-z-]*", word):
            break
        if word not in _below(command):
            return f"there is no command {' '.join([*said, word])}"
        command = _below(command)[word]
        said.append(word)
        words = words[1:]
    known = {option for param in command.params for option in (*param.opts, *param.secondary_opts)} | {
        "--help"
    }
    for word in words:
        option = word.partition("=")[0]
        if re.fullmatch(r"--[a-z-]+", option) and option not in known:
            return f"{' '.join(said)} has no option {option}"
    return ""


_LOCKGATE = re.compile(r"^(?:\$ |\S+=\S+ |\./dev )*lockgate ([a-z].*)$")
_DEV = re.compile(r"^(?:\$ )?\./dev ([a-z]+)")


@pytest.mark.parametrize("document", guides(), ids=name)
def test_every_command_named_is_one_that_there_is(document: Path) -> None:
    wrong = []
    for line in code_of(document.read_text("utf-8")):
        if (said := _LOCKGATE.match(line)) is None:
            continue
        words = re.split(r"\s(?:[|>;#&]|\\$)", said[1])[0].split()
        if trouble := _complaint(words):
            wrong.append(f"{line}: {trouble}")
    assert wrong == []


def test_every_command_that_there_is_stands_in_the_page_on_the_command_line() -> None:
    page = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    missing = [
        path for path in _paths(_commands(), "lockgate") if not re.search(rf"`{re.escape(path)}`", page)
    ]
    assert missing == []


def _paths(command: Any, path: str) -> list[str]:
    below = _below(command)
    return [one for word, each in below.items() for one in _paths(each, f"{path} {word}")] or [path]


@cache
def _of_dev() -> frozenset[str]:
    told = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "dev"), "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    return frozenset(re.findall(r"^    ([a-z]+)\s", told, re.MULTILINE))


@pytest.mark.parametrize("document", guides(), ids=name)
def test_every_dev_command_named_is_one_that_there_is(document: Path) -> None:
    assert _of_dev() >= {"demo", "test", "check"}
    named = {found[1] for line in code_of(document.read_text("utf-8")) if (found := _DEV.match(line))}
    assert named <= _of_dev()


# Settings

_READ = re.compile(r"\.(?:text|flag|number|words|path)\(\s*\"([A-Z][A-Z_]+)\"")
_NAMED = re.compile(r"LOCKGATE_[A-Z][A-Z_]*[A-Z]")


def _settings_read() -> set[str]:
    names: set[str] = set()
    for file in (ROOT / "lockgate").rglob("*.py"):
        if "tests" in file.parts:
            continue
        text = file.read_text("utf-8")
        names |= {f"LOCKGATE_{one}" for one in _READ.findall(text) if one != "DATABASE_URL"}
        names |= set(_NAMED.findall(text))
    return names | set(_NAMED.findall((ROOT / "dev").read_text("utf-8")))


def test_every_setting_named_in_the_docs_is_read_by_the_code() -> None:
    read = _settings_read()
    unknown = {
        f"{name(one)}: {word}"
        for one in guides()
        for word in _NAMED.findall(one.read_text("utf-8"))
        if word not in read
    }
    assert unknown == set()


def test_every_setting_that_the_code_reads_stands_in_the_table_of_operations() -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    told = set(re.findall(r"^\| `(LOCKGATE_[A-Z_]+)` \|", page, re.MULTILINE))
    assert _settings_read() - told == set()
    assert told - _settings_read() == set()


# Words


def _meaning(word: str) -> str:
    page = (ROOT / "docs" / "words.md").read_text("utf-8")
    found = re.search(rf"^\| \*\*{word}\*\*[^|]*\| (.*) \|$", page, re.MULTILINE)
    assert found, f"docs/words.md does not have {word}"
    return re.sub(r"\([^)]*\)", "", found[1])


def test_the_glossarys_markings_are_those_of_the_code_in_their_order() -> None:
    from lockgate.base.markings import Marking

    assert re.findall(r"[A-Z][a-z]+", _meaning("marking").partition(":")[2]) == [
        str(one.label) for one in sorted(Marking)
    ]


def test_the_glossarys_outcomes_are_those_of_the_code_in_their_order() -> None:
    from lockgate.policy.types import Outcome

    assert [one.strip() for one in _meaning("outcome").split(",")] == [one.word for one in sorted(Outcome)]


def test_the_glossarys_states_are_those_of_the_code() -> None:
    from lockgate.gateway.models import State

    told = [one.strip() for one in _meaning("state").partition(":")[2].split(",")]
    assert sorted(told) == sorted(State.values)


def test_the_glossarys_duties_are_those_of_the_code() -> None:
    from lockgate.people.models import Duty

    told = [one.strip().replace(" ", "_") for one in _meaning("duty").partition(":")[2].split(",")]
    assert sorted(told) == sorted(Duty.Kind.values)


# Examples


def test_the_pack_in_the_page_on_content_standards_is_taken_with_its_examples() -> None:
    from lockgate.policy.pack import Kind
    from lockgate.policy.parsing import parse_pack
    from lockgate.policy.policy import compiled_pack

    (source,) = re.findall(
        r"^```yaml\n(.*?)^```", (ROOT / "docs" / "packs.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    compiled_pack(source)
    assert {rule.kind for rule in parse_pack(source).rules} >= set(Kind) - {Kind.TERM}


def test_the_connector_in_the_developers_page_speaks_the_protocol(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from lockgate.channels.types import AccountFacts, ChannelRefused, Connector, OutboundPost

    (source,) = re.findall(
        r"^```python\n(.*?)^```",
        (ROOT / "docs" / "people" / "developer.md").read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    scope: dict[str, object] = {"__name__": "logbook"}
    exec(compile(source, "developer.md", "exec"), scope)
    made = scope["Logbook"]()  # type: ignore[operator]  # a name out of a page has no type
    assert isinstance(made, Connector)
    account = AccountFacts("day-book", "", {"folder": str(tmp_path)})
    post = OutboundPost("t-1", "Doors open at nine.", (), datetime(2026, 11, 22, tzinfo=UTC))
    assert made.look_up(post, account) is None
    stands = made.publish(post, account)
    assert made.look_up(post, account) == stands
    assert made.read_back(post, stands, account).differences == ()
    with pytest.raises(ChannelRefused):
        made.publish(post, account)
    made.delete(stands, account)
    made.delete(stands, account)
    assert not made.read_back(post, stands, account).is_there


def test_the_picture_is_small_enough_to_load() -> None:
    assert (ROOT / "docs" / "picture-home.png").stat().st_size < 250_000
