"""Whatever is changed in an export, it is refused: by our verifier, by Go's log library, and where the checkpoint is
touched by openssl. The manifest is put right after each change, as one who forges an export would."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lockgate.archive import notes, operations, rules
from lockgate.archive.export import export
from lockgate.archive.verify import verify

pytestmark = [pytest.mark.django_db, pytest.mark.go, pytest.mark.xdist_group("go")]

GOPATH = Path("/usr/share/gocode")


@dataclass(frozen=True)
class Export:
    folder: Path
    vkey: str


@pytest.fixture(scope="session")
def go_verifier(tmp_path_factory) -> Path:
    """The verifier that an export carries, built as VERIFY.md says, against Debian's sumdb."""
    lacking = ""
    if shutil.which("go") is None:
        lacking = "Go is not installed (apt-get install golang-go)"
    elif not (GOPATH / "src/golang.org/x/mod/sumdb").is_dir():
        lacking = "Go's sumdb is not installed (apt-get install golang-golang-x-mod-dev)"
    if lacking:
        if os.environ.get("CI"):
            pytest.fail(lacking)
        pytest.skip(lacking)
    program = tmp_path_factory.mktemp("go") / "verify"
    source = Path(__file__).parents[1] / "outside/verify.go"
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": str(GOPATH), "GOFLAGS": ""}
    subprocess.run(["go", "build", "-o", str(program), str(source)], env=environment, check=True)
    return program


@pytest.fixture
def good(facts, later, tmp_path) -> Export:
    """715 entries: three bundles, four tiles; 12 records disclosed, one erased."""
    for post in range(234):
        operations.record(facts(3, record=f"m:{post}", body=f"words of post {post}".encode()))
    operations.erase(record="m:7", basis="gdpr-17", by="p:77aa", at=later)
    folder = tmp_path / "export"
    done = export(folder, by="system", at=later, records=[f"m:{post}" for post in range(0, 84, 7)])
    return Export(folder, done.vkey)


def _go(program: Path, made: Export) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(program), str(made.folder), made.vkey], capture_output=True, text=True, check=False
    )


def _list_again(folder: Path) -> None:
    """The manifest as an honest export of these files would have it: first the order it had, then what is new."""
    file = folder / "MANIFEST.sha256"
    names = [line[66:] for line in file.read_text().splitlines()]
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {file.name}
    kept = [name for name in names if name in there] + sorted(there - set(names))
    file.write_text("".join(f"{sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in kept))


def _flip(name: str, byte: int = 70) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[byte % len(data)] ^= 1
        (folder / name).write_bytes(data)

    return change


def _bundle(folder: Path, name: str) -> list[bytes]:
    data, entries = (folder / name).read_bytes(), []
    while data:
        end = 2 + int.from_bytes(data[:2], "big")
        entries.append(data[2:end])
        data = data[end:]
    return entries


def _rebundle(
    change: Callable[[list[bytes]], None], name: str = "001", *, with_tile: bool = False
) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        entries = _bundle(folder, f"tile/entries/{name}")
        change(entries)
        data = b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
        (folder / f"tile/entries/{name}").write_bytes(data)
        if with_tile:
            hashes = b"".join(rules.leaf_hash(entry) for entry in entries)
            (folder / f"tile/0/{name}").write_bytes(hashes)

    return apply


def _swap(entries: list[bytes]) -> None:
    entries[10], entries[11] = entries[11], entries[10]


def _alter(entries: list[bytes]) -> None:
    entries[20] = entries[20].replace(b'"actor":"p:0a', b'"actor":"p:ff')


def _drop(entries: list[bytes]) -> None:
    del entries[30]


def _add(entries: list[bytes]) -> None:
    entries.append(entries[-1])


def _all_the_way_up(folder: Path) -> None:
    """An altered entry with its tile and the tile above put right: only the signed root stands against it."""
    _rebundle(_alter, with_tile=True)(folder)
    above = bytearray((folder / "tile/1/000.p/2").read_bytes())
    above[32:] = rules.fold((folder / "tile/0/001").read_bytes())
    (folder / "tile/1/000.p/2").write_bytes(above)


def _note_line(number: int, change: Callable[[str], str]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        lines = (folder / "checkpoint").read_text().split("\n")
        lines[number] = change(lines[number])
        (folder / "checkpoint").write_text("\n".join(lines))

    return apply


def _flip_base64(text: str) -> str:
    head, _, encoded = text.rpartition(" ")
    data = bytearray(b64decode(encoded))
    data[20] ^= 1
    return f"{head} {b64encode(data).decode()}".lstrip()


def _another_key(folder: Path) -> None:
    key = Ed25519PrivateKey.generate()
    text = notes.split((folder / "checkpoint").read_text())[0]
    verifier = notes.Verifier("halden.example/archive", notes.public(key))
    (folder / "checkpoint").write_text(notes.sign(text, verifier.name, key))
    (folder / "keys/vkey").write_text(verifier.vkey() + "\n")
    (folder / "keys/public.pem").write_bytes(verifier.pem())


def _another_pem(folder: Path) -> None:
    key = notes.Verifier("x", notes.public(Ed25519PrivateKey.generate()))
    (folder / "keys/public.pem").write_bytes(key.pem())


def _put(name: str, other: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes((folder / other).read_bytes())


def _remove(*names: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        for name in names:
            (folder / name).unlink()

    return apply


def _lost_root(folder: Path) -> None:
    (folder / "checkpoint").write_text("")


def _proof_line(number: int) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        file = folder / "proofs/42.tlog-proof"
        lines = file.read_text().split("\n")
        lines[number] = _flip_base64(lines[number])
        file.write_text("\n".join(lines))

    return apply


TAMPERINGS: dict[str, Callable[[Path], object]] = {
    "a bit flipped in the first tile": _flip("tile/0/000"),
    "a bit flipped in a middle tile": _flip("tile/0/001", 4000),
    "a bit flipped in the last tile": _flip("tile/0/002.p/203"),
    "a bit flipped in a tile above": _flip("tile/1/000.p/2", 40),
    "a bit flipped in an entry": _flip("tile/entries/001", 4000),
    "a bit flipped in an entry's length": _flip("tile/entries/001", 1),
    "a bit flipped in a disclosed entry": _flip("records/42.json"),
    "a bit flipped in disclosed words": _flip("records/42.body", 3),
    "a bit flipped in a salt": _flip("records/42.salt", 3),
    "words of another record": _put("records/42.body", "records/63.body"),
    "words and salt of another record": lambda folder: (
        [_put(f"records/42.{part}", f"records/63.{part}")(folder) for part in ("body", "salt")]
    ),
    "an entry dropped": _rebundle(_drop),
    "an entry dropped, tile with it": _rebundle(_drop, with_tile=True),
    "two entries swapped": _rebundle(_swap),
    "two entries swapped, tile with them": _rebundle(_swap, with_tile=True),
    "an entry altered": _rebundle(_alter),
    "an entry altered, tile with it": _rebundle(_alter, with_tile=True),
    "an entry altered, all tiles with it": _all_the_way_up,
    "an entry added": _rebundle(_add),
    "an entry added at the end": _rebundle(_add, "002.p/203"),
    "an entry added at the end, tile with it": _rebundle(_add, "002.p/203", with_tile=True),
    "the last entry dropped": _rebundle(lambda entries: entries.pop(), "002.p/203"),
    "half a bundle": lambda folder: (folder / "tile/entries/001").write_bytes(
        (folder / "tile/entries/001").read_bytes()[:5000]
    ),
    "bundles swapped": lambda folder: (
        [
            (folder / "swap").write_bytes((folder / "tile/entries/000").read_bytes()),
            _put("tile/entries/000", "tile/entries/001")(folder),
            _put("tile/entries/001", "swap")(folder),
            (folder / "swap").unlink(),
        ]
    ),
    "a bundle missing": _remove("tile/entries/001"),
    "a tile missing": _remove("tile/0/001"),
    "the tile above missing": _remove("tile/1/000.p/2"),
    "a changed size": _note_line(1, lambda size: str(int(size) - 1)),
    "a larger size": _note_line(1, lambda size: str(int(size) + 1)),
    "a changed root": _note_line(2, _flip_base64),
    "a changed origin": _note_line(0, lambda origin: origin + "2"),
    "a changed signature": _note_line(4, _flip_base64),
    "no signature": _note_line(4, lambda _: ""),
    "an extra line": _note_line(2, lambda root: root + "\nextra"),
    "an empty checkpoint": _lost_root,
    "signed with another key": _another_key,
    "another key for openssl": _another_pem,
    "a bit flipped in a proof": _proof_line(4),
    "a bit flipped in a proof's entry": _proof_line(1),
    "a proof of another entry": _put("proofs/42.tlog-proof", "proofs/63.tlog-proof"),
    "a proof missing": _remove("proofs/42.tlog-proof"),
    "a salt missing": _remove("records/42.salt"),
    "a body missing": _remove("records/42.body"),
    "a record of no entry": lambda folder: (
        [
            _put("records/9999.json", "records/42.json")(folder),
            _put("proofs/9999.tlog-proof", "proofs/42.tlog-proof")(folder),
        ]
    ),
}


def test_the_good_export_is_accepted_by_both(good, go_verifier):
    report = verify(good.folder, vkey=good.vkey)
    assert report.faults == []
    assert (report.shown, report.disclosed) == (49, 11), (
        "12 records, two entries under each, an erasure, 12 disclosures"
    )
    ran = _go(go_verifier, good)
    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.startswith(
        f"good: {report.size} entries, root {b64encode(report.root).decode()}, 49 records"
    )


def test_whatever_is_changed_is_refused_by_both(good, go_verifier, tmp_path):
    """One export, each change on a copy of its own; the names of those let through are the answer."""
    let_through = []
    for name, change in TAMPERINGS.items():
        copy = Export(tmp_path / "copy", good.vkey)
        shutil.copytree(good.folder, copy.folder)
        change(copy.folder)
        _list_again(copy.folder)
        if verify(copy.folder, vkey=copy.vkey).is_good:
            let_through.append(f"ours: {name}")
        ran = _go(go_verifier, copy)
        if ran.returncode != 1 or not ran.stdout.startswith("REFUSED: "):
            let_through.append(f"Go: {name}: {ran.stdout}{ran.stderr}")
        shutil.rmtree(copy.folder)
    assert let_through == []
    assert len(TAMPERINGS) >= 30


_MANIFEST_ALONE: dict[str, Callable[[Path], object]] = {
    "a page changed": _flip("VERIFY.md"),
    "a stray file": lambda folder: (folder / "stray").write_text("stray"),
    "a stray record": lambda folder: (folder / "records/5.body").write_text("stray"),
    "a file missing": _remove("verify.go"),
    "a file listed twice": lambda folder: (folder / "MANIFEST.sha256").write_text(
        (folder / "MANIFEST.sha256").read_text()
        + (folder / "MANIFEST.sha256").read_text().splitlines()[0]
        + "\n"
    ),
    "a record listed twice": lambda folder: (folder / "MANIFEST.sha256").write_text(
        (folder / "MANIFEST.sha256").read_text()
        + (folder / "MANIFEST.sha256").read_text().splitlines()[-1]
        + "\n"
    ),
    "no manifest": _remove("MANIFEST.sha256"),
    "a line that does not read": lambda folder: (folder / "MANIFEST.sha256").write_text("nonsense\n"),
}


def test_what_only_the_manifest_can_tell_is_refused_by_both(good, go_verifier, tmp_path):
    let_through = []
    for name, change in _MANIFEST_ALONE.items():
        copy = Export(tmp_path / "copy", good.vkey)
        shutil.copytree(good.folder, copy.folder)
        change(copy.folder)
        if verify(copy.folder, vkey=copy.vkey).is_good:
            let_through.append(f"ours: {name}")
        if _go(go_verifier, copy).returncode != 1:
            let_through.append(f"Go: {name}")
        shutil.rmtree(copy.folder)
    assert let_through == []


@pytest.mark.parametrize("case", ["erased", "without words", "tree alone", "empty"])
def test_lesser_exports_are_accepted_by_both(facts, later, tmp_path, go_verifier, case):
    if case != "empty":
        operations.record(facts(300, body=b"words"))
        operations.erase(record="m:1", basis="gdpr-17", by="p:77aa", at=later)
    folder = tmp_path / "export"
    chosen = [] if case == "tree alone" else None
    done = export(folder, by="system", at=later, records=chosen, may_disclose=case != "without words")
    assert verify(folder, vkey=done.vkey).faults == []
    ran = _go(go_verifier, Export(folder, done.vkey))
    assert ran.returncode == 0, ran.stdout


def _shell_of(page: str) -> list[str]:
    return re.findall(r"```sh\n(.*?)```", page, re.DOTALL)


def _sh(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-ec", script], cwd=folder, capture_output=True, text=True, check=False)


def test_every_command_of_verify_md_works_as_it_is_printed(good, go_verifier):
    manifest, openssl, go, records = _shell_of((good.folder / "VERIFY.md").read_text())
    for script in (manifest, openssl, go, records):
        ran = _sh(script, good.folder)
        assert ran.returncode == 0, script + ran.stdout + ran.stderr
    assert "Signature Verified Successfully" in _sh(openssl, good.folder).stdout


@pytest.mark.parametrize(
    ("block", "change"),
    [
        (0, _flip("tile/0/001")),
        (0, _remove("tile/0/001")),
        (1, _note_line(1, lambda size: str(int(size) - 1))),
        (1, _note_line(2, _flip_base64)),
        (1, _note_line(0, lambda origin: origin + "2")),
        (1, _note_line(4, _flip_base64)),
        (1, _another_pem),
        (3, _flip("records/42.body", 3)),
        (3, _flip("records/42.salt", 3)),
    ],
)
def test_every_command_of_verify_md_refuses_what_was_changed(good, go_verifier, block, change):
    script = _shell_of((good.folder / "VERIFY.md").read_text())[block]
    change(good.folder)
    assert _sh(script, good.folder).returncode != 0
