"""The demo company as its files have it, read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

COMPANY: Final = Path(__file__).parent / "company"


@dataclass(frozen=True, slots=True)
class Said:
    """One text: ``where`` is a place key, ``day`` counts back from today."""

    where: str
    by: str
    day: int
    time: str
    marking: str
    body: str

    @property
    def name(self) -> str:
        return f"{self.where}, {self.by}, day {self.day} at {self.time}"

    @property
    def order(self) -> tuple[int, str]:
        return (-self.day, self.time)


class Company:
    """The files of ``folder``, read once."""

    def __init__(self, folder: Path = COMPANY) -> None:
        self.people = _read(folder / "people.yaml")
        self.spaces: dict[str, Any] = {s["slug"]: s for s in _read(folder / "spaces.yaml")["spaces"]}
        self.desks: dict[str, Any] = {d["slug"]: d for d in _read(folder / "desks.yaml")["desks"]}
        self.accounts: dict[str, Any] = {a["slug"]: a for a in _read(folder / "channels.yaml")["accounts"]}
        self.posts: list[Any] = _read(folder / "public.yaml")["posts"]
        self.talks: list[Any] = _read(folder / "talks.yaml")["talks"]
        self.pack = _read(folder / "halden.pack.yaml")
        self.threads: dict[str, list[Any]] = {}
        for file in sorted((folder / "threads").glob("*.yaml")):
            told = _read(file)
            self.threads[told["space"]] = told["threads"]
        self.persons: dict[str, Any] = {p["slug"]: p for p in self.people["persons"]}
        self.house = {f["slug"] for f in self.people["firms"] if f["house"]}

    def is_guest(self, slug: str) -> bool:
        return self.persons[slug]["firm"] not in self.house

    def messages(self) -> Iterator[Said]:
        for space, threads in self.threads.items():
            for thread in threads:
                for words in (thread, *thread.get("replies", ())):
                    yield said(f"space:{space}", words, words.get("marking", thread["marking"]))

    def aside(self) -> Iterator[Said]:
        """What was said in talks of a few."""
        for talk in self.talks:
            for words in talk["said"]:
                yield said(f"talk:{talk['name']}", words, "internal")

    def public(self) -> Iterator[Said]:
        for post in self.posts:
            yield said("public", post, "public")


def _read(file: Path) -> Any:
    return yaml.safe_load(file.read_text("utf-8"))


def said(where: str, words: Mapping[str, Any], marking: str) -> Said:
    at = words["at"]
    return Said(where, words["by"], int(at["days"]), str(at["time"]), marking, words["body"])
