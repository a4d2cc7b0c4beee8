"""What a directory sent, as values: whole resources, and PATCH as Entra, Okta and SailPoint write it. Pure.

Deactivation comes in many shapes, and one that is taken and not carried out is the fault that matters most:

    {"op": "Replace", "path": "active", "value": "False"}     Entra ID, whose older connectors write a text
    {"op": "replace", "value": {"active": false}}             Okta, without a path
    {"op": "add", "path": "active", "value": false}           SailPoint, and Entra ID at times
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lockgate.directory.types import Wanted

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
MOST_OPERATIONS = 1000

_PATH = re.compile(
    r"(?P<name>[A-Za-z][\w$-]*)(?:\[(?P<within>[^\]]*)\])?(?:\.(?P<sub>[A-Za-z][\w$-]*))?\Z", re.ASCII
)
_TEXTS = {
    "username": "user_name",
    "externalid": "external_id",
    "displayname": "name",
    "title": "title",
    "preferredlanguage": "language",
}
_NAMES = {"givenname": "given_name", "familyname": "family_name", "formatted": "formatted"}
_MAY_NOT = {"id", "schemas", "meta", "groups"}


class Unreadable(Exception):
    """``kind`` is the scimType of RFC 7644 3.12."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence


@dataclass(slots=True)
class GroupChange:
    """``members`` replaces all that sit there, None leaves them; ``add`` and ``drop`` come after it."""

    name: str | None = None
    external_id: str | None = None
    members: list[str] | None = None
    add: list[str] = field(default_factory=list)
    drop: list[str] = field(default_factory=list)


def user(said: Mapping[str, Any]) -> Wanted:
    """A whole user, as POST and PUT bring it. What it does not name stays as it is; so a PUT without ``active`` neither
    lets anybody in nor puts them out."""
    kept: dict[str, Any] = {}
    for key, value in said.items():
        _put(kept, key, value)
    return _wanted(kept)


def user_patch(said: Mapping[str, Any]) -> Wanted:
    kept: dict[str, Any] = {}
    for op, path, value in _operations(said):
        if op == "remove":
            if not path:
                raise Unreadable("noTarget", "A removal names what is removed.")
            _remove(kept, path)
        elif path:
            _put(kept, path, value)
        elif isinstance(value, Mapping):
            for key, one in value.items():
                _put(kept, key, one)
        else:
            raise Unreadable("invalidValue", "Without a path the value is an object.")
    return _wanted(kept)


def group(said: Mapping[str, Any]) -> GroupChange:
    change = GroupChange()
    for key, value in said.items():
        _put_group(change, "replace", key, value)
    return change


def group_patch(said: Mapping[str, Any]) -> GroupChange:
    change = GroupChange()
    for op, path, value in _operations(said):
        if path:
            _put_group(change, op, path, value)
        elif isinstance(value, Mapping) and op != "remove":
            for key, one in value.items():
                _put_group(change, op, key, one)
        else:
            raise Unreadable("noTarget", "Without a path the value is an object.")
    return change


def flag(value: Any) -> bool:
    """True and false, and the texts that Entra ID has written for them. Anything else is refused, never guessed."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in {"true", "false"}:
        return value.strip().lower() == "true"
    raise Unreadable("invalidValue", "“active” is true or false.")


def _operations(said: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    found = next((value for key, value in said.items() if key.lower() == "operations"), None)
    if not isinstance(found, Sequence) or isinstance(found, str) or not found:
        raise Unreadable("invalidSyntax", "A PATCH has Operations.")
    if len(found) > MOST_OPERATIONS:
        raise Unreadable("tooMany", f"A PATCH has at most {MOST_OPERATIONS} operations.")
    for one in found:
        if not isinstance(one, Mapping):
            raise Unreadable("invalidSyntax", "An operation is an object.")
        op, path = one.get("op"), one.get("path") or ""
        if not isinstance(op, str) or op.lower() not in {"add", "replace", "remove"}:
            raise Unreadable("invalidSyntax", "An operation is add, replace or remove.")
        if not isinstance(path, str) or len(path) > 300:
            raise Unreadable("invalidPath", "A path is a text.")
        yield op.lower(), path, one.get("value")


def _split(path: str) -> tuple[str, str, str]:
    """(name, filter, sub-attribute), small letters; the schemas' prefixes are taken off."""
    bare = path.strip()
    for prefix in (USER, GROUP, ENTERPRISE):
        if bare.lower().startswith(prefix.lower() + ":"):
            bare = bare[len(prefix) + 1 :]
    if bare.lower() in {ENTERPRISE.lower(), USER.lower()}:
        return bare.lower(), "", ""
    if bare.lower().startswith("urn:"):
        return "other", "", ""  # another schema, of which nothing is kept
    match = _PATH.match(bare)
    if match is None:
        raise Unreadable("invalidPath", f"“{path[:60]}” is no path.")
    return match["name"].lower(), match["within"] or "", (match["sub"] or "").lower()


def _put(kept: dict[str, Any], path: str, value: Any) -> None:
    name, within, sub = _split(path)
    if name in {ENTERPRISE.lower(), USER.lower()}:
        if isinstance(value, Mapping):
            for key, one in value.items():
                _put(kept, key, one)
    elif name in _MAY_NOT:
        return  # read only: what a directory echoes back is passed over (RFC 7643 2.2)
    elif name == "active":
        kept["is_active"] = flag(value)
    elif name in _TEXTS:
        kept[_TEXTS[name]] = _text(name, value)
    elif name == "department":
        kept["department"] = _text(name, value)
    elif name == "manager":
        _put_manager(kept, sub, value)
    elif name == "name":
        parts = {sub: value} if sub else value if isinstance(value, Mapping) else {}
        for key, one in parts.items():
            if key.lower() in _NAMES:
                kept[_NAMES[key.lower()]] = _text(key, one)
    elif name == "emails":
        _put_email(kept, within, sub, value)


def _put_manager(kept: dict[str, Any], sub: str, value: Any) -> None:
    """``{"value": "id"}`` by the schema; Entra ID writes the id alone, Okta ``managerId`` or a list with one in it."""
    if sub not in {"", "value", "managerid"}:
        return  # the name to show, which is the manager's own to say
    found = value[0] if isinstance(value, list) and len(value) == 1 else value
    if isinstance(found, Mapping):
        named = {key.lower(): one for key, one in found.items()}
        if not named:
            kept["manager"] = ""
        elif "value" in named or "managerid" in named:
            kept["manager"] = _text("manager", named.get("value", named.get("managerid")))
    elif found in (None, []):
        kept["manager"] = ""
    else:
        kept["manager"] = _text("manager", found)


def _put_email(kept: dict[str, Any], within: str, sub: str, value: Any) -> None:
    if within and not re.search(r'"?(work|true)"?', within, re.IGNORECASE):
        return  # a private address: one is kept, and it is the one at work
    if sub and sub != "value":
        return
    if isinstance(value, str):
        kept["email"] = value
        return
    found = [value] if isinstance(value, Mapping) else value
    if not isinstance(found, Sequence) or not all(isinstance(one, Mapping) for one in found):
        raise Unreadable("invalidValue", "“emails” is a list of objects.")
    ranked = sorted(
        (one for one in found if isinstance(one.get("value"), str) and one["value"]),
        key=lambda one: (one.get("primary") is not True, str(one.get("type", "")).lower() != "work"),
    )
    if ranked:
        kept["email"] = ranked[0]["value"]


def _remove(kept: dict[str, Any], path: str) -> None:
    name, _within, sub = _split(path)
    if name in {"active", "username", "emails"} or name in _MAY_NOT:
        raise Unreadable("mutability", f"“{path[:60]}” cannot be removed.")
    if name in _TEXTS and name != "preferredlanguage":
        kept[_TEXTS[name]] = ""
    elif name in {"department", "manager"}:
        kept[name] = ""
    elif name == "name":
        for key, where in _NAMES.items():
            if sub in {"", key}:
                kept[where] = ""


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable("invalidValue", f"“{name[:60]}” is a text.")
    return value


def _wanted(kept: dict[str, Any]) -> Wanted:
    formatted = kept.pop("formatted", None)
    if not kept.get("name") and formatted:
        kept["name"] = formatted
    return Wanted(**kept)


def _put_group(change: GroupChange, op: str, path: str, value: Any) -> None:
    name, within, _sub = _split(path)
    if name == "displayname":
        if op == "remove":
            raise Unreadable("mutability", "A group has a name.")
        change.name = _text(name, value)
    elif name == "externalid":
        change.external_id = "" if op == "remove" else _text(name, value)
    elif name == "members":
        _put_members(change, op, within, value)


def _put_members(change: GroupChange, op: str, within: str, value: Any) -> None:
    if within:
        match = re.match(r'\s*value\s+eq\s+"([^"]{1,200})"\s*\Z', within, re.IGNORECASE)
        if match is None or op != "remove":
            raise Unreadable("invalidFilter", "Members are chosen by value eq.")
        _drop(change, [match[1]])
        return
    named = _members(value)
    if op == "replace":
        change.members, change.add, change.drop = named, [], []
    elif op == "add":
        change.add += named
        change.drop = [one for one in change.drop if one not in named]
    elif value is None:
        change.members, change.add, change.drop = [], [], []
    else:
        _drop(change, named)


def _drop(change: GroupChange, named: list[str]) -> None:
    change.drop += named
    change.add = [one for one in change.add if one not in named]


def _members(value: Any) -> list[str]:
    if value is None:
        return []
    found = [value] if isinstance(value, Mapping) else value
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise Unreadable("invalidValue", "“members” is a list.")
    named = [one.get("value") for one in found if isinstance(one, Mapping)]
    if len(named) != len(found) or not all(isinstance(one, str) and "\x00" not in one for one in named):
        raise Unreadable("invalidValue", "A member has a value, which is a text.")
    return [str(one) for one in named]
