"""The French and German catalogues: `python -m tools.dev.catalogues` brings them up to date with the sources.

Extracts with xgettext (Debian's gettext), compiles with msgfmt, and prints what is left to translate. Run it with the
environment's Python after changing a sentence; then fill in `lockgate/locale/*/LC_MESSAGES/django.po` and run it again.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("fr", "de")
PROGRAMS = ("xgettext", "msgmerge", "msgfmt")
# Times of extraction would change a catalogue in which no word has changed.
_TIMES = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date): .*\n', re.MULTILINE)
_PART = re.compile(r'^(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?) "(.*)"$')
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


@dataclass
class Entry:
    """One sentence of a catalogue; ``said`` has one form, or as many as the language has plurals."""

    asked: str
    plural: str = ""
    context: str = ""
    said: list[str] = field(default_factory=list)
    is_fuzzy: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return (self.context, self.asked)

    @property
    def is_whole(self) -> bool:
        return not self.is_fuzzy and bool(self.said) and all(self.said)


def catalogue(language: str, package: Path = ROOT / "lockgate") -> Path:
    return package / "locale" / language / "LC_MESSAGES" / "django.po"


def missing_programs() -> list[str]:
    return [one for one in PROGRAMS if shutil.which(one) is None]


def read(text: str) -> list[Entry]:
    """The entries of a .po file as gettext's tools write it, the header left out; obsolete ones are passed over."""
    entries: list[Entry] = []
    for block in text.split("\n\n"):
        parts: dict[str, str] = {}
        current = ""
        is_fuzzy = False
        for line in block.splitlines():
            if line.startswith("#,"):
                is_fuzzy = is_fuzzy or "fuzzy" in line
            elif found := _PART.match(line):
                current = found[1]
                parts[current] = _unquoted(found[2])
            elif line.startswith('"') and current:
                parts[current] += _unquoted(line[1:-1])
        if parts.get("msgid"):
            said = [parts[name] for name in sorted(parts) if name.startswith("msgstr")]
            entries.append(
                Entry(parts["msgid"], parts.get("msgid_plural", ""), parts.get("msgctxt", ""), said, is_fuzzy)
            )
    return entries


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text)


def extract(package: Path) -> None:
    """Bring the catalogues below ``package``, a folder named lockgate, up to date with the sources beside them."""
    for language in LANGUAGES:
        catalogue(language, package).parent.mkdir(parents=True, exist_ok=True)
    wanted = [part for language in LANGUAGES for part in ("-l", language)]
    with tempfile.TemporaryDirectory() as data:
        surroundings = {
            **os.environ,
            "PYTHONPATH": str(package.parent),
            "DJANGO_SETTINGS_MODULE": "lockgate.settings",
            "LOCKGATE_DATA": data,
        }
        command = [sys.executable, "-m", "django", "makemessages", *wanted, "--no-location", "--no-obsolete"]
        subprocess.run(command, cwd=package, env=surroundings, check=True, stdout=subprocess.DEVNULL)
    for language in LANGUAGES:
        file = catalogue(language, package)
        file.write_text(_TIMES.sub("", file.read_text("utf-8")), "utf-8")


def compile_catalogue(file: Path) -> None:
    """``file`` (.po) as gettext reads it, beside it. msgfmt refuses placeholders and plurals that do not fit."""
    command = ["msgfmt", "--check-format", "-o", str(file.with_suffix(".mo")), str(file)]
    subprocess.run(command, check=True)


def main() -> int:
    if missing := missing_programs():
        print(f"{', '.join(missing)} not found. Install it: apt-get install gettext", file=sys.stderr)
        return 69
    extract(ROOT / "lockgate")
    left = 0
    for language in LANGUAGES:
        file = catalogue(language)
        compile_catalogue(file)
        entries = read(file.read_text("utf-8"))
        undone = [one for one in entries if not one.is_whole]
        left += len(undone)
        print(f"{language}: {len(entries) - len(undone)} of {len(entries)} translated")
        for one in undone:
            guess = f"   (a guess to look at: {' | '.join(one.said)})" if one.is_fuzzy else ""
            print(f"  {one.asked}{guess}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
