from django.db import migrations

from lockgate.base.triggers import Guard, raise_guards

GUARDS = (
    Guard(
        "anonymous_polls_keep_no_ballot",
        "conversations_ballot",
        ("INSERT", "UPDATE"),
        "EXISTS (SELECT 1 FROM conversations_poll poll WHERE poll.passage_id = NEW.poll_id AND poll.is_anonymous)",
        "an anonymous poll keeps no ballot",
    ),
    Guard(
        "open_polls_keep_no_tally",
        "conversations_tally",
        ("INSERT", "UPDATE"),
        "NOT EXISTS (SELECT 1 FROM conversations_poll poll WHERE poll.passage_id = NEW.poll_id AND poll.is_anonymous)",
        "only an anonymous poll keeps a tally",
    ),
    Guard(
        "a_poll_stays_as_it_was_opened",
        "conversations_poll",
        ("UPDATE",),
        "NEW.is_anonymous <> OLD.is_anonymous OR NEW.is_multiple <> OLD.is_multiple",
        "a poll stays as it was opened",
    ),
    Guard(
        "what_is_accepted_answers_the_question",
        "conversations_acceptance",
        ("INSERT", "UPDATE"),
        "COALESCE((SELECT thread_id FROM gateway_passage WHERE id = NEW.answer_id), 0) <> NEW.question_id",
        "an accepted answer belongs to its question",
    ),
    Guard(
        "a_pin_stands_in_its_own_room",
        "conversations_pin",
        ("INSERT", "UPDATE"),
        "NOT EXISTS (SELECT 1 FROM gateway_passage passage WHERE passage.id = NEW.passage_id"
        " AND passage.audience_id = NEW.audience_id AND passage.thread_id IS NULL)",
        "a pin stands in the room of its post",
    ),
    Guard(
        "a_receipt_stands",
        "conversations_receipt",
        ("UPDATE",),
        "1 = 1",
        "a receipt is never changed",
    ),
)


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0001_initial"),
        ("gateway", "0002_the_database_refuses"),
    ]

    operations = [raise_guards(GUARDS)]
