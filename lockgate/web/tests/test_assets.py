"""The one stylesheet and the one script: whole, small, current, and served under names that hold their hash."""

from __future__ import annotations

import gzip
import re
from importlib.resources import files

import pytest
from django.test import Client

from lockgate.web import assets

FOLDER = files("lockgate.web") / "static" / "web"


def test_every_module_is_part_of_the_script() -> None:
    there = {one.name for one in (FOLDER / "js").iterdir() if one.name.endswith(".js")}
    assert there == set(assets._MODULES)


def test_the_script_is_one_scope_without_imports() -> None:
    own = assets.script_text().split("globalThis.htmx = htmx", 1)[1]
    assert not re.search(r"^\s*(import|export)\b", own, re.MULTILINE)
    declared = re.findall(r"^(?:async )?(?:function|const|let|class) ([A-Za-z]+)", own, re.MULTILINE)
    assert len(declared) == len(set(declared)), "two modules declare the same name"


def test_what_a_module_imports_is_there_and_comes_before_it() -> None:
    for place, name in enumerate(assets._MODULES):
        text = (FOLDER / "js" / name).read_text("utf-8")
        for words, source in re.findall(r'^import \{ ([^}]+) \} from "\./([^"]+)";$', text, re.MULTILINE):
            # Functions may be used before they are declared; what runs at once is only in start.js, the last.
            assert source in assets._MODULES, (name, source)
            exported = (FOLDER / "js" / source).read_text("utf-8")
            for word in words.split(", "):
                assert re.search(
                    rf"^export (?:async )?(?:function|const) {word}\b", exported, re.MULTILINE
                ), word
        assert name == "start.js" or place < len(assets._MODULES) - 1


def test_no_module_makes_code_from_text() -> None:
    for name in assets._MODULES:
        text = (FOLDER / "js" / name).read_text("utf-8")
        assert not re.search(r"\beval\(|new Function|setTimeout\(\s*[\"'`]|\.style\b|\.on[a-z]+\s*=", text), (
            name
        )


def test_the_stylesheet_is_small_and_asks_nobody_else() -> None:
    css = (FOLDER / "lockgate.css").read_text("utf-8")
    addresses, served = assets.all_assets()
    assert len(served[addresses["lockgate.css"].removeprefix(assets.PREFIX)].body) < 40_000  # as it is sent
    assert "http" not in css
    assert "@import" not in css
    assert css.count("@layer tokens, base, shell, parts, pages;") == 1


def test_home_weighs_less_than_150_kilobytes() -> None:
    _addresses, served = assets.all_assets()
    later = ("latin-ext", "geist", "icon-", "icon.", "offline")
    first_view = [one for name, one in served.items() if not any(part in name for part in later)]
    sent = sum(len(one.packed or one.body) for one in first_view)
    assert sent < 85_000  # a page of thirty posts adds about 55 kB


@pytest.mark.parametrize("name", ["lockgate.css", "lockgate.js", "hanken-grotesk-latin.woff2"])
def test_an_asset_is_kept_for_ever_and_packed_where_that_helps(name: str) -> None:
    address = assets.address(name)
    answer = Client().get(address, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert "immutable" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer
    plain = Client().get(address)
    if answer.get("Content-Encoding") == "gzip":
        assert gzip.decompress(answer.content) == plain.content
    assert plain.get("Content-Encoding") is None


def test_an_unknown_asset_is_not_found() -> None:
    assert Client().get("/assets/lockgate.000000000000.css").status_code == 404


def test_fonts_come_with_their_licences() -> None:
    for name in ("hanken-grotesk-OFL.txt", "geist-mono-OFL.txt"):
        assert "SIL Open Font License" in (FOLDER / "fonts" / name).read_text("utf-8")


def test_assets_are_made_once() -> None:
    """Each page names them: made anew, they would cost more than the page."""
    assert assets.all_assets() is assets.all_assets()
