"""`./dev` on a machine that has git and python3 alone: what it makes, and what it says when it cannot."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.journeys.running import CHECKOUT, bare

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("checkout")]

NOWHERE = "http://127.0.0.1:9/simple"
A_PACKAGE = "absent-package==1.0 --hash=sha256:" + "0" * 64 + "\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose lock files ask for nothing, so that its environment is made in seconds."""
    folder = tmp_path / "a checkout"
    shutil.copytree(
        CHECKOUT / "tools" / "dev", folder / "tools" / "dev", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("dev", "pyproject.toml"):
        shutil.copy(CHECKOUT / name, folder / name)
    for name in ("requirements.lock", "requirements-dev.lock"):
        (folder / name).write_text("# nothing\n", "utf-8")
    return folder


def dev(checkout: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    told = {**bare(), "PIP_CACHE_DIR": str(checkout / "cache"), "PIP_RETRIES": "0", **env}
    return subprocess.run(
        [str(checkout / "dev"), *words],
        cwd="/",
        env=told,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_it_makes_its_environment_once(checkout: Path) -> None:
    first = dev(checkout, "env")
    assert first.returncode == 0, first.stderr
    python = checkout / ".venv" / "bin" / "python"
    assert first.stdout.splitlines()[-1] == str(python)
    stamp = json.loads((checkout / ".venv" / "lockgate-stamp.json").read_text("utf-8"))
    assert set(stamp) == {"dev", "run"}
    asked = "from importlib.metadata import entry_points as e; print(*e(group='lockgate.connectors').names)"
    names = subprocess.run(
        [python, "-c", asked], capture_output=True, text=True, check=True, env=bare()
    ).stdout
    assert "wordpress" in names.split()
    assert dev(checkout, "env").stdout.strip() == str(python)


def test_a_half_made_environment_is_noticed_and_made_again(checkout: Path) -> None:
    assert dev(checkout, "env").returncode == 0
    (checkout / ".venv" / "lockgate-half-made").touch()
    (checkout / ".venv" / "left-behind").touch()
    again = dev(checkout, "env")
    assert again.returncode == 0
    assert "half made" in again.stdout
    assert not (checkout / ".venv" / "left-behind").exists()


def test_an_environment_whose_python_is_gone_is_made_again(checkout: Path) -> None:
    assert dev(checkout, "env").returncode == 0
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    again = dev(checkout, "env")
    assert again.returncode == 0, again.stderr
    assert "making it again" in again.stdout


def test_without_a_network_it_says_so_and_a_rerun_mends_it(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text(A_PACKAGE, "utf-8")
    ran = dev(checkout, "demo", PIP_INDEX_URL=NOWHERE)
    assert ran.returncode == 69
    assert "package index could not be reached" in ran.stderr
    assert "run the same command again" in ran.stderr
    assert "Traceback" not in ran.stderr
    (checkout / "requirements-dev.lock").write_text("# nothing\n", "utf-8")
    assert dev(checkout, "env").returncode == 0


def test_a_changed_lock_file_is_installed_anew(checkout: Path) -> None:
    assert dev(checkout, "env").returncode == 0
    (checkout / "requirements-dev.lock").write_text(A_PACKAGE, "utf-8")
    assert dev(checkout, "env", PIP_INDEX_URL=NOWHERE).returncode == 69


def test_a_missing_lock_file_is_said(checkout: Path) -> None:
    (checkout / "requirements.lock").unlink()
    ran = dev(checkout, "demo")
    assert ran.returncode == 69
    assert "requirements.lock cannot be read" in ran.stderr


def test_an_old_python_is_not_taken(checkout: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    old = tools / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n', "utf-8")
    old.chmod(0o755)
    for name in ("sh", "dirname"):
        (tools / name).symlink_to(str(shutil.which(name)))
    ran = dev(checkout, "demo", PATH=str(tools))
    assert ran.returncode == 69
    assert "Python 3.9.2" in ran.stderr
    assert "apt-get install" in ran.stderr


def test_what_is_not_a_command_is_said(checkout: Path) -> None:
    assert dev(checkout, "fly").returncode == 2
    assert dev(checkout, "check", "--hard").returncode == 2
