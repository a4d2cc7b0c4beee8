"""The checkout's own Python environment, .venv, made from a hash-pinned lock file and nothing else.

A stamp holds the digests of the lock files that are installed, so that a second start does no work. A marker
stands while packages are being installed; whoever finds it knows that a run was cut short, and starts afresh.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.dev.saying import CANNOT_CREATE, Progress, Trouble, say

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "lockgate-stamp.json"
HALF_MADE = VENV / "lockgate-half-made"
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}

NO_NETWORK = re.compile(
    r"NewConnectionError|Name or service not known|name resolution|Network is unreachable|Max retries exceeded"
    r"|ProxyError|ConnectTimeout|Connection refused|ReadTimeoutError|No route to host",
    re.IGNORECASE,
)


def ensure(kind: str) -> Path:
    """The environment's Python, with the packages of ``kind`` ("run", or "dev" for tests too) installed."""
    wanted = _digest(LOCKS[kind])
    if _stamp().get(kind) == wanted and not HALF_MADE.exists() and PYTHON.exists():
        return PYTHON
    with _alone() as lock:
        if _stamp().get(kind) != wanted or HALF_MADE.exists() or not _is_alive():
            _make(kind, wanted, lock)
    return PYTHON


def _make(kind: str, wanted: str, held: int) -> None:
    if HALF_MADE.exists():
        say("The environment in .venv was left half made; making it again.")
        shutil.rmtree(VENV)
    elif VENV.exists() and not _is_alive():
        say("The environment in .venv no longer runs (its Python has gone); making it again.")
        shutil.rmtree(VENV)
    if not VENV.exists():
        _make_empty()
    kept = _stamp()
    HALF_MADE.touch()
    STAMP.unlink(missing_ok=True)
    _install(LOCKS[kind], held)
    _link_checkout()
    stamp = {kind: wanted}
    if kind == "dev":
        stamp["run"] = _digest(LOCKS["run"])
    elif "dev" in kept and kept["dev"] == _digest(LOCKS["dev"]):
        stamp["dev"] = kept["dev"]
    STAMP.write_text(json.dumps(stamp), "utf-8")
    HALF_MADE.unlink()


def _make_empty() -> None:
    say(f"Making the environment in .venv with Python {sys.version.split()[0]} (once; a minute or so).")
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise Trouble(
            f"This Python ({sys.executable}) lacks the module {missing[0]}, so no environment can be made.",
            f"Install it, for instance with: apt-get install python{version}-venv; then run the same command again.",
        )
    ran = subprocess.run(
        [getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(VENV)],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Trouble(
            "Python could not make the environment .venv: " + (ran.stderr or ran.stdout).strip()[-400:],
            "Mend what it names, then run the same command again.",
            CANNOT_CREATE,
        )


def _install(lock: Path, held: int) -> None:
    names = re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text("utf-8"), re.MULTILINE)
    progress = Progress("Getting package", len(names))
    log = VENV / "install.log"
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps", "--prefer-binary"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--retries", "2"]
    command += ["--timeout", "20", "-r", str(lock)]
    with log.open("w", encoding="utf-8") as kept:
        running = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # It keeps the lock: if this process is killed, the next waits until pip has ended too.
            pass_fds=[held],
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PIP_ROOT_USER_ACTION": "ignore"},
        )
        assert running.stdout is not None
        for line in running.stdout:
            kept.write(line)
            if found := re.match(
                r"(?:Collecting|Requirement already satisfied:|Ignoring) ([A-Za-z0-9._-]+)", line
            ):
                progress.step(found[1])
            elif line.startswith("Installing collected packages"):
                progress.finish(f"Got {len(names)} packages, each checked against its hash. Unpacking them.")
    if running.wait():
        said = log.read_text("utf-8")
        if "THESE PACKAGES DO NOT MATCH THE HASHES" in said:
            raise Trouble(
                f"A downloaded package is not the one that {lock.name} names (its hash differs); nothing was kept.",
                f"Run again; if it stays so, someone has changed the package on the way. The log: {log}",
            )
        if "No space left on device" in said:
            raise Trouble("The disk is full.", "Make room (about 400 MB), then run the same command again.")
        if NO_NETWORK.search(said):
            raise Trouble(
                "The package index could not be reached, so the environment is not made yet.",
                "Check the network or the proxy (PIP_INDEX_URL, HTTPS_PROXY), then run the same command again.",
            )
        raise Trouble(
            "Installing the packages failed:\n" + "\n".join(said.strip().splitlines()[-12:]),
            f"Run the same command again. The whole log: {log}",
        )


def _link_checkout() -> None:
    """Makes the checkout importable and its command and connectors findable, without a build and without a network."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(
        subprocess.run([PYTHON, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()
    )
    for old in site.glob("lockgate-*.dist-info"):
        shutil.rmtree(old)
    (site / "lockgate-checkout.pth").write_text(f"{ROOT}\n", "utf-8")
    info = site / f"lockgate-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n", "utf-8"
    )
    groups = {"console_scripts": project.get("scripts", {}), **project.get("entry-points", {})}
    lines = [
        f"[{group}]\n" + "".join(f"{n} = {t}\n" for n, t in named.items()) for group, named in groups.items()
    ]
    (info / "entry_points.txt").write_text("\n".join(lines), "utf-8")
    (info / "INSTALLER").write_text("dev\n", "utf-8")
    (info / "RECORD").write_text("", "utf-8")
    script = VENV / "bin" / "lockgate"
    script.write_text(
        f"#!{PYTHON}\nimport sys\nfrom lockgate.cli import main\nif __name__ == '__main__':\n    sys.exit(main())\n",
        "utf-8",
    )
    script.chmod(0o755)


def _digest(lock: Path) -> str:
    try:
        digest = hashlib.sha256(lock.read_bytes())
    except OSError as error:
        raise Trouble(f"{lock.name} cannot be read: {error.strerror}.", "Restore it from git.") from error
    # The entry points are part of what is linked, so a change to them is a change of the environment.
    digest.update((ROOT / "pyproject.toml").read_bytes().split(b"[tool.", 1)[0])
    digest.update(str(ROOT).encode())
    return digest.hexdigest()


def _stamp() -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp


def _is_alive() -> bool:
    if not PYTHON.exists():
        return False
    asked = "import sys, pip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))"
    return subprocess.run([PYTHON, "-c", asked], capture_output=True, check=False).returncode == 0


@contextmanager
def _alone() -> Iterator[int]:
    """Two runs at once make one environment between them: the second waits."""
    try:
        lock = (ROOT / ".venv.lock").open("w")
    except OSError as error:
        raise Trouble(
            f"The folder {ROOT} cannot be written ({error.strerror}), so no environment can be made in it.",
            "Clone it into a folder of your own, then run the same command there.",
            CANNOT_CREATE,
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another run is making the environment; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()
