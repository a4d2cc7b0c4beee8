"""A hundred shapes of mail as they are met, made here: what each is, and the end that it comes to."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from tests.leaks.world import picture


@dataclass(frozen=True)
class Shape:
    raw: bytes
    end: str = "delivered"
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    sender: str | None = None
    is_whole: bool = False
    # Whether its author is told something although it was delivered (a file that could not go with it).
    is_told: bool = False


SHAPES: dict[str, Shape] = {}


def _add(name: str, head: str, body: bytes | str, **more: object) -> None:
    data = body.encode() if isinstance(body, str) else body
    raw = head.replace("\n", "\r\n").encode("utf-8") + b"\r\n\r\n" + data
    SHAPES[name] = Shape(raw, **more)  # type: ignore[arg-type]


def _multi(kind: str, *parts: tuple[str, bytes], boundary: str = "b1", end: bool = True) -> tuple[str, bytes]:
    head = f'MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="{boundary}"'
    body = b"This is a multi-part message.\r\n"
    for headers, content in parts:
        body += (
            f"--{boundary}\r\n".encode()
            + headers.replace("\n", "\r\n").encode()
            + b"\r\n\r\n"
            + content
            + b"\r\n"
        )
    return head, body + (f"--{boundary}--\r\n".encode() if end else b"")


def _b64(content: bytes) -> bytes:
    return base64.encodebytes(content)


PLAIN = ("Content-Type: text/plain; charset=utf-8", b"Good morning.")
HTML = ("Content-Type: text/html; charset=utf-8", b"<html><body><p>Good <b>morning</b>.</p></body></html>")
FOUND = {"says": ("Good morning.",)}

_add("plain", "Subject: Hello", "Good morning.", **FOUND)
_add("no subject", "X-Nothing: 1", "Good morning.", **FOUND)
_add("no mime headers", "Subject: Hello", "Good morning.\r\nAnd more.", says=("And more.",))
_add("bare newlines", "Subject: Hello", "Good morning.\nAnd more.\n", says=("And more.",))
_add("bare returns", "Subject: Hello", "Good morning.\rAnd more.\r", says=("And more.",))
_add("empty", "Subject: Hello", "", end="empty")
_add("blank", "Subject: Hello", " \r\n\r\n\t\r\n", end="empty")
_add("only a signature", "Subject: Hello", "-- \r\nNadia Roux\r\nHalden Valve\r\n", end="empty")
_add("only a quote", "Subject: Hello", "> what you said\r\n> and more\r\n", end="empty")

for charset, words in {
    "utf-8": "Grüße, œuvre, 漢字",
    "iso-8859-1": "Grüße, déjà vu",
    "iso-8859-15": "Grüße, 5 €",
    "windows-1252": "Grüße – “so”",
    "windows-1250": "Příliš žluťoučký",
    "windows-1251": "Доброе утро",
    "koi8-r": "Доброе утро",
    "iso-8859-2": "Zażółć",
    "iso-8859-7": "Καλημέρα",
    "iso-8859-9": "Günaydın",
    "shift_jis": "おはよう",
    "iso-2022-jp": "おはよう",
    "euc-jp": "おはよう",
    "gb2312": "早上好",
    "gb18030": "早上好",
    "big5": "早安",
    "euc-kr": "좋은 아침",
    "utf-16": "Grüße",
    "utf-7": "Grüße",
    "macroman": "Grüße",
}.items():
    _add(
        f"charset {charset}",
        f"Subject: Hello\nMIME-Version: 1.0\nContent-Type: text/plain; charset={charset}\n"
        "Content-Transfer-Encoding: base64",
        _b64(words.encode(charset)),
        says=(words,),
    )
_CT = "Subject: Hello\nMIME-Version: 1.0\nContent-Type: text/plain"
_add("charset unknown", f"{_CT}; charset=x-klingon", "Good morning.", **FOUND)
_add("charset empty", f'{_CT}; charset=""', "Good morning.", **FOUND)
_add("charset a lie", f"{_CT}; charset=us-ascii", "Grüße".encode(), says=("Grüße",))
_add("charset latin that is utf-8", f"{_CT}; charset=iso-8859-1", "Grüße".encode(), says=("Grüße",))
_add("charset utf-8 that is latin", f"{_CT}; charset=utf-8", "Grüße".encode("latin-1"), says=("Grüße",))
_add("charset a codec that is no charset", f"{_CT}; charset=rot13", "Good morning.", **FOUND)
_add("charset hex codec", f"{_CT}; charset=hex", "Good morning.", **FOUND)
_add("charset idna", f"{_CT}; charset=idna", "Good morning.", says=("morning",))
_add("charset with nul", f"{_CT}; charset=utf-8\x00", "Good morning.", **FOUND)
_add("charset rfc2231", f"{_CT}; charset*=us-ascii'en'utf-8", "Good morning.", **FOUND)
_add("charset twice", f"{_CT}; charset=utf-8; charset=latin-1", "Good morning.", **FOUND)
_add("raw bytes", "Subject: Hello", b"Good morning. \xff\xfe\x80", **FOUND)
_add("nul letters", "Subject: Hello", b"Good\x00 morning.", **FOUND)
_add("control letters", "Subject: Hello", b"Good \x07\x1b[31mmorning.", says=("morning.",))
_add("marks of direction", "Subject: Hello", "Good \u202emorning.\u202c".encode(), says=("Good morning.",))
_add("half pairs", f"{_CT}; charset=utf-16-le", b"G\x00o\x00\x00\xd8o\x00d\x00", says=("d",))

_QP = (
    "Subject: Hello\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
)
_add(
    "quoted-printable",
    _QP + "quoted-printable",
    "Gr=C3=BC=C3=9Fe, a long =\r\nline",
    says=("Grüße, a long line",),
)
_add("quoted-printable broken", _QP + "quoted-printable", "Good =ZZ morning=", says=("morning",))
_add("base64", _QP + "base64", _b64(b"Good morning."), **FOUND)
_add("base64 broken", _QP + "base64", b"R29vZCBtb3JuaW5nLg=", says=("Good morning",))
_add("base64 no base64", _QP + "base64", "***", end="empty")
_add(
    "base64 with words under it",
    _QP + "base64",
    _b64(b"Good morning.") + b"\r\n-- \r\nlist footer",
    says=("Good morning.",),
)
_add("uuencode", _QP + "x-uuencode", b'begin 644 x\r\n-1V]O9"!M;W)N:6YG+@\r\n \r\nend\r\n', says=())
_add("encoding unknown", _QP + "x-secret", "Good morning.", **FOUND)
_add("encoding 8bit", _QP + "8bit", "Grüße".encode(), says=("Grüße",))
_add("encoding with comment", _QP + "base64 (really)", _b64(b"Good morning."), says=())

_add("html only", "Subject: Hello\nContent-Type: text/html; charset=utf-8", HTML[1], **FOUND)
_add(
    "html fragments",
    "Subject: Hello\nContent-Type: text/html",
    "Good<br>morning.<p>",
    says=("Good\nmorning.",),
)
_add(
    "html with script",
    "Subject: Hello\nContent-Type: text/html",
    "<script>alert(1)</script><style>p{}</style>Good morning.",
    never=("alert", "p{}"),
    **FOUND,
)
_add(
    "html unclosed",
    "Subject: Hello\nContent-Type: text/html",
    "<div><table><tr><td>Good morning.<",
    says=("Good morning.",),
)
_add(
    "html deep",
    "Subject: Hello\nContent-Type: text/html",
    "<div>" * 3000 + "Good morning." + "</div>" * 3000,
    **FOUND,
)
_add(
    "html list", "Subject: Hello\nContent-Type: text/html", "<ul><li>one<li>two</ul>", says=("- one", "- two")
)
_add(
    "html with blockquote",
    "Subject: Hello\nContent-Type: text/html",
    "<p>Good morning.</p><blockquote type=cite>what you <b>said</b></blockquote>",
    never=("said",),
    **FOUND,
)
_add(
    "html of gmail",
    "Subject: Hello\nContent-Type: text/html",
    '<div>Good morning.</div><div class="gmail_quote">On Monday you wrote</div>',
    never=("wrote",),
    **FOUND,
)
_add(
    "html of outlook",
    "Subject: Hello\nContent-Type: text/html",
    '<p>Good morning.</p><div id="divRplyFwdMsg">From: you</div>',
    never=("From: you",),
    **FOUND,
)
_add(
    "html entities",
    "Subject: Hello\nContent-Type: text/html",
    "Gr&uuml;&szlig;e &amp; &#x1F600; &bogus;",
    says=("Grüße &",),
)
_add("html empty", "Subject: Hello\nContent-Type: text/html", "<html><body></body></html>", end="empty")
_add(
    "html picture only",
    "Subject: Hello\nContent-Type: text/html",
    '<img src="http://t.example/p.gif">',
    end="empty",
    never=("t.example",),
)
_add(
    "html comment of word",
    "Subject: Hello\nContent-Type: text/html",
    "<!--[if mso]><xml></xml><![endif]-->Good morning.",
    **FOUND,
)

_add("alternative", *_multi("alternative", PLAIN, HTML), **FOUND)
_add(
    "alternative, plain part empty", *_multi("alternative", ("Content-Type: text/plain", b" "), HTML), **FOUND
)
_add("alternative, html first", *_multi("alternative", HTML, PLAIN), **FOUND)
_add(
    "alternative with calendar",
    *_multi("alternative", PLAIN, ("Content-Type: text/calendar; method=REQUEST", b"BEGIN:VCALENDAR")),
    never=("VCALENDAR",),
    **FOUND,
)
_add(
    "mixed",
    *_multi(
        "mixed",
        PLAIN,
        ("Content-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf", b"%PDF-1.4"),
    ),
    **FOUND,
)
_add(
    "mixed with two texts",
    *_multi("mixed", PLAIN, ("Content-Type: text/plain", b"And more.")),
    says=("Good morning.", "And more."),
)
_inner_head, _inner = _multi("alternative", PLAIN, HTML, boundary="b2")
_add("nested", *_multi("mixed", (_inner_head, _inner)), **FOUND)
_related_head, _related = _multi(
    "related",
    (_inner_head, _inner),
    (
        "Content-Type: image/png; name=logo.png\nContent-ID: <l>\nContent-Disposition: inline; filename=logo.png\n"
        "Content-Transfer-Encoding: base64",
        _b64(picture()),
    ),
    boundary="b3",
)
_add("nested deeper, with a logo", *_multi("mixed", (_related_head, _related)), never=("logo",), **FOUND)
_add("no end of the parts", *_multi("mixed", PLAIN, end=False), **FOUND)
_add(
    "boundary missing",
    "Subject: Hello\nMIME-Version: 1.0\nContent-Type: multipart/mixed",
    "--x\r\nContent-Type: text/plain\r\n\r\nGood morning.",
    says=(),
)
_add(
    "boundary never met",
    "Subject: Hello\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=zzz",
    "Good morning.",
    says=(),
)
_add("parts without headers", *_multi("mixed", ("", b"Good morning.")), **FOUND)
_add("no parts at all", *_multi("mixed"))
_add("many parts", *_multi("mixed", *[PLAIN] * 150), **FOUND)
_add("too many parts", *_multi("mixed", *[PLAIN] * 2000), **FOUND)
_deep = (PLAIN[0], PLAIN[1])
for _n in range(60):
    _h, _b = _multi("mixed", _deep, boundary=f"d{_n}")
    _deep = (_h, _b)
_add("sixty deep", _deep[0], _deep[1], **FOUND)
_add(
    "signed",
    *_multi(
        'signed; protocol="application/pgp-signature"',
        PLAIN,
        ("Content-Type: application/pgp-signature; name=signature.asc", b"-----BEGIN PGP SIGNATURE-----"),
    ),
    never=("PGP",),
    **FOUND,
)
_add(
    "s/mime signed",
    *_multi("signed", PLAIN, ("Content-Type: application/pkcs7-signature; name=smime.p7s", b"x")),
    **FOUND,
)
_add(
    "encrypted by pgp",
    *_multi(
        "encrypted",
        ("Content-Type: application/pgp-encrypted", b"Version: 1"),
        ("Content-Type: application/octet-stream", b"x"),
    ),
    end="encrypted",
)
_add(
    "encrypted by s/mime",
    "Subject: Hello\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data",
    "x",
    end="encrypted",
)

_FILE = "Content-Disposition: attachment; filename="
_add(
    "winmail.dat",
    *_multi(
        "mixed",
        PLAIN,
        (
            "Content-Type: application/ms-tnef; name=winmail.dat\n" + _FILE + "winmail.dat",
            b"\x78\x9f\x3e\x22",
        ),
    ),
    is_told=True,
    **FOUND,
)
_add(
    "winmail.dat alone",
    "Subject: Hello\nContent-Type: application/ms-tnef; name=winmail.dat",
    "x",
    end="empty",
)
_add(
    "a program",
    *_multi("mixed", PLAIN, ("Content-Type: application/x-msdownload\n" + _FILE + "a.exe", b"MZ")),
    is_told=True,
    **FOUND,
)
_add(
    "a file with no name",
    *_multi("mixed", PLAIN, ("Content-Type: application/octet-stream", b"x")),
    is_told=True,
    **FOUND,
)
_add(
    "a file with a path",
    *_multi("mixed", PLAIN, ("Content-Type: text/plain\n" + _FILE + '"../../etc/a.txt"', b"x")),
    **FOUND,
)
_add(
    "a file with a coded name",
    *_multi("mixed", PLAIN, ("Content-Type: text/plain\n" + _FILE + '"=?utf-8?B?w6kudHh0?="', b"x")),
    **FOUND,
)
_add(
    "a file with a split name",
    *_multi(
        "mixed",
        PLAIN,
        (
            "Content-Type: text/plain\nContent-Disposition: attachment; filename*0*=utf-8''%C3%A9; filename*1=.txt",
            b"x",
        ),
    ),
    **FOUND,
)
_add(
    "a file with a bad name",
    *_multi(
        "mixed",
        PLAIN,
        ("Content-Type: text/plain\nContent-Disposition: attachment; filename*=x-none''%FF.txt", b"x"),
    ),
    says=("Good morning.",),
)
_add(
    "an empty file",
    *_multi("mixed", PLAIN, ("Content-Type: text/plain\n" + _FILE + "a.txt", b"")),
    is_told=True,
    **FOUND,
)
_add(
    "a picture that is none",
    *_multi("mixed", PLAIN, ("Content-Type: image/png\n" + _FILE + "a.png", b"no")),
    is_told=True,
    **FOUND,
)
_add(
    "a picture",
    *_multi(
        "mixed",
        PLAIN,
        ("Content-Type: image/png\nContent-Transfer-Encoding: base64\n" + _FILE + "a.png", _b64(picture())),
    ),
    **FOUND,
)
_add(
    "only a file",
    *_multi("mixed", ("Content-Type: text/plain\n" + _FILE + "notes.txt", b"x")),
    says=("notes.txt",),
)
_add(
    "eleven files",
    *_multi("mixed", PLAIN, *[("Content-Type: text/plain\n" + _FILE + f"a{n}.txt", b"x") for n in range(11)]),
    is_told=True,
    **FOUND,
)
_add(
    "a file of 10 MB",
    *_multi(
        "mixed",
        PLAIN,
        (
            "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n" + _FILE + "big.txt",
            _b64(b"x" * 10 * 1024 * 1024),
        ),
    ),
    **FOUND,
)
_add(
    "a file above 10 MB",
    *_multi(
        "mixed",
        PLAIN,
        (
            "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n" + _FILE + "big.txt",
            _b64(b"x" * 11 * 1024 * 1024),
        ),
    ),
    is_told=True,
    **FOUND,
)
_add(
    "a mail within",
    *_multi(
        "mixed",
        PLAIN,
        ("Content-Type: message/rfc822", b"From: a@b.example\r\nSubject: secret\r\n\r\nwords within"),
    ),
    is_told=True,
    never=("within",),
    **FOUND,
)

_add("10 MB of words", "Subject: Hello", b"word " * 2_000_000, end="refused")
_add("one long line", "Subject: Hello", "Good morning." + "x" * 40_000, **FOUND)
_add("many short lines", "Subject: Hello", "Good morning.\r\n" + "x\r\n" * 15_000, **FOUND)
_add("many quoted lines", "Subject: Hello", "Good morning.\r\n\r\n" + "> x\r\n" * 10_000, **FOUND)
_add("many dashes", "Subject: Hello", "Good morning.\r\n" + "-" * 20_000, **FOUND)
_add("many blanks", "Subject: Hello", "Good morning." + " " * 20_000, **FOUND)
_add("subject of 50,000 letters", "Subject: " + "x" * 50_000, "Good morning.", **FOUND)
_add("subject coded badly", "Subject: =?utf-8?B?////?= =?bogus?Q?x?=", "Good morning.", **FOUND)
_add("subject with raw bytes", "Subject: Grüße", "Good morning.", **FOUND)
_add("subject that breaks a line", "Subject: =?utf-8?Q?a=0D=0ABcc:_x@y.example?=", "Good morning.", **FOUND)
_add(
    "folded headers",
    "Subject: Hello\n and more\n\tand more",
    "Good morning.",
    says=("Hello and more and more",),
)
_add("headers without a colon", "Subject: Hello\nnonsense line", "Good morning.", **FOUND)
_add(
    "ten thousand headers",
    "Subject: Hello\n" + "\n".join(f"X-{n}: {n}" for n in range(10_000)),
    "Good morning.",
    **FOUND,
)
_add("a date that is none", "Subject: Hello\nDate: yesterday", "Good morning.", **FOUND)
_add("no message id", "Subject: Hello", "Good morning, without an id.", says=("without an id",))
_add("a message id that is none", "Subject: Hello\nMessage-ID: a b c", "Good morning.", **FOUND)
_add("content type that is none", "Subject: Hello\nContent-Type: ///;;;===", "Good morning.", **FOUND)
_add("content type audio", "Subject: Hello\nContent-Type: audio/x-wav; name=voice.wav", "x", end="empty")
_add("format flowed", f"{_CT}; format=flowed", "Good \r\nmorning.", says=("Good",))

_add("away, by header", "Subject: x\nAuto-Submitted: auto-replied", "I am away.", end="automatic")
_add("away, by exchange", "Subject: Automatic reply: Hello", "I am away.", end="automatic")
_add("away, in German", "Subject: Automatische Antwort: Hallo", "Ich bin weg.", end="automatic")
_add("not automatic", "Subject: x\nAuto-Submitted: no", "Good morning.", **FOUND)
_add("bulk", "Subject: x\nPrecedence: bulk", "Offer.", end="automatic")
_add("x-autoreply", "Subject: x\nX-Autoreply: yes", "I am away.", end="automatic")
_add("a list", "Subject: x\nList-Id: <l.example>", "News.", end="list")
_add("a list's goodbye", "Subject: x\nList-Unsubscribe: <mailto:a@b.example>", "News.", end="list")
_add(
    "calendar reply",
    "Subject: Accepted\nContent-Type: text/calendar; method=REPLY",
    "BEGIN:VCALENDAR",
    end="automatic",
)
_add("bounce, no sender", "Subject: Undelivered", "It failed.", end="bounce", sender="")
_add("bounce, brackets", "Subject: Undelivered", "It failed.", end="bounce", sender="<>")
_add("bounce, daemon", "Subject: Undelivered", "It failed.", end="bounce", sender="MAILER-DAEMON@x.example")
_add(
    "bounce, report",
    "Subject: Undelivered\nContent-Type: multipart/report; report-type=delivery-status; boundary=r",
    "x",
    end="bounce",
)
_add("our own letter", "Subject: x\nX-Lockgate: letter", "Good morning.", end="loop")
_add(
    "our own id",
    "Subject: x\nMessage-ID: <lg.p1.abc@lockgate.haldenvalve.example>",
    "Good morning.",
    end="loop",
)
_add("forty-one hops", "Subject: x\n" + "\n".join(["Received: by x"] * 41), "Good morning.", end="loop")

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
