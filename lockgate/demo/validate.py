"""Whether the demo company holds together. Pure: YAML in, sentences out; an empty list means all is well.

python -m lockgate.demo.validate [FOLDER]
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from lockgate.demo.days import is_weekend
from lockgate.demo.wording import language_of, letters, likeness_above, shared_run
from lockgate.demo.written import COMPANY, Company, Said
from lockgate.demo.written import said as told_by

MARKINGS: Final = ("public", "internal", "confidential", "controlled")
ROLES: Final = {"owner", "moderator", "member", "guest", "observer"}
DUTIES: Final = {"policy_author", "policy_reviewer", "supervisor", "channel_manager", "administrator"}
STATES: Final = {
    "delivered", "scheduled", "held", "returned", "rejected", "refused", "failed", "unknown", "recalled",
}  # fmt: skip
ENDS: Final = {"returned": "change", "rejected": "reject"}
CHANNEL_LIMITS: Final = {"bluesky": 300, "mastodon": 500}
FIRST_HOUR, LAST_HOUR, THIS_MORNING = "05:30", "21:00", "09:30"
LEAST_MESSAGES, LEAST_POSTS, SPACES, WEEKS = 620, 45, 14, 12
TOO_ALIKE: Final = 0.5
COPIED_WORDS: Final = 8

# Who the tests and the screens agree on: where each of them sits.
CAST: Final[dict[str, set[str]]] = {
    "nadia-roux": {"everyone", "engineering", "valve-7", "toulouse", "ask-engineering", "aerovia-valve-7"},
    "theo-mercier": {"everyone", "engineering", "valve-7", "toulouse", "ask-engineering", "aerovia-valve-7"},
    "pavel-novak": {"everyone", "supply-chain"},
    "stefan-bauer": {"resellers-dach"},
    "lars-eklund": {"steel-sourcing-2027"},
}
CLEARED: Final = ("lars-eklund", "steel-sourcing-2027", 21)
DESKS: Final = {
    "communications": ("julie-martin", "marc-olsen"),
    "compliance": ("ingrid-solberg", None),
    "export-control": ("henrik-dahl", None),
}


def problems(company: Company) -> list[str]:
    """What is wrong, one sentence each."""
    checks = (_people, _spaces, _cast, _desks, _talk, _aside, _public, _texts, _languages, _copies)
    return [sentence for check in checks for sentence in check(company)]


def figures(company: Company) -> dict[str, Any]:
    """What there is, counted."""
    messages = list(company.messages())
    spoken = Counter(language_of(said.body) for said in (*messages, *company.public()))
    return {
        "people of the house": sum(not company.is_guest(p) for p in company.persons),
        "guests": sum(company.is_guest(p) for p in company.persons),
        "spaces": len(company.spaces),
        "threads": sum(map(len, company.threads.values())),
        "messages": len(messages),
        "by space": {
            space: sum(1 + len(t.get("replies", ())) for t in ts) for space, ts in company.threads.items()
        },
        "by marking": dict(Counter(said.marking for said in messages)),
        "people who write": len({said.by for said in messages}),
        "words": sum(len(said.body.split()) for said in messages),
        "public posts": len(company.posts),
        "by state": dict(Counter(post["state"] for post in company.posts)),
        "signatures": sum(len(post.get("signoffs", ())) for post in company.posts),
        "languages": {lang: f"{100 * n / spoken.total():.0f} %" for lang, n in spoken.most_common()},
    }


def _people(company: Company) -> Iterator[str]:
    people = company.people
    if len(company.house) != 1:
        yield "Exactly one firm is the house."
    counted = {"sites": 3, "departments": 6, "firms": 4}
    yield from (f"There are {n} {key}." for key, n in counted.items() if len(people[key]) != n)
    if len(company.persons) != len(people["persons"]):
        yield "Two persons share a slug."
    at_home = [p for p in company.persons if not company.is_guest(p)]
    if not 55 <= len(at_home) <= 65:
        yield f"About 60 people work here, not {len(at_home)}."
    known = {key: {one["slug"] for one in people[key]} for key in ("firms", "sites", "departments")}
    for slug, person in company.persons.items():
        if person["firm"] not in known["firms"] or person["language"] not in ("en", "fr", "de"):
            yield f"{slug} has an unknown firm or language."
        at_work = (person["dept"] in known["departments"]) and (person["site"] in known["sites"])
        if at_work == company.is_guest(slug):
            yield f"{slug}: employees have a department and a site, guests have neither."
        if set(person["duties"]) - DUTIES:
            yield f"{slug} has an unknown duty."


def _spaces(company: Company) -> Iterator[str]:
    if len(company.spaces) != SPACES:
        yield f"There are {SPACES} spaces, not {len(company.spaces)}."
    for slug, space in company.spaces.items():
        if space["ceiling"] not in MARKINGS or space["admits"] not in ("inside", "guests"):
            yield f"{slug} has an unknown ceiling or audience."
        if [seat["role"] for seat in space["seats"].values()].count("owner") != 1:
            yield f"{slug} has one owner."
        for who, seat in space["seats"].items():
            if who not in company.persons:
                yield f"{slug}: nobody is called {who}."
                continue
            if seat["since"] > min(space["created"], company.persons[who]["joined"]):
                yield f"{who} sits in {slug} before joining, or before it was opened."
            if seat.get("until", 0) > seat["since"] or seat["role"] not in ROLES:
                yield f"The seat of {who} in {slug} ends before it begins, or has an unknown role."
            if company.is_guest(who) and space["admits"] != "guests":
                yield f"{who} is a guest and sits in {slug}."
            if company.is_guest(who) != (seat["role"] == "guest"):
                yield f"{who} has the wrong role in {slug}."


def _cast(company: Company) -> Iterator[str]:
    for who, rooms in CAST.items():
        sits = {slug for slug, space in company.spaces.items() if who in space["seats"]}
        if sits != rooms:
            yield f"{who} sits in {', '.join(sorted(sits))}."
    who, room, until = CLEARED
    if company.spaces[room]["seats"][who].get("until") != until:
        yield f"The seat of {who} ended {until} days ago."
    if "administrator" not in company.persons["anneke-kok"]["duties"]:
        yield "anneke-kok is administrator."
    if "supervisor" not in company.persons["ingrid-solberg"]["duties"]:
        yield "ingrid-solberg is supervisor."


def _desks(company: Company) -> Iterator[str]:
    for slug, (approver, deputy) in DESKS.items():
        desk = company.desks[slug]
        if desk["approver"] != approver or deputy not in (None, desk["deputy"]):
            yield f"The desk {slug} is not {approver}'s."
    for slug, desk in company.desks.items():
        if (
            desk["approver"] == desk["deputy"]
            or not {desk["approver"], desk["deputy"]} <= company.persons.keys()
        ):
            yield f"The desk {slug} has two different people, both known."
    for slug, account in company.accounts.items():
        if account["desk"] not in company.desks:
            yield f"The channel {slug} has an unknown desk."


def _talk(company: Company) -> Iterator[str]:
    messages = list(company.messages())
    if len(messages) < LEAST_MESSAGES:
        yield f"{len(messages)} messages; at least {LEAST_MESSAGES}."
    if max(said.day for said in messages) < WEEKS * 7:
        yield f"The history reaches back less than {WEEKS} weeks."
    if set(company.threads) != set(company.spaces):
        yield "Each space has its threads, and nothing else has."
        return
    for said in messages:
        yield from _hour(said)
        space = company.spaces[said.where.removeprefix("space:")]
        seat = space["seats"].get(said.by)
        if seat is None or not seat.get("until", -1) < said.day <= seat["since"]:
            yield f"{said.name}: the writer does not sit there then."
        elif seat["role"] == "observer":
            yield f"{said.name}: an observer only listens."
        if MARKINGS.index(said.marking) > MARKINGS.index(space["ceiling"]):
            yield f"{said.name}: marked above the space's ceiling."
    for space, threads in company.threads.items():
        for thread in threads:
            told = [told_by(space, words, "") for words in (thread, *thread.get("replies", ()))]
            for before, after in pairwise(told):
                if after.order <= before.order:
                    yield f"{after.name}: not later than what it answers."


def _aside(company: Company) -> Iterator[str]:
    """Talks of a few: whoever has no account comes in from a partner's, and speaks once they were invited."""
    domains = {one["slug"]: one["domain"] for one in company.people["firms"] if not one["house"]}
    for talk in company.talks:
        name, guest, last = talk["name"], talk["invited"], _order(talk)
        inside = {talk["by"], *talk["people"]}
        if not inside <= company.persons.keys() or any(company.is_guest(one) for one in inside):
            yield f"{name}: begun among people of the house."
        if guest["slug"] in company.persons or not domains.get(guest["firm"], "").endswith(".example"):
            yield f"{name}: whoever is invited has no account, and is of a partner's."
        if guest["by"] not in inside or guest["backlog"] not in ("nothing", "day", "all"):
            yield f"{name}: invited by nobody of it, or with an unknown past."
        for words in talk["said"]:
            said = told_by(f"talk:{name}", words, "internal")
            yield from _hour(said)
            if said.order <= last:
                yield f"{said.name}: not later than what was said before."
            if said.by != guest["slug"] and said.by not in inside:
                yield f"{said.name}: the writer does not sit there."
            if said.by == guest["slug"] and said.order <= _order(guest):
                yield f"{said.name}: not invited yet."
            last = said.order


def _hour(said: Said) -> Iterator[str]:
    if is_weekend(said.day):
        yield f"{said.name}: at a weekend."
    if not FIRST_HOUR <= said.time <= (THIS_MORNING if said.day == 0 else LAST_HOUR):
        yield f"{said.name}: at an hour when nobody writes, or later than this morning."
    if said.day < 0:
        yield f"{said.name}: not yet."


def _public(company: Company) -> Iterator[str]:
    if len(company.posts) < LEAST_POSTS:
        yield f"{len(company.posts)} public posts; at least {LEAST_POSTS}."
    for state in sorted(STATES ^ {post["state"] for post in company.posts}):
        yield f"The state {state} is missing among the public posts, or unknown."
    rules = {f"{company.pack['pack']}/{rule['id']}" for rule in company.pack["rules"]}
    for post, said in zip(company.posts, company.public(), strict=True):
        yield from _hour(said)
        yield from (f"{said.name}: {sentence}" for sentence in _post(company, post, said, rules))


def _post(company: Company, post: Mapping[str, Any], said: Said, rules: set[str]) -> Iterator[str]:
    if company.is_guest(said.by):
        yield "a guest does not write to the public."
    channels = [place.removeprefix("channel:") for place in post["places"] if place.startswith("channel:")]
    rooms = [place.removeprefix("space:") for place in post["places"] if place.startswith("space:")]
    if not channels or set(channels) - company.accounts.keys():
        yield "goes to no known channel."
    if any(said.by not in company.spaces[room]["seats"] for room in rooms):
        yield "the writer does not sit in the space."
    for channel in channels:
        if len(said.body) > CHANNEL_LIMITS.get(channel, len(said.body)):
            yield f"{len(said.body)} characters are too many for {channel}."
    if set(post["because"]) - rules:
        yield "names a rule that the pack does not hold."
    if post["state"] in ("held", "returned", "rejected", "refused") and not post["because"]:
        yield "is held for no reason."
    if (post["state"] == "scheduled") != ("schedule" in post) or is_weekend(
        post.get("schedule", {}).get("days", 0)
    ):
        yield "what is scheduled has a working day, and nothing else has."
    if ("recall" in post) != (post["state"] == "recalled"):
        yield "what is recalled says why, and nothing else does."
    elif "recall" in post and _order(post["recall"]) <= said.order:
        yield "recalled before it was written."
    if "image" in post and not post["image"].get("alt"):
        yield "the image has no words for who cannot see it."
    yield from _signatures(company, post, said)


def _signatures(company: Company, post: Mapping[str, Any], said: Said) -> Iterator[str]:
    signatures = post.get("signoffs", [])
    last, passed_to = said.order, set[str]()
    for signature in signatures:
        desk = company.desks[signature["desk"]]
        if (
            signature["by"] not in {desk["approver"], desk["deputy"], *passed_to}
            or signature["by"] == said.by
        ):
            yield f"{signature['by']} may not sign."
        if _order(signature) <= last:
            yield "signed before it was asked."
        if not signature["word"]:
            yield "signed without a word."
        if signature["decision"] == "escalate":
            passed_to.add(signature["to"])
        last = _order(signature)
    decided = [s["decision"] for s in signatures if s["decision"] != "escalate"]
    expected = ENDS.get(post["state"])
    if expected and decided[-1:] != [expected]:
        yield f"{post['state']}, but the last word is not {expected}."
    if not expected and set(decided) - {"approve"}:
        yield "went on although somebody said no."
    if post["state"] in ("held", "refused") and decided:
        yield f"{post['state']}, but signed."


def _order(words: Mapping[str, Any]) -> tuple[int, str]:
    return (-int(words["at"]["days"]), str(words["at"]["time"]))


def _texts(company: Company) -> Iterator[str]:
    told = [*company.messages(), *company.public(), *company.aside()]
    seen: dict[str, Said] = {}
    for said in told:
        plain = letters(said.body)
        if not plain or "lorem ipsum" in plain:
            yield f"{said.name}: says nothing."
        elif plain in seen:
            yield f"{said.name}: the same words as {seen[plain].name}."
        seen[plain] = said
    for one, other, share in likeness_above(TOO_ALIKE, [said.body for said in told]):
        yield f"{told[one].name} and {told[other].name} are {share:.0%} alike."


def _languages(company: Company) -> Iterator[str]:
    spoken = Counter(language_of(said.body) for said in company.messages())
    share = {language: spoken[language] / spoken.total() for language in ("en", "fr", "de")}
    if not 0.70 <= share["en"] <= 0.82 or min(share["fr"], share["de"]) < 0.06:
        yield "About 75 % is English, and French and German have their part: " + str(share)


def _copies(company: Company) -> Iterator[str]:
    """No one repeats confidential words elsewhere: the gate would hold it, and the story would stop there."""
    kept: dict[str, list[str]] = defaultdict(list)
    for said in company.messages():
        if said.marking in ("confidential", "controlled"):
            kept[said.where].append(said.body)
    for said in (*company.messages(), *company.public(), *company.aside()):
        others = [body for where, bodies in kept.items() if where != said.where for body in bodies]
        if run := shared_run(COPIED_WORDS, said.body, others):
            yield f"{said.name}: repeats confidential words of another space: {run}."


def main(arguments: list[str]) -> int:
    company = Company(Path(arguments[0]) if arguments else COMPANY)
    found = problems(company)
    for what, value in figures(company).items():
        sys.stdout.write(f"{what}: {re.sub(r'[{}]', '', str(value))}\n")
    for sentence in found:
        sys.stderr.write(sentence + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
