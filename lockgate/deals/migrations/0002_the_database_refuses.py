from django.db import migrations

from lockgate.base.triggers import Guard, raise_guards

GUARDS = [
    Guard("a_vote_never_changes", "deals_vote", ("UPDATE", "DELETE"), "1 = 1", "a vote stands"),
    Guard(
        "a_vote_comes_before_the_decision",
        "deals_vote",
        ("INSERT",),
        "EXISTS (SELECT 1 FROM deals_decision d WHERE d.id = NEW.decision_id"
        " AND (d.decided_at IS NOT NULL OR NEW.option > d.options))",
        "no vote comes after the decision, or for an option that is not there",
    ),
    Guard(
        "a_decision_is_taken_once",
        "deals_decision",
        ("UPDATE",),
        "OLD.decided_at IS NOT NULL OR NEW.passage_id <> OLD.passage_id OR NEW.audience_id <> OLD.audience_id"
        " OR NEW.chosen > NEW.options",
        "a decision is taken once, and is about what was asked",
    ),
    Guard(
        "only_the_buyers_decide",
        "deals_decision",
        ("INSERT",),
        "NOT EXISTS (SELECT 1 FROM spaces_audience a JOIN spaces_space s ON s.id = a.space_id"
        " WHERE a.id = NEW.audience_id AND a.lane = '' AND a.kind = 'inside' AND s.kind = 'deal')",
        "what is decided is asked among the buyers of a deal room",
    ),
]


class Migration(migrations.Migration):
    dependencies = [("deals", "0001_initial"), ("spaces", "0001_initial")]
    operations = [raise_guards(GUARDS)]
