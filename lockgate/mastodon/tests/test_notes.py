"""Notes about people, for oneself; and threads that one is told of no more."""

from __future__ import annotations

import pytest
from mastodon import MastodonAPIError, MastodonNotFoundError

from lockgate.base.clock import now
from lockgate.conversations.operations import tell_mentioned
from lockgate.demo.cast import Cast
from lockgate.mastodon.ids import person_id
from lockgate.mastodon.models import Note
from lockgate.mastodon.tests.client import client_for, token_for
from lockgate.mastodon.tests.test_quirks import get, post
from lockgate.notices import queries as told

pytestmark = pytest.mark.django_db


def test_a_note_is_its_writers_alone(cast: Cast) -> None:
    theo, marc = client_for(cast.colleague), client_for(cast.deputy)
    nadia = theo.account_lookup("nadia-roux").id
    assert theo.account_note_set(nadia, " Knows every ring. ").note == "Knows every ring."
    assert theo.account_relationships(nadia)[0].note == "Knows every ring."
    assert marc.account_relationships(nadia)[0].note == ""
    assert client_for(cast.author).account_relationships(nadia)[0].note == ""
    theo.account_note_set(nadia, "Ask before noon.")
    assert theo.account_relationships(nadia)[0].note == "Ask before noon."
    assert theo.account_note_set(nadia, "").note == ""
    assert not Note.objects.exists()


def test_what_cannot_be_noted(cast: Cast) -> None:
    theo, guest = client_for(cast.colleague), token_for(cast.guest)
    nadia = theo.account_lookup("nadia-roux").id
    assert theo.account_note_set(nadia, "x" * 2000).note
    with pytest.raises(MastodonAPIError, match="2000"):
        theo.account_note_set(nadia, "x" * 2001)
    with pytest.raises(MastodonAPIError, match="about people"):
        theo.account_note_set(theo.account_lookup("valve-7").id, "A room.")
    hidden, never = (
        post(guest, f"/api/v1/accounts/{one}/note", {"comment": "x"})
        for one in (person_id(cast.stranger.pk), "1234567890123456789")
    )
    assert hidden.status_code == never.status_code == 404
    assert hidden.content == never.content
    assert Note.objects.count() == 1


def test_a_thread_is_muted_in_an_app(cast: Cast) -> None:
    nadia, theo = client_for(cast.author), client_for(cast.colleague)
    root = nadia.status_post("@valve-7 Does the ring hold?")
    answer = nadia.status_post("It does.", in_reply_to_id=root.id)
    assert not theo.status(root.id).muted
    assert theo.status_mute(answer.id).muted
    assert theo.status(root.id).muted
    assert theo.status(answer.id).muted
    assert [one.muted for one in theo.timeline_home()] == [True]
    assert all(one.muted for one in theo.status_context(root.id).descendants)
    assert not nadia.status(root.id).muted
    nadia.status_post("@theo-mercier Look.", in_reply_to_id=root.id)
    tell_mentioned(at=now())
    assert told.of(cast.colleague) == []
    assert not theo.status_unmute(root.id).muted
    nadia.status_post("@theo-mercier Look again.", in_reply_to_id=root.id)
    tell_mentioned(at=now())
    assert [one.kind for one in told.of(cast.colleague)] == ["mentioned"]


def test_what_one_does_not_hear_is_not_muted(cast: Cast) -> None:
    nadia, pavel = client_for(cast.author), client_for(cast.stranger)
    root = nadia.status_post("@valve-7 Does the ring hold?")
    for verb in (pavel.status_mute, pavel.status_unmute):
        with pytest.raises(MastodonNotFoundError):
            verb(root.id)
    token = token_for(cast.stranger)
    hidden, never = (post(token, f"/api/v1/statuses/{one}/mute") for one in (root.id, int(root.id) + 1))
    assert (hidden.status_code, hidden.content) == (never.status_code, never.content)
    assert get(token, "/api/v1/timelines/home").json() == []
