"""A company's own mail: Debian's exim4 takes and carries, dovecot keeps mailboxes. About a second to start.

Exim is the border server: who signs in to it is vouched for in Authentication-Results, and what claims its name there
from outside is taken off. Mail for people goes by LMTP to dovecot; mail for Lockgate's domain by LMTP to Lockgate's own
listener, or to the mailbox "lockgate" in dovecot, from which it is fetched.
"""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import smtplib
import tempfile
import time
from pathlib import Path

from tools.peers.peer import Peer, PeerMissing, alone, begin, end, free_port, run, wait_for
from tools.peers.wordpress import no_services

PACKAGES = ["exim4-daemon-light", "dovecot-imapd", "dovecot-lmtpd"]
EXIM, DOVECOT = "/usr/sbin/exim4", "/usr/sbin/dovecot"
HOST = "mx.haldenvalve.example"
PEOPLE, OURS = "haldenvalve.example", "lockgate.haldenvalve.example"
PASSWORD = "letters-and-valves"

_EXIM = """
primary_hostname = {host}
spool_directory = {folder}/spool
log_file_path = {folder}/exim-%s.log
pid_file_path = {folder}/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {smtp}
tls_advertise_hosts =
never_users =
exim_user = {exim_user}
exim_group = {exim_group}
keep_environment =
acl_smtp_rcpt = told
acl_smtp_data = vouch
begin acl
told:
  deny local_parts = nobody
       domains = {people}
       message = 550 no such user
  defer local_parts = later
        domains = {people}
        message = 451 try later
  accept domains = {people} : {ours}
  deny message = 550 not here
vouch:
  warn remove_header = Authentication-Results
  warn add_header = :at_start:${{authresults{{$primary_hostname}}}}
  accept
begin routers
{redirect}lockgate:
  driver = manualroute
  domains = {ours}
  route_list = * 127.0.0.1
  self = send
  transport = lockgate
gone:
  driver = redirect
  domains = {people}
  local_parts = gone
  allow_fail
  data = :fail: 5.1.1 who was here has left
people:
  driver = manualroute
  domains = {people}
  route_list = * 127.0.0.1
  self = send
  transport = mailboxes
begin transports
lockgate:
  driver = smtp
  protocol = lmtp
  port = {lockgate}
  allow_localhost
  max_rcpt = 1
  return_path_add
mailboxes:
  driver = smtp
  protocol = lmtp
  port = {lmtp}
  allow_localhost
  envelope_to_add
begin retry
* * F,1h,1s
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${{if eq{{$auth3}}{{{password}}}}}
  server_set_id = $auth2
"""

_INTO_ONE_MAILBOX = f"""one_mailbox:
  driver = redirect
  domains = {OURS}
  data = lockgate@{PEOPLE}
"""

_DOVECOT = """
protocols = imap lmtp
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/boxes/%n
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
first_valid_gid = 1
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/boxes/%n
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
namespace inbox {{
  inbox = yes
}}
"""


def is_installed() -> bool:
    return Path(EXIM).exists() and Path(DOVECOT).exists() and Path("/usr/lib/dovecot/lmtp").exists()


def install() -> None:
    """Installs the system's packages, as root; says which command to run otherwise."""
    with alone("mail"):
        if is_installed():
            return
        command = ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            raise PeerMissing("exim4 and dovecot are not installed here. Run: sudo " + " ".join(command))
        env = {"DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "-q", "update"], what="apt-get update", env=env)
        with no_services():
            run([command[0], "-o", "DPkg::Lock::Timeout=900", *command[1:]], what="apt-get install", env=env)


def start(folder: Path, *, listener: int = 0) -> Peer:
    """Both servers with fresh mailboxes in a folder of their own; any name of the company's domain has one. Mail for
    Lockgate's domain goes to the port ``listener``; without one, to the mailbox "lockgate"."""
    install()
    began = time.monotonic()
    # Dovecot's sockets have no room for the deep folders of tests, and its users must be able to come here.
    folder = Path(tempfile.mkdtemp(prefix="lgm-", dir="/tmp"))
    folder.chmod(0o755)
    smtp, lmtp, imap = free_port(), free_port(), free_port()
    is_root = os.geteuid() == 0
    me, my_group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
    boxes = "mail" if is_root else me
    facts = {
        "folder": folder,
        "host": HOST,
        "people": PEOPLE,
        "ours": OURS,
        "password": PASSWORD,
        "smtp": smtp,
        "lmtp": lmtp,
        "imap": imap,
        "lockgate": listener,
        "redirect": "" if listener else _INTO_ONE_MAILBOX,
        "exim_user": "Debian-exim" if is_root else me,
        "exim_group": "Debian-exim" if is_root else my_group,
        "internal": "dovecot" if is_root else me,
        "internal_group": "dovecot" if is_root else my_group,
        "login": "dovenull" if is_root else me,
        "uid": boxes,
        "gid": "mail" if is_root else my_group,
    }
    for name, text in (("exim.conf", _EXIM), ("dovecot.conf", _DOVECOT)):
        (folder / name).write_text(text.format(**facts))
    for name in ("spool", "boxes", "run"):
        (folder / name).mkdir()
    if is_root:
        shutil.chown(folder, "Debian-exim", "Debian-exim")
        shutil.chown(folder / "spool", "Debian-exim", "Debian-exim")
        shutil.chown(folder / "boxes", "mail", "mail")
    log = folder / "servers.log"
    processes = []
    try:
        processes.append(begin([DOVECOT, "-F", "-c", str(folder / "dovecot.conf")], log=log))
        processes.append(begin([EXIM, "-C", str(folder / "exim.conf"), "-bdf", "-q1s"], log=log))
        wait_for(lambda: _keeps(imap), processes[0], what="dovecot", log=log)
        wait_for(lambda: _takes(smtp), processes[1], what="exim4", log=log)
    except BaseException:
        for process in reversed(processes):
            end(process)
        raise
    return Peer(
        name="mail",
        url=f"smtp://127.0.0.1:{smtp}",
        account={"smtp": str(smtp), "imap": str(imap), "password": PASSWORD},
        version="exim4 and dovecot",
        folder=folder,
        seconds=time.monotonic() - began,
        processes=processes,
    )


def _keeps(port: int) -> bool:
    try:
        with imaplib.IMAP4("127.0.0.1", port, timeout=3):
            return True
    except (OSError, imaplib.IMAP4.error):
        return False


def _takes(port: int) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=3) as line:
            return line.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False
