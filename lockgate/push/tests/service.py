"""A push service on this machine, and a device that reads what comes."""

from __future__ import annotations

import base64
import contextlib
import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lockgate.push.types import Keys


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(words: str) -> bytes:
    return base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))


def _hmac(key: bytes, data: bytes) -> bytes:
    from cryptography.hazmat.primitives.hmac import HMAC

    made = HMAC(key, hashes.SHA256())
    made.update(data)
    return made.finalize()


def _expand(key: bytes, info: bytes, length: int) -> bytes:
    return HKDFExpand(algorithm=hashes.SHA256(), length=length, info=info).derive(key)


def decrypted(body: bytes, private: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """RFC 8291 from the device's side, written from its section 3.4 and not from our own code."""
    salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    theirs, sealed = body[21 : 21 + length], body[21 + length :]
    assert size >= len(sealed)
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    mine = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    prk_key = _hmac(auth, private.exchange(ec.ECDH(), point))
    prk = _hmac(salt, _expand(prk_key, b"WebPush: info\x00" + mine + theirs, 32))
    key = _expand(prk, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _expand(prk, b"Content-Encoding: nonce\x00", 12)
    plain = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00")
    assert plain.endswith(b"\x02")
    return plain[:-1]


@dataclass
class Device:
    """A browser's or an app's side of a subscription."""

    endpoint: str
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = b"0123456789abcdef"

    @property
    def point(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def keys(self) -> Keys:
        return Keys(self.endpoint, b64(self.point), b64(self.auth))

    def read(self, body: bytes) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(decrypted(body, self.private, self.auth))
        return found


@dataclass
class Service:
    """Takes what is pushed. ``answers`` are the statuses to give, 201 when there are none left."""

    url: str = ""
    answers: list[int | tuple[int, dict[str, str]]] = field(default_factory=list)
    taken: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def device(self, name: str = "one") -> Device:
        return Device(f"{self.url}/push/{name}")

    def claims(self, number: int = -1) -> dict[str, Any]:
        """What we say of ourselves, believed only with our signature."""
        words = self.taken[number][1]["authorization"]
        assert words.startswith("vapid t=")
        token, _comma, key = words.removeprefix("vapid t=").partition(", k=")
        signed, _dot, signature = token.rpartition(".")
        both = unb64(signature)
        assert len(both) == 64
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(key))
        der = encode_dss_signature(int.from_bytes(both[:32], "big"), int.from_bytes(both[32:], "big"))
        public.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
        head, claims = (json.loads(unb64(one)) for one in signed.split("."))
        assert head == {"typ": "JWT", "alg": "ES256"}
        return {**claims, "key": key}


@contextlib.contextmanager
def serving() -> Iterator[Service]:
    found = Service()

    class Listening(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            found.taken.append((self.path, headers, body))
            answer = found.answers.pop(0) if found.answers else 201
            status, more = answer if isinstance(answer, tuple) else (answer, {})
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
