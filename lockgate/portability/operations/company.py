"""Take all of it out, for the company: every table as JSON Lines, every file, the archive with its proofs. Only
from the shell on the server: no page and no address leads here. That it was made is on record before it begins.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Field, Model
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.clock import rfc3339
from lockgate.base.refusal import NotFound, Refusal
from lockgate.base.transactions import change
from lockgate.gateway import operations as files
from lockgate.portability import events
from lockgate.portability.operations.take_out import VERSION
from lockgate.portability.tables import EXPORTED, LEFT_OUT

_README = """# {company}, whole

Made on {when} by Lockgate.

- `tables/<room>.<table>.jsonl`: every row of every table, one JSON object a line (UTF-8); columns as in `schema.json`
- `files/<id>`: what was attached; name, kind and SHA-256 stand in `tables/gateway.attachment.jsonl`
- `archive/`: the log of all that happened with its proofs, readable with tools that are not ours (its own README)
- `schema.json`: each table's columns with their types and what they point to; and which tables are not here, and why
- `manifest.json`: how many rows and files, and the SHA-256 of each

Ids are strings. Times are UTC (RFC 3339). Bytes are base64. Bodies are Markdown. Passwords, tokens and other
secrets are not here. Whoever holds this folder holds all that was ever said: keep it as the company keeps its books.
"""


class FolderInTheWay(Refusal):
    """The folder to export into holds something already."""

    code = "folder-in-the-way"


def take_out_company(
    *, at: datetime, folder: Path, company: str, archive: Callable[[Path], object]
) -> dict[str, int]:
    """Write all of it into ``folder`` (made; must be empty if it is there); answers how many rows of each table.
    ``archive`` writes the log into the folder that it is given. Raises FolderInTheWay, and OSError."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInTheWay(
            _("The folder %(folder)s is not empty.") % {"folder": folder},
            _("Choose another folder, or empty this one."),
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with change():
        record([Fact(events.EXPORT_MADE, "export:company", "system", at)])
    counts: dict[str, int] = {}
    listed: list[dict[str, Any]] = []
    missing: list[str] = []
    with _one_moment():
        for label, without in EXPORTED.items():
            model = apps.get_model(label)
            path = folder / "tables" / f"{label.lower()}.jsonl"
            counts[label] = _table(model, without, path)
            listed.append({"name": f"tables/{path.name}", "rows": counts[label], "sha256": _digest(path)})
        numbers = list(
            apps.get_model("gateway.Attachment").objects.order_by("pk").values_list("pk", flat=True)
        )
    for number in numbers:
        path = folder / "files" / str(number)
        path.parent.mkdir(exist_ok=True)
        try:
            path.write_bytes(files.open_bytes(number))
        except NotFound:
            missing.append(str(number))
            continue
        listed.append({"name": f"files/{number}", "sha256": _digest(path)})
    (folder / "schema.json").write_bytes(orjson.dumps(schema(), option=orjson.OPT_INDENT_2) + b"\n")
    archive(folder / "archive")
    (folder / "README.md").write_text(
        _README.format(company=company, when=f"{at:%Y-%m-%d}"), encoding="utf-8"
    )
    told = {
        "format": "lockgate-company",
        "version": VERSION,
        "made_at": rfc3339(at),
        "files": listed,
        "missing": missing,
    }
    (folder / "manifest.json").write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")
    return counts


def schema() -> dict[str, Any]:
    """What each table's columns are, and what is left out and why."""
    return {
        "tables": {
            label.lower(): {
                "columns": {
                    one.attname: {
                        "type": one.get_internal_type(),
                        **(
                            {"points_to": one.related_model._meta.label_lower}
                            if one.related_model is not None
                            else {}
                        ),
                    }
                    for one in _fields(apps.get_model(label), without)
                },
                "without": list(without),
            }
            for label, without in EXPORTED.items()
        },
        "left_out": {label.lower(): why for label, why in LEFT_OUT.items()},
    }


@contextmanager
def _one_moment() -> Iterator[None]:
    """All tables as they stood at one moment, while others go on writing."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # Django begins with the write lock, and whoever posts would wait for us: a reader needs none.
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("COMMIT")


def _fields(model: type[Model], without: tuple[str, ...]) -> list[Field[Any, Any]]:
    return [one for one in model._meta.concrete_fields if one.name not in without]


def _table(model: type[Model], without: tuple[str, ...], path: Path) -> int:
    path.parent.mkdir(exist_ok=True)
    columns = [one.attname for one in _fields(model, without)]
    rows = model._default_manager.order_by("pk").values_list(*columns)
    count = 0
    with path.open("wb") as out:
        for row in rows.iterator(chunk_size=2000):
            said = {name: _said(name, value) for name, value in zip(columns, row, strict=True)}
            out.write(orjson.dumps(said) + b"\n")
            count += 1
    return count


def _said(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    # Ids have 63 bits, and the numbers of JavaScript 53.
    if (
        isinstance(value, int)
        and not isinstance(value, bool)
        and (name in {"id", "position"} or name.endswith("_id"))
    ):
        return str(value)
    return value if isinstance(value, str | int | float | bool | list | dict) or value is None else str(value)


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while some := file.read(1 << 20):
            digest.update(some)
    return digest.hexdigest()
