"""Debian's slapd (OpenLDAP) with a handful of people, on loopback and with data of its own."""

from __future__ import annotations

import shutil
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

from tools.peers.peer import Peer, PeerMissing, begin, end, free_port, run, wait_for

SUFFIX = "dc=example,dc=test"
ADMINISTRATOR = f"cn=admin,{SUFFIX}"
PASSWORD = "secret"
_CONFIG = """include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile {folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
sizelimit 1000
database mdb
suffix "{suffix}"
rootdn "{administrator}"
rootpw {password}
directory {folder}/db
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
"""
_ROOT = """dn: {suffix}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,{suffix}
objectClass: organizationalUnit
ou: people
"""


def entry(uid: str, name: str, email: str, password: str = "", title: str = "", department: str = "") -> str:
    """One person as LDIF."""
    given, _space, family = name.rpartition(" ")
    lines = [
        f"dn: uid={uid},ou=people,{SUFFIX}",
        "objectClass: inetOrgPerson",
        f"uid: {uid}",
        f"cn: {name}",
        f"givenName: {given or name}",
        f"sn: {family}",
        f"mail: {email}",
    ]
    lines += [f"userPassword: {password}"] if password else []
    lines += [f"title: {title}"] if title else []
    lines += [f"departmentNumber: {department}"] if department else []
    return "\n".join(lines) + "\n"


def start(folder: Path, people: list[str]) -> Peer:
    """A fresh server that holds ``people`` (from ``entry``)."""
    slapd = shutil.which("slapd", path="/usr/sbin:/usr/lib/openldap:/usr/bin")
    slapadd = shutil.which("slapadd", path="/usr/sbin:/usr/bin")
    if slapd is None or slapadd is None:
        raise PeerMissing("OpenLDAP's server is not here. Run: sudo apt-get install slapd")
    began = time.monotonic()
    folder = folder.resolve()
    (folder / "db").mkdir(parents=True, exist_ok=True)
    config, log, seed = folder / "slapd.conf", folder / "slapd.log", folder / "seed.ldif"
    config.write_text(
        _CONFIG.format(folder=folder, suffix=SUFFIX, administrator=ADMINISTRATOR, password=PASSWORD), "utf-8"
    )
    seed.write_text("\n".join([_ROOT.format(suffix=SUFFIX), *people]), "utf-8")
    run([slapadd, "-f", str(config), "-l", str(seed)], what="slapadd")
    url = f"ldap://127.0.0.1:{free_port()}"
    process = begin([slapd, "-d", "0", "-f", str(config), "-h", url], log=log)
    try:
        wait_for(lambda: _listens(url), process, what="slapd", log=log)
    except BaseException:
        end(process)
        raise
    return Peer(
        name="slapd",
        url=url,
        account={"base": f"ou=people,{SUFFIX}", "bind_dn": ADMINISTRATOR, "bind_password": PASSWORD},
        version="OpenLDAP",
        folder=folder,
        seconds=time.monotonic() - began,
        processes=[process],
    )


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((parts.hostname, parts.port)) == 0
