"""The wheel holds all that the product needs: it runs in an environment that has never seen the checkout."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.journeys.running import CHECKOUT, PASSWORD, Running, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by `pip wheel .` from what git knows of, so that nothing of this working copy slips in."""
    folder = tmp_path_factory.mktemp("wheel")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in listed.split("\0"):
        if name and (CHECKOUT / name).is_file():
            (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / name, folder / "source" / name)
    built = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--no-deps",
            "--quiet",
            "--wheel-dir",
            str(folder / "out"),
            ".",
        ],
        cwd=folder / "source",
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return next((folder / "out").glob("lockgate-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it, and the packages it needs lent by this one."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(folder), "install", "--no-deps", "--quiet", str(wheel)],
        check=True,
    )
    site = next((folder / "lib").glob("python*")) / "site-packages"
    # A path file lends packages, and not the path files beside them: the checkout stays out of sight.
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return folder


def test_it_holds_templates_assets_packs_and_the_demo_and_no_tests(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    for part in (
        "templates/",
        "static/",
        "policy/packs/",
        "demo/company/people.yaml",
        "archive/outside/VERIFY.md",
    ):
        assert any(part in name for name in names), part
    assert not [name for name in names if "/tests/" in name or name.startswith(("tests/", "tools/"))]


def test_the_demo_runs_from_it(installed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    asked = [str(installed / "bin" / "python"), "-c", "import lockgate; print(lockgate.__file__)"]
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    where = subprocess.run(asked, cwd=tmp_path, env=env, capture_output=True, text=True, check=True).stdout
    assert str(installed) in where
    running = Running.start(
        "demo",
        "--port",
        "0",
        "--data",
        str(tmp_path / "data"),
        program=str(installed / "bin" / "lockgate"),
        folder=tmp_path,
        env=env,
        inherits=False,
    )
    try:
        visitor = Visitor(running.ready())
        visitor.sign_in("nadia.roux@haldenvalve.example", PASSWORD)
        assert visitor.ask("GET", "/")[0] == 200
        assert visitor.ask("GET", "/healthz")[0] == 200
    finally:
        running.end(signal.SIGTERM)
    assert not list(home.iterdir())


def test_serve_from_it_names_what_it_lacks(installed: Path, tmp_path: Path) -> None:
    ran = subprocess.run(
        [str(installed / "bin" / "lockgate"), "serve", "--port", "0"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LOCKGATE_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 78
    assert "secret" in ran.stderr
    assert "Traceback" not in ran.stderr
