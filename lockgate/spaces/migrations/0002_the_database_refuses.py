from django.db import migrations

from lockgate.base.triggers import Guard, raise_guards

_TAKEN = "(s.ends_at IS NULL OR s.ends_at > NEW.begins_at)"
_IS_HOUSE = (
    "(SELECT f.is_house FROM people_person p JOIN people_firm f ON f.id = p.firm_id WHERE p.id = NEW.person_id)"
)

GUARDS = [
    Guard(
        "a_guest_sits_only_where_guests_may",
        "spaces_seat",
        ("INSERT", "UPDATE"),
        f"(SELECT kind FROM spaces_audience WHERE id = NEW.audience_id) <> 'guests' AND NOT {_IS_HOUSE}",
        "a guest sits only where guests may",
    ),
    Guard(
        "a_guest_sits_only_in_their_firms_lane",
        "spaces_seat",
        ("INSERT", "UPDATE"),
        "EXISTS (SELECT 1 FROM spaces_audience a JOIN people_person p ON p.id = NEW.person_id"
        f" WHERE a.id = NEW.audience_id AND a.firm_id IS NOT NULL AND a.firm_id <> p.firm_id) AND NOT {_IS_HOUSE}",
        "in a lane of a firm sit no guests of another",
    ),
    Guard(
        "a_seat_keeps_its_person_and_room",
        "spaces_seat",
        ("UPDATE",),
        "NEW.person_id <> OLD.person_id OR NEW.audience_id <> OLD.audience_id",
        "a seat keeps its person and its room",
    ),
    Guard(
        "nobody_sits_twice_in_a_room",
        "spaces_seat",
        ("INSERT",),
        "EXISTS (SELECT 1 FROM spaces_seat s WHERE s.person_id = NEW.person_id"
        f" AND s.audience_id = NEW.audience_id AND {_TAKEN})",
        "nobody sits twice in a room",
    ),
    Guard(
        "a_circle_holds_no_more_than_its_most",
        "spaces_seat",
        ("INSERT",),
        "(SELECT COUNT(*) FROM spaces_seat s WHERE s.audience_id = NEW.audience_id"
        f" AND {_TAKEN}) >= (SELECT space.most FROM spaces_space space"
        " JOIN spaces_audience a ON a.space_id = space.id WHERE a.id = NEW.audience_id)",
        "a circle holds no more people than it was opened for",
    ),
    Guard(
        "what_is_sealed_is_heard_by_no_one_of_ours_before",
        "spaces_seat",
        ("INSERT", "UPDATE"),
        "NEW.begins_at < (SELECT sealed_until FROM spaces_audience WHERE id = NEW.audience_id)"
        f" AND COALESCE(NEW.ends_at > NEW.begins_at, 1 = 1) AND {_IS_HOUSE}",
        "what is sealed is heard by none of our people before its time",
    ),
    Guard(
        "a_guests_seat_stays_within_their_nda",
        "spaces_seat",
        ("INSERT", "UPDATE"),
        "EXISTS (SELECT 1 FROM spaces_nda n JOIN spaces_audience a ON a.id = NEW.audience_id"
        " WHERE n.person_id = NEW.person_id AND COALESCE(NEW.ends_at > NEW.begins_at, 1 = 1)"
        " AND (NEW.ends_at IS NULL OR NEW.ends_at > n.ends_at))",
        "the seat of a guest ends with their NDA",
    ),
    Guard(
        "a_guest_sits_beneath_their_ceiling",
        "spaces_seat",
        ("INSERT",),
        "(SELECT ceiling FROM spaces_audience WHERE id = NEW.audience_id)"
        " > (SELECT ceiling FROM spaces_nda WHERE person_id = NEW.person_id)",
        "a guest sits in no room where a higher marking may be said than they may hear",
    ),
    Guard(
        "a_ceiling_is_not_raised_above_its_guests",
        "spaces_audience",
        ("UPDATE",),
        "NEW.ceiling > OLD.ceiling AND EXISTS (SELECT 1 FROM spaces_seat s"
        " JOIN spaces_nda n ON n.person_id = s.person_id WHERE s.audience_id = NEW.id"
        " AND (s.ends_at IS NULL OR NOT s.is_end_recorded) AND n.ceiling < NEW.ceiling)",
        "a room where a guest sits is not raised above what they may hear",
    ),
    Guard(
        "an_nda_is_not_lowered_beneath_a_seat",
        "spaces_nda",
        ("INSERT", "UPDATE"),
        "EXISTS (SELECT 1 FROM spaces_seat s JOIN spaces_audience a ON a.id = s.audience_id"
        " WHERE s.person_id = NEW.person_id AND (s.ends_at IS NULL OR NOT s.is_end_recorded)"
        " AND (a.ceiling > NEW.ceiling OR s.ends_at IS NULL OR s.ends_at > NEW.ends_at))",
        "seats that an NDA does not cover end before it is filed",
    ),
    Guard(
        "an_inside_room_stays_inside",
        "spaces_audience",
        ("UPDATE",),
        "NEW.kind <> OLD.kind",
        "whom a room may ever admit never changes",
    ),
    Guard(
        "a_lane_keeps_its_firm_and_its_seal",
        "spaces_audience",
        ("UPDATE",),
        "COALESCE(NEW.firm_id, 0) <> COALESCE(OLD.firm_id, 0) OR NEW.lane <> OLD.lane"
        " OR NEW.space_id <> OLD.space_id OR (OLD.sealed_until IS NOT NULL AND (NEW.sealed_until IS NULL"
        " OR NEW.sealed_until <> OLD.sealed_until)) OR (OLD.sealed_until IS NULL AND NEW.sealed_until IS NOT NULL)",
        "a lane keeps its space, its name, its firm and its seal",
    ),
]


class Migration(migrations.Migration):
    dependencies = [("spaces", "0001_initial"), ("people", "0001_initial")]
    operations = [raise_guards(GUARDS)]
