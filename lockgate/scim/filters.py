"""The filter language of RFC 7644 3.4.2.2, read into directory's own comparisons. Pure.

userName eq "mira"   emails[type eq "work" and value co "@halden"]   active eq true and not (title pr)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from lockgate.directory.types import Both, Either, Filter, Step, Without

MOST_CHARACTERS = 2000
DEEPEST = 12
_TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<mark>[()\[\]])|(?P<word>[^\s()\[\]"]+))', re.ASCII
)
_OPS = {"eq", "ne", "co", "sw", "ew", "pr", "gt", "ge", "lt", "le"}
_TIMES = {"created", "lastModified"}
_FLAGS = {"active"}

USER_PATHS = {
    "id": "id",
    "username": "userName",
    "externalid": "externalId",
    "emails": "emails",
    "emails.value": "emails",
    "displayname": "displayName",
    "name.formatted": "displayName",
    "name.givenname": "givenName",
    "name.familyname": "familyName",
    "title": "title",
    "active": "active",
    "meta.created": "created",
    "meta.lastmodified": "lastModified",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:department": "department",
    "department": "department",
}
GROUP_PATHS = {
    "id": "id",
    "displayname": "displayName",
    "externalid": "externalId",
    "members": "members",
    "members.value": "members",
    "meta.created": "created",
    "meta.lastmodified": "lastModified",
}


class BadFilter(Exception):
    """It is no filter, or compares what is not kept; the sentence says which."""


def read(words: str, paths: dict[str, str]) -> Filter:
    """The filter that ``words`` write. Raises BadFilter."""
    if len(words) > MOST_CHARACTERS:
        raise BadFilter(f"A filter has at most {MOST_CHARACTERS} characters.")
    reader = _Reader(_tokens(words), paths)
    found = reader.either(0)
    if reader.rest:
        raise BadFilter(f"Nothing is expected after the filter, but {reader.rest[0]} is there.")
    return found


def _tokens(words: str) -> list[str]:
    found, place = [], 0
    words = words.rstrip()
    while place < len(words):
        match = _TOKEN.match(words, place)
        if match is None:
            raise BadFilter("The filter cannot be read.")
        found.append(match["text"] or match["mark"] or match["word"])
        place = match.end()
    return found


class _Reader:
    def __init__(self, tokens: list[str], paths: dict[str, str], before: str = "") -> None:
        self.rest = tokens
        self._paths = paths
        self._before = before

    def either(self, depth: int) -> Filter:
        return self._chain(depth, "or", self._both, Either)

    def _both(self, depth: int) -> Filter:
        return self._chain(depth, "and", self._one, Both)

    def _chain(
        self,
        depth: int,
        word: str,
        below: Callable[[int], Filter],
        joined: type[Both] | type[Either],
    ) -> Filter:
        if depth > DEEPEST:
            raise BadFilter("The filter is nested too deeply.")
        found = below(depth)
        length = 0
        while self.rest and self.rest[0].lower() == word:
            length += 1
            if length > 50:
                raise BadFilter("The filter has too many parts.")
            self.rest.pop(0)
            found = joined(found, below(depth))
        return found

    def _one(self, depth: int) -> Filter:
        word = self._next()
        if word.lower() == "not":
            self._expect("(")
            inner = self.either(depth + 1)
            self._expect(")")
            return Without(inner)
        if word == "(":
            inner = self.either(depth + 1)
            self._expect(")")
            return inner
        if self.rest and self.rest[0] == "[":
            return self._within(word, depth)
        return self._step(word)

    def _within(self, path: str, depth: int) -> Filter:
        """``emails[type eq "work" and value co "@x"]``: of the kept, each value is of the one kind."""
        self._expect("[")
        inner = _Reader(self.rest, self._paths, f"{path}.")
        found = inner.either(depth + 1)
        self._expect("]")
        return found

    def _step(self, path: str) -> Filter:
        op = self._next().lower()
        if op not in _OPS:
            raise BadFilter(f"{op} is no comparison.")
        value = "" if op == "pr" else self._next()
        whole = f"{self._before}{path}".lower().removeprefix("urn:ietf:params:scim:schemas:core:2.0:user:")
        whole = whole.removeprefix("urn:ietf:params:scim:schemas:core:2.0:group:")
        if whole in {"emails.type", "emails.primary", "members.type"}:
            # Kept is one address, which is the work one and the first.
            is_so = value.strip('"').lower() in {"work", "true", "user"}
            return Step("id", "pr" if is_so == (op == "eq") else "eq", "")
        field = self._paths.get(whole)
        if field is None:
            raise BadFilter(f"There is no {path[:60]} to compare with.")
        return Step(field, op, self._value(field, op, value))

    def _value(self, field: str, op: str, written: str) -> str | bool | datetime | None:
        if op == "pr" or written == "null":
            return None
        said = _text(written) if written.startswith('"') else written
        if field in _FLAGS:
            if said.lower() not in {"true", "false"} or op not in {"eq", "ne"}:
                raise BadFilter(f"{field} is compared with true or false.")
            return said.lower() == "true"
        if not written.startswith('"'):
            raise BadFilter(f"{field} is compared with a text in quotation marks.")
        if field in _TIMES:
            if op not in {"eq", "ne", "gt", "ge", "lt", "le"}:
                raise BadFilter(f"{field} is compared as a time.")
            try:
                moment = datetime.fromisoformat(said)
            except ValueError as error:
                raise BadFilter(f"{said[:40]} is no time.") from error
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if "\x00" in said:
            raise BadFilter("A filter holds no NUL.")
        return said

    def _next(self) -> str:
        if not self.rest:
            raise BadFilter("The filter ends too early.")
        return self.rest.pop(0)

    def _expect(self, mark: str) -> None:
        if self._next() != mark:
            raise BadFilter(f"A {mark} is missing in the filter.")


def _text(written: str) -> str:
    import json

    try:
        return str(json.loads(written))
    except ValueError as error:
        raise BadFilter("A text in the filter cannot be read.") from error
