"""French and German: nothing left in English, nothing half said, and the catalogues fit the sources as they are now."""

from __future__ import annotations

import gettext
import html
import os
import re
import shutil
from pathlib import Path

import pytest
from django.test import Client

from lockgate.demo.cast import Cast
from lockgate.people.models import Person
from lockgate.web.language import SESSION_KEY
from tools.dev.catalogues import LANGUAGES, ROOT, Entry, catalogue, extract, missing_programs, read

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
BOTH = pytest.mark.parametrize("language", LANGUAGES)
# What a reader of French or German would stumble over first.
ENGLISH = (
    "Waiting for you",
    "Add place",
    "Sign in",
    "Sign out",
    "What do you want to say?",
    "Who sits here",
    "Nothing waits",
    "Home",
    "People",
    "Channels",
    "Confidential",
    "signed by",
    "colleagues",
)
PAGES = {
    "author": ("/", "/spaces", "/spaces/valve-7", "/people", "/people/nadia-roux", "/policy", "/nowhere"),
    "approver": (
        "/approvals",
        "/approvals?tab=answered",
        "/approvals?tab=told",
        "/channels",
        "/channels/blog",
    ),
    "supervisor": ("/archive",),
    "policy_author": ("/policy/standards", "/policy/standards/1", "/policy/proposal"),
}


def entries(language: str) -> list[Entry]:
    return read(catalogue(language).read_text("utf-8"))


@BOTH
def test_every_sentence_is_translated(language: str) -> None:
    assert [one.asked for one in entries(language) if not one.is_whole] == []


def test_both_languages_know_the_same_sentences() -> None:
    french, german = (sorted(one.key for one in entries(language)) for language in LANGUAGES)
    assert french == german
    assert len(french) > 600


@BOTH
def test_what_is_filled_in_is_kept(language: str) -> None:
    for one in entries(language):
        # A singular may say "one" in words; each form holds what either English form holds.
        wanted = sorted(PLACEHOLDER.findall(one.asked))
        for form in one.said:
            assert sorted(PLACEHOLDER.findall(form)) == wanted, one.asked


@BOTH
def test_each_count_has_its_form(language: str) -> None:
    for one in entries(language):
        assert len(one.said) == (2 if one.plural else 1), one.asked


@BOTH
def test_signs_are_set_as_the_language_sets_them(language: str) -> None:
    for one in entries(language):
        for written in one.said:
            form = re.sub(
                r"<[^>]*>|&[a-z]+;", "", written
            )  # a tag has signs of its own, and so has an entity
            assert "!" not in form, form
            assert "“" not in form.replace("“", "", form.count("„")), form
            if language == "fr":
                assert "'" not in form, form
                assert not re.search(r"[^\u202f\s/][;?]|[\w»)] [:;?»]|«[^\u202f]|[^\u202f]»", form), form
            else:
                assert "’" not in form, form
                assert form.count("„") == form.count("“"), form


@BOTH
def test_what_pages_read_is_what_stands_in_the_catalogue(language: str) -> None:
    with catalogue(language).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for one in entries(language):
        if one.plural:
            for count in (0, 1, 2, 7):
                form = one.said[count > 1 if language == "fr" else count != 1]
                assert compiled.ngettext(one.asked, one.plural, count) == form
        else:
            assert compiled.gettext(one.asked) == one.said[0]
    known = {key[0] if isinstance(key, tuple) else key for key in vars(compiled)["_catalog"]} - {""}
    assert known == {one.asked for one in entries(language)}


def test_the_catalogues_hold_what_the_sources_say(tmp_path: Path) -> None:
    if missing := missing_programs():
        if os.environ.get("CI"):
            pytest.fail(f"{', '.join(missing)} missing; CI must look (Debian's gettext)")
        pytest.skip(f"{', '.join(missing)} missing; install Debian's gettext")
    package = tmp_path / "lockgate"
    unread = shutil.ignore_patterns("__pycache__", "locale", "static", "tests")
    shutil.copytree(ROOT / "lockgate", package, ignore=unread)
    extract(package)
    for language in LANGUAGES:
        now = {one.key for one in read(catalogue(language, package).read_text("utf-8"))}
        kept = {one.key for one in entries(language)}
        assert now == kept, "run python -m tools.dev.catalogues"


def signed_in(person: Person, language: str) -> Client:
    client = Client()
    client.force_login(person)
    session = client.session
    session[SESSION_KEY] = language
    session.save()
    return client


def text_of(page: bytes) -> str:
    """What a reader sees or hears of a page."""
    drawn = re.sub(r"<(script|style|pre|code)\b.*?</\1>", " ", page.decode(), flags=re.DOTALL)
    said = re.findall(r'(?:aria-label|placeholder|title|data-words)="([^"]*)"', drawn)
    return html.unescape(" ".join([re.sub(r"<[^>]*>", "\n", drawn), *said]))


@BOTH
def test_pages_say_no_english(cast: Cast, language: str) -> None:
    left = {one.asked for one in entries(language) if " " in one.asked and one.asked not in one.said}
    sentences = {one for one in left if len(one) > 14 and not PLACEHOLDER.search(one)}
    for role, addresses in PAGES.items():
        client = signed_in(getattr(cast, role), language)
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == (404 if address == "/nowhere" else 200), address
            assert answer.headers["Content-Language"] == language
            text = text_of(answer.content)
            found = [one for one in sentences if one in text]
            found += [one for one in ENGLISH if re.search(rf"^\s*{re.escape(one)}\b", text, re.MULTILINE)]
            assert found == [], address


@BOTH
def test_the_door_speaks_the_browsers_language(client: Client, db: None, language: str) -> None:
    answer = client.get("/sign-in", headers={"Accept-Language": f"{language}-{language.upper()},en;q=0.5"})
    assert {"fr": "Se connecter", "de": "Anmelden"}[language] in answer.content.decode()
    assert f'<html lang="{language}"' in answer.content.decode()


def test_a_count_of_none_is_singular_in_french_and_plural_in_german() -> None:
    said = {}
    for language in LANGUAGES:
        with catalogue(language).with_suffix(".mo").open("rb") as file:
            said[language] = gettext.GNUTranslations(file).ngettext("%(n)s answer", "%(n)s answers", 0) % {
                "n": 0
            }
    assert said == {"fr": "0 réponse", "de": "0 Antworten"}
