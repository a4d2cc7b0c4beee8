"""Talks of a few as conversations, driven by Mastodon.py; who is mentioned hears that talk and nothing else."""

from __future__ import annotations

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from mastodon import MastodonAPIError, MastodonNotFoundError

from lockgate.archive.models import Entry
from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Message, Passage
from lockgate.live.types import Happened
from lockgate.mastodon import queries
from lockgate.mastodon.ids import space_id
from lockgate.mastodon.models import Token
from lockgate.mastodon.streaming.drawing import Drawing
from lockgate.mastodon.tests.client import client_for
from lockgate.spaces import queries as spaces
from lockgate.spaces.models import Seat, Space

pytestmark = pytest.mark.django_db


def talks() -> list[Space]:
    return list(Space.objects.filter(kind="circle").order_by("pk"))


def test_a_direct_message_begins_a_talk_and_the_next_goes_on_in_it(cast_now: Cast) -> None:
    nadia, theo = client_for(cast_now.author), client_for(cast_now.colleague)
    before = len(talks())
    said = nadia.status_post("@theo-mercier Is the bench free?", visibility="direct")
    assert (said.visibility, said.mentions[0].acct) == ("direct", "theo-mercier")
    (talk,) = talks()[before:]
    (heard,) = theo.conversations()
    assert heard.id == space_id(talk.audiences.get().pk)
    assert (heard.unread, heard.last_status.id) == (True, said.id)
    assert [one.acct for one in heard.accounts] == ["nadia-roux"]
    assert [one.id for one in theo.timeline_home()] == [said.id]
    answer = theo.status_post("From noon.", in_reply_to_id=said.id, visibility="direct")
    assert (answer.in_reply_to_id, answer.visibility) == (said.id, "direct")
    more = theo.status_post("@nadia-roux And tomorrow.", visibility="direct")
    assert len(talks()) == before + 1
    (seen,) = nadia.conversations()
    assert seen.last_status.id == more.id
    # Each set of people is a talk of its own.
    nadia.status_post("@theo-mercier @pavel-novak All three?", visibility="direct")
    assert len(talks()) == before + 2
    assert len(theo.conversations()) == 2
    pavel = client_for(cast_now.stranger)
    (alone,) = pavel.conversations()
    assert {one.acct for one in alone.accounts} == {"nadia-roux", "theo-mercier"}
    for hidden in (said.id, answer.id, more.id):
        with pytest.raises(MastodonNotFoundError):
            pavel.status(hidden)


def test_the_last_word_of_a_talk_may_be_an_answer(cast_now: Cast) -> None:
    nadia, theo = client_for(cast_now.author), client_for(cast_now.colleague)
    said = nadia.status_post("@theo-mercier Is the bench free?", visibility="direct")
    answer = theo.status_post("From noon.", in_reply_to_id=said.id)
    (seen,) = nadia.conversations()
    assert (seen.last_status.id, seen.last_status.in_reply_to_id) == (answer.id, said.id)
    assert seen.unread
    assert not nadia.conversations_read(seen.id).unread
    assert not nadia.conversations()[0].unread
    # What one wrote oneself is read.
    assert not theo.conversations()[0].unread


def test_conversations_are_paged_and_put_away(cast_now: Cast) -> None:
    nadia, theo = client_for(cast_now.author), client_for(cast_now.colleague)
    for names in ("@theo-mercier", "@theo-mercier @marc-olsen", "@theo-mercier @pavel-novak"):
        nadia.status_post(f"{names} Good morning.", visibility="direct")
    seen, cursor = [], None
    while page := theo.conversations(limit=2, max_id=cursor):
        seen += [one.id for one in page]
        cursor = page[-1].last_status.id
    assert len(seen) == len(set(seen)) == 3
    theo._Mastodon__api_request("DELETE", f"/api/v1/conversations/{seen[0]}")
    assert [one.id for one in theo.conversations()] == seen[1:]
    assert len(nadia.conversations()) == 3
    # Nobody left by that, and what is said next brings it back.
    nadia.status_post("@theo-mercier @pavel-novak Still there?", visibility="direct")
    assert theo.conversations()[0].id == seen[0]
    for refused in (
        lambda: client_for(cast_now.guest).conversations_read(seen[0]),
        lambda: theo.conversations_read(4711),
        lambda: theo.conversations_read(theo.account_lookup("valve-7").id),
    ):
        with pytest.raises(MastodonNotFoundError):
            refused()


def test_a_word_aside_below_a_post_does_not_go_to_all_who_hear_it(cast_now: Cast) -> None:
    nadia, theo = client_for(cast_now.author), client_for(cast_now.colleague)
    post = nadia.status_post("@valve-7 The ring holds.")
    aside = theo.status_post("@nadia-roux Does it really?", in_reply_to_id=post.id, visibility="direct")
    passage = Passage.objects.select_related("audience__space").get(pk=aside.id)
    assert passage.audience.space is not None
    assert (passage.audience.space.kind, passage.thread_id) == ("circle", None)
    assert nadia.status_context(post.id).descendants == []
    before = Message.objects.count()
    with pytest.raises(MastodonAPIError) as refused:
        theo.status_post("Does it really?", in_reply_to_id=post.id, visibility="direct")
    assert refused.value.args[1] == 422
    with pytest.raises(MastodonNotFoundError):
        client_for(cast_now.stranger).status_post(
            "@nadia-roux What?", in_reply_to_id=post.id, visibility="direct"
        )
    assert Message.objects.count() == before


def test_a_mention_opens_nothing_but_the_talk_that_it_begins(cast_now: Cast) -> None:
    nadia = client_for(cast_now.author)
    heard = spaces.audible(cast_now.stranger, now())
    first = nadia.status_post("@theo-mercier One thing.", visibility="direct")
    nadia.status_post("@pavel-novak should know.", in_reply_to_id=first.id, visibility="direct")
    assert spaces.audible(cast_now.stranger, now()) == heard
    nadia.status_post("@pavel-novak Good morning.", visibility="direct")
    new = set(spaces.audible(cast_now.stranger, now())) - set(heard)
    assert len(new) == 1
    assert Seat.objects.filter(audience__in=new).count() == 2


def test_guests_continue_a_talk_and_begin_none(cast_now: Cast) -> None:
    nadia, stefan = client_for(cast_now.author), client_for(cast_now.guest)
    said = nadia.status_post("@stefan-bauer The rings leave on Monday.", visibility="direct")
    (talk,) = stefan.conversations()
    assert talk.last_status.id == said.id
    assert spaces.places_of(cast_now.guest, now())[-1].kind == "guests"
    before, sentences = len(talks()), set()
    thanks = stefan.status_post("@nadia-roux Thank you.", visibility="direct")
    assert nadia.conversations()[0].last_status.id == thanks.id
    for name in ("theo-mercier", "never-was"):
        with pytest.raises(MastodonAPIError) as refused:
            stefan.status_post(f"@{name} Good morning.", visibility="direct")
        sentences.add(refused.value.args[3].replace(name, ""))
    # The same sentence for whom a guest may not know of and for nobody.
    assert len(sentences) == 1
    assert len(talks()) == before


def test_what_the_gate_refuses_is_refused_in_a_talk_too(cast_now: Cast) -> None:
    nadia = client_for(cast_now.author)
    before = Message.objects.count()
    for words in ("Only for you.", "@nadia-roux A note to myself.", "@never-was Good morning."):
        with pytest.raises(MastodonAPIError) as refused:
            nadia.status_post(words, visibility="direct")
        assert refused.value.args[1] == 422
    assert Message.objects.count() == before


def test_the_stream_of_talks_is_told_of_the_conversation(cast_now: Cast) -> None:
    nadia, theo = client_for(cast_now.author), client_for(cast_now.colleague)
    said = nadia.status_post("@theo-mercier Is the bench free?", visibility="direct")
    passage = Passage.objects.get(pk=said.id)
    what = Happened(1, passage.audience_id, passage.pk, "delivered")
    drawing = Drawing()
    for client, other in ((nadia, "theo-mercier"), (theo, "nadia-roux")):
        token = Token.objects.get(digest=queries.digest(client.access_token)).pk
        drawn = drawing.draw(token, "https://testserver", what)
        assert drawn is not None
        event, payload = drawn.on(("direct",)) or ("", "")
        assert event == "conversation"
        assert [one["acct"] for one in orjson.loads(payload)["accounts"]] == [other]
        assert (drawn.on(("user",)) or ("", ""))[0] == "update"
        assert drawn.on(("public",)) is None
    stranger = Token.objects.get(digest=queries.digest(client_for(cast_now.stranger).access_token)).pk
    assert drawing.draw(stranger, "https://testserver", what) is None


def test_words_in_a_talk_pass_the_same_gate(cast_now: Cast) -> None:
    nadia, stefan = client_for(cast_now.author), client_for(cast_now.guest)
    before = len(talks())
    refusals = Entry.objects.filter(action="gateway.message.refused").count()
    opened = Entry.objects.filter(action="spaces.space.opened").count()
    with pytest.raises(MastodonAPIError) as refused:
        nadia.status_post("@stefan-bauer This is company confidential.", visibility="direct")
    assert refused.value.args[1] == 422
    assert "confidential to the company" in refused.value.args[3]
    assert (nadia.conversations(), stefan.conversations()) == ([], [])
    # A talk stands or falls with its first words, and that they were tried is on record.
    assert len(talks()) == before
    assert Entry.objects.filter(action="gateway.message.refused").count() == refusals + 1
    assert Entry.objects.filter(action="spaces.space.opened").count() == opened
    nadia.status_post("@stefan-bauer Good morning.", visibility="direct")
    assert len(stefan.conversations()) == 1
    assert len(talks()) == before + 1


def test_a_list_of_many_talks_asks_no_more_than_one_of_few(cast_now: Cast) -> None:
    nadia, theo = client_for(cast_now.author), client_for(cast_now.colleague)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries_asked:
            assert theo.conversations()
        return len(queries_asked)

    first = nadia.status_post("@theo-mercier One.", visibility="direct")
    theo.status_post("Two.", in_reply_to_id=first.id)
    asked()
    few = asked()
    for names in ("@marc-olsen", "@pavel-novak", "@julie-martin", "@henrik-dahl"):
        said = nadia.status_post(f"@theo-mercier {names} Good morning.", visibility="direct")
        theo.status_post("Good morning.", in_reply_to_id=said.id)
    assert len(theo.conversations()) == 5
    assert asked() <= few + 1
