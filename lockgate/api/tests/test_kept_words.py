"""The switch by which a space keeps its words, by machine."""

from __future__ import annotations

import pytest

from lockgate.api.tests.machine import Machine
from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.spaces import queries as spaces

pytestmark = pytest.mark.django_db


def test_who_tends_a_space_keeps_its_words_in_it(cast_now: Cast) -> None:
    author = Machine(cast_now.author, now())
    room = spaces.place(cast_now.author, "valve-7", now()).audience_id
    assert author.ask("POST", "spaces/valve-7/kept-words").json() == {"words_stay": True}
    assert spaces.words_stay({room})
    for other in (cast_now.colleague, cast_now.stranger, cast_now.administrator):
        assert Machine(other, now()).ask("DELETE", "spaces/valve-7/kept-words").status_code == 404
    assert (
        Machine(cast_now.author, now(), ("read",)).ask("DELETE", "spaces/valve-7/kept-words").status_code
        == 403
    )
    assert spaces.words_stay({room})
    assert author.ask("DELETE", "spaces/valve-7/kept-words").json() == {"words_stay": False}
    assert not spaces.words_stay({room})
