from datetime import timedelta
from email.utils import format_datetime

import pytest

from lockgate.base.clock import now
from lockgate.channels.answers import End, sort_status, wait_seconds

# status, says when: what a write ends as, what a read ends as
ENDS = {
    (200, False): (End.TAKEN, End.TAKEN),
    (201, False): (End.TAKEN, End.TAKEN),
    (301, False): (End.UNKNOWN, End.REFUSED),
    (302, False): (End.UNKNOWN, End.REFUSED),
    (303, False): (End.UNKNOWN, End.REFUSED),
    (307, False): (End.REFUSED, End.REFUSED),
    (308, False): (End.REFUSED, End.REFUSED),
    (400, False): (End.REFUSED, End.REFUSED),
    (401, False): (End.SIGN_IN, End.SIGN_IN),
    (403, False): (End.REFUSED, End.REFUSED),
    (404, False): (End.ABSENT, End.ABSENT),
    (408, False): (End.UNKNOWN, End.LATER),
    (409, False): (End.REFUSED, End.REFUSED),
    (410, False): (End.ABSENT, End.ABSENT),
    (422, False): (End.REFUSED, End.REFUSED),
    (429, False): (End.LATER, End.LATER),
    (429, True): (End.LATER, End.LATER),
    (500, False): (End.UNKNOWN, End.LATER),
    (502, False): (End.UNKNOWN, End.LATER),
    (503, False): (End.UNKNOWN, End.LATER),
    (503, True): (End.LATER, End.LATER),
    (504, True): (End.UNKNOWN, End.LATER),
    (599, False): (End.UNKNOWN, End.LATER),
}


@pytest.mark.parametrize(("given", "ends"), ENDS.items(), ids=str)
def test_what_a_status_means(given, ends):
    status, says_when = given
    assert sort_status(status, is_write=True, says_when=says_when) is ends[0]
    assert sort_status(status, is_write=False, says_when=says_when) is ends[1]


@pytest.mark.parametrize("status", range(100, 600))
def test_a_write_is_sent_again_only_where_it_surely_was_not_done(status):
    """The statuses after which the outbox may send again are few and named; all else is looked up or refused."""
    end = sort_status(status, is_write=True, says_when=False)
    assert (end is End.LATER) == (status == 429)
    if status >= 500:
        assert end is End.UNKNOWN


def test_how_long_to_wait():
    assert wait_seconds({}) is None
    assert wait_seconds({"retry-after": "7"}) == 7
    assert wait_seconds({"retry-after": "999999999999"}) == 3600
    assert wait_seconds({"retry-after": "soon"}) is None
    assert wait_seconds({"retry-after": "-3"}) is None
    assert 100 <= wait_seconds({"retry-after": format_datetime(now() + timedelta(seconds=120))}) <= 121
    assert wait_seconds({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 1
