from django.db import migrations

from lockgate.base.triggers import Guard, raise_guards

GUARDS = [
    Guard(
        "a_guest_sits_only_where_guests_may",
        "spaces_seat",
        ("INSERT", "UPDATE"),
        "(SELECT kind FROM spaces_audience WHERE id = NEW.audience_id) <> 'guests'"
        " AND NOT (SELECT f.is_house FROM people_person p JOIN people_firm f ON f.id = p.firm_id"
        " WHERE p.id = NEW.person_id)",
        "a guest sits only where guests may",
    ),
    Guard(
        "a_seat_keeps_its_person_and_room",
        "spaces_seat",
        ("UPDATE",),
        "NEW.person_id <> OLD.person_id OR NEW.audience_id <> OLD.audience_id",
        "a seat keeps its person and its room",
    ),
    Guard(
        "an_inside_room_stays_inside",
        "spaces_audience",
        ("UPDATE",),
        "NEW.kind <> OLD.kind",
        "whom a room may ever admit never changes",
    ),
]


class Migration(migrations.Migration):
    dependencies = [("spaces", "0001_initial"), ("people", "0001_initial")]
    operations = [raise_guards(GUARDS)]
