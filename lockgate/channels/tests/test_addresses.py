import socket

import pytest

from lockgate.channels.addresses import (
    ForbiddenError,
    UnreachableError,
    address_complaint,
    is_public,
    permitted,
)

ADDRESSES = {
    "1.1.1.1": True,
    "2606:4700::1111": True,
    "127.0.0.1": False,
    "127.8.9.10": False,
    "10.1.2.3": False,
    "172.16.0.1": False,
    "192.168.1.1": False,
    "169.254.169.254": False,  # a cloud's keys live there
    "100.64.0.1": False,
    "0.0.0.0": False,
    "224.0.0.1": False,
    "255.255.255.255": False,
    "::1": False,
    "::": False,
    "fe80::1%eth0": False,
    "fc00::1": False,
    "ff02::1": False,
    "::ffff:127.0.0.1": False,
    "::ffff:10.0.0.1": False,
    "2002:7f00:1::": False,
    "64:ff9b::7f00:1": False,
}


@pytest.mark.parametrize(("address", "public"), ADDRESSES.items())
def test_what_is_public(address, public):
    assert is_public(address) == public


URLS = {
    "https://www.halden.example": "",
    "https://www.halden.example:8443/blog": "",
    "http://www.halden.example": "https",
    "ftp://www.halden.example": "https",
    "www.halden.example": "https",
    "https://": "https",
    "https://user:word@www.halden.example": "user name",
    "https://user@www.halden.example": "user name",
    "https://www.halden.example?x=1": "?",
    "https://www.halden.example#x": "#",
    "https://127.0.0.1": "inside",
    "https://[::1]": "inside",
    "https://192.168.1.5": "inside",
    "https://a:b": "browser",
    "https://[::1": "browser",
}


@pytest.mark.parametrize(("url", "about"), URLS.items())
def test_what_is_wrong_with_an_address(url, about, monkeypatch):
    monkeypatch.delenv("LOCKGATE_OUTGOING_ALLOW", raising=False)
    complaint = address_complaint(url)
    assert bool(complaint) == bool(about)
    assert about in complaint


def test_an_allowed_host_may_be_inside_and_without_tls(monkeypatch):
    monkeypatch.setenv("LOCKGATE_OUTGOING_ALLOW", "127.0.0.1, wiki.halden.internal")
    assert address_complaint("http://127.0.0.1:8080") == ""
    assert address_complaint("http://wiki.halden.internal") == ""
    assert address_complaint("http://127.0.0.2:8080") != ""


def answering(monkeypatch, *addresses):
    def resolve(host, port, **_more):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_a_name_is_judged_by_all_its_addresses(monkeypatch):
    monkeypatch.delenv("LOCKGATE_OUTGOING_ALLOW", raising=False)
    answering(monkeypatch, "1.1.1.1", "1.0.0.1")
    assert permitted("www.halden.example", 443) == ["1.1.1.1", "1.0.0.1"]
    answering(monkeypatch, "1.1.1.1", "10.0.0.1")
    with pytest.raises(ForbiddenError):
        permitted("www.halden.example", 443)
    monkeypatch.setenv("LOCKGATE_OUTGOING_ALLOW", "WWW.halden.example")
    assert permitted("www.halden.example", 443) == ["1.1.1.1", "10.0.0.1"]


def test_numbers_in_disguise_are_seen_through(monkeypatch):
    monkeypatch.delenv("LOCKGATE_OUTGOING_ALLOW", raising=False)
    for host in ("2130706433", "0x7f.1", "localhost"):
        with pytest.raises(ForbiddenError):
            permitted(host, 80)


def test_a_name_without_an_address(monkeypatch):
    answering(monkeypatch)
    with pytest.raises(UnreachableError):
        permitted("nowhere.halden.example", 443)
