"""RFC 8291's own example, and what a push service is told of us."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from lockgate.push.encryption import CONTENT_BYTES, NoPoint, encrypted, point, public_key, raw, sealed_with
from lockgate.push.rules import device_name, next_try, packed, unpacked
from lockgate.push.tests.service import Device, b64, decrypted, unb64

# RFC 8291, section 5 and Appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
OUR_POINT = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
THEIRS = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
THEIR_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def private(words: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(unb64(words), "big"), ec.SECP256R1())


def test_the_example_of_the_rfc_is_made_byte_for_byte() -> None:
    assert b64(raw(private(OURS).public_key())) == OUR_POINT
    assert b64(raw(private(THEIRS).public_key())) == THEIR_POINT
    made = sealed_with(
        PLAIN + b"\x02",
        p256dh=unb64(THEIR_POINT),
        auth=unb64(AUTH),
        salt=unb64(SALT),
        own=private(OURS),
    )
    assert b64(made) == BODY
    assert decrypted(unb64(BODY), private(THEIRS), unb64(AUTH)) == PLAIN


@given(st.binary(max_size=CONTENT_BYTES))
def test_whatever_is_said_is_read_by_its_device_alone_and_is_as_long(content: bytes) -> None:
    one, other = Device("https://push.example/1"), Device("https://push.example/2")
    body = encrypted(content, p256dh=one.point, auth=one.auth)
    # A message ends in the delimiter, before which zeros of its own may stand.
    assert decrypted(body, one.private, one.auth) == content
    assert len(body) == 86 + CONTENT_BYTES + 1 + 16 < 4096
    with pytest.raises(InvalidTag):
        decrypted(body, other.private, other.auth)
    assert encrypted(content, p256dh=one.point, auth=one.auth) != body


@pytest.mark.parametrize("data", [b"", b"\x04" + bytes(64), bytes(65), b"\x02" + bytes(32), b"\x04" * 65])
def test_what_is_no_point_is_refused(data: bytes) -> None:
    with pytest.raises(NoPoint):
        point(data)


def test_our_key_is_made_once_and_kept(settings: Any, tmp_path: Any) -> None:
    settings.KEYS_DIR = tmp_path / "keys"
    first = public_key()
    assert public_key() == first
    point(unb64(first))
    (kept,) = (tmp_path / "keys").iterdir()
    assert kept.name == "push-vapid.key"
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("words", "data"),
    [("AQID", b"\x01\x02\x03"), ("AQ", b"\x01"), ("AQ==", b"\x01"), ("_-8", b"\xff\xef"), ("/+8=", b"\xff\xef"),
     ("A", None), ("A B", None), ("é", None)],
)  # fmt: skip
def test_keys_are_read_in_either_alphabet(words: str, data: bytes | None) -> None:
    assert unpacked(words) == data
    if data is not None:
        assert unpacked(packed(data)) == data


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140 Safari/537.36 Edg/140",
            "Edge · Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140 Mobile Safari", "Chrome · Android"),
        ("<script>", ""),
    ],
)
def test_a_device_has_a_name_that_its_owner_knows(agent: str, name: str) -> None:
    assert device_name(agent) == name


def test_tries_are_bounded_and_heed_what_the_service_says() -> None:
    at = datetime(2026, 11, 19, tzinfo=UTC)
    waits = [next_try(number, at) for number in range(1, 8)]
    assert waits[-1] is None
    assert all(one is not None for one in waits[:-1])
    assert next_try(1, at, 600) == datetime(2026, 11, 19, 0, 10, tzinfo=UTC)
