"""What a page elsewhere says of itself, and what is not asked (leak class E26)."""

from __future__ import annotations

import pytest

from lockgate.channels.pages import PageSaid, look_at
from lockgate.channels.tests.test_outgoing import says, serving

HTML = (
    b"<html><head><title>Plain &amp;\n simple</title><meta name=description content='What it is'>"
    b"<script>document.title='no'</script></head><body><title>Second</title></body></html>"
)


@pytest.mark.usefixtures("loopback_allowed")
def test_title_and_description_without_a_name_or_a_cookie() -> None:
    with serving(says(body=HTML, Content_Type="text/html; charset=utf-8", Set_Cookie="a=b")) as (url, seen):
        assert look_at(f"{url}/x") == PageSaid("127.0.0.1", "Plain & simple", "What it is")
    _line, headers, _body = seen[0]
    assert not {"cookie", "referer", "authorization"} & {one.lower() for one in headers}


@pytest.mark.usefixtures("loopback_allowed")
@pytest.mark.parametrize(
    "answer",
    [
        says(body=b"{}", Content_Type="application/json"),
        says(status=404, body=HTML, Content_Type="text/html"),
        says(body=b"<p>no title", Content_Type="text/html"),
        says(body=HTML, Content_Type="text/html", Content_Encoding="gzip"),
        says(status=302, body=b"", Location="/again"),
        says(status=302, body=b"", Location="file:///etc/passwd"),
        says(status=302, body=b"", Location="http://169.254.169.254/latest"),
        says(status=302, body=b"", Location="http://user:word@127.0.0.1/"),
    ],
)
def test_nothing_comes_of_all_else(answer: object) -> None:
    with serving(answer) as (url, seen):
        assert look_at(f"{url}/x") is None
        assert len(seen) <= 4


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://169.254.169.254/",
        "ftp://x.example/",
        "http:///",
    ],
)
def test_what_lies_inside_is_not_asked(address: str) -> None:
    assert look_at(address) is None
