"""Writes ../shared/data/mail.jsonl.gz as an mbox file, to measure `lockgate mail import` with real mail.

    python tools/mail_as_mbox.py company.mbox [--most 10000] [--data ../shared/data/mail.jsonl.gz]

It is real people's mail: measure with it, show it to nobody, and throw the file away. Where there are fewer mails than
``--most`` they are written as often as it takes, each time as other mails.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "mail.jsonl.gz"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--most", type=int, default=10_000)
    parser.add_argument("--data", type=Path, default=DATA)
    given = parser.parse_args()
    if not given.data.exists():
        print(f"{given.data} is not there.", file=sys.stderr)
        return 1
    with gzip.open(given.data, "rt", encoding="utf-8") as lines:
        mails = [json.loads(line) for line in lines]
    with given.file.open("wb") as out:
        for number in range(given.most):
            out.write(_written(mails[number % len(mails)], number // len(mails)))
    print(f"{given.most:,} mails, {given.file.stat().st_size / 1_048_576:.1f} MB")
    return 0


def _written(mail: dict[str, Any], again: int) -> bytes:
    made = EmailMessage()
    at = datetime.fromisoformat(mail["date"])
    made["From"] = formataddr((_plain(mail.get("from_name", "")), mail["from"]))
    if mail.get("to"):
        made["To"] = ", ".join(mail["to"])
    if mail.get("cc"):
        made["Cc"] = ", ".join(mail["cc"])
    made["Date"] = format_datetime(at)
    subject = _plain(mail.get("subject", ""))
    made["Subject"] = f"{subject} ({again})" if again else subject
    made["Message-ID"] = f"<{mail['id']}.{again}@mail.example>"
    made.set_content(mail["text"] or "\n")
    lines = made.as_bytes().splitlines(keepends=True)
    quoted = b"".join(b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines)
    sender = str(mail["from"]).encode("ascii", "replace").replace(b" ", b"")
    return (
        b"From " + sender + at.strftime(" %a %b %d %H:%M:%S %Y\n").encode() + quoted.rstrip(b"\n") + b"\n\n"
    )


def _plain(value: str) -> str:
    return " ".join(value.split())


if __name__ == "__main__":
    sys.exit(main())
