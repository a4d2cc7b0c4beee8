"""Takes a raw mail apart: headers, what its author wrote anew, and the files. Never raises for what a mail may hold.

Mail is what thirty years of programs made of it: wrong charsets, headers with bytes, parts that end nowhere. Whatever
the parser cannot read is read as best it can be; nothing of it is believed for who sent it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime

from mailparser_reply import EmailMessage as Stripped

from lockgate.mail.markup import of_html
from lockgate.mail.types import Enclosed, Letter

MOST_PARTS = 200
MOST_TEXT = 60_000
"""Letters of a body that are looked at: a message has 50,000 at most, and what is quoted comes after."""
LONG_LINE = 300
LITTLE_PICTURE_BYTES = 10_000
_LOCKED = {"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"}
_NO_FILES = {
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "text/calendar",
    "text/x-amp-html",
    "message/delivery-status",
}


def headers_of(raw: bytes) -> dict[str, list[str]]:
    """Header values by name in small letters, unfolded, in their order; undecodable bytes show as U+FFFD."""
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0][:200_000]
    found: dict[str, list[str]] = {}
    name = ""
    for line in head.decode("utf-8", "replace").splitlines():
        if line[:1] in {" ", "\t"} and name:
            found[name][-1] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        name = name.strip().casefold()
        if not colon or not name or " " in name:
            name = ""
            continue
        found.setdefault(name, []).append(value.strip())
    return found


def decoded(value: str) -> str:
    """A header's words, from any charset that it may name."""
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError, MessageError):
        return value


def body_of(raw: bytes) -> bytes:
    """What stands below the headers."""
    found = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)
    return found[1] if len(found) > 1 else b""


def date_of(value: str) -> datetime | None:
    """When a Date header says it was written; None where it says nothing that can be read."""
    try:
        found = parsedate_to_datetime(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def addresses_of(headers: Mapping[str, Sequence[str]], names: Sequence[str]) -> set[str]:
    """The addresses in these headers, in small letters."""
    values = [value for name in names for value in headers.get(name, ())]
    return {address.casefold() for _name, address in getaddresses(values) if "@" in address}


def author_of(headers: Mapping[str, Sequence[str]]) -> str:
    """Who it says that it is from, as one line of plain words: a name and an address. Nobody vouches for it."""
    found = []
    for name, address in getaddresses([decoded(one) for one in headers.get("from", ())[:1]]):
        plain = [" ".join(re.sub(r"[*`<>\[\]()|]", "", _clean(one)).split())[:120] for one in (name, address)]
        name, address = plain
        found.append(f"{name} ({address})" if name and address and name != address else name or address)
    return ", ".join(one for one in found if one)[:300]


def is_encrypted(raw: bytes) -> bool:
    """Whether nobody here can read it."""
    return any(part.get_content_type() in _LOCKED for part in _parts(raw))


def letter(raw: bytes, *, language: str = "en") -> Letter:
    """What its author wrote anew, without what they quote and without their signature; and what came with it."""
    read = whole(raw, without_quotes=True)
    return replace(read, words=own_words(read.words, language))


def whole(raw: bytes, *, without_quotes: bool = False) -> Letter:
    """All its words, as they were written; and what came with it."""
    plain: list[str] = []
    html: list[str] = []
    files: list[Enclosed] = []
    left_out: list[str] = []
    for part in _parts(raw):
        kind = part.get_content_type()
        name = _name(part)
        disposition = str(part.get("Content-Disposition", "")).split(";")[0].strip().casefold()
        if part.get_content_maintype() == "multipart":
            plain.append(_text(part))  # it says that it has parts, and has none: read as it stands
        elif kind in {"text/plain", "text/html"} and disposition != "attachment" and not name:
            (plain if kind == "text/plain" else html).append(_text(part))
        elif kind in _NO_FILES:
            continue
        elif kind == "message/rfc822":
            left_out.append(name or "mail.eml")
        else:
            content = _bytes(part)
            is_inline = disposition == "inline" or part.get("Content-ID") is not None
            if is_inline and kind.startswith("image/") and len(content) < LITTLE_PICTURE_BYTES:
                continue  # the logo beneath a signature
            files.append(Enclosed(name or _named_by_kind(kind), content))
    text = "\n\n".join(one for one in plain if one.strip())
    if not text.strip():
        text = "\n\n".join(of_html(one, without_quotes=without_quotes) for one in html)
    subject = decoded((headers_of(raw).get("subject") or [""])[0])
    return Letter(_clean(subject)[:300], _clean(text), tuple(files), tuple(left_out))


def own_words(text: str, language: str = "en") -> str:
    """``text`` without quoted mails and signatures, with the lines as they were written.

    Where nothing at all would be left the words stand as they are: better one quote too many than nothing said.
    """
    text = _clean(text)[:MOST_TEXT].strip("\n")
    # "-- " alone on a line opens a signature (RFC 3676); many programs lose its blank.
    text = re.split(r"(?m)^-- ?$", _above_the_line(text), maxsplit=1)[0]
    if not text.strip():
        return ""
    text = text.rstrip()
    # The stripper's patterns take time by the cube of a line's length, and nobody's header is that long: such a line is
    # shown to it as a word that stands for it.
    lines = text.splitlines()
    long = {
        f"\x02{number}\x02": line
        for number, line in enumerate(lines)
        if len(line) > LONG_LINE or _is_no_header(line, lines[number + 1] if number + 1 < len(lines) else "")
    }
    stands = {line: word for word, line in long.items()}
    text = "\n".join(stands.get(line, line) for line in lines)
    replies = (
        Stripped(text=text, languages=[language, "en", "de", "fr"], keep_hyphen_lists=True).read().replies
    )
    if not replies:
        return _restored(text, long).strip()
    first = replies[0]
    kept = first.content
    if first.signatures and kept.endswith(first.signatures) and _is_signature(first.signatures):
        kept = kept[: -len(first.signatures)]
    if first.headers:
        kept = kept.replace(first.headers, "", 1)  # answered below what is quoted
    kept = "\n".join(line for line in kept.splitlines() if not line.lstrip().startswith(">"))
    return _restored(_with_indents(kept, text), long).strip("\n").rstrip()


def _is_no_header(line: str, below: str) -> bool:
    """A line that begins as "On Monday Ann wrote:" does, and is none."""
    if not line.lstrip("> \t").startswith("On "):
        return False
    return "wrote" not in line + below or len(line) > LONG_LINE // 2


def _restored(text: str, long: dict[str, str]) -> str:
    return "\n".join(long.get(line.strip(), line) for line in text.splitlines()) if long else text


def _is_signature(found: str) -> bool:
    """The stripper takes everything after "Thanks," or "Grüße" for a signature. Only what has the shape of one goes:
    rather a name too many than a sentence lost."""
    lines = [line for line in found.strip().splitlines() if line.strip()]
    return bool(lines) and len(lines[0]) <= 40 and len(lines) <= 12 and all(len(one) <= 100 for one in lines)


LINE = "-- - - - - - - - - - - - -"
"""Stands at the top of the letters that we send: what is below it when it comes back is ours, whoever quoted it how."""


def _above_the_line(text: str) -> str:
    before, found, _after = text.partition(LINE)
    if not found:
        return text
    lines = before.rstrip().splitlines()
    while lines and not lines[-1].strip("> \t|"):
        lines.pop()
    return "\n".join(lines)


def _with_indents(kept: str, text: str) -> str:
    """The stripper takes the blanks before each line: they are looked up in what was written."""
    written = iter(text.splitlines())
    lines = []
    for line in kept.splitlines():
        wanted = line.strip()
        if not wanted:
            lines.append("")
            continue
        for candidate in written:
            if candidate.strip() == wanted:
                lines.append(candidate.rstrip())
                break
        else:
            return kept
    return "\n".join(lines)


def _parts(raw: bytes) -> Iterator[Message]:
    """The leaves of the mail, and what is enclosed as a mail without looking into it."""
    try:
        whole: Message = message_from_bytes(raw, policy=compat32)
    except (MessageError, ValueError, LookupError, RecursionError):
        return
    waiting, seen = [whole], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        held = part.get_payload()
        if part.get_content_type() in _LOCKED:
            yield part
        elif isinstance(held, list) and part.get_content_maintype() == "multipart":
            waiting = [one for one in held if isinstance(one, Message)] + waiting
        else:
            yield part


def _bytes(part: Message) -> bytes:
    try:
        held = part.get_payload(decode=True)
    except (ValueError, LookupError, MessageError):
        held = None
    return held if isinstance(held, bytes) else b""


def _text(part: Message) -> str:
    content = _bytes(part)
    try:
        named = str(part.get_content_charset() or "utf-8")
    except (LookupError, ValueError, TypeError):
        named = "utf-8"
    # What says that it is ASCII or Latin-1 is as Windows writes them, or UTF-8 after all.
    for charset in dict.fromkeys(
        ["utf-8", "cp1252"]
        if named in {"us-ascii", "ascii", "iso-8859-1", "unknown-8bit"}
        else [named, "utf-8"]
    ):
        try:
            return content.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
        except ValueError:
            break
    return content.decode("cp1252", "replace")


def _name(part: Message) -> str:
    try:
        return _clean(decoded(part.get_filename() or "")).replace("\n", " ").strip()[:160]
    except (LookupError, ValueError, TypeError, MessageError):
        return "file"


def _named_by_kind(kind: str) -> str:
    endings = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "application/pdf": ".pdf"}
    return "file" + endings.get(kind, "." + re.sub(r"[^a-z0-9]", "", kind.rpartition("/")[2])[:12])


def _clean(text: str) -> str:
    """Only what can be stored and shown: no control letters, no half pairs, no marks of direction."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")
    return re.sub(
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]", "", text
    )
