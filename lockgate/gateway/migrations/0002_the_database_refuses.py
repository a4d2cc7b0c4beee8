from django.db import migrations

from lockgate.base.triggers import Guard, raise_guards

GUARDS = [
    Guard(
        "a_passage_stays_below_its_ceiling",
        "gateway_passage",
        ("INSERT", "UPDATE"),
        "NEW.marking > (SELECT ceiling FROM spaces_audience WHERE id = NEW.audience_id)",
        "a passage of a higher marking than its place may hold",
    ),
    Guard(
        "a_passage_bears_its_messages_marking",
        "gateway_passage",
        ("INSERT",),
        "NEW.marking <> (SELECT marking FROM gateway_message WHERE id = NEW.message_id)",
        "a passage bears the marking of its message",
    ),
    Guard(
        "a_passage_keeps_its_audience",
        "gateway_passage",
        ("UPDATE",),
        "NEW.audience_id <> OLD.audience_id OR NEW.message_id <> OLD.message_id"
        " OR COALESCE(NEW.account_id, 0) <> COALESCE(OLD.account_id, 0)",
        "who may hear a passage never changes",
    ),
    Guard(
        "a_refused_passage_is_never_delivered",
        "gateway_passage",
        ("INSERT", "UPDATE"),
        "NEW.state IN ('delivered', 'queued', 'scheduled')"
        " AND (SELECT outcome FROM gateway_ruling WHERE id = NEW.ruling_id) = 4",
        "what a ruling refuses is not delivered",
    ),
    Guard(
        "a_ruling_is_of_its_message",
        "gateway_passage",
        ("INSERT", "UPDATE"),
        "NEW.message_id <> (SELECT message_id FROM gateway_ruling WHERE id = NEW.ruling_id)",
        "a passage is ruled on by a ruling of its own message",
    ),
    Guard(
        "nothing_new_is_said_in_an_archived_space",
        "gateway_passage",
        ("INSERT",),
        # Two look-ups and no join: PostgreSQL would plan a join anew at each post.
        "(SELECT archived_at FROM spaces_space WHERE id ="
        " (SELECT space_id FROM spaces_audience WHERE id = NEW.audience_id)) IS NOT NULL",
        "nothing new is said in an archived space",
    ),
    Guard(
        "nothing_late_is_delivered",
        "gateway_passage",
        ("UPDATE",),
        "OLD.position IS NULL AND NEW.position IS NOT NULL AND EXISTS (SELECT 1 FROM spaces_audience a"
        " JOIN spaces_space s ON s.id = a.space_id WHERE a.id = NEW.audience_id"
        " AND (s.archived_at IS NOT NULL OR (a.sealed_until <= NEW.delivered_at"
        # What was submitted in time is signed, and so delivered, after the deadline.
        " AND NOT EXISTS (SELECT 1 FROM gateway_message m WHERE m.id = NEW.message_id"
        " AND m.written_at < a.sealed_until))))",
        "what was held comes too late for this place",
    ),
    Guard("a_ruling_never_changes", "gateway_ruling", ("UPDATE",), "1 = 1", "a ruling never changes"),
    Guard(
        "a_ceiling_holds_what_is_there",
        "spaces_audience",
        ("UPDATE",),
        "NEW.ceiling < OLD.ceiling AND EXISTS (SELECT 1 FROM gateway_passage p WHERE p.audience_id = NEW.id"
        " AND p.marking > NEW.ceiling AND p.position IS NOT NULL)",
        "a room that holds higher markings cannot be lowered beneath them",
    ),
]


class Migration(migrations.Migration):
    dependencies = [("gateway", "0001_initial"), ("spaces", "0001_initial")]
    operations = [raise_guards(GUARDS)]
