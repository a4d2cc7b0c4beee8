"""Words as mail programs write them: charsets, encodings, HTML."""

from __future__ import annotations

from lockgate.mail.tests.shape import CT, FOUND, HTML, add, b64

add("plain", "Subject: Hello", "Good morning.", **FOUND)
add("no subject", "X-Nothing: 1", "Good morning.", **FOUND)
add("no mime headers", "Subject: Hello", "Good morning.\r\nAnd more.", says=("And more.",))
add("bare newlines", "Subject: Hello", "Good morning.\nAnd more.\n", says=("And more.",))
add("bare returns", "Subject: Hello", "Good morning.\rAnd more.\r", says=("And more.",))
add("empty", "Subject: Hello", "", end="empty")
add("blank", "Subject: Hello", " \r\n\r\n\t\r\n", end="empty")
add("only a signature", "Subject: Hello", "-- \r\nNadia Roux\r\nHalden Valve\r\n", end="empty")
add("only a quote", "Subject: Hello", "> what you said\r\n> and more\r\n", end="empty")

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
    add(
        f"charset {charset}",
        f"Subject: Hello\nMIME-Version: 1.0\nContent-Type: text/plain; charset={charset}\n"
        "Content-Transfer-Encoding: base64",
        b64(words.encode(charset)),
        says=(words,),
    )
add("charset unknown", f"{CT}; charset=x-klingon", "Good morning.", **FOUND)
add("charset empty", f'{CT}; charset=""', "Good morning.", **FOUND)
add("charset a lie", f"{CT}; charset=us-ascii", "Grüße".encode(), says=("Grüße",))
add("charset latin that is utf-8", f"{CT}; charset=iso-8859-1", "Grüße".encode(), says=("Grüße",))
add("charset utf-8 that is latin", f"{CT}; charset=utf-8", "Grüße".encode("latin-1"), says=("Grüße",))
add("charset a codec that is no charset", f"{CT}; charset=rot13", "Good morning.", **FOUND)
add("charset hex codec", f"{CT}; charset=hex", "Good morning.", **FOUND)
add("charset idna", f"{CT}; charset=idna", "Good morning.", says=("morning",))
add("charset with nul", f"{CT}; charset=utf-8\x00", "Good morning.", **FOUND)
add("charset rfc2231", f"{CT}; charset*=us-ascii'en'utf-8", "Good morning.", **FOUND)
add("charset twice", f"{CT}; charset=utf-8; charset=latin-1", "Good morning.", **FOUND)
add("raw bytes", "Subject: Hello", b"Good morning. \xff\xfe\x80", **FOUND)
add("nul letters", "Subject: Hello", b"Good\x00 morning.", **FOUND)
add("control letters", "Subject: Hello", b"Good \x07\x1b[31mmorning.", says=("morning.",))
add("marks of direction", "Subject: Hello", "Good \u202emorning.\u202c".encode(), says=("Good morning.",))
add("half pairs", f"{CT}; charset=utf-16-le", b"G\x00o\x00\x00\xd8o\x00d\x00", says=("d",))

_QP = (
    "Subject: Hello\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
)
add(
    "quoted-printable",
    _QP + "quoted-printable",
    "Gr=C3=BC=C3=9Fe, a long =\r\nline",
    says=("Grüße, a long line",),
)
add("quoted-printable broken", _QP + "quoted-printable", "Good =ZZ morning=", says=("morning",))
add("base64", _QP + "base64", b64(b"Good morning."), **FOUND)
add("base64 broken", _QP + "base64", b"R29vZCBtb3JuaW5nLg=", says=("Good morning",))
add("base64 no base64", _QP + "base64", "***", end="empty")
add(
    "base64 with words under it",
    _QP + "base64",
    b64(b"Good morning.") + b"\r\n-- \r\nlist footer",
    says=("Good morning.",),
)
add("uuencode", _QP + "x-uuencode", b'begin 644 x\r\n-1V]O9"!M;W)N:6YG+@\r\n \r\nend\r\n', says=())
add("encoding unknown", _QP + "x-secret", "Good morning.", **FOUND)
add("encoding 8bit", _QP + "8bit", "Grüße".encode(), says=("Grüße",))
add("encoding with comment", _QP + "base64 (really)", b64(b"Good morning."), says=())

add("html only", "Subject: Hello\nContent-Type: text/html; charset=utf-8", HTML[1], **FOUND)
add(
    "html fragments",
    "Subject: Hello\nContent-Type: text/html",
    "Good<br>morning.<p>",
    says=("Good\nmorning.",),
)
add(
    "html with script",
    "Subject: Hello\nContent-Type: text/html",
    "<script>alert(1)</script><style>p{}</style>Good morning.",
    never=("alert", "p{}"),
    **FOUND,
)
add(
    "html unclosed",
    "Subject: Hello\nContent-Type: text/html",
    "<div><table><tr><td>Good morning.<",
    says=("Good morning.",),
)
add(
    "html deep",
    "Subject: Hello\nContent-Type: text/html",
    "<div>" * 3000 + "Good morning." + "</div>" * 3000,
    **FOUND,
)
add(
    "html list", "Subject: Hello\nContent-Type: text/html", "<ul><li>one<li>two</ul>", says=("- one", "- two")
)
add(
    "html with blockquote",
    "Subject: Hello\nContent-Type: text/html",
    "<p>Good morning.</p><blockquote type=cite>what you <b>said</b></blockquote>",
    never=("said",),
    **FOUND,
)
add(
    "html of gmail",
    "Subject: Hello\nContent-Type: text/html",
    '<div>Good morning.</div><div class="gmail_quote">On Monday you wrote</div>',
    never=("wrote",),
    **FOUND,
)
add(
    "html of outlook",
    "Subject: Hello\nContent-Type: text/html",
    '<p>Good morning.</p><div id="divRplyFwdMsg">From: you</div>',
    never=("From: you",),
    **FOUND,
)
add(
    "html entities",
    "Subject: Hello\nContent-Type: text/html",
    "Gr&uuml;&szlig;e &amp; &#x1F600; &bogus;",
    says=("Grüße &",),
)
add("html empty", "Subject: Hello\nContent-Type: text/html", "<html><body></body></html>", end="empty")
add(
    "html picture only",
    "Subject: Hello\nContent-Type: text/html",
    '<img src="http://t.example/p.gif">',
    end="empty",
    never=("t.example",),
)
add(
    "html comment of word",
    "Subject: Hello\nContent-Type: text/html",
    "<!--[if mso]><xml></xml><![endif]-->Good morning.",
    **FOUND,
)
