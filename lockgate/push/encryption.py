"""Message encryption for Web Push (RFC 8291, aes128gcm of RFC 8188) and who we are to a push service (RFC 8292).

A push service learns that something came for a device and when; neither what nor how long, since all messages have one
length.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from lockgate.base.keyfile import make_key, read_key
from lockgate.push.rules import POINT_BYTES, packed

CONTENT_BYTES = 2048
"""Each message is as long, whatever it says."""
RECORD_BYTES = 4096
KEY_FILE = "push-vapid.key"
_GOOD_FOR = timedelta(hours=12)
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class NoPoint(ValueError):
    """The bytes are no public key on P-256."""


def point(data: bytes) -> ec.EllipticCurvePublicKey:
    """The public key that 65 bytes write. Raises NoPoint."""
    try:
        if len(data) != POINT_BYTES or data[0] != 4:
            raise NoPoint
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data)
    except ValueError:
        raise NoPoint from None


def encrypted(content: bytes, *, p256dh: bytes, auth: bytes) -> bytes:
    """``content`` as only the holder of the subscription's private key reads it; a new key and salt each time."""
    return sealed_with(
        content + b"\x02" + bytes(max(0, CONTENT_BYTES - len(content))),
        p256dh=p256dh,
        auth=auth,
        salt=os.urandom(16),
        own=ec.generate_private_key(ec.SECP256R1()),
    )


def sealed_with(
    padded: bytes, *, p256dh: bytes, auth: bytes, salt: bytes, own: ec.EllipticCurvePrivateKey
) -> bytes:
    """One record of aes128gcm with its header. ``padded`` ends in the delimiter and its padding."""
    ours = raw(own.public_key())
    shared = own.exchange(ec.ECDH(), point(p256dh))
    ikm = _derived(auth, shared, b"WebPush: info\x00" + p256dh + ours, 32)
    key = _derived(salt, ikm, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(salt, ikm, b"Content-Encoding: nonce\x00", 12)
    header = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return header + AESGCM(key).encrypt(nonce, padded, None)


def raw(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(material)


def own_key() -> ec.EllipticCurvePrivateKey:
    """The key by which push services know this installation, made at first use. Subscriptions are bound to it: with
    another, every device must be told anew."""
    path = Path(settings.KEYS_DIR) / KEY_FILE
    try:
        secret = read_key(path)
    except FileNotFoundError:
        secret = make_key(path)
    # A number from 1 to the order less one; of 2^32 keys one falls outside before.
    return ec.derive_private_key(int.from_bytes(secret, "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def public_key() -> str:
    """Our public key as browsers and apps ask for it (applicationServerKey): base64url of 65 bytes."""
    return packed(raw(own_key().public_key()))


def authorization(endpoint: str, at: datetime) -> str:
    """The Authorization header: a token for this push service alone, signed, good for half a day."""
    parts = urlsplit(endpoint)
    claims: dict[str, object] = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((at + _GOOD_FOR).timestamp()),
    }
    if contact := settings.PUSH_CONTACT:
        claims["sub"] = contact if ":" in contact else f"mailto:{contact}"
    words = ".".join(packed(orjson.dumps(one)) for one in ({"typ": "JWT", "alg": "ES256"}, claims))
    key = own_key()
    r, s = decode_dss_signature(key.sign(words.encode(), ec.ECDSA(hashes.SHA256())))
    signature = packed(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={words}.{signature}, k={packed(raw(key.public_key()))}"
