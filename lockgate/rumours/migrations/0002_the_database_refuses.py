from django.db import migrations

from lockgate.base.triggers import Guard, raise_guards

GUARDS = (
    Guard(
        "no_asker_is_put_in_later",
        "rumours_rumour",
        ("UPDATE",),
        "COALESCE(NEW.asker_id, 0) <> COALESCE(OLD.asker_id, 0) OR NEW.audience_id <> OLD.audience_id"
        " OR NEW.words <> OLD.words",
        "a rumour stays as it was asked",
    ),
)


class Migration(migrations.Migration):
    dependencies = [("rumours", "0001_initial")]

    operations = [raise_guards(GUARDS)]
