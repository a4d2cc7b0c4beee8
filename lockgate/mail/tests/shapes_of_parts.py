"""Mails of several parts: alternatives, pictures, files, signatures."""

from __future__ import annotations

from lockgate.mail.tests.shape import FOUND, HTML, PLAIN, add, b64, multi
from tests.leaks.world import picture

add("alternative", *multi("alternative", PLAIN, HTML), **FOUND)
add("alternative, plain part empty", *multi("alternative", ("Content-Type: text/plain", b" "), HTML), **FOUND)
add("alternative, html first", *multi("alternative", HTML, PLAIN), **FOUND)
add(
    "alternative with calendar",
    *multi("alternative", PLAIN, ("Content-Type: text/calendar; method=REQUEST", b"BEGIN:VCALENDAR")),
    never=("VCALENDAR",),
    **FOUND,
)
add(
    "mixed",
    *multi(
        "mixed",
        PLAIN,
        ("Content-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf", b"%PDF-1.4"),
    ),
    **FOUND,
)
add(
    "mixed with two texts",
    *multi("mixed", PLAIN, ("Content-Type: text/plain", b"And more.")),
    says=("Good morning.", "And more."),
)
_inner_head, _inner = multi("alternative", PLAIN, HTML, boundary="b2")
add("nested", *multi("mixed", (_inner_head, _inner)), **FOUND)
_related_head, _related = multi(
    "related",
    (_inner_head, _inner),
    (
        "Content-Type: image/png; name=logo.png\nContent-ID: <l>\nContent-Disposition: inline; filename=logo.png\n"
        "Content-Transfer-Encoding: base64",
        b64(picture()),
    ),
    boundary="b3",
)
add("nested deeper, with a logo", *multi("mixed", (_related_head, _related)), never=("logo",), **FOUND)
add("no end of the parts", *multi("mixed", PLAIN, end=False), **FOUND)
add(
    "boundary missing",
    "Subject: Hello\nMIME-Version: 1.0\nContent-Type: multipart/mixed",
    "--x\r\nContent-Type: text/plain\r\n\r\nGood morning.",
    says=(),
)
add(
    "boundary never met",
    "Subject: Hello\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=zzz",
    "Good morning.",
    says=(),
)
add("parts without headers", *multi("mixed", ("", b"Good morning.")), **FOUND)
add("no parts at all", *multi("mixed"))
add("many parts", *multi("mixed", *[PLAIN] * 150), **FOUND)
add("too many parts", *multi("mixed", *[PLAIN] * 2000), **FOUND)
_deep = (PLAIN[0], PLAIN[1])
for _n in range(60):
    _h, _b = multi("mixed", _deep, boundary=f"d{_n}")
    _deep = (_h, _b)
add("sixty deep", _deep[0], _deep[1], **FOUND)
add(
    "signed",
    *multi(
        'signed; protocol="application/pgp-signature"',
        PLAIN,
        ("Content-Type: application/pgp-signature; name=signature.asc", b"-----BEGIN PGP SIGNATURE-----"),
    ),
    never=("PGP",),
    **FOUND,
)
add(
    "s/mime signed",
    *multi("signed", PLAIN, ("Content-Type: application/pkcs7-signature; name=smime.p7s", b"x")),
    **FOUND,
)
add(
    "encrypted by pgp",
    *multi(
        "encrypted",
        ("Content-Type: application/pgp-encrypted", b"Version: 1"),
        ("Content-Type: application/octet-stream", b"x"),
    ),
    end="encrypted",
)
add(
    "encrypted by s/mime",
    "Subject: Hello\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data",
    "x",
    end="encrypted",
)

_FILE = "Content-Disposition: attachment; filename="
add(
    "winmail.dat",
    *multi(
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
add(
    "winmail.dat alone",
    "Subject: Hello\nContent-Type: application/ms-tnef; name=winmail.dat",
    "x",
    end="empty",
)
add(
    "a program",
    *multi("mixed", PLAIN, ("Content-Type: application/x-msdownload\n" + _FILE + "a.exe", b"MZ")),
    is_told=True,
    **FOUND,
)
add(
    "a file with no name",
    *multi("mixed", PLAIN, ("Content-Type: application/octet-stream", b"x")),
    is_told=True,
    **FOUND,
)
add(
    "a file with a path",
    *multi("mixed", PLAIN, ("Content-Type: text/plain\n" + _FILE + '"../../etc/a.txt"', b"x")),
    **FOUND,
)
add(
    "a file with a coded name",
    *multi("mixed", PLAIN, ("Content-Type: text/plain\n" + _FILE + '"=?utf-8?B?w6kudHh0?="', b"x")),
    **FOUND,
)
add(
    "a file with a split name",
    *multi(
        "mixed",
        PLAIN,
        (
            "Content-Type: text/plain\nContent-Disposition: attachment; filename*0*=utf-8''%C3%A9; filename*1=.txt",
            b"x",
        ),
    ),
    **FOUND,
)
add(
    "a file with a bad name",
    *multi(
        "mixed",
        PLAIN,
        ("Content-Type: text/plain\nContent-Disposition: attachment; filename*=x-none''%FF.txt", b"x"),
    ),
    says=("Good morning.",),
)
add(
    "an empty file",
    *multi("mixed", PLAIN, ("Content-Type: text/plain\n" + _FILE + "a.txt", b"")),
    is_told=True,
    **FOUND,
)
add(
    "a picture that is none",
    *multi("mixed", PLAIN, ("Content-Type: image/png\n" + _FILE + "a.png", b"no")),
    is_told=True,
    **FOUND,
)
add(
    "a picture",
    *multi(
        "mixed",
        PLAIN,
        ("Content-Type: image/png\nContent-Transfer-Encoding: base64\n" + _FILE + "a.png", b64(picture())),
    ),
    **FOUND,
)
add(
    "only a file",
    *multi("mixed", ("Content-Type: text/plain\n" + _FILE + "notes.txt", b"x")),
    says=("notes.txt",),
)
add(
    "eleven files",
    *multi("mixed", PLAIN, *[("Content-Type: text/plain\n" + _FILE + f"a{n}.txt", b"x") for n in range(11)]),
    is_told=True,
    **FOUND,
)
add(
    "a file of 10 MB",
    *multi(
        "mixed",
        PLAIN,
        (
            "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n" + _FILE + "big.txt",
            b64(b"x" * 10 * 1024 * 1024),
        ),
    ),
    **FOUND,
)
add(
    "a file above 10 MB",
    *multi(
        "mixed",
        PLAIN,
        (
            "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n" + _FILE + "big.txt",
            b64(b"x" * 11 * 1024 * 1024),
        ),
    ),
    is_told=True,
    **FOUND,
)
add(
    "a mail within",
    *multi(
        "mixed",
        PLAIN,
        ("Content-Type: message/rfc822", b"From: a@b.example\r\nSubject: secret\r\n\r\nwords within"),
    ),
    is_told=True,
    never=("within",),
    **FOUND,
)
