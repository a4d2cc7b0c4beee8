"""Headers, lengths and dates as they should not be."""

from __future__ import annotations

from lockgate.mail.tests.shape import CT, FOUND, add

add("10 MB of words", "Subject: Hello", b"word " * 2_000_000, end="refused")
add("one long line", "Subject: Hello", "Good morning." + "x" * 40_000, **FOUND)
add("many short lines", "Subject: Hello", "Good morning.\r\n" + "x\r\n" * 15_000, **FOUND)
add("many quoted lines", "Subject: Hello", "Good morning.\r\n\r\n" + "> x\r\n" * 10_000, **FOUND)
add("many dashes", "Subject: Hello", "Good morning.\r\n" + "-" * 20_000, **FOUND)
add("many blanks", "Subject: Hello", "Good morning." + " " * 20_000, **FOUND)
add("subject of 50,000 letters", "Subject: " + "x" * 50_000, "Good morning.", **FOUND)
add("subject coded badly", "Subject: =?utf-8?B?////?= =?bogus?Q?x?=", "Good morning.", **FOUND)
add("subject with raw bytes", "Subject: Grüße", "Good morning.", **FOUND)
add("subject that breaks a line", "Subject: =?utf-8?Q?a=0D=0ABcc:_x@y.example?=", "Good morning.", **FOUND)
add(
    "folded headers",
    "Subject: Hello\n and more\n\tand more",
    "Good morning.",
    says=("Hello and more and more",),
)
add("headers without a colon", "Subject: Hello\nnonsense line", "Good morning.", **FOUND)
add(
    "ten thousand headers",
    "Subject: Hello\n" + "\n".join(f"X-{n}: {n}" for n in range(10_000)),
    "Good morning.",
    **FOUND,
)
add("a date that is none", "Subject: Hello\nDate: yesterday", "Good morning.", **FOUND)
add("no message id", "Subject: Hello", "Good morning, without an id.", says=("without an id",))
add("a message id that is none", "Subject: Hello\nMessage-ID: a b c", "Good morning.", **FOUND)
add("content type that is none", "Subject: Hello\nContent-Type: ///;;;===", "Good morning.", **FOUND)
add("content type audio", "Subject: Hello\nContent-Type: audio/x-wav; name=voice.wav", "x", end="empty")
add("format flowed", f"{CT}; format=flowed", "Good \r\nmorning.", says=("Good",))
