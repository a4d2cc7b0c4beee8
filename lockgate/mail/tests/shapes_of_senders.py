"""Who sent it: machines, lists, loops, strangers and guises."""

from __future__ import annotations

from lockgate.mail.tests.shape import FOUND, SHAPES, Shape, add
from tests.leaks.world import picture

add("away, by header", "Subject: x\nAuto-Submitted: auto-replied", "I am away.", end="automatic")
add("away, by exchange", "Subject: Automatic reply: Hello", "I am away.", end="automatic")
add("away, in German", "Subject: Automatische Antwort: Hallo", "Ich bin weg.", end="automatic")
add("not automatic", "Subject: x\nAuto-Submitted: no", "Good morning.", **FOUND)
add("bulk", "Subject: x\nPrecedence: bulk", "Offer.", end="automatic")
add("x-autoreply", "Subject: x\nX-Autoreply: yes", "I am away.", end="automatic")
add("a list", "Subject: x\nList-Id: <l.example>", "News.", end="list")
add("a list's goodbye", "Subject: x\nList-Unsubscribe: <mailto:a@b.example>", "News.", end="list")
add(
    "calendar reply",
    "Subject: Accepted\nContent-Type: text/calendar; method=REPLY",
    "BEGIN:VCALENDAR",
    end="automatic",
)
add("bounce, no sender", "Subject: Undelivered", "It failed.", end="bounce", sender="")
add("bounce, brackets", "Subject: Undelivered", "It failed.", end="bounce", sender="<>")
add("bounce, daemon", "Subject: Undelivered", "It failed.", end="bounce", sender="MAILER-DAEMON@x.example")
add(
    "bounce, report",
    "Subject: Undelivered\nContent-Type: multipart/report; report-type=delivery-status; boundary=r",
    "x",
    end="bounce",
)
add("our own letter", "Subject: x\nX-Lockgate: letter", "Good morning.", end="loop")
add(
    "our own id",
    "Subject: x\nMessage-ID: <lg.p1.abc@lockgate.haldenvalve.example>",
    "Good morning.",
    end="loop",
)
add("forty-one hops", "Subject: x\n" + "\n".join(["Received: by x"] * 41), "Good morning.", end="loop")

SHAPES["nothing at all"] = Shape(b"", "none", is_whole=True)
SHAPES["only blanks"] = Shape(b"\r\n\r\n", "none", is_whole=True)
SHAPES["a picture instead of a mail"] = Shape(picture(), "none", is_whole=True)
SHAPES["two senders"] = Shape(b"From: a@x.example\r\nFrom: b@x.example\r\n\r\nHi", "several", is_whole=True)
SHAPES["a stranger"] = Shape(b"From: a@x.example\r\nSubject: x\r\n\r\nHi", "unknown-sender", is_whole=True)
SHAPES["not vouched for"] = Shape(
    b"From: nadia.roux@haldenvalve.example\r\n\r\nHi", "not-authentic", is_whole=True
)
SHAPES["found forged"] = Shape(
    b"Authentication-Results: mx.haldenvalve.example; dmarc=fail header.from=haldenvalve.example\r\n"
    b"From: nadia.roux@haldenvalve.example\r\n\r\nHi",
    "not-authentic",
    is_whole=True,
)
SHAPES["vouched for by itself"] = Shape(
    b"Authentication-Results: mx.evil.example; dmarc=pass header.from=haldenvalve.example\r\n"
    b"From: nadia.roux@haldenvalve.example\r\n\r\nHi",
    "not-authentic",
    is_whole=True,
)
SHAPES["a look-alike"] = Shape(
    "From: nadia.roux@hаldenvalve.example\r\n\r\nHi".encode(), "look-alike", is_whole=True
)
SHAPES["another name on it"] = Shape(
    b"Authentication-Results: mx.haldenvalve.example; dmarc=pass header.from=haldenvalve.example\r\n"
    b'From: "julie.martin@haldenvalve.example" <nadia.roux@haldenvalve.example>\r\n\r\nHi',
    "look-alike",
    is_whole=True,
)
