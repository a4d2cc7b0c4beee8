"""WordPress as Debian packages it, on MariaDB, served by PHP's own server. About three seconds to start."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tools.peers.peer import Peer, PeerMissing, alone, answers, begin, end, free_port, run, wait_for

PACKAGES = [
    *("wordpress", "wordpress-theme-twentytwentythree", "mariadb-server"),
    *("php-cli", "php-mysql", "php-curl", "php-xml", "php-mbstring", "php-gd"),
]
SITE = Path("/usr/share/wordpress")
HERE = Path(__file__).parent / "site"


def is_installed() -> bool:
    return SITE.is_dir() and all(
        shutil.which(program) for program in ("php", "mariadbd", "mariadb-install-db")
    )


def install() -> None:
    """Installs the system's packages, as root; says which command to run otherwise."""
    with alone("wordpress"):
        if is_installed():
            return
        command = ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            raise PeerMissing("WordPress is not installed here. Run: sudo " + " ".join(command))
        env = {"DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "-q", "update"], what="apt-get update", env=env)
        with no_services():
            run([command[0], "-o", "DPkg::Lock::Timeout=900", *command[1:]], what="apt-get install", env=env)


@contextlib.contextmanager
def no_services() -> Iterator[None]:
    """While packages are installed, nothing that they bring is started (unless the machine said so already)."""
    rule = Path("/usr/sbin/policy-rc.d")
    if rule.exists():
        yield
        return
    rule.write_text("#!/bin/sh\nexit 101\n")
    rule.chmod(0o755)
    try:
        yield
    finally:
        rule.unlink()


def start(folder: Path) -> Peer:
    """A fresh site in ``folder`` (made here), with the user "admin" and an application password for it."""
    install()
    began = time.monotonic()
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    database, database_port = _start_database(folder)
    processes = [database]
    try:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        made = _make_site(folder, url, database_port)
        log = folder / "php.log"
        # One process without PHP_CLI_SERVER_WORKERS: workers outlive a killed parent.
        processes.append(
            begin(
                [
                    *("php", "-d", "sendmail_path=/bin/true", "-d", "upload_max_filesize=32M", "-d"),
                    *("post_max_size=64M", "-S", f"127.0.0.1:{port}", "-t", str(folder / "site")),
                    str(folder / "router.php"),
                ],
                log=log,
            )
        )
        wait_for(lambda: answers(f"{url}/wp-json/"), processes[-1], what="WordPress", log=log)
    except BaseException:
        for process in reversed(processes):
            end(process)
        raise
    return Peer(
        name="wordpress",
        url=url,
        account={"base_url": url, "handle": made["user"], "app_password": made["app_password"]},
        version=f"WordPress {made['version']}",
        folder=folder,
        seconds=time.monotonic() - began,
        processes=processes,
    )


def _start_database(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    data, log = folder / "database", folder / "mariadb.log"
    user = ["--user=root"] if os.geteuid() == 0 else []
    if not data.exists():
        run(
            [
                *("mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db", *user),
                "--auth-root-authentication-method=normal",
            ],
            what="making the database",
        )
    port = free_port()
    # A socket's path may not be longer than 107 bytes, and test folders are deep: a path below the data folder.
    process = begin(
        [
            *(
                "mariadbd",
                "--no-defaults",
                *user,
                f"--datadir={data}",
                f"--port={port}",
                "--bind-address=127.0.0.1",
            ),
            *("--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M"),
            *(f"--pid-file={data}/m.pid", "--socket=m.sock"),
        ],
        log=log,
    )
    asks = ["mariadb", "--no-defaults", "-uroot", "-h127.0.0.1", f"-P{port}", "--protocol=tcp"]

    def takes() -> bool:
        return subprocess.run([*asks, "-e", "SELECT 1"], capture_output=True, check=False).returncode == 0

    wait_for(takes, process, what="MariaDB", log=log)
    run(
        [
            *asks,
            "-e",
            "CREATE DATABASE IF NOT EXISTS wp CHARACTER SET utf8mb4;"
            "CREATE USER IF NOT EXISTS wp@'127.0.0.1' IDENTIFIED BY 'wp'; GRANT ALL ON wp.* TO wp@'127.0.0.1'",
        ],
        what="making the database",
    )
    return process, port


def _make_site(folder: Path, url: str, database_port: int) -> dict[str, str]:
    # The package is full of links into /etc and /usr; a plain copy is a plain site.
    shutil.copytree(SITE, folder / "site", symlinks=False, ignore_dangling_symlinks=True, dirs_exist_ok=True)
    for name in ("router.php", "install.php"):
        shutil.copy(HERE / name, folder / name)
    config = (HERE / "wp-config.php").read_text()
    for key, value in {"URL": url, "DATABASE": f"127.0.0.1:{database_port}"}.items():
        config = config.replace(f"@{key}@", value)
    (folder / "site" / "wp-config.php").write_text(config)
    told = run(
        ["php", "-d", "sendmail_path=/bin/true", str(folder / "install.php"), url, secrets.token_urlsafe(12)],
        what="installing WordPress",
    )
    made: dict[str, str] = json.loads(told.strip().splitlines()[-1])
    return made
