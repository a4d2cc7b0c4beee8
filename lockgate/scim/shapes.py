"""Resources as SCIM writes them, and the documents by which a directory learns what is kept here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lockgate.directory.queries import MOST_AT_ONCE
from lockgate.directory.types import GroupView, UserView
from lockgate.scim.reading import ENTERPRISE, GROUP, USER

LISTED = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"
_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
_CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"


def user(one: UserView, base: str) -> dict[str, Any]:
    name = {"formatted": one.name, "givenName": one.given_name, "familyName": one.family_name}
    said: dict[str, Any] = {
        "schemas": [USER, ENTERPRISE],
        "id": one.id,
        "externalId": one.external_id,
        "userName": one.user_name,
        "name": {key: value for key, value in name.items() if value},
        "displayName": one.name,
        "title": one.title,
        "preferredLanguage": one.language,
        "active": one.is_active,
        "emails": [{"value": one.email, "type": "work", "primary": True}],
        "groups": [
            {"value": reference, "display": shown, "$ref": f"{base}/Groups/{reference}", "type": "direct"}
            for reference, shown in one.groups
        ],
        ENTERPRISE: _works(one, base),
        "meta": _meta("User", f"{base}/Users/{one.id}", one.created_at, one.updated_at),
    }
    if not said[ENTERPRISE]:
        said["schemas"] = [USER]
    return {key: value for key, value in said.items() if value not in ("", None, [], {})}


def _works(one: UserView, base: str) -> dict[str, Any]:
    said: dict[str, Any] = {"department": one.department} if one.department else {}
    if one.manager is not None:
        said["manager"] = {"value": one.manager.id}
        if one.manager.name:
            said["manager"] |= {"displayName": one.manager.name, "$ref": f"{base}/Users/{one.manager.id}"}
    return said


def group(one: GroupView, base: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "schemas": [GROUP],
        "id": one.id,
        "externalId": one.external_id,
        "displayName": one.name,
        "meta": _meta("Group", f"{base}/Groups/{one.id}", one.created_at, one.updated_at),
    }
    if one.members is not None:
        said["members"] = [
            {"value": slug, "display": name, "$ref": f"{base}/Users/{slug}", "type": "User"}
            for slug, name in one.members
        ]
    return {key: value for key, value in said.items() if value not in ("", None)}


def projected(said: dict[str, Any], attributes: str, excluded: str) -> dict[str, Any]:
    """Only what was asked for, or all but what was not wanted; id and schemas always stand (RFC 7644 3.9)."""
    always = {"id", "schemas"}
    if attributes:
        wanted = {_top(one) for one in attributes.split(",")}
        return {key: value for key, value in said.items() if key in always or _top(key) in wanted}
    if excluded:
        spared = {_top(one) for one in excluded.split(",")}
        return {key: value for key, value in said.items() if key in always or _top(key) not in spared}
    return said


def _top(path: str) -> str:
    bare = path.strip().lower()
    for prefix in (USER.lower(), GROUP.lower()):
        bare = bare.removeprefix(prefix + ":")
    if bare.startswith(ENTERPRISE.lower()):
        return ENTERPRISE.lower()
    return bare.split(".")[0]


def listed(total: int, start: int, resources: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "schemas": [LISTED],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(resources),
        "Resources": list(resources),
    }


def error(status: int, sentence: str, kind: str = "") -> dict[str, Any]:
    said: dict[str, Any] = {"schemas": [ERROR], "status": str(status), "detail": sentence}
    return {**said, "scimType": kind} if kind else said


def _meta(kind: str, location: str, created: datetime, changed: datetime) -> dict[str, str]:
    return {
        "resourceType": kind,
        "created": _moment(created),
        "lastModified": _moment(changed),
        "location": location,
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def config(base: str) -> dict[str, Any]:
    return {
        "schemas": [_CONFIG],
        "documentationUri": "https://www.rfc-editor.org/rfc/rfc7644",
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST_AT_ONCE},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": False},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer key",
                "description": "A key that an administrator made under Sign-in and directory.",
                "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
                "primary": True,
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base}/ServiceProviderConfig"},
    }


def types(base: str) -> list[dict[str, Any]]:
    return [
        {
            "schemas": [_TYPE],
            "id": kind,
            "name": kind,
            "endpoint": f"/{kind}s",
            "description": description,
            "schema": schema,
            "schemaExtensions": extensions,
            "meta": {"resourceType": "ResourceType", "location": f"{base}/ResourceTypes/{kind}"},
        }
        for kind, description, schema, extensions in (
            ("User", "An employee", USER, [{"schema": ENTERPRISE, "required": False}]),
            ("Group", "A group of the directory", GROUP, []),
        )
    ]


def schemas(base: str) -> list[dict[str, Any]]:
    found = [
        (USER, "User", "An employee", _USER_ATTRIBUTES),
        (
            ENTERPRISE,
            "EnterpriseUser",
            "Where an employee works",
            _ENTERPRISE_ATTRIBUTES,
        ),
        (GROUP, "Group", "A group of the directory", _GROUP_ATTRIBUTES),
    ]
    return [
        {
            "schemas": [_SCHEMA],
            "id": urn,
            "name": name,
            "description": description,
            "attributes": attributes,
            "meta": {"resourceType": "Schema", "location": f"{base}/Schemas/{urn}"},
        }
        for urn, name, description, attributes in found
    ]


def _attribute(name: str, kind: str, description: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "multiValued": False,
        "description": description,
        "required": False,
        "mutability": "readWrite",
        "returned": "default",
        **more,
    }


def _text(name: str, description: str, **more: Any) -> dict[str, Any]:
    return _attribute(name, "string", description, **{"caseExact": False, "uniqueness": "none", **more})


_USER_ATTRIBUTES = [
    _text("userName", "By what name the directory knows them", required=True, uniqueness="server"),
    _attribute(
        "name",
        "complex",
        "The parts of their name",
        subAttributes=[
            _text("formatted", "The whole name"),
            _text("givenName", "Given name"),
            _text("familyName", "Family name"),
        ],
    ),
    _text("displayName", "The name that others see"),
    _text("title", "What they do"),
    _text("preferredLanguage", "en, fr or de; another is passed over"),
    _attribute("active", "boolean", "Whether they may be here"),
    _attribute(
        "emails",
        "complex",
        "One is kept: the primary, else the work one",
        multiValued=True,
        subAttributes=[
            _text("value", "The address"),
            _text("type", "work", canonicalValues=["work"]),
            _attribute("primary", "boolean", "Always true"),
        ],
    ),
    _attribute(
        "groups",
        "complex",
        "Groups that they belong to",
        multiValued=True,
        mutability="readOnly",
        subAttributes=[
            _text("value", "The group's id", mutability="readOnly"),
            _attribute(
                "$ref",
                "reference",
                "The group's address",
                mutability="readOnly",
                referenceTypes=["Group"],
                caseExact=True,
                uniqueness="none",
            ),
            _text("display", "The group's name", mutability="readOnly"),
            _text("type", "direct", mutability="readOnly", canonicalValues=["direct"]),
        ],
    ),
]
_ENTERPRISE_ATTRIBUTES = [
    _text("department", "The department's name"),
    _attribute(
        "manager",
        "complex",
        "To whom they report; who is not known yet is set when they come",
        subAttributes=[
            _text("value", "The manager's id", caseExact=True),
            _attribute(
                "$ref",
                "reference",
                "The manager's address",
                mutability="readOnly",
                referenceTypes=["User"],
                caseExact=True,
                uniqueness="none",
            ),
            _text("displayName", "The manager's name", mutability="readOnly"),
        ],
    ),
]
_GROUP_ATTRIBUTES = [
    _text("displayName", "The group's name", required=True, uniqueness="server"),
    _attribute(
        "members",
        "complex",
        "Who belongs to it; whoever is not known here is passed over",
        multiValued=True,
        subAttributes=[
            _text("value", "The person's id", mutability="immutable", caseExact=True),
            _attribute(
                "$ref",
                "reference",
                "The person's address",
                mutability="immutable",
                referenceTypes=["User"],
                caseExact=True,
                uniqueness="none",
            ),
            _text("display", "The person's name", mutability="readOnly"),
            _text("type", "User", mutability="immutable", canonicalValues=["User"]),
        ],
    ),
]
