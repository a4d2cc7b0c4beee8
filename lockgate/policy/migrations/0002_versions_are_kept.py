"""Versions, reviews and publications never change; fingerprints are clustered on their key."""

from typing import Any

from django.db import migrations

from lockgate.policy import guards

# Without rowids a row stands in its key's B-tree and nowhere else: half the pages, half the reads.
_CLUSTERED = """
CREATE TABLE policy_fingerprint (
    gram bigint NOT NULL, marking smallint NOT NULL, audience_id bigint NOT NULL, message_id bigint NOT NULL,
    PRIMARY KEY (gram, marking, audience_id, message_id)
) WITHOUT ROWID
"""


def up(apps: Any, schema_editor: Any) -> None:
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite":
        schema_editor.execute("DROP TABLE policy_fingerprint")
        schema_editor.execute(_CLUSTERED)
    for statement in guards.GUARDS.raising(vendor):
        schema_editor.execute(statement, None)


def down(apps: Any, schema_editor: Any) -> None:
    for statement in guards.GUARDS.lowering(schema_editor.connection.vendor):
        schema_editor.execute(statement, None)


class Migration(migrations.Migration):
    dependencies = [("policy", "0001_initial")]
    operations = [migrations.RunPython(up, down)]
