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
            # A post brings a hundred words, each to a leaf of its own: one by one they cost more than the post itself.
            # So they wait in a list that each search reads through, too (a millisecond for eight thousand posts), and go
            # to their leaves sorted, thousands of posts at a time, when tables.sort has them put there. The server would
            # do it by itself at this limit, in the memory of one statement, which is more work a post.
            editor.execute(
                f"CREATE INDEX {table}_words ON {table} USING gin (words)"
                " WITH (fastupdate = on, gin_pending_list_limit = 65536)",
                params=None,
            )
            if table == "search_confidential":
                # Some rooms in a piece of time, to be matched with a word's rows before any is read. (The open rooms
                # are nearly the whole of their table.)
                editor.execute(f"CREATE INDEX {table}_rooms ON {table} (audience_id, id)", params=None)
        else:
            # Words come folded and split: this splits at blanks, and at nothing that stands in a word of ours.
            editor.execute(
                f"CREATE VIRTUAL TABLE {table} USING fts5 (words, tokenize = \"ascii tokenchars '_'\", columnsize = 0)",
                params=None,
            )
    # Which words were ever said in an audience: what a piece of a word is looked for in.
    if editor.connection.vendor == "postgresql":
        editor.execute(
            'CREATE TABLE search_vocabulary (audience_id bigint NOT NULL, word text COLLATE "C" NOT NULL,'
            " PRIMARY KEY (audience_id, word))",
            params=None,
        )
    else:
        editor.execute(
            "CREATE TABLE search_vocabulary (audience_id bigint NOT NULL, word text NOT NULL,"
            " PRIMARY KEY (audience_id, word)) WITHOUT ROWID",
            params=None,
        )


def down(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in (*TABLES, "search_vocabulary"):
        editor.execute(f"DROP TABLE IF EXISTS {table}", params=None)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(up, down)]
