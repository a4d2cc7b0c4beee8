"""An OpenID provider (npm's oidc-provider, which is certified) at the versions of oidc_app/package-lock.json."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from pathlib import Path

from tools.peers.peer import Peer, PeerMissing, alone, answers, begin, end, free_port, run, wait_for

APP = Path(__file__).parent / "oidc_app"


def install() -> Path:
    """The folder with node_modules, made once for each state of the lock file."""
    lock = (APP / "package-lock.json").read_bytes()
    with alone("oidc") as kept:
        place = kept / hashlib.sha256(lock).hexdigest()[:12]
        if (place / "complete").exists():
            return place
        npm = shutil.which("npm")
        if npm is None or shutil.which("node") is None:
            raise PeerMissing("The OpenID provider needs Node.js. Run: sudo apt-get install nodejs npm")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(APP / name, place / name)
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        run([npm, "ci", *quiet], what="npm ci", cwd=place)
        (place / "complete").touch()
        return place


def start(folder: Path, *, back: str = "http://testserver/sign-in/oidc/return") -> Peer:
    """A fresh provider whose one client comes back to ``back``."""
    place = install()
    began = time.monotonic()
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(APP / "provider.mjs", place / "provider.mjs")  # node looks for packages beside the script
    port, log = free_port(), folder / "oidc.log"
    url = f"http://127.0.0.1:{port}"
    node = shutil.which("node") or "node"
    process = begin(
        [node, str(place / "provider.mjs")], log=log, env={"OIDC_PORT": str(port), "OIDC_BACK": back}
    )
    try:
        wait_for(
            lambda: answers(f"{url}/.well-known/openid-configuration"),
            process,
            what="the OpenID provider",
            log=log,
        )
    except BaseException:
        end(process)
        raise
    told = json.loads((place / "node_modules" / "oidc-provider" / "package.json").read_text())
    return Peer(
        name="oidc",
        url=url,
        account={
            "issuer": url,
            "client_id": "lockgate",
            "client_secret": "ci-secret-0123456789012345678901",
        },
        version=f"oidc-provider {told['version']}",
        folder=folder,
        seconds=time.monotonic() - began,
        processes=[process],
    )
