"""Tables of cases for what is pure."""

from __future__ import annotations

import pytest

from lockgate.mastodon import rules
from lockgate.mastodon.ids import PERSON, SPACE, account_id, behind, topic_id


@pytest.mark.parametrize(
    ("uri", "may"),
    [
        (rules.OOB, True),
        ("icecubesapp://oauth", True),
        ("com.example.app:/back", True),
        ("http://localhost:8080/back", True),
        ("http://127.0.0.1/", True),
        ("https://elk.example/callback", False),
        ("https://web.allowed.example/callback", True),
        ("https://web.allowed.example.evil.example/callback", False),
        ("https://web.allowed.example:8443/callback", False),
        ("https://user@web.allowed.example/", False),
        ("http://web.allowed.example/", False),
        ("http://localhost.evil.example/", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("//evil.example", False),
        ("app://x#fragment", False),
        ("app://a b", False),
        ("app://a\r\nX-Evil: 1", False),
        ("", False),
    ],
)
def test_where_an_app_may_return_to(uri: str, may: bool) -> None:
    assert rules.may_return_to(uri, ["https://web.allowed.example/"]) is may


@pytest.mark.parametrize(
    ("held", "wanted", "covered"),
    [
        ({"read"}, "read:statuses", True),
        ({"read:accounts"}, "read:statuses", False),
        ({"write"}, "read:statuses", False),
        ({"follow"}, "write:follows", True),
        ({"follow"}, "write:statuses", False),
        ({"read:accounts"}, "profile", True),
        ({"profile"}, "read:accounts", False),
        ({"write"}, "", True),
    ],
)
def test_scopes(held: set[str], wanted: str, covered: bool) -> None:
    assert rules.covers(held, wanted) is covered


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@valve-7 hello", ["valve-7"]),
        ("hello (@theo-mercier), and @Theo-Mercier.", ["theo-mercier"]),
        ("nadia.roux@haldenvalve.example", []),
        ("@nadia@elsewhere.example", []),
        ("@nadia@ours.example and @nadia@ours.example:8000", ["nadia"]),
        ("https://x.example/@nadia", []),
        ("@", []),
    ],
)
def test_who_is_mentioned(text: str, names: list[str]) -> None:
    assert rules.mentions(text, "ours.example:8000") == names


def test_challenge_is_that_of_the_standard() -> None:
    """RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert rules.challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_number_of_a_topic_hangs_on_the_word_alone() -> None:
    numbers = [topic_id(one) for one in ("seals", "seal", "étanchéité", "seals")]
    assert numbers[0] == numbers[3]
    assert len(set(numbers)) == 3
    assert all(one.isdigit() and int(one) < 1 << 63 for one in numbers)


def test_account_ids_go_back_to_whom_they_name() -> None:
    seen = set()
    for number in (1, 2, 3, 77, 1 << 40):
        for kind in (PERSON, SPACE):
            text = account_id(kind, number)
            seen.add(text)
            assert behind(text) == (kind, number)
    assert len(seen) == 10
    assert behind("x") is None
    assert behind("9" * 40) is None
