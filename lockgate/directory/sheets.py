"""A CSV of people, as a directory or a personnel system writes it. Pure."""

from __future__ import annotations

import csv
import io

from lockgate.directory.types import Row, Wanted

COLUMNS = {
    "email": "email",
    "name": "name",
    "given_name": "given_name",
    "family_name": "family_name",
    "title": "title",
    "department": "department",
    "language": "language",
    "external_id": "external_id",
    "manager": "manager",
    "active": "is_active",
}
_YES, _NO = {"yes", "true", "1", "active", ""}, {"no", "false", "0", "inactive"}
MOST_ROWS = 200_000


class NoSheet(Exception):
    """It cannot be read as a whole; the sentence says why."""


def read(raw: bytes) -> tuple[list[Row], list[str]]:
    """(rows, what was not understood). UTF-8, with a first line of column names; commas, semicolons or tabs."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoSheet("The file is not UTF-8.") from error
    if "\x00" in text:
        raise NoSheet("The file holds NUL characters.")
    head = text.split("\n", 1)[0]
    mark = max(",;\t", key=head.count)
    found = csv.reader(io.StringIO(text), delimiter=mark)
    names = [name.strip().lower().replace(" ", "_") for name in next(found, [])]
    if "email" not in names:
        raise NoSheet("There is no column “email” in the first line.")
    if unknown := [name for name in names if name not in COLUMNS]:
        raise NoSheet(f"Unknown columns: {', '.join(unknown[:5])}. Known are: {', '.join(COLUMNS)}.")
    rows: list[Row] = []
    strange: list[str] = []
    seen: set[str] = set()
    for values in found:
        where = f"line {found.line_num}"
        if not any(value.strip() for value in values):
            continue
        if len(values) != len(names):
            strange.append(f"{where}: {len(values)} columns, not {len(names)}")
            continue
        said = {COLUMNS[name]: value.strip() for name, value in zip(names, values, strict=True)}
        flag = said.pop("is_active", "").lower()
        email = said.get("email", "").lower()
        if flag not in _YES | _NO:
            strange.append(f"{where}: active is yes or no, not {flag[:20]}")
        elif not email or email in seen:
            strange.append(f"{where}: {'the address stands twice' if email else 'there is no address'}")
        elif len(rows) >= MOST_ROWS:
            raise NoSheet(f"A file has at most {MOST_ROWS} people.")
        else:
            seen.add(email)
            rows.append(Row(where, Wanted(**said, is_active=flag in _YES)))
    return rows, strange
