"""The triggers that make the archive append-only, and that queue each new entry, on both databases.

A migration that remakes one of these tables on SQLite loses its triggers: it must call ``raise_guards``
again.
"""

from __future__ import annotations

from lockgate.base.triggers import Triggers

# Table, what to call it in the refusal, whether DELETE is refused too (bodies may be destroyed, never
# rewritten).
_GUARDED = [
    ("archive_entry", "archive entries never change", True),
    ("archive_sequenced", "places in the log never change", True),
    ("archive_checkpoint", "checkpoints never change", True),
    ("archive_sealed", "sealed bodies are never rewritten", False),
]

# SQLite's INSERT OR REPLACE deletes without asking the delete triggers, so an insert onto a taken key is
# refused as well.
_TAKEN = {
    "archive_entry": "SELECT 1 FROM archive_entry WHERE id = NEW.id",
    "archive_sequenced": (
        'SELECT 1 FROM archive_sequenced WHERE "index" = NEW."index"'
        " UNION ALL SELECT 1 FROM archive_sequenced WHERE entry_id = NEW.entry_id"
    ),
    "archive_checkpoint": "SELECT 1 FROM archive_checkpoint WHERE size = NEW.size",
}


def _sqlite() -> dict[str, str]:
    triggers = {}
    for table, sentence, keeps in _GUARDED:
        for verb in ("UPDATE", "DELETE") if keeps else ("UPDATE",):
            name = f"{table}_refuses_{verb.lower()}"
            triggers[name] = (
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            )
    for table, taken in _TAKEN.items():
        name = f"{table}_refuses_replace"
        triggers[name] = (
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN EXISTS ({taken})"
            f" BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: {table} never changes'); END"
        )
    triggers["archive_entry_waits"] = (
        "CREATE TRIGGER archive_entry_waits AFTER INSERT ON archive_entry"
        " BEGIN INSERT INTO archive_pending (entry_id) VALUES (NEW.id); END"
    )
    triggers["archive_pending_until_placed"] = (
        "CREATE TRIGGER archive_pending_until_placed BEFORE DELETE ON archive_pending"
        " WHEN NOT EXISTS (SELECT 1 FROM archive_sequenced WHERE entry_id = OLD.entry_id)"
        " BEGIN SELECT RAISE(ABORT, 'an entry waits until it has its place in the log'); END"
    )
    return triggers


_POSTGRESQL_FUNCTIONS = [
    """CREATE OR REPLACE FUNCTION archive_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION '% of % refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0]
             USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE OR REPLACE FUNCTION archive_queue() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN INSERT INTO archive_pending (entry_id) SELECT id FROM fresh; RETURN NULL; END $$""",
    """CREATE OR REPLACE FUNCTION archive_still_waits() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF EXISTS (SELECT 1 FROM gone WHERE NOT EXISTS
                    (SELECT 1 FROM archive_sequenced s WHERE s.entry_id = gone.entry_id)) THEN
           RAISE EXCEPTION 'an entry waits until it has its place in the log'
                 USING ERRCODE = 'integrity_constraint_violation';
         END IF;
         RETURN NULL;
       END $$""",
]


def _postgresql() -> dict[str, tuple[str, str]]:
    """Name -> (table, statement)."""
    triggers = {}
    for table, sentence, keeps in _GUARDED:
        verbs = "UPDATE OR DELETE" if keeps else "UPDATE"
        triggers[f"{table}_append_only"] = (
            table,
            f"CREATE TRIGGER {table}_append_only BEFORE {verbs} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION archive_refuse('{sentence}')",
        )
        if keeps:
            triggers[f"{table}_never_emptied"] = (
                table,
                f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION archive_refuse('{sentence}')",
            )
    triggers["archive_entry_waits"] = (
        "archive_entry",
        "CREATE TRIGGER archive_entry_waits AFTER INSERT ON archive_entry"
        " REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION archive_queue()",
    )
    triggers["archive_pending_until_placed"] = (
        "archive_pending",
        "CREATE TRIGGER archive_pending_until_placed AFTER DELETE ON archive_pending"
        " REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION archive_still_waits()",
    )
    return triggers


GUARDS = Triggers(_POSTGRESQL_FUNCTIONS, _postgresql(), _sqlite())
