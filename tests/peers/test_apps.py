"""The demo as processes, driven by clients of other hands: Mastodon.py, megalodon, masto.js, and a bare WebSocket."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from mastodon import Mastodon, StreamListener
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from lockgate.mastodon.rules import OOB
from tests.journeys.running import PASSWORD, Running, wait_for
from tools.peers import client as node
from tools.peers.peer import PeerMissing

SCOPES = ["read", "write", "follow"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    running = Running.start("demo", "--port", "0", "--data", str(tmp_path_factory.mktemp("apps") / "data"))
    yield running.ready().replace("localhost", "127.0.0.1")
    running.end(signal.SIGKILL)


def phone(base: str, name: str) -> Mastodon:
    """Signed in by the whole of OAuth, as a person with a browser."""
    client_id, secret = Mastodon.create_app("Phone", scopes=SCOPES, redirect_uris=OOB, api_base_url=base)
    browser = requests.Session()

    def send(address: str, form: dict[str, str]) -> str:
        page = browser.get(base + address, params=form if "client_id" in form else None, timeout=20).text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, page[:500]
        fields = {**form, "csrfmiddlewaretoken": token[1]}
        return browser.post(base + address, fields, headers={"Referer": base + address}, timeout=20).text

    send("/sign-in", {"email": f"{name}@haldenvalve.example", "password": PASSWORD, "next": "/"})
    asked = {"client_id": client_id, "redirect_uri": OOB, "response_type": "code", "scope": " ".join(SCOPES)}
    said = send("/oauth/authorize", {**asked, "answer": "allow"})
    app = Mastodon(client_id=client_id, client_secret=secret, api_base_url=base, version_check_mode="none")
    code = said.split('readonly value="')[1].split('"')[0]
    app.log_in(code=code, redirect_uri=OOB, scopes=SCOPES, allow_http=True)
    return app


@pytest.fixture(scope="module")
def nadia(base: str) -> Mastodon:
    return phone(base, "nadia.roux")


@pytest.fixture
def theo(base: str) -> Mastodon:
    return phone(base, "theo.mercier")


class Heard(StreamListener):
    def __init__(self) -> None:
        self.updates: list[int] = []
        self.deleted: list[int] = []
        self.told: list[str] = []
        self.talks: list[tuple[int, list[str]]] = []

    def on_update(self, status):
        self.updates.append(status.id)

    def on_delete(self, status_id):
        self.deleted.append(status_id)

    def on_notification(self, notification):
        self.told.append(notification.status.content)

    def on_conversation(self, conversation):
        self.talks.append((conversation.last_status.id, [one.acct for one in conversation.accounts]))

    def on_abort(self, error):
        return


def end_token(app: Mastodon, base: str) -> None:
    fields = {"client_id": app.client_id, "client_secret": app.client_secret, "token": app.access_token}
    assert requests.post(f"{base}/oauth/revoke", fields, timeout=20).status_code == 200


def test_mastodon_py_hears_at_once_and_no_longer_than_its_token(base, nadia, theo):
    assert nadia.stream_healthy()
    heard = Heard()
    handle = theo.stream_user(heard, run_async=True, reconnect_async=False)
    time.sleep(1)
    said = nadia.status_post("The bench is free, @theo-mercier.")
    wait_for("the post", lambda: said.id in heard.updates, 3)
    wait_for("the notice", lambda: any("Nadia Roux" in one for one in heard.told), 10)
    inside = nadia.status_post("@valve-7 The ring holds.")
    wait_for("what is said in the room", lambda: inside.id in heard.updates, 3)
    nadia.status_delete(said.id)
    wait_for("that it was taken back", lambda: said.id in heard.deleted, 3)
    end_token(theo, base)
    wait_for("the end of the stream", lambda: not handle.is_alive(), 2.5)


def test_a_direct_message_is_a_conversation_on_the_stream_of_talks(base, nadia, theo):
    heard = Heard()
    theo.stream_direct(heard, run_async=True, reconnect_async=False)
    time.sleep(1)
    nadia.status_post("@valve-7 Not for that stream.")
    said = nadia.status_post("@theo-mercier Is the bench free?", visibility="direct")
    wait_for("the conversation", lambda: (said.id, ["nadia-roux"]) in heard.talks, 3)
    assert len(heard.talks) == 1
    (talk,) = (one for one in theo.conversations() if one.last_status.id == said.id)
    assert talk.unread
    assert not theo.conversations_read(talk.id).unread


def test_a_bare_socket_subscribes_and_leaves(base, nadia, theo):
    address = nadia.instance_v2().configuration.urls.streaming + "/api/v1/streaming"
    with connect(address, subprotocols=[theo.access_token]) as socket:
        assert socket.subprotocol == theo.access_token
        socket.send(json.dumps({"type": "subscribe", "stream": "hashtag", "tag": "Bench"}))
        socket.send(json.dumps({"type": "subscribe", "stream": "nothing"}))
        assert json.loads(socket.recv(3))["error"] == "Unknown stream type"
        nadia.status_post("Not about that.")
        said = nadia.status_post("Free again. #bench")
        frame = json.loads(socket.recv(3))
        assert frame["stream"] == ["hashtag", "bench"]
        assert json.loads(frame["payload"])["id"] == str(said.id)
        end_token(theo, base)
        began = time.monotonic()
        with pytest.raises(ConnectionClosed):
            socket.recv(4)
        assert time.monotonic() - began < 2.5
    with pytest.raises(Exception, match=r"40[13]"):
        connect(address + "?stream=user", additional_headers={"Authorization": "Bearer lgm_never-was"})


def walked(script: str, base: str, nadia: Mastodon, theo: Mastodon) -> dict[str, Any]:
    try:
        return node.session(base, nadia.access_token, theo.access_token, script=script)
    except PeerMissing as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))


def test_megalodon_walks_a_whole_session(base, nadia, theo):
    told = walked("phone.mjs", base, nadia, theo)
    assert told.pop("authorize").startswith(f"{base}/oauth/authorize?")
    assert told.pop("streaming").startswith("ws://")
    assert told.pop("heard_after_ms") < 3_000
    assert told.pop("lists") > 3
    assert told == {
        "me": "nadia-roux",
        "polls": 10,
        "visibility": "public",
        "context": [True],
        "home": [True],
        "starred": 1,
        "saved": True,
        "bookmarks": True,
        "boost": True,
        "unboost": False,
        "voted": [0, 1],
        "notifications": True,
        "search": ["nadia-roux"],
        "relationship": False,
        "missing": 404,
        "errors": [],
    }


def test_masto_js_walks_a_whole_session(base, nadia, theo):
    told = walked("masto.mjs", base, nadia, theo)
    assert told == {
        "note_length": 600,
        "icons": ["192x192", "512x512"],
        "languages": ["en", "fr", "de"],
        "privacy": True,
        "terms": 404,
        "me": "nadia-roux",
        "photo": "image/jpeg",
        "note": True,
        "same": True,
        "other_name": 403,
        "no_photo": True,
        "moved": 2,
        "past": 422,
        "not_theirs": 404,
        "pages": True,
        "removed": 404,
        "heard": ["notification", "update"],
        "group": [True],
        "group_accounts": ["nadia-roux"],
        "seen": 1,
        "group_of_others": 404,
        "merged": True,
        "no_request": 404,
        "filtered": [True],
        "not_for_them": [],
        "filtered_no_more": [],
        "old_filter": [["bench", "hide"]],
        "old_changed": ["public"],
        "filters": 0,
        "translated": 503,
    }
