"""What no constraint can say: a sign-off repeats its request to the letter, none is given on a void request,
and neither a request nor an answer is ever changed."""

from django.db import migrations

SQLITE = [
    """
    CREATE TRIGGER approvals_sign_off_is_bound BEFORE INSERT ON approvals_signoff
    WHEN NOT EXISTS (
        SELECT 1 FROM approvals_request r WHERE r.id = NEW.request_id AND r.author_id = NEW.author_id
        AND r.content_hash = NEW.content_hash AND r.policy_version = NEW.policy_version)
    BEGIN SELECT RAISE(ABORT, 'a sign-off is bound to the author, content and policy of its request'); END
    """,
    """
    CREATE TRIGGER approvals_void_takes_no_sign_off BEFORE INSERT ON approvals_signoff
    WHEN EXISTS (SELECT 1 FROM approvals_voiding v WHERE v.request_id = NEW.request_id)
    BEGIN SELECT RAISE(ABORT, 'a void request takes no sign-off'); END
    """,
    """
    CREATE TRIGGER approvals_hash_has_32_bytes BEFORE INSERT ON approvals_request
    WHEN length(NEW.content_hash) <> 32
    BEGIN SELECT RAISE(ABORT, 'a content hash has 32 bytes'); END
    """,
    """
    CREATE TRIGGER approvals_sign_off_is_final BEFORE UPDATE ON approvals_signoff
    BEGIN SELECT RAISE(ABORT, 'a sign-off is never changed'); END
    """,
    """
    CREATE TRIGGER approvals_request_is_final BEFORE UPDATE ON approvals_request
    BEGIN SELECT RAISE(ABORT, 'a request is never changed'); END
    """,
]

POSTGRESQL = [
    """
    CREATE FUNCTION approvals_sign_off_is_bound() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT 1 FROM approvals_request r WHERE r.id = NEW.request_id AND r.author_id = NEW.author_id
            AND r.content_hash = NEW.content_hash AND r.policy_version = NEW.policy_version) THEN
            RAISE EXCEPTION 'a sign-off is bound to the author, content and policy of its request'
                USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (SELECT 1 FROM approvals_voiding v WHERE v.request_id = NEW.request_id) THEN
            RAISE EXCEPTION 'a void request takes no sign-off' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER approvals_sign_off_is_bound BEFORE INSERT ON approvals_signoff
    FOR EACH ROW EXECUTE FUNCTION approvals_sign_off_is_bound()
    """,
    """
    CREATE FUNCTION approvals_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% rows are never changed', TG_TABLE_NAME USING ERRCODE = 'check_violation';
    END $$
    """,
    """
    CREATE TRIGGER approvals_sign_off_is_final BEFORE UPDATE ON approvals_signoff
    FOR EACH ROW EXECUTE FUNCTION approvals_is_final()
    """,
    """
    CREATE TRIGGER approvals_request_is_final BEFORE UPDATE ON approvals_request
    FOR EACH ROW EXECUTE FUNCTION approvals_is_final()
    """,
    """
    ALTER TABLE approvals_request ADD CONSTRAINT a_content_hash_has_32_bytes
    CHECK (octet_length(content_hash) = 32)
    """,
]


def put_up(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def take_down(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE approvals_request DROP CONSTRAINT a_content_hash_has_32_bytes")
        schema_editor.execute("DROP FUNCTION approvals_sign_off_is_bound() CASCADE")
        schema_editor.execute("DROP FUNCTION approvals_is_final() CASCADE")
        return
    for name in ("sign_off_is_bound", "void_takes_no_sign_off", "hash_has_32_bytes", "sign_off_is_final", "request_is_final"):
        schema_editor.execute(f"DROP TRIGGER approvals_{name}")


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial")]
    operations = [migrations.RunPython(put_up, take_down)]
