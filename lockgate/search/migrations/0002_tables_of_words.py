from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("search_open", "search_confidential")


def up(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        if editor.connection.vendor == "postgresql":
            editor.execute(
                f"CREATE TABLE {table} (id bigint PRIMARY KEY, audience_id bigint NOT NULL, words tsvector NOT NULL)",
                params=None,
            )
            # The work process alone writes here and may take its time: no list of pending words that each search
            # would have to read.
            editor.execute(
                f"CREATE INDEX {table}_words ON {table} USING gin (words) WITH (fastupdate = off)", params=None
            )
        else:
            # Words come folded and split: this splits at blanks, and at nothing that stands in a word of ours.
            editor.execute(
                f"CREATE VIRTUAL TABLE {table} USING fts5 (words, tokenize = \"ascii tokenchars '_'\", columnsize = 0)",
                params=None,
            )


def down(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        editor.execute(f"DROP TABLE IF EXISTS {table}", params=None)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(up, down)]
