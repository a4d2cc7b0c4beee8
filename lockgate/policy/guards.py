"""The triggers that keep versions, reviews and publications as they were written, on both databases.

A migration that remakes one of these tables on SQLite loses its triggers: it must call ``raising`` again.
"""

from __future__ import annotations

from lockgate.base.triggers import Triggers

_KEPT = ("policy_packversion", "policy_review", "policy_publication")
_SENTENCE = "policy versions, reviews and publications never change"

# SQLite's INSERT OR REPLACE deletes without asking the delete triggers, so an insert onto a taken key is refused.
_TAKEN = {
    "policy_packversion": "SELECT 1 FROM policy_packversion WHERE id = NEW.id"
    " OR (pack_id = NEW.pack_id AND number = NEW.number)",
    "policy_review": "SELECT 1 FROM policy_review WHERE id = NEW.id"
    " OR (version_id = NEW.version_id AND reviewer_id = NEW.reviewer_id)",
    "policy_publication": "SELECT 1 FROM policy_publication WHERE id = NEW.id",
}


def _sqlite() -> dict[str, str]:
    triggers = {}
    for table in _KEPT:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_refuses_{verb.lower()}"
            triggers[name] = (
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
            )
        name = f"{table}_refuses_replace"
        triggers[name] = (
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN EXISTS ({_TAKEN[table]})"
            f" BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: {_SENTENCE}'); END"
        )
    triggers["policy_review_names_the_proposer"] = (
        "CREATE TRIGGER policy_review_names_the_proposer BEFORE INSERT ON policy_review WHEN NOT EXISTS"
        " (SELECT 1 FROM policy_packversion v WHERE v.id = NEW.version_id AND v.proposed_by_id = NEW.proposer_id)"
        " BEGIN SELECT RAISE(ABORT, 'a review names the proposer of its version'); END"
    )
    triggers["policy_publication_needs_a_review"] = (
        "CREATE TRIGGER policy_publication_needs_a_review BEFORE INSERT ON policy_publication WHEN NOT EXISTS"
        " (SELECT 1 FROM policy_review r WHERE r.version_id = NEW.version_id)"
        " BEGIN SELECT RAISE(ABORT, 'a version is published after somebody else has signed it'); END"
    )
    return triggers


_FUNCTIONS = [
    """CREATE OR REPLACE FUNCTION policy_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION '% of % refused: policy versions, reviews and publications never change',
                             TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE OR REPLACE FUNCTION policy_review_names_the_proposer() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF NOT EXISTS (SELECT 1 FROM policy_packversion v
                        WHERE v.id = NEW.version_id AND v.proposed_by_id = NEW.proposer_id) THEN
           RAISE EXCEPTION 'a review names the proposer of its version'
                 USING ERRCODE = 'integrity_constraint_violation';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE OR REPLACE FUNCTION policy_publication_needs_a_review() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF NOT EXISTS (SELECT 1 FROM policy_review r WHERE r.version_id = NEW.version_id) THEN
           RAISE EXCEPTION 'a version is published after somebody else has signed it'
                 USING ERRCODE = 'integrity_constraint_violation';
         END IF;
         RETURN NEW;
       END $$""",
]


def _postgresql() -> dict[str, tuple[str, str]]:
    """Name -> (table, statement)."""
    triggers = {}
    for table in _KEPT:
        triggers[f"{table}_kept"] = (
            table,
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION policy_refuse()",
        )
        triggers[f"{table}_never_emptied"] = (
            table,
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION policy_refuse()",
        )
    for name, table in (
        ("policy_review_names_the_proposer", "policy_review"),
        ("policy_publication_needs_a_review", "policy_publication"),
    ):
        triggers[name] = (
            table,
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        )
    return triggers


GUARDS = Triggers(_FUNCTIONS, _postgresql(), _sqlite())
