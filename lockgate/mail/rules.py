"""What a mail may be taken for. Pure: headers in, words of judgement out.

Nothing here believes what a sender says of themselves: the From address counts only together with what our own border
server found (RFC 8601), and Reply-To never counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from unicodedata import normalize

from lockgate.mail.types import Invited

Headers = Mapping[str, Sequence[str]]
"""Header values by name in small letters, in the order in which they stand."""

_MOST_HOPS = 40
_MACHINES = {"mailer-daemon", "postmaster", "no-reply", "noreply", "donotreply", "do-not-reply", "bounce"}
_BULK = {"bulk", "list", "junk", "auto_reply", "auto-reply"}
_ANSWERED_BY_MACHINE = (
    "x-autoreply",
    "x-autorespond",
    "x-auto-reply",
    "x-autoreply-from",
    "x-loop",
    "x-failed-recipients",
)
_AWAY = re.compile(
    r"^\s*(automatic reply|auto(matic)?[- ]?reply|out of (the )?office|automatische antwort|abwesenheit(snotiz)?"
    r"|réponse automatique|absence du bureau)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a mail is meant to go: ``kind`` "space" (a new post), "r" (an answer), "a" (a sign-off), "b" (a
    letter of ours that comes back) or "u" (no more of this)."""

    kind: str
    rest: str


def address(recipient: str, domain: str) -> Address | None:
    """The address of ours that ``recipient`` writes; None where it is none."""
    local, at, host = recipient.strip().rpartition("@")
    if not at or not domain or host.casefold() != domain.casefold() or not local.isascii():
        return None
    kind, plus, rest = local.lower().partition("+")
    if not plus or kind not in {"space", "r", "a", "b", "u"} or not re.fullmatch(r"[a-z0-9_-]{1,62}", rest):
        return None
    return Address(kind, rest)


def sent_by_machine(headers: Headers, envelope_sender: str, own_domain: str) -> str:
    """Why this is no word of a person ("bounce", "automatic", "list", "loop"); "" where it may be one.

    Nothing of this is ever answered, lest two machines talk to each other for ever.
    """
    if not envelope_sender.strip("<> "):
        return "bounce"
    if envelope_sender.partition("@")[0].strip("<").casefold() in _MACHINES:
        return "bounce"
    content = " ".join(headers.get("content-type", ())).casefold()
    if "multipart/report" in content or "message/delivery-status" in content:
        return "bounce"
    if any(one.split(";")[0].strip().casefold() != "no" for one in headers.get("auto-submitted", ())):
        return "automatic"
    if any(one.strip().casefold() in _BULK for one in headers.get("precedence", ())):
        return "automatic"
    if any(name in headers for name in _ANSWERED_BY_MACHINE):
        return "automatic"
    if any(_AWAY.match(one) for one in headers.get("subject", ())):
        return "automatic"
    if any(name.startswith("list-") for name in headers):
        return "list"
    if re.search(r"method=\"?reply", content):
        return "automatic"
    if len(headers.get("received", ())) > _MOST_HOPS or "x-lockgate" in headers:
        return "loop"
    if own_domain and any(is_own_id(one, own_domain) for one in headers.get("message-id", ())):
        return "loop"
    return ""


def is_own_id(message_id: str, domain: str) -> bool:
    """Whether a Message-ID is one that we gave."""
    form = rf"<lg\.[a-z0-9.-]+@{re.escape(domain.casefold())}>"
    return bool(re.fullmatch(form, message_id.strip().casefold()))


@dataclass(frozen=True, slots=True)
class Sender:
    """The one address in From. ``trouble`` is "" or why it cannot be believed: "several", "none", "look-alike"."""

    address: str
    trouble: str = ""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


_NAMED = re.compile(
    r"(?:\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|(?P<plain>[^<>\"]*))\s*<\s*(?P<address>[^<>\s]+)\s*>"
)
_BARE = re.compile(r"(?P<address>[^<>\s\",;()]+)(?:\s*\((?P<comment>[^()]*)\))?")


def sender(headers: Headers) -> Sender:
    """Who says that they wrote it: one address, plainly written, or none is believed.

    More than one From, or a name that shows another address than it has, is a guise.
    """
    values = headers.get("from", ())
    if len(values) != 1:
        return Sender("", "several" if values else "none")
    value = values[0].strip()
    found = _NAMED.fullmatch(value)
    name = (found["quoted"] or found["plain"] or "") if found else ""
    if found is None:
        found = _BARE.fullmatch(value)
        name = (found["comment"] or "") if found else ""
    if found is None:
        return Sender("", "several" if value.count("@") > 1 else "none")
    if re.search(r"[,;]", found.groupdict().get("plain") or ""):
        return Sender("", "several")
    plain = found["address"].casefold()
    if not plain.isascii():
        return Sender("", "look-alike")
    if not re.fullmatch(r"[^\s<>\"(),;:\\@\x00-\x1f]+@[a-z0-9-]+(\.[a-z0-9-]+)+", plain):
        return Sender("", "none")
    shown = re.findall(r"[\w.+'-]+[@＠﹫][\w.-]+", _decoded(name))
    if any(one.casefold().rstrip(".") != plain for one in shown):
        return Sender(plain, "look-alike")
    return Sender(plain)


def _decoded(name: str) -> str:
    try:
        return str(make_header(decode_header(name)))
    except (LookupError, ValueError, HeaderParseError):
        return name


def authenticity(headers: Headers, authserv_id: str, from_domain: str) -> str:
    """What our border server found of the sender: "passed", "failed", or "unknown" where it said nothing that counts.

    Only the first Authentication-Results that bears ``authserv_id`` is read: it is the one that our server put on top,
    and those below it may have come with the mail.
    """
    if not authserv_id:
        return "unknown"
    for value in headers.get("authentication-results", ()):
        plain = _without_comments(value)
        parts = [part.strip() for part in plain.split(";")]
        if (parts[0].split() or [""])[0].casefold() != authserv_id.casefold():
            continue
        return _weighed(parts[1:], from_domain.casefold())
    return "unknown"


def _weighed(results: Sequence[str], domain: str) -> str:
    found = [
        (method.casefold(), result.casefold(), dict(re.findall(r"([\w.-]+)\s*=\s*\"?([^\s\"]+)", rest)))
        for one in results
        for method, result, rest in re.findall(r"^([\w-]+)(?:/\d+)?\s*=\s*(\w+)(.*)$", one, re.DOTALL)
    ]
    dmarc = [(result, props) for method, result, props in found if method == "dmarc"]
    if any(result not in {"pass", "none", "bestguesspass"} for result, _props in dmarc):
        return "failed"
    if any(result == "pass" and _of(props, "header.from", domain) == domain for result, props in dmarc):
        return "passed"
    for method, result, props in found:
        if result != "pass":
            continue
        if method == "dkim" and _is_aligned(
            _of(props, "header.d", _of(props, "header.i", "").rpartition("@")[2]), domain
        ):
            return "passed"
        if method == "spf" and _of(props, "smtp.mailfrom", "").rpartition("@")[2] == domain:
            return "passed"
        if method == "auth" and _of(props, "smtp.auth", "").rpartition("@")[2] == domain:
            return "passed"
    if any(method in {"dkim", "spf"} and result in {"fail", "softfail"} for method, result, _p in found):
        return "failed"
    return "unknown"


def _of(props: Mapping[str, str], name: str, otherwise: str) -> str:
    return props.get(name, otherwise).casefold().rstrip(".")


def _is_aligned(signer: str, domain: str) -> bool:
    """The signer is the sender's domain or one above it, though never a whole top level."""
    return bool(signer) and (signer == domain or (signer.count(".") >= 1 and domain.endswith("." + signer)))


def _without_comments(value: str) -> str:
    """What stands outside of brackets and is quoted nowhere: comments may hold anything, semicolons too."""
    kept, depth, quoted, skip = [], 0, False, False
    for letter in value:
        if skip:
            skip = False
            continue
        if letter == "\\":
            skip = True
        elif letter == '"' and depth == 0:
            quoted = not quoted
        elif letter == "(" and not quoted:
            depth += 1
        elif letter == ")" and not quoted:
            depth = max(0, depth - 1)
        elif depth == 0 and not (quoted and letter in ";="):
            kept.append(letter)
    return "".join(kept)


_DECISIONS = {
    "approve": (
        *("approve", "approved", "approuve", "approuver", "approuvé", "valide", "valider", "validé"),
        *("genehmigen", "genehmigt", "freigeben", "freigegeben", "freigabe"),
    ),
    "change": (
        *("change", "change please", "please change", "modifier", "à modifier", "ändern", "änderung"),
        *("bitte ändern", "überarbeiten", "à revoir"),
    ),
    "reject": (
        *("reject", "rejected", "refuse", "refuser", "refusé", "rejeter", "rejeté"),
        *("ablehnen", "abgelehnt", "zurückweisen", "zurückgewiesen"),
    ),
}
_WORDS = {word: decision for decision, words in _DECISIONS.items() for word in words}
_LINE = re.compile(
    rf"^\W*({'|'.join(sorted(map(re.escape, _WORDS), key=len, reverse=True))})\s*(?:[:,;.–—-]+\s*(.*))?$",
    re.IGNORECASE,
)


def decision(words: str) -> tuple[str, str] | None:
    """("approve" | "change" | "reject", the word of reason), or None where it is not plain.

    The answer must open the mail, and no other may follow on a line of its own: whoever writes both is asked again.
    """
    # Some programs write an accent as a letter of its own.
    lines = [line.strip() for line in normalize("NFC", words).strip().splitlines()]
    if not lines:
        return None
    first = _LINE.match(lines[0])
    if first is None or "?" in lines[0].partition(":")[0]:
        return None
    if any(_LINE.match(line) for line in lines[1:]):
        return None
    word = " ".join([first.group(2) or "", *lines[1:]]).strip()
    return _WORDS[first.group(1).casefold()], word


_ACTS = {
    "vote": ("vote", "stimme", "wahl", "choix"),
    "read": ("read", "gelesen", "lu"),
    "accept": ("accept", "accepted", "annehmen", "angenommen", "accepter", "accepté"),
}
_NUMBERS = r"(\d{1,2}(?:\s*(?:,|;|\+|and|und|et)\s*\d{1,2})*)"
_VOTE = re.compile(rf"^\W*(?:(?:{'|'.join(_ACTS['vote'])})\s*:?\s*)?{_NUMBERS}\W*$", re.IGNORECASE)


def act(words: str) -> tuple[str, tuple[int, ...]] | None:
    """What an answer to a poll, an announcement or an answer asks for, when its first line says that and nothing else:
    ("vote", options), ("read", ()) or ("accept", ()). None where it is words like any."""
    first = normalize("NFC", words).strip().partition("\n")[0].strip()
    found = _VOTE.match(first)
    if found is not None:
        return "vote", tuple(sorted({int(one) for one in re.findall(r"\d+", found.group(1))}))
    plain = re.sub(r"^\W+|\W+$", "", first).casefold()
    for name in ("read", "accept"):
        if plain in _ACTS[name]:
            return name, ()
    return None


_WISHES = {
    "stop": ("stop", "stopp", "unsubscribe", "leave", "abmelden", "austreten", "arrêt", "arrêter", "quitter"),
    "account": ("account", "konto", "compte"),
}


def wish(words: str) -> str:
    """ "stop" or "account" where the first line says that and nothing else; "" otherwise."""
    first = normalize("NFC", words).strip().partition("\n")[0].strip()
    plain = re.sub(r"^\W+|\W+$", "", first).casefold()
    return next((name for name, said in _WISHES.items() if plain in said), "")


OF_EVERYBODY = frozenset(
    (
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.fr", "live.com", "msn.com"),
        *("yahoo.com", "yahoo.fr", "yahoo.de", "ymail.com", "icloud.com", "me.com", "mac.com", "aol.com"),
        *("gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "posteo.de"),
        *("orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr", "bluewin.ch", "proton.me"),
        *("protonmail.com", "mail.com", "zoho.com", "fastmail.com", "tutanota.com", "tuta.com"),
    )
)
"""Domains where anybody has an address: it says nothing of whom they work for."""


def invited(text: str) -> Invited | None:
    """Name and address of who is to be invited: "Name <address>", or the address alone, whose first part then is the
    name. None where it writes none, or several."""
    given = " ".join(text.replace("\x00", "").split())
    if len(given) > 400:
        return None
    plain = sender({"from": [given]})
    if not plain.address or plain.trouble:
        return None
    named = _NAMED.fullmatch(given)
    name = " ".join((named["quoted"] or named["plain"] or "").split()) if named else ""
    # No sign that turns the line round or is not seen: a name is shown beside words for as long as they stand.
    name = "".join(one for one in name if one.isprintable()).strip()
    first = " ".join(re.split(r"[._+-]+", plain.address.partition("@")[0])).strip().title()
    return Invited((name or first or plain.address)[:120], plain.address)


def has_more(words: str) -> bool:
    """Whether something stands below the first line."""
    return bool(words.strip().partition("\n")[2].strip())


_REASON = re.compile(r"^\s*(?:reason|grund|begründung|raison|motif)\s*:\s*(.+)$", re.IGNORECASE)


def reason_of(words: str) -> tuple[str, str]:
    """(the reason that the first line gives, the rest of the words); ("", words) where it gives none."""
    first, _newline, rest = words.lstrip().partition("\n")
    found = _REASON.match(first)
    return (found.group(1).strip(), rest.lstrip("\n")) if found else ("", words)


_PREFIX = re.compile(r"^\s*(?:(?:re|aw|fw|fwd|wg|tr|sv|antw)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


def plain_subject(subject: str) -> str:
    """A subject without what mail programs put before it."""
    return _PREFIX.sub("", " ".join(subject.split()))[:200]
