"""Settings from a file and the environment: what is understood, and the sentence where something is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from lockgate.base.environment import Environment, SettingsError


def environment(
    variables: dict[str, str] | None = None, file: dict[str, object] | None = None
) -> Environment:
    return Environment(variables or {}, file or {})


def test_the_environment_wins_over_the_file_and_the_file_over_the_default() -> None:
    both = environment({"LOCKGATE_COMPANY": "From outside"}, {"company": "From the file"})
    assert both.text("COMPANY", "x") == "From outside"
    assert environment(file={"company": "From the file"}).text("COMPANY", "x") == "From the file"
    assert environment().text("COMPANY", "x") == "x"


@pytest.mark.parametrize(
    ("told", "means"),
    [("1", True), ("yes", True), ("TRUE", True), (" on ", True), ("0", False), ("No", False), ("", False)],
)
def test_a_flag_takes_yes_or_no(told: str, means: bool) -> None:
    assert environment({"LOCKGATE_DEBUG": told}).flag("DEBUG", not means) is means


@pytest.mark.parametrize("told", ["maybe", "2", "yes please"])
def test_a_flag_that_is_neither_is_refused_by_name(told: str) -> None:
    with pytest.raises(SettingsError, match="LOCKGATE_DEBUG"):
        environment({"LOCKGATE_DEBUG": told}).flag("DEBUG", False)


def test_a_number_that_is_none_is_refused_by_name() -> None:
    assert environment({"LOCKGATE_LIVE_PORT": "8001"}).number("LIVE_PORT", 0) == 8001
    with pytest.raises(SettingsError, match="LOCKGATE_LIVE_PORT"):
        environment({"LOCKGATE_LIVE_PORT": "eight"}).number("LIVE_PORT", 0)


def test_words_come_with_commas_or_as_a_list() -> None:
    assert environment({"LOCKGATE_ALLOWED_HOSTS": "a.example, b.example,"}).words("ALLOWED_HOSTS", []) == [
        "a.example",
        "b.example",
    ]
    assert environment(file={"allowed_hosts": ["a.example"]}).words("ALLOWED_HOSTS", []) == ["a.example"]


def test_the_file_is_read_and_a_bad_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "lockgate.toml"
    file.write_text('company = "Halden Valve"\n', "utf-8")
    monkeypatch.setenv("LOCKGATE_SETTINGS", str(file))
    assert Environment.read().text("COMPANY", "") == "Halden Valve"
    file.write_text("company = ", "utf-8")
    with pytest.raises(SettingsError, match="not TOML"):
        Environment.read()
    monkeypatch.setenv("LOCKGATE_SETTINGS", str(tmp_path / "absent.toml"))
    with pytest.raises(SettingsError, match="cannot be read"):
        Environment.read()


def test_sqlite_is_durable_and_takes_its_lock_at_once(tmp_path: Path) -> None:
    made = environment().database(tmp_path / "lockgate.sqlite3")
    assert made["NAME"] == str(tmp_path / "lockgate.sqlite3")
    assert made["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in made["OPTIONS"]["init_command"]
    assert "synchronous=FULL" in made["OPTIONS"]["init_command"]


def test_a_postgresql_address_is_taken_apart() -> None:
    made = environment(
        {"DATABASE_URL": "postgresql://anna:p%40ss@db.example:5433/gate?sslmode=require"}
    ).database(Path("x"))
    assert (made["USER"], made["PASSWORD"], made["HOST"], made["PORT"], made["NAME"]) == (
        "anna",
        "p@ss",
        "db.example",
        "5433",
        "gate",
    )
    assert made["OPTIONS"]["sslmode"] == "require"


def test_a_postgresql_address_can_name_a_socket() -> None:
    made = environment({"DATABASE_URL": "postgresql://anna@/gate?host=%2Frun%2Fpg"}).database(Path("x"))
    assert (made["HOST"], made["NAME"]) == ("/run/pg", "gate")


def test_another_database_is_refused() -> None:
    with pytest.raises(SettingsError, match="mysql"):
        environment({"DATABASE_URL": "mysql://db/gate"}).database(Path("x"))
