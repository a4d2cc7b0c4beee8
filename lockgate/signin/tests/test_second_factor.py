"""A second factor: codes that are good once, recovery codes, who must have one, and who is kept waiting."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from lockgate.archive.models import Entry
from lockgate.base.clock import now
from lockgate.base.refusal import NotFound
from lockgate.base.sealing import Unreadable, unseal
from lockgate.demo.cast import PASSWORD, Cast
from lockgate.people.models import Person
from lockgate.people.operations import set_password
from lockgate.signin import rules
from lockgate.signin.models import Passkey, RecoveryCode, Totp
from lockgate.signin.operations import (
    NotYet,
    WrongCode,
    begin_demand,
    begin_totp,
    confirm_totp,
    end_demand,
    keep_passkey,
    note_passkey,
    prove_by_code,
    prove_by_recovery,
    remove_passkey,
    remove_totp,
    rename_passkey,
)
from lockgate.signin.queries import factors

# RFC 6238, appendix B, cut to six digits.
VECTORS = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
}
STEP = timedelta(seconds=rules.STEP_SECONDS)


@pytest.mark.parametrize("seconds", VECTORS)
def test_the_codes_are_those_of_the_rfc(seconds: int) -> None:
    assert rules.code_of(b"12345678901234567890", rules.step_of(seconds)) == VECTORS[seconds]


def code(secret: bytes, at: datetime) -> str:
    return rules.code_of(secret, rules.step_of(at.timestamp()))


def with_app(person: Person, at: datetime) -> tuple[bytes, list[str]]:
    secret = begin_totp(by=person, at=at)
    return secret, confirm_totp(by=person, at=at, code=code(secret, at))


def test_a_code_is_good_once_and_none_before_it(cast: Cast, at: datetime) -> None:
    nadia = cast.author
    secret, _codes = with_app(nadia, at)
    first = code(secret, at)
    assert not prove_by_code(at=at, person=nadia, code=first), "the one that confirmed it"
    later = at + 3 * STEP
    assert not prove_by_code(at=later, person=nadia, code=first), "too old"
    assert prove_by_code(at=later, person=nadia, code=code(secret, later + STEP)), "a clock that runs ahead"
    assert not prove_by_code(at=later, person=nadia, code=code(secret, later)), "one before the last"
    assert not prove_by_code(at=later, person=nadia, code=code(secret, later + STEP)), "again"
    assert prove_by_code(at=later + 2 * STEP, person=nadia, code=code(secret, later + 2 * STEP))
    assert not prove_by_code(at=later, person=cast.colleague, code=code(secret, later))
    for wrong in ("", "12345", "1234567", "١٢٣٤٥٦", "abcdef"):
        assert not prove_by_code(at=later + 9 * STEP, person=nadia, code=wrong)


def test_a_secret_is_sealed_and_bound_to_its_person(cast: Cast, at: datetime) -> None:
    secret, codes = with_app(cast.author, at)
    row = Totp.objects.get(person=cast.author)
    assert secret not in bytes(row.sealed)
    with pytest.raises(Unreadable):
        unseal(bytes(row.sealed), key="signin.key", bound_to=f"lockgate.signin.totp:{cast.colleague.pk}")
    kept = " ".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert len(codes) == len(set(codes)) == 10
    assert not any(one in kept for one in codes)
    facts = Entry.objects.filter(action__startswith="signin.")
    assert {one.action for one in facts} == {"signin.factor.added", "signin.codes.made"}


def test_an_app_counts_once_a_code_was_given(cast: Cast, at: datetime) -> None:
    secret = begin_totp(by=cast.author, at=at)
    assert not factors(cast.author).any
    assert not prove_by_code(at=at, person=cast.author, code=code(secret, at))
    with pytest.raises(WrongCode):
        confirm_totp(by=cast.author, at=at, code="000000")
    confirm_totp(by=cast.author, at=at, code=code(secret, at))
    assert factors(cast.author).has_totp
    with pytest.raises(NotYet):
        begin_totp(by=cast.author, at=at)
    remove_totp(by=cast.author, at=at)
    assert not factors(cast.author).any
    assert factors(cast.author).codes_left == 0


def test_a_recovery_code_is_good_once_however_it_is_written(cast: Cast, at: datetime) -> None:
    _secret, codes = with_app(cast.author, at)
    assert prove_by_recovery(at=at, person=cast.author, code=codes[0].upper().replace("-", " "))
    assert not prove_by_recovery(at=at, person=cast.author, code=codes[0])
    assert not prove_by_recovery(at=at, person=cast.colleague, code=codes[1])
    assert factors(cast.author).codes_left == 9


def test_a_passkey_whose_counter_goes_back_is_not_believed(cast: Cast, at: datetime) -> None:
    keep_passkey(by=cast.author, at=at, name=" My  laptop ", credential="abc", attested=b"x", counter=4)
    key = Passkey.objects.get()
    assert key.name == "My laptop"
    assert note_passkey(at=at, passkey_id=key.pk, counter=5)
    assert not note_passkey(at=at, passkey_id=key.pk, counter=5)
    assert not note_passkey(at=at, passkey_id=key.pk, counter=0)
    with pytest.raises(NotYet):
        keep_passkey(by=cast.colleague, at=at, name="", credential="abc", attested=b"x", counter=0)
    for act in (
        lambda: rename_passkey(by=cast.colleague, passkey_id=key.pk, name="Mine"),
        lambda: remove_passkey(by=cast.colleague, at=at, passkey_id=key.pk),
    ):
        with pytest.raises(NotFound):
            act()
    keep_passkey(by=cast.colleague, at=at, name="", credential="def", attested=b"x", counter=0)
    other = Passkey.objects.get(credential="def")
    assert note_passkey(at=at, passkey_id=other.pk, counter=0), "one that does not count"


def enters(person: Person, password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/sign-in", {"email": person.email, "password": password, "next": "/saved"})
    return client


def is_in(client: Client) -> bool:
    return client.get("/people").status_code == 200


def test_at_the_door_nobody_is_in_before_both_are_proved(cast: Cast) -> None:
    nadia = cast.author
    secret, codes = with_app(nadia, now() - 4 * STEP)
    client = Client()
    answer = client.post("/sign-in", {"email": nadia.email, "password": PASSWORD, "next": "/saved"})
    assert answer.headers["Location"] == "/sign-in/second"
    assert not is_in(client)
    assert client.get("/api/v1/places").status_code == 401
    page = client.get("/sign-in/second")
    assert page.status_code == 200
    assert nadia.email.encode() not in page.content
    assert client.post("/sign-in/second", {"code": "000000"}).status_code == 422
    answer = client.post("/sign-in/second", {"code": code(secret, now())})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/saved")
    assert is_in(client)
    again = enters(nadia)
    assert again.post("/sign-in/second", {"code": code(secret, now())}).status_code == 422, "a replay"
    assert again.post("/sign-in/second", {"code": codes[3]}).status_code == 302
    assert is_in(again)
    assert Client().get("/sign-in/second").headers["Location"] == "/sign-in"


def test_who_waits_is_forgotten_with_a_new_password(cast: Cast) -> None:
    secret, _codes = with_app(cast.author, now() - 4 * STEP)
    client = enters(cast.author)
    set_password(by=None, at=now(), person=cast.author, password="another-long-password")
    answer = client.post("/sign-in/second", {"code": code(secret, now())})
    assert answer.headers["Location"] == "/sign-in"
    assert not is_in(client)


def test_codes_cannot_be_tried_one_after_the_other(cast: Cast) -> None:
    secret, _codes = with_app(cast.author, now() - 4 * STEP)
    client = enters(cast.author)
    answers = [client.post("/sign-in/second", {"code": f"{one:06}"}).status_code for one in range(6)]
    assert answers[0] == 422
    assert answers[-1] == 429
    assert client.post("/sign-in/second", {"code": code(secret, now())}).status_code == 429
    other = enters(cast.author)
    assert other.post("/sign-in/second", {"code": code(secret, now())}).status_code == 429, "nor elsewhere"


def test_of_whom_a_factor_is_demanded_adds_one_and_the_last_stays(cast: Cast, at: datetime) -> None:
    julie = cast.approver
    signed_in, administrator = enters(julie), enters(cast.administrator)
    assert is_in(signed_in)
    with pytest.raises(NotFound):
        begin_demand(by=julie, at=now(), kind="everybody")
    begin_demand(by=cast.administrator, at=now(), kind="everybody")
    assert not is_in(signed_in), "whoever has none is signed out"
    assert is_in(administrator), "but not who said so"
    client = Client()
    answer = client.post("/sign-in", {"email": julie.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/sign-in/enrolment"
    assert not is_in(client)
    page = client.get("/sign-in/enrolment").content.decode()
    letters = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert letters
    import base64

    secret = base64.b32decode(letters[1].replace(" ", ""))
    assert client.post("/sign-in/enrolment", {"code": "000000"}).status_code == 422
    answer = client.post("/sign-in/enrolment", {"code": code(secret, now())})
    assert answer.status_code == 200
    assert (
        len(re.findall(r"<li><code>[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}</code>", answer.content.decode()))
        == 10
    )
    assert is_in(client)
    with pytest.raises(NotYet):
        remove_totp(by=julie, at=now())
    assert factors(julie).has_totp
    end_demand(by=cast.administrator, at=now(), kind="everybody")
    remove_totp(by=julie, at=now())
    assert is_in(enters(julie))


def test_a_demand_of_a_duty_is_of_those_who_hold_it(cast: Cast) -> None:
    begin_demand(by=cast.administrator, at=now(), kind="supervisor")
    assert is_in(enters(cast.author))
    assert not is_in(enters(cast.supervisor))


def test_a_page_left_open_changes_no_factor(cast: Cast) -> None:
    client = enters(cast.author)
    assert client.get("/security").status_code == 200
    session = client.session
    session["proved_at"] = (now() - timedelta(hours=1)).isoformat()
    session.save()
    for address in ("/security/app", "/security/codes", "/security/app/removal"):
        answer = client.post(address)
        assert answer.headers["Location"] == "/sign-in?anew=1&next=/security"
    assert client.post("/security/passkeys/asking", headers={"Accept": "application/json"}).status_code == 403
    assert not Totp.objects.exists()
    assert client.get("/sign-in?anew=1&next=/security").status_code == 200
    client.post("/sign-in", {"email": cast.author.email, "password": PASSWORD, "next": "/security"})
    assert client.post("/security/app").status_code == 200
