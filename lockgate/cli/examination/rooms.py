"""What each room says of itself: people, archive, search, channels, deliveries."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from lockgate.base import clock
from lockgate.cli.examination.observation import Observation, Seen, amiss, grave, well

OLD_CHECKPOINT = timedelta(minutes=1)
MOST_BEHIND = 5_000


def people() -> Seen:
    from lockgate.people.models import Person
    from lockgate.people.queries import house

    demo = Person.objects.filter(is_demo=True, is_active=True).count()
    if demo:
        yield grave(
            "people",
            f"The database holds {demo} people of the demo company, whose password is known.",
            "Use an empty database; a demo cannot become a company.",
        )
    if house() is None:
        yield amiss("people", "There is nobody yet.", "Run: lockgate people first EMAIL NAME")


def archive() -> Seen:
    from lockgate.archive import queries

    faults = queries.faults()
    for fault in faults:
        is_missing = "missing" in fault or "gone" in fault
        mend = "Put the keys back from your backup; for a new installation run: lockgate migrate"
        yield (grave if is_missing else amiss)("archive", fault, mend)
    if faults:
        return
    if (why := queries.inconsistency()) is not None:
        yield Observation("archive", why.sentence, False, why.mend, is_loud=True)
        return
    state, at = queries.state(), clock.now()
    if state.size > state.signed_size and state.signed_at and at - state.signed_at > OLD_CHECKPOINT:
        age = int((at - state.signed_at).total_seconds())
        yield amiss(
            "archive",
            f"The last checkpoint is {age} s old, and entries wait for one.",
            "Start lockgate serve.",
        )
    elif (waits := queries.waits_since(at)) > OLD_CHECKPOINT.total_seconds():
        yield amiss(
            "archive", f"An entry has waited {waits:.0f} s for its place in the log.", "Start lockgate serve."
        )
    else:
        signed = f", {state.signed_size} under a checkpoint" if state.signed_size else ""
        yield well("archive", f"{state.size} entries{signed}.")


def search() -> Seen:
    from lockgate.search import queries

    state = queries.state()
    if state.is_walking:
        yield Observation(
            "search",
            f"The index is being made: {state.passages} messages can be found so far.",
            mend="lockgate serve goes on with it; to have it at once run: lockgate search index",
            is_advice=True,
        )
    elif state.behind > MOST_BEHIND:
        yield amiss(
            "search",
            f"The index is {state.behind} lines of the log behind.",
            "Start lockgate serve, or see its log.",
        )
    else:
        yield well("search", f"{state.passages} messages can be found.")


def channels() -> Seen:
    from lockgate.channels import queries, sealing

    for complaint in sealing.complaints():
        yield amiss("channels", complaint, "")
    if not settings.PUBLIC_URL and any(one.connector == "feed" for one in queries.accounts()):
        yield amiss("channels", "LOCKGATE_PUBLIC_URL is not set: links in feeds have no host.", "Set it.")


def introductions() -> Seen:
    """What each channel says when it is asked whom it takes us for."""
    from lockgate.channels import operations, queries

    for account in queries.accounts():
        said = operations.introduce(account)
        yield Observation(f"channel:{account.slug}", said.sentence, said.works, said.mend)


def deliveries() -> Seen:
    from lockgate.publishing import queries

    at = clock.now()
    late = queries.waiting(at - timedelta(minutes=10))
    if late:
        yield amiss(
            "deliveries",
            f"{len(late)} deliveries have waited for more than ten minutes.",
            "See the channels page; is the background process running?",
        )
