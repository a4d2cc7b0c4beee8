"""The one way out, against small servers on loopback that misbehave."""

import socket
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lockgate.channels import outgoing
from lockgate.channels.outgoing import Concealed, Line
from lockgate.channels.types import AccountFacts, ChannelRefused, OutcomeUnknown, TryLater

pytestmark = pytest.mark.usefixtures("loopback_allowed")


@contextmanager
def serving(answer):
    """A server whose ``answer(handler)`` says everything; yields (url, lines seen)."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen.append((f"{self.command} {self.path}", dict(self.headers), body))
            answer(self)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *about):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()
        server.server_close()


def says(status=200, body=b"{}", **headers):
    def answer(handler):
        handler.send_response(status)
        for key, value in headers.items():
            handler.send_header(key.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def account(url, **secrets):
    return AccountFacts("a", url, {}, secrets)


def test_a_plain_answer():
    with serving(says(body=b'{"a": 1}')) as (url, seen), Line(account(url), "Test") as line:
        assert line.read("/x", params={"q": "ä b"}).record() == {"a": 1}
        line.write("POST", "/y", json=Concealed({"p": "w"}))
    assert seen[0][0] == "GET /x?q=%C3%A4%20b" or seen[0][0] == "GET /x?q=%C3%A4+b"
    assert seen[0][1]["Host"] == url.removeprefix("http://")
    assert "python" not in seen[0][1]["User-Agent"].lower()
    assert seen[1][2] == b'{"p":"w"}'


def test_proxies_of_the_environment_are_not_asked(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with serving(says()) as (url, seen), Line(account(url), "Test") as line:
        line.read("/")
    assert len(seen) == 1


def test_a_redirect_on_the_same_server_is_followed_for_a_read():
    def answer(handler):
        says(302, Location="/there")(handler) if handler.path == "/here" else says(body=b'{"a": 2}')(handler)

    with serving(answer) as (url, seen), Line(account(url), "Test") as line:
        assert line.read("/here").record() == {"a": 2}
    assert [line for line, _headers, _body in seen] == ["GET /here", "GET /there"]


def test_a_redirect_elsewhere_is_not_followed():
    with (
        serving(says()) as (other, reached),
        serving(says(302, Location=f"{other}/steal")) as (url, _seen),
        Line(account(url, token="canary-word"), "Test") as line,
        pytest.raises(ChannelRefused, match="moved to another address"),
    ):
        line.read("/", auth=outgoing.Bearer("canary-word"))
    assert reached == []


def test_redirects_without_end_end():
    with (
        serving(says(302, Location="/")) as (url, seen),
        Line(account(url), "Test") as line,
        pytest.raises(ChannelRefused),
    ):
        line.read("/")
    assert len(seen) <= 4


@pytest.mark.parametrize("headers", [{}, {"Content_Encoding": "gzip"}])
def test_an_answer_that_is_too_big_or_packed_is_nonsense(headers, monkeypatch):
    monkeypatch.setattr(outgoing, "ANSWER_BYTES", 1000)
    with serving(says(body=b"x" * (500 if headers else 1001), **headers)) as (url, _seen):
        with Line(account(url), "Test") as line, pytest.raises(TryLater):
            line.read("/")
        with Line(account(url), "Test") as line, pytest.raises(OutcomeUnknown):
            line.write("POST", "/")


def test_after_the_whole_time_nothing_more_is_begun(monkeypatch):
    monkeypatch.setattr(outgoing, "WHOLE_SECONDS", 0.0)
    with (
        serving(says()) as (url, seen),
        Line(account(url), "Test") as line,
        pytest.raises(TryLater, match="not sent"),
    ):
        line.write("POST", "/")
    assert seen == []


def test_inside_is_refused_unless_allowed(monkeypatch):
    with serving(says()) as (url, seen):
        monkeypatch.setenv("LOCKGATE_OUTGOING_ALLOW", "")
        with pytest.raises(ChannelRefused):
            Line(account(url), "Test")
        # A name that was public when the account was opened, and leads inside now.
        monkeypatch.setattr(outgoing, "address_complaint", lambda _url: "")
        with (
            Line(account(url.replace("127.0.0.1", "localhost")), "Test") as line,
            pytest.raises(ChannelRefused, match="inside the company"),
        ):
            line.write("POST", "/")
    assert seen == []


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch):
    """A name server that answers otherwise the second time gains nothing: it is asked once a request."""
    asked = []
    plain = socket.getaddrinfo

    def resolve(host, port, *more, **named):
        if host == "rebind.halden.example":
            asked.append(host)
            return plain("127.0.0.1" if len(asked) == 1 else "127.0.0.2", port, *more, **named)
        assert host[0].isdigit()  # the client itself is only ever given the address
        return plain(host, port, *more, **named)

    monkeypatch.setenv("LOCKGATE_OUTGOING_ALLOW", "rebind.halden.example")
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with serving(says()) as (url, seen):
        named = url.replace("127.0.0.1", "rebind.halden.example")
        with Line(account(named), "Test") as line:
            line.read("/")
    assert asked == ["rebind.halden.example"]
    assert seen[0][1]["Host"] == named.removeprefix("http://")


def test_a_certificate_of_nobodys_is_refused_before_anything_is_sent(tmp_path):
    made = _self_signed(tmp_path)
    server = socket.create_server(("127.0.0.1", 0))
    got = []

    def serve():
        raw, _where = server.accept()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made)
        try:
            with context.wrap_socket(raw, server_side=True) as talk:
                got.append(talk.recv(100))
        except (ssl.SSLError, OSError):
            pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    url = f"https://127.0.0.1:{server.getsockname()[1]}"
    with Line(account(url), "Test") as line, pytest.raises(ChannelRefused, match="certificate"):
        line.write("POST", "/", json={})
    thread.join(5)
    server.close()
    assert got in ([], [b""])


def _self_signed(folder):
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / "pair.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (b'{"message": "The title is too long."}', "refused: The title is too long."),
        (b'{"error": "bad", "error_description": "<b>Not</b> so"}', "refused: b Not /b so"),
        (b'{"message": "you sent canary-word"}', "(400)"),
        (b'{"message": "you sent Y2FuYXJ5LXdvcmQ"}', "(400)"),
        (b'{"message": "you sent canary -word"}', "(400)"),
        (b'{"message": "Authorization: Bearer something"}', "(400)"),
        (b"<html>no</html>", "(400)"),
        (b'{"message": ["x"]}', "(400)"),
        (b'{"message": "' + b"x" * 5000 + b'"}', "x" * 200),
    ],
)
def test_a_channels_own_words_are_shown_unless_they_tell_a_secret(said, shown):
    with (
        serving(says(400, said)) as (url, _seen),
        Line(account(url, token="canary-word"), "Test") as line,
        pytest.raises(ChannelRefused) as no,
    ):
        line.write("POST", "/")
    assert shown in no.value.sentence
    assert "canary" not in no.value.sentence
    assert len(no.value.sentence) < 260
