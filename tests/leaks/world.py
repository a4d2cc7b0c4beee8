"""A company in which one room is hidden, with a canary word in everything that only some may hear.

Each canary names who may ever be told it. Nothing here asks the house who may hear what: the lists below are
written down by hand, from what was done.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from PIL import Image

from lockgate.approvals.queries import of_passage
from lockgate.archive.models import Entry
from lockgate.archive.operations import keep
from lockgate.base.markings import Marking
from lockgate.channels.models import Account, FeedEntry
from lockgate.channels.operations import renew_secret
from lockgate.conversations import operations as talk
from lockgate.conversations.types import Asks
from lockgate.deals.operations import answer_all
from lockgate.demo.cast import Cast, assemble
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import (
    attach,
    deliver_next,
    escalate,
    recall,
    revise,
    save_draft,
    sign_off,
    submit,
)
from lockgate.gateway.types import Submitted
from lockgate.people.models import Firm, Person
from lockgate.people.operations import admit, let_go, make_token
from lockgate.policy.models import PackVersion
from lockgate.policy.operations import propose
from lockgate.search.operations import keep_up
from lockgate.spaces.models import Audience
from lockgate.spaces.operations import (
    ask_for_glass,
    ask_to_join,
    end_seat,
    open_lane,
    open_space,
    seal_submissions,
    seat,
)

MISSING = 9_000_000_000_000_000_001
"""An id that was never given, of the length of one that was."""

ROOM = "hush-room"
HOLDS_WITH_GUESTS = "These draft results are not yet public"
HOLDS_OUTSIDE = "Our Valve 7 is ready"

ACTORS = {
    "author": "nadia-roux",
    "colleague": "theo-mercier",
    "late member": "matthias-keller",
    "ex-member": "ruben-aas",
    "guest here": "mira-lund",
    "guest elsewhere": "stefan-bauer",
    "cleared guest": "lars-eklund",
    "stranger": "pavel-novak",
    "administrator": "anneke-kok",
    "supervisor": "ingrid-solberg",
    "approver": "julie-martin",
    "deactivated": "karin-steiner",
}
HOUSE = set(ACTORS) - {"guest here", "guest elsewhere", "cleared guest", "deactivated"}
SIGNED_IN = set(ACTORS) - {"deactivated"}
EVERYBODY = {"anonymous", *ACTORS}
HEAR_ALL = {"author", "colleague", "guest here"}
HEAR_NOW = HEAR_ALL | {"late member"}
SIGNERS = {"approver"}


@dataclass
class World:
    """Who is there, what was planted, and who may be told."""

    cast: Cast
    at: datetime
    room: Audience
    canaries: dict[str, set[str]] = field(default_factory=dict)
    # Kind of object -> id -> who may read it.
    objects: dict[str, dict[int | str, set[str]]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    moments: int = 0

    def person(self, actor: str) -> Person:
        return Person.objects.get(slug=ACTORS[actor])

    def later(self) -> datetime:
        """A minute after what was done before."""
        self.moments += 1
        return self.at + timedelta(minutes=self.moments)

    def canary(self, name: str, may_be_told: Iterable[str]) -> str:
        """A word that stands nowhere else."""
        word = f"zq{name}kx"
        self.canaries[word] = set(may_be_told)
        return word

    def keep(self, kind: str, number: int | str, readers: Iterable[str]) -> None:
        self.objects.setdefault(kind, {})[number] = set(readers)


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (80, 80), (10, 120, 60)).save(drawn, "PNG")
    return drawn.getvalue()


def build(at: datetime) -> World:
    """Found the company and let everything happen, beginning at ``at``; about a hundred minutes pass."""
    cast = assemble(at=at)
    nadia, theo = cast.author, cast.colleague
    world = World(cast, at, room=Audience())
    name = world.canary("roomname", HEAR_NOW | SIGNERS)
    space = open_space(
        by=nadia,
        at=world.later(),
        slug=ROOM,
        name=f"Room {name}",
        kind="partner",
        ceiling=Marking.CONFIDENTIAL,
        admits_guests=True,
        about=f"About {world.canary('about', HEAR_NOW)}.",
    )
    world.room = Audience.objects.get(space=space)
    world.keep("space", ROOM, HEAR_NOW)
    world.keep("tended", ROOM, {"author"})
    _people(world, cast, nadia, theo)
    _words(world, nadia, theo)
    _of_the_one_who_left(world)
    _door(world, nadia)
    _deal(world, nadia)
    _public(world, nadia)
    _draft(world, nadia)
    _policy(world)
    keep(at=world.later())
    while keep_up(at=world.later()):
        continue
    _entries(world)
    for actor in ACTORS:
        world.tokens[actor] = make_token(
            by=nadia, at=world.later(), person=world.person(actor), name="for a machine"
        )
    let_go(by=cast.administrator, at=world.later(), person=world.person("deactivated"))
    return world


def _people(world: World, cast: Cast, nadia: Person, theo: Person) -> None:
    firm = Firm.objects.create(
        name=f"Firm {world.canary('firmname', HOUSE | {'guest here'})}", trade="Sealing rings"
    )
    admit(
        by=nadia,
        at=world.later(),
        email="mira.lund@hidden-partner.example",
        name=f"Mira {world.canary('guestname', HOUSE | {'guest here'})}",
        slug=ACTORS["guest here"],
        firm=firm,
        password="valves-and-seals-2026",
    )
    for actor in ("colleague", "ex-member", "guest here", "cleared guest", "deactivated"):
        role = "guest" if "guest" in actor else "member"
        seat(by=nadia, at=world.later(), person=world.person(actor), audience_id=world.room.pk, role=role)
    for one in Person.objects.all():
        readers = SIGNED_IN if one.firm.is_house and one.slug != ACTORS["deactivated"] else HOUSE
        world.keep("person", one.slug, readers)
    del world.objects["person"][ACTORS["deactivated"]]  # left: nobody finds them any more
    for slug in list(world.objects["person"]):
        if slug in (ACTORS["guest elsewhere"], ACTORS["guest here"], ACTORS["cleared guest"]):
            mine = next(actor for actor, known in ACTORS.items() if known == slug)
            world.keep("person", slug, HOUSE | {mine})
    # A guest knows of those with whom they share a room now, and nobody else.
    shares = {
        "guest here": {ACTORS[one] for one in HEAR_NOW},
        "guest elsewhere": {"sabine-vogt", "ralf-dietrich", "ingrid-solberg", "stefan-bauer"}
        | {"nadia-roux", "theo-mercier"},
        "cleared guest": {"lars-eklund"},
    }
    for slug, readers in world.objects["person"].items():
        for guest, known in shares.items():
            if slug not in known:
                readers.discard(guest)


def _say(world: World, by: Person, words: str, **more: object) -> Submitted:
    told: dict[str, object] = {"places": [f"space:{ROOM}"], "marking": Marking.INTERNAL, **more}
    return submit(by=by, at=world.later(), body=words, **told)  # type: ignore[arg-type]  # a bag of the test's own


def _file(world: World, by: Person, name: str, readers: set[str]) -> int:
    kept = attach(
        by=by,
        at=world.later(),
        name=f"{world.canary(name + 'file', readers)}.png",
        content=picture(),
        alt=f"A ring, {world.canary(name + 'alt', readers)}",
    )
    world.keep("attachment", kept.id, readers)
    return kept.id


def _passage(sent: Submitted, place: str = f"space:{ROOM}") -> int:
    return next(one.passage_id for one in sent.passages if one.place == place)


def _keep_message(world: World, sent: Submitted, readers: set[str]) -> None:
    world.keep("message", sent.message_id, readers)
    for one in sent.passages:
        world.keep("passage", one.passage_id, readers)


def _requests(world: World, passage: int, readers: set[str]) -> list[int]:
    asked = [one.request_id for one in of_passage(passage, world.at)]
    for one in asked:
        world.keep("request", one, readers)
    return asked


def _words(world: World, nadia: Person, theo: Person) -> None:
    julie = world.cast.approver
    early = _say(
        world,
        nadia,
        f"Said early, {world.canary('early', HEAR_ALL)}.",
        attachments=[_file(world, nadia, "early", HEAR_ALL)],
        marking=Marking.CONFIDENTIAL,
    )
    _keep_message(world, early, HEAR_ALL)
    answer = _say(
        world,
        theo,
        f"An answer, {world.canary('answer', HEAR_ALL)}.",
        answers=_passage(early),
        attachments=[_file(world, theo, "answer", HEAR_ALL)],
        places=(),
    )
    _keep_message(world, answer, HEAR_ALL)
    for gone in ("ex-member", "cleared guest"):
        if gone == "cleared guest":
            end_seat(by=nadia, at=world.later(), person=world.person(gone), audience_id=world.room.pk)
    late = world.person("late member")
    seat(by=nadia, at=world.later(), person=late, audience_id=world.room.pk, hears_past=False)
    newer = _say(world, theo, f"Said later, {world.canary('later', HEAR_NOW)}.")
    _keep_message(world, newer, HEAR_NOW)

    _asked(world, nadia, theo)

    mine = {"author"} | SIGNERS
    reasoned = _say(
        world,
        nadia,
        f"{HOLDS_OUTSIDE}, {world.canary('reasoned', HEAR_NOW)}.",
        justification=f"They build it with us, {world.canary('reason', {'author'})}",
    )
    assert reasoned.passages[0].state == "delivered", reasoned
    _keep_message(world, reasoned, HEAR_NOW)

    held = _say(
        world,
        nadia,
        f"{HOLDS_WITH_GUESTS}, {world.canary('held', mine)}.",
        justification=f"Because {world.canary('why', mine)}",
        attachments=[_file(world, nadia, "held", mine)],
    )
    _keep_message(world, held, mine)
    _requests(world, _passage(held), mine)

    escalated = _say(world, nadia, f"{HOLDS_WITH_GUESTS}, {world.canary('escalated', mine | {'colleague'})}.")
    _keep_message(world, escalated, mine | {"colleague"})
    (asked,) = _requests(world, _passage(escalated), mine | {"colleague"})
    escalate(
        request_id=asked,
        by=julie,
        to=theo,
        word=f"Look, {world.canary('escalation', mine | {'colleague'})}",
        at=world.later(),
    )

    both = _say(
        world,
        nadia,
        f"{HOLDS_WITH_GUESTS}, {world.canary('returned', mine)}.",
    )
    _keep_message(world, both, mine)
    (asked,) = _requests(world, _passage(both), mine)
    sign_off(
        request_id=asked,
        by=julie,
        decision="change",
        word=f"Change {world.canary('changeword', mine)}",
        at=world.later(),
    )

    reworded = _say(world, nadia, f"{HOLDS_WITH_GUESTS}, {world.canary('firstwording', mine)}.")
    _keep_message(world, reworded, mine)
    revise(
        by=nadia,
        at=world.later(),
        message_id=reworded.message_id,
        body=f"{HOLDS_WITH_GUESTS}, {world.canary('secondwording', mine)}.",
        marking=Marking.INTERNAL,
    )
    _requests(world, _passage(reworded), mine)

    rejected = _say(world, nadia, f"{HOLDS_WITH_GUESTS}, {world.canary('rejected', mine)}.")
    _keep_message(world, rejected, mine)
    (asked,) = _requests(world, _passage(rejected), mine)
    sign_off(
        request_id=asked,
        by=julie,
        decision="reject",
        word=f"No, {world.canary('rejectword', mine)}",
        at=world.later(),
    )

    scheduled = _say(
        world,
        nadia,
        f"For tomorrow, {world.canary('scheduled', {'author'})}.",
        deliver_at=world.at + timedelta(days=3),
    )
    _keep_message(world, scheduled, {"author"})

    back = _say(world, nadia, f"Taken back, {world.canary('recalled', {'author'})}.")
    _keep_message(world, back, {"author"})
    recall(
        by=nadia,
        at=world.later(),
        passage_id=_passage(back),
        why=f"Wrong, {world.canary('recallword', {'author'})}",
    )


def _asked(world: World, nadia: Person, theo: Person) -> None:
    """A question with its answer, an announcement and a poll, each marked by those who hear them."""
    question = talk.submit(
        by=nadia,
        at=world.later(),
        body=f"Does it hold, {world.canary('question', HEAR_NOW)}?",
        marking=Marking.INTERNAL,
        places=[f"space:{ROOM}"],
        asks=Asks("question"),
    )
    _keep_message(world, question, HEAR_NOW)
    reply = _say(
        world,
        theo,
        f"It does, {world.canary('reply', HEAR_NOW)}.",
        answers=_passage(question),
        places=(),
    )
    _keep_message(world, reply, HEAR_NOW)
    world.keep("reply", _passage(reply), HEAR_NOW)
    told = talk.submit(
        by=nadia,
        at=world.later(),
        body=f"We move, {world.canary('announced', HEAR_NOW)}, @theo-mercier and @pavel-novak.",
        marking=Marking.INTERNAL,
        places=[f"space:{ROOM}"],
        asks=Asks("announcement"),
    )
    _keep_message(world, told, HEAR_NOW)
    world.keep("announcement", _passage(told), HEAR_NOW)
    # Only its author sees who has read it; a word of the reason why one need not stands there alone.
    world.keep("readers", _passage(told), {"author"})
    late = world.person("late member")
    talk.exempt(
        by=nadia,
        at=world.later(),
        passage_id=_passage(told),
        person_id=late.pk,
        why=f"Away, {world.canary('exempt', {'author'})}",
    )
    poll = talk.submit(
        by=nadia,
        at=world.later(),
        body="When do we meet?",
        marking=Marking.INTERNAL,
        places=[f"space:{ROOM}"],
        asks=Asks("poll", (f"Monday {world.canary('option', HEAR_NOW)}", "Tuesday")),
    )
    _keep_message(world, poll, HEAR_NOW)
    world.keep("poll", _passage(poll), HEAR_NOW)
    talk.vote(by=theo, at=world.later(), passage_id=_passage(poll), options=[1])
    for gone in ("ex-member",):
        for one in (_passage(told), _passage(poll)):
            talk.react(by=world.person(gone), at=world.later(), passage_id=one, kind="thanks")
            talk.save(by=world.person(gone), at=world.later(), passage_id=one)
    talk.pin(by=nadia, at=world.later(), passage_id=_passage(told))
    talk.tell_mentioned(at=world.later())


def _of_the_one_who_left(world: World) -> None:
    """What the ex-member said, and what was answered about it after they had left."""
    ruben = world.person("ex-member")
    said = _say(world, ruben, f"I was here, {world.canary('exsaid', HEAR_NOW)}.")
    _keep_message(world, said, HEAR_NOW)
    waits = _say(world, ruben, f"{HOLDS_WITH_GUESTS}, {world.canary('exheld', SIGNERS)}.")
    _keep_message(world, waits, SIGNERS)
    (asked,) = _requests(world, _passage(waits), SIGNERS)
    end_seat(by=world.cast.author, at=world.later(), person=ruben, audience_id=world.room.pk)
    sign_off(
        request_id=asked,
        by=world.cast.approver,
        decision="change",
        word=f"After you left, {world.canary('exword', SIGNERS)}",
        at=world.later(),
    )


def _door(world: World, nadia: Person) -> None:
    """A closed space: its name and purpose stand on its door, for employees; what is said in it does not."""
    open_space(
        by=nadia,
        at=world.later(),
        slug="hatch-room",
        name=f"Hatch {world.canary('hatchname', HOUSE)}",
        about=f"About {world.canary('hatchabout', HOUSE)}.",
        kind="topic",
        ceiling=Marking.INTERNAL,
        entry="closed",
    )
    world.keep("door", "hatch-room", HOUSE)
    world.keep("space", "hatch-room", HOUSE)
    world.keep("tended", "hatch-room", {"author"})
    said = _say(world, nadia, f"Inside, {world.canary('hatch', {'author'})}.", places=["space:hatch-room"])
    world.keep("message", said.message_id, {"author"})
    asked = ask_to_join(
        by=world.person("stranger"),
        at=world.later(),
        slug="hatch-room",
        words=f"Please, {world.canary('hatchasking', {'author'})}",
    )
    world.keep("join_asked", asked, {"stranger"})
    world.keep("join_tended", asked, {"author"})
    glass = ask_for_glass(
        by=world.person("administrator"),
        at=world.later(),
        slug=ROOM,
        why=f"For {world.canary('glass', {'administrator', 'supervisor'})}",
    )
    world.keep("glass", glass, {"supervisor"})


def _deal(world: World, nadia: Person) -> None:
    """Two firms in one process, with words in each lane, a sealed submission of each, and the buyers' own."""
    vendors = {"guest here": "hidden", "guest elsewhere": "bauer"}
    buyers = {"author", "colleague"}
    space = open_space(
        by=nadia,
        at=world.later(),
        slug="deal-room",
        name=f"Deal {world.canary('dealname', buyers | set(vendors))}",
        kind="deal",
        ceiling=Marking.CONFIDENTIAL,
    )
    main = Audience.objects.get(space=space)
    seat(by=nadia, at=world.later(), person=world.person("colleague"), audience_id=main.pk)
    world.keep("space", "deal-room", buyers | set(vendors))
    world.keep("tended", "deal-room", {"author"})
    world.keep("deal", "deal-room", {"author"})
    among = _say(world, nadia, f"Among us, {world.canary('among', buyers)}.", places=["space:deal-room"])
    _keep_message(world, among, buyers)
    lanes = {
        actor: open_lane(
            by=nadia, at=world.later(), slug="deal-room", firm=world.person(actor).firm, ceiling=2
        )
        for actor in vendors
    }
    for actor, lane in lanes.items():
        seat(by=nadia, at=world.later(), person=world.person(actor), audience_id=lane.pk, role="guest")
    boxes = {
        one.firm_id: one
        for one in seal_submissions(
            by=nadia, at=world.later(), slug="deal-room", until=world.at + timedelta(days=2000)
        )
    }
    for actor, word in vendors.items():
        lane, box = lanes[actor], boxes[world.person(actor).firm_id]
        world.keep("lane", f"deal-room/lanes/{lane.lane}", buyers | {actor})
        world.keep("lane", f"deal-room/lanes/{box.lane}", {actor})
        world.keep("tended_lane", f"deal-room/lanes/{lane.lane}", {"author"})
        said = _say(
            world, nadia, f"To you, {world.canary(word + 'lane', buyers | {actor})}.", places=[lane.key]
        )
        _keep_message(world, said, buyers | {actor})
        bid = _say(
            world,
            world.person(actor),
            f"We offer, {world.canary(word + 'bid', {actor})}.",
            places=[box.key],
        )
        _keep_message(world, bid, {actor})
    told = answer_all(
        by=nadia,
        at=world.later(),
        slug="deal-room",
        question="How many a year?",
        answer=f"Four hundred, {world.canary('toall', buyers | set(vendors))}.",
        marking=Marking.CONFIDENTIAL,
        justification="To all alike.",
    )
    world.keep("message", told.message_id, buyers | set(vendors))


def _public(world: World, nadia: Person) -> None:
    mine = {"author"} | SIGNERS
    waits = _say(
        world,
        nadia,
        f"{HOLDS_OUTSIDE}, {world.canary('notyetpublic', mine)}.",
        places=["channel:feed"],
        marking=Marking.PUBLIC,
        attachments=[_file(world, nadia, "notyetpublic", mine)],
    )
    assert waits.passages[0].state == "held", waits
    _keep_message(world, waits, mine)
    _requests(world, waits.passages[0].passage_id, mine)

    out = _say(
        world,
        nadia,
        f"We are open on Monday, {world.canary('public', EVERYBODY)}.",
        places=["channel:feed"],
        marking=Marking.PUBLIC,
        attachments=[_file(world, nadia, "public", EVERYBODY)],
    )
    for word in ("zqpublicfilekx", "zqpublicaltkx"):
        world.canaries[word] = EVERYBODY
    gone = _say(
        world,
        nadia,
        f"We are closed on Monday, {world.canary('unpublished', {'author'})}.",
        places=["channel:feed"],
        marking=Marking.PUBLIC,
    )
    while deliver_next(at=world.later()):
        pass
    assert Passage.objects.get(message=out.message_id).state == "delivered"
    # What is public every employee hears; a guest reads it where the public does.
    _keep_message(world, out, HOUSE)
    for number in list(world.objects["attachment"])[-1:]:
        world.keep("attachment", number, HOUSE)
    recall(by=nadia, at=world.later(), passage_id=gone.passages[0].passage_id, why="Not so.")
    while deliver_next(at=world.later()):
        pass
    assert Passage.objects.get(message=gone.message_id).state == "recalled"
    _keep_message(world, gone, {"author"})
    for entry in FeedEntry.objects.all():
        world.keep("reference", str(entry.reference), EVERYBODY)
    for account in Account.objects.all():
        world.keep("channel", account.slug, HOUSE)
    renew_secret(
        by=world.cast.approver,
        at=world.later(),
        account=Account.objects.get(slug="mastodon"),
        name="access_token",
        words=world.canary("channelsecret", ()),
    )


def _draft(world: World, nadia: Person) -> None:
    save_draft(
        by=nadia,
        at=world.later(),
        body=f"Not yet sent, {world.canary('draft', {'author'})}.",
        marking=Marking.CONFIDENTIAL,
        places=[f"space:{ROOM}"],
        justification=f"So that {world.canary('draftwhy', {'author'})}",
    )
    _file(world, nadia, "unsent", {"author"})


def _policy(world: World) -> None:
    word = world.canary("policyword", HOUSE)
    source = (
        "pack: halden\ntitle: Halden Valve, names\nabout: Next.\napplies: [inside]\nrules:\n"
        "  - id: next\n    kind: term\n    title: A word\n    outcome: {inside: tip}\n"
        f"    why: Because.\n    mend: Leave it.\n    terms: [{word}]\n"
        f"    examples:\n      match: [{word}]\n      pass: [nothing]\n"
    )
    made = propose(by=world.cast.policy_author, at=world.later(), source=source)
    world.keep("pack", "halden", HOUSE)
    world.keep("version", f"halden/{made.number}", HOUSE)
    assert PackVersion.objects.get(pk=made.id)


def _entries(world: World) -> None:
    """Entries of the archive: the newest of some kinds, and for each message the first line of its trail."""
    told = dict(Entry.objects.order_by("id").values_list("action", "id"))
    for number in sorted(told.values())[-5:]:
        world.keep("entry", number, {"supervisor"})
    for message, readers in list(world.objects["message"].items()):
        first = Entry.objects.filter(record=f"m:{message}").order_by("id").first()
        assert first is not None
        world.keep("proof", f"{message}/proof/{first.pk}", readers)
