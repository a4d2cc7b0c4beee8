"""What the tests need of the machine, and how it is had: by apt as root, else the command is printed."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.dev.saying import say


@dataclass(frozen=True)
class Need:
    """``lanes`` are the lanes of tests that cannot run without it."""

    what: str
    packages: tuple[str, ...]
    is_here: Callable[[], bool]
    lanes: tuple[str, ...]


def _program(*names: str) -> Callable[[], bool]:
    return lambda: any(
        shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") for name in names
    )


def _path(*names: str) -> Callable[[], bool]:
    return lambda: any(list(Path("/").glob(name.lstrip("/"))) for name in names)


NEEDS = (
    Need("a C locale's gettext tools", ("gettext",), _program("msgfmt"), ("unit",)),
    Need(
        "PostgreSQL's server",
        ("postgresql",),
        _path("/usr/lib/postgresql/*/bin/initdb"),
        ("postgres", "heavy"),
    ),
    Need("Chromium", ("chromium", "fonts-liberation"), _program("chromium"), ("heavy",)),
    Need("Node.js", ("nodejs", "npm"), _program("node"), ("heavy",)),
    Need(
        "PHP",
        ("php-cli", "php-mysql", "php-gd", "php-xml", "php-mbstring", "php-curl"),
        _program("php"),
        ("heavy",),
    ),
    Need("MariaDB", ("mariadb-server",), _program("mariadbd", "mysqld"), ("heavy",)),
    Need("WordPress", ("wordpress",), _path("/usr/share/wordpress/wp-settings.php"), ("heavy",)),
    Need("exim4", ("exim4-daemon-light",), _path("/usr/sbin/exim4"), ("heavy",)),
    Need("dovecot", ("dovecot-imapd", "dovecot-lmtpd"), _path("/usr/lib/dovecot/lmtp"), ("heavy",)),
    Need("Go", ("golang-go",), _program("go"), ("heavy",)),
    Need(
        "Go's sumdb package",
        ("golang-golang-x-mod-dev",),
        _path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog"),
        ("heavy",),
    ),
    Need(
        "SimpleSAMLphp",
        ("simplesamlphp",),
        _path("/usr/share/simplesamlphp/www/index.php"),
        ("heavy",),
    ),
    Need("slapd", ("slapd",), _program("slapd"), ("heavy",)),
    Need("openssl", ("openssl",), _program("openssl"), ("heavy",)),
)


def provide(lanes: set[str], *, may_install: bool) -> list[str]:
    """Installs what the lanes lack, if it may; answers sentences on what is still missing."""
    missing = [need for need in NEEDS if lanes & set(need.lanes) and not need.is_here()]
    if missing and may_install and os.geteuid() == 0 and shutil.which("apt-get"):
        packages = [package for need in missing for package in need.packages]
        say("Installing with apt-get: " + " ".join(packages))
        # RUNLEVEL=1: servers are installed and not started; tests start their own.
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        quiet = {
            "env": environment,
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.DEVNULL,
            "check": False,
        }
        subprocess.run(["apt-get", "-qq", "update"], **quiet)  # type: ignore[call-overload]  # the same for both
        for need in missing:
            subprocess.run(  # type: ignore[call-overload]  # the same for all
                ["apt-get", "-qq", "-y", "--no-install-recommends", "install", *need.packages], **quiet
            )
        missing = [need for need in missing if not need.is_here()]
    return [f"{need.what} is not here: apt-get install {' '.join(need.packages)}" for need in missing]
