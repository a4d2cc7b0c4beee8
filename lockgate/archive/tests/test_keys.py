"""Key files: made once in a demo, never replaced, and a clear sentence where they are missing or wrong."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from lockgate.archive import keys, operations, queries
from lockgate.archive.models import Sealed
from lockgate.base.environment import SettingsError

pytestmark = pytest.mark.django_db


def test_a_demo_makes_its_keys_for_its_owner_alone(facts, noon, keys_of_its_own):
    operations.record(facts(1))
    operations.keep(noon)
    for name in (keys.SIGNING, keys.WRAPPING, keys.LAST_SIGNED):
        assert (keys_of_its_own / name).stat().st_mode & 0o777 == 0o600
    assert keys_of_its_own.stat().st_mode & 0o777 == 0o700
    assert sorted(os.listdir(keys_of_its_own)) == sorted([keys.SIGNING, keys.WRAPPING, keys.LAST_SIGNED])


def test_a_company_makes_its_keys_by_a_command(settings, facts, noon):
    settings.SECRET_KEY, settings.DEMO, settings.DEBUG = "a secret of this company's own", False, False
    with pytest.raises(keys.KeysMissing, match="lockgate migrate"):
        operations.record(facts(1))
    with pytest.raises(keys.KeysMissing, match="lockgate migrate"):
        operations.checkpoint(at=noon)
    assert len(operations.make_keys()) == 2
    assert operations.make_keys() == []
    assert operations.record(facts(1))
    assert operations.keep(noon) == 1


@pytest.mark.parametrize("name", [keys.SIGNING, keys.WRAPPING])
def test_a_lost_key_is_never_replaced(facts, noon, keys_of_its_own, name):
    ids = operations.record(facts(1))
    operations.keep(noon)
    assert queries.content(ids[0]) == b"The valve holds."
    (keys_of_its_own / name).unlink()
    operations.record(facts(1, record="m:2", body=None))
    operations.sequence(at=noon)
    use = {
        keys.WRAPPING: lambda: operations.record(facts(1, record="m:3")),
        keys.SIGNING: lambda: operations.checkpoint(at=noon),
    }
    with pytest.raises(keys.KeysMissing, match="is missing, and the archive was written with it"):
        use[name]()
    with pytest.raises(keys.KeysMissing):
        operations.make_keys()
    assert any(name in fault for fault in queries.faults())
    assert not (keys_of_its_own / name).exists()


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"00000000 " + b"ab" * 32 + b"\n", b"\xff\xfe"])
@pytest.mark.parametrize("name", [keys.SIGNING, keys.WRAPPING])
def test_a_damaged_key_is_named(facts, noon, keys_of_its_own, name, damage):
    operations.record(facts(1))
    operations.keep(noon)
    (keys_of_its_own / name).write_bytes(damage)
    with pytest.raises(keys.KeysMissing, match=f"{name} is damaged"):
        queries.vkey() if name == keys.SIGNING else operations.record(facts(1, record="m:2"))


def test_an_unreadable_key_is_named(facts, keys_of_its_own):
    operations.record(facts(1))
    (keys_of_its_own / keys.WRAPPING).unlink()
    (keys_of_its_own / keys.WRAPPING).mkdir()
    with pytest.raises(keys.KeysMissing, match="cannot be read"):
        operations.record(facts(1, record="m:2"))


def test_a_key_of_another_host_is_noticed_by_its_epoch(facts, keys_of_its_own):
    ids = operations.record(facts(1))
    (keys_of_its_own / keys.WRAPPING).unlink()
    keys.write_once(keys.path(keys.WRAPPING), keys._wrapping_line(os.urandom(32)))
    with pytest.raises(keys.KeysMissing, match="that opens this body is not in"):
        queries.content(ids[0])
    assert any("that opens this body is not in" in fault for fault in queries.faults())


def test_a_new_epoch_seals_from_now_on_and_the_old_still_opens(facts, later):
    one = operations.record(facts(1, record="m:1", body=b"one"))[0]
    epoch = operations.renew_wrapping_key(by="p:77aa", at=later)
    two = operations.record(facts(1, record="m:2", body=b"two"))[0]
    assert list(Sealed.objects.order_by("entry").values_list("epoch", flat=True))[1] == epoch
    assert (queries.content(one), queries.content(two)) == (b"one", b"two")


def test_two_that_begin_at_once_go_on_with_one_key(keys_of_its_own):
    file = keys_of_its_own / "some.key"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: keys.write_once(file, b"%d" % number), range(8)))
    assert file.read_bytes() in [b"%d" % number for number in range(8)]
    assert os.listdir(keys_of_its_own) == ["some.key"]


def test_others_who_can_read_a_key_are_told_of(facts, keys_of_its_own):
    operations.record(facts(1))
    (keys_of_its_own / keys.WRAPPING).chmod(0o644)
    assert any("Others can read the key file" in fault for fault in queries.faults())


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak"])
def test_a_name_that_no_note_can_carry_is_refused(settings, facts, name):
    settings.ARCHIVE_ORIGIN = name
    with pytest.raises(SettingsError):
        operations.record(facts(1))
