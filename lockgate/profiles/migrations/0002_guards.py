"""What no constraint can say: nobody stands above themselves, nobody is away twice at once."""

from django.db import migrations

from lockgate.base.triggers import Guard, raise_guards

GUARDS = [
    Guard(
        "nobody_stands_above_themselves",
        "profiles_line",
        ("INSERT", "UPDATE"),
        "EXISTS (WITH RECURSIVE above(id) AS (SELECT NEW.manager_id"
        " UNION SELECT line.manager_id FROM profiles_line line JOIN above ON line.person_id = above.id)"
        " SELECT 1 FROM above WHERE above.id = NEW.person_id)",
        "nobody stands above themselves",
    ),
    Guard(
        "nobody_is_away_twice_at_once",
        "profiles_absence",
        ("INSERT", "UPDATE"),
        "NEW.ends_at > NEW.begins_at AND EXISTS (SELECT 1 FROM profiles_absence other"
        " WHERE other.person_id = NEW.person_id AND other.id <> NEW.id"
        " AND other.begins_at < NEW.ends_at AND other.ends_at > NEW.begins_at"
        " AND other.ends_at > other.begins_at)",
        "nobody is away twice at once",
    ),
]


# Two lines drawn at once would each not see the other's on PostgreSQL: whoever writes one first takes this lock, and the
# look that follows is a statement of its own that sees what was written before. SQLite has one writer.
TAKE_TURNS = """
    CREATE FUNCTION lines_are_drawn_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock(7461300001); RETURN NULL; END $$;
    CREATE TRIGGER lines_are_drawn_in_turn BEFORE INSERT OR UPDATE ON profiles_line
    FOR EACH STATEMENT EXECUTE FUNCTION lines_are_drawn_in_turn()
"""


def take_turns(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(TAKE_TURNS, params=None)


def no_turns(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION lines_are_drawn_in_turn() CASCADE", params=None)


class Migration(migrations.Migration):
    dependencies = [("profiles", "0001_initial")]
    operations = [raise_guards(GUARDS), migrations.RunPython(take_turns, no_turns)]
