"""What is public, what waits to be, what was never sent, the policy, and entries of the archive."""

from __future__ import annotations

from lockgate.archive.models import Entry
from lockgate.base.markings import Marking
from lockgate.channels.models import Account, FeedEntry
from lockgate.channels.operations import renew_secret
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import deliver_next, recall, save_draft
from lockgate.people.models import Person
from lockgate.policy.models import PackVersion
from lockgate.policy.operations import propose
from tests.leaks.world import (
    EVERYBODY,
    HOLDS_OUTSIDE,
    HOUSE,
    ROOM,
    SIGNERS,
    World,
    file,
    keep_message,
    requests,
    say,
)


def plant_public(world: World, nadia: Person) -> None:
    mine = {"author"} | SIGNERS
    waits = say(
        world,
        nadia,
        f"{HOLDS_OUTSIDE}, {world.canary('notyetpublic', mine)}.",
        places=["channel:feed"],
        marking=Marking.PUBLIC,
        attachments=[file(world, nadia, "notyetpublic", mine)],
    )
    assert waits.passages[0].state == "held", waits
    keep_message(world, waits, mine)
    requests(world, waits.passages[0].passage_id, mine)

    out = say(
        world,
        nadia,
        f"We are open on Monday, {world.canary('public', EVERYBODY)}.",
        places=["channel:feed"],
        marking=Marking.PUBLIC,
        attachments=[file(world, nadia, "public", EVERYBODY)],
    )
    for word in ("zqpublicfilekx", "zqpublicaltkx"):
        world.canaries[word] = EVERYBODY
    gone = say(
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
    keep_message(world, out, HOUSE)
    for number in list(world.objects["attachment"])[-1:]:
        world.keep("attachment", number, HOUSE)
    recall(by=nadia, at=world.later(), passage_id=gone.passages[0].passage_id, why="Not so.")
    while deliver_next(at=world.later()):
        pass
    assert Passage.objects.get(message=gone.message_id).state == "recalled"
    keep_message(world, gone, {"author"})
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


def plant_draft(world: World, nadia: Person) -> None:
    save_draft(
        by=nadia,
        at=world.later(),
        body=f"Not yet sent, {world.canary('draft', {'author'})}.",
        marking=Marking.CONFIDENTIAL,
        places=[f"space:{ROOM}"],
        justification=f"So that {world.canary('draftwhy', {'author'})}",
    )
    file(world, nadia, "unsent", {"author"})


def plant_policy(world: World) -> None:
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


def plant_entries(world: World) -> None:
    """Entries of the archive: the newest of some kinds, and for each message the first line of its trail."""
    told = dict(Entry.objects.order_by("id").values_list("action", "id"))
    for number in sorted(told.values())[-5:]:
        world.keep("entry", number, {"supervisor"})
    for message, readers in list(world.objects["message"].items()):
        first = Entry.objects.filter(record=f"m:{message}").order_by("id").first()
        assert first is not None
        # To a guest the log, which counts for the whole house, shows no number and gives no proof.
        world.keep("proof", f"{message}/proof/{first.pk}", readers & HOUSE)
