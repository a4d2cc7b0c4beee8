import pickle
import stat
import threading

import pytest

from lockgate.channels import sealing
from lockgate.channels.sealing import KeyUnusable, OpenedSecrets, SecretUnreadable, seal, unseal


def test_sealed_and_opened():
    sealed = seal("open sesame", slug="blog", name="app_password")
    assert b"sesame" not in sealed
    assert unseal(sealed, slug="blog", name="app_password") == "open sesame"
    assert seal("open sesame", slug="blog", name="app_password") != sealed  # a fresh nonce each time


def test_the_key_is_a_file_for_its_owner_alone():
    seal("x", slug="a", name="b")
    path = sealing.key_file()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(bytes.fromhex(path.read_text())) == 32
    assert [entry.name for entry in path.parent.iterdir()] == ["channels.key"]
    assert sealing.complaints() == ()
    path.chmod(0o644)
    assert "600" in sealing.complaints()[0]


@pytest.mark.parametrize(("slug", "name"), [("other", "app_password"), ("blog", "access_token")])
def test_a_row_cannot_pass_for_another(slug, name):
    sealed = seal("open sesame", slug="blog", name="app_password")
    with pytest.raises(SecretUnreadable):
        unseal(sealed, slug=slug, name=name)


@pytest.mark.parametrize("at", [0, 5, 20, -1])
def test_an_altered_byte_is_found(at):
    sealed = bytearray(seal("open sesame", slug="blog", name="p"))
    sealed[at] ^= 1
    with pytest.raises(SecretUnreadable) as no:
        unseal(bytes(sealed), slug="blog", name="p")
    assert "blog" in no.value.sentence
    assert no.value.mend
    assert no.value.__cause__ is None
    assert no.value.__context__ is None


def test_the_wrong_key_is_told_and_a_missing_one_is_not_made_anew():
    sealed = seal("open sesame", slug="blog", name="p")
    path = sealing.key_file()
    path.unlink()
    with pytest.raises(KeyUnusable, match="is missing"):
        unseal(sealed, slug="blog", name="p")
    assert not path.exists()
    path.write_text("ab" * 32)
    with pytest.raises(SecretUnreadable, match="another key"):
        unseal(sealed, slug="blog", name="p")


@pytest.mark.parametrize("held", ["", "short", "zz" * 32, "ab" * 31, "é"])
def test_a_file_that_holds_no_key(held):
    path = sealing.key_file()
    path.parent.mkdir(parents=True)
    path.write_text(held)
    with pytest.raises(KeyUnusable, match="does not hold a key") as no:
        seal("x", slug="a", name="b")
    assert str(path) in no.value.sentence
    assert no.value.mend
    assert path.read_text() == held  # never overwritten: it may be somebody's mistake, and mendable
    assert sealing.complaints() != ()


def test_a_key_that_cannot_be_read():
    sealing.key_file().mkdir(parents=True)
    with pytest.raises(KeyUnusable, match="cannot be read"):
        seal("x", slug="a", name="b")


def test_a_folder_that_cannot_be_made(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.KEYS_DIR = tmp_path / "file" / "keys"
    with pytest.raises(KeyUnusable, match="cannot be written"):
        seal("x", slug="a", name="b")


def test_many_first_uses_at_once_make_one_key():
    sealed = []
    start = threading.Barrier(8)

    def use(number):
        start.wait()
        sealed.append((number, seal(f"word {number}", slug="a", name="b")))

    threads = [threading.Thread(target=use, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [unseal(one, slug="a", name="b") for n, one in sealed] == [f"word {n}" for n, one in sealed]
    assert len(sealed) == 8


def test_opened_secrets_print_as_their_number():
    opened = OpenedSecrets({"app_password": "open sesame"})
    assert opened["app_password"] == "open sesame"
    assert opened["absent"] == ""
    assert "sesame" not in f"{opened!r} {opened} {[opened]}"
    with pytest.raises(TypeError):
        pickle.dumps(opened)
