"""A delivery takes only the steps that rules.STEPS names, and its fence never falls: what is live is never
sent again, and what was sent is never merely forgotten."""

from django.db import migrations

STEPS = {
    "planned": ("claimed", "recalled"),
    "claimed": ("sent", "planned", "refused", "recalled"),
    "sent": ("live", "refused", "unknown", "planned", "recalling", "recalled"),
    "unknown": ("live", "refused", "planned", "recalling", "recalled"),
    "live": ("recalling",),
    "refused": ("planned",),
    "recalling": ("recalled",),
}
WRONG_STEP = "NEW.state <> OLD.state AND NOT (" + " OR ".join(
    f"(OLD.state = '{before}' AND NEW.state IN ({', '.join(repr(one) for one in after)}))"
    for before, after in STEPS.items()
) + ")"

SQLITE = [
    f"""
    CREATE TRIGGER publishing_delivery_takes_known_steps BEFORE UPDATE ON publishing_delivery
    WHEN {WRONG_STEP}
    BEGIN SELECT RAISE(ABORT, 'a delivery cannot take that step'); END
    """,
    """
    CREATE TRIGGER publishing_delivery_fence_rises BEFORE UPDATE ON publishing_delivery
    WHEN NEW.fence < OLD.fence OR NEW.token <> OLD.token OR NEW.content_hash <> OLD.content_hash
    BEGIN SELECT RAISE(ABORT, 'a fence never falls, and an intent never changes'); END
    """,
]
POSTGRESQL = [
    f"""
    CREATE FUNCTION publishing_delivery_takes_known_steps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {WRONG_STEP} THEN
            RAISE EXCEPTION 'a delivery cannot take that step' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.fence < OLD.fence OR NEW.token <> OLD.token OR NEW.content_hash <> OLD.content_hash THEN
            RAISE EXCEPTION 'a fence never falls, and an intent never changes' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER publishing_delivery_takes_known_steps BEFORE UPDATE ON publishing_delivery
    FOR EACH ROW EXECUTE FUNCTION publishing_delivery_takes_known_steps()
    """,
    """
    ALTER TABLE publishing_delivery ADD CONSTRAINT a_delivery_hash_has_32_bytes
    CHECK (octet_length(content_hash) = 32)
    """,
]


def put_up(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def take_down(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE publishing_delivery DROP CONSTRAINT a_delivery_hash_has_32_bytes")
        schema_editor.execute("DROP FUNCTION publishing_delivery_takes_known_steps() CASCADE")
        return
    schema_editor.execute("DROP TRIGGER publishing_delivery_takes_known_steps")
    schema_editor.execute("DROP TRIGGER publishing_delivery_fence_rises")


class Migration(migrations.Migration):
    dependencies = [("publishing", "0001_initial")]
    operations = [migrations.RunPython(put_up, take_down)]
