"""The words of a PDF or an Office file as text: a program of its own, since the files of strangers are read here.

It is started by ``wording.py`` as a file, isolated (-I) and with an empty environment, and imports nothing of ours.
Its arguments are the kind of file and the most characters; the file is its standard input, and what it may take is
bounded before a byte of that is read. It answers one byte, "+" where all words are here and "-" where there is more
or some of it cannot be read, and the words as UTF-8. No script and no formula of a file runs.
"""

from __future__ import annotations

import codecs
import contextlib
import ctypes
import io
import itertools
import os
import re
import resource
import sys
import time
import zipfile
import zlib
from typing import Any
from xml.parsers import expat

_MEMORY = 768 * 1024 * 1024
_CPU_SECONDS = 6
# What was read until then is answered, as a part.
_PATIENT_CPU_SECONDS = 4.0
_MOST_BYTES = 10 * 1024 * 1024
_MOST_UNPACKED = 64 * 1024 * 1024
_MOST_MEMBERS = 4_000
_MOST_PAGES = 1_000
_MOST_NOTES = 2_000
_DEEPEST = 500
_DEEPEST_FILE = 3
_PIECE = 64 * 1024


def _bounded() -> None:
    """Memory, time, no file to write, none more to open, no process to start."""
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        # macOS bounds no address space; there the time and what is unpacked hold alone.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
    with contextlib.suppress(OSError):
        os.nice(10)


class _Enough(Exception):
    pass


class _Words:
    """The lines read so far, and whether nothing was left out."""

    def __init__(self, most: int) -> None:
        self.lines: list[str] = []
        self.room = most
        self.unpacked = 0
        self.is_whole = True

    def say(self, line: str) -> None:
        if not line or line.isspace():
            return
        self.lines.append(line[: self.room])
        self.room -= len(line) + 1
        if self.room < 0:
            raise _Enough

    def is_in_time(self) -> None:
        if time.process_time() > _PATIENT_CPU_SECONDS:
            raise _Enough

    def unpack(self, length: int) -> None:
        self.unpacked += length
        if self.unpacked > _MOST_UNPACKED:
            raise _Enough
        self.is_in_time()


# PDF


def _read_pdf(content: bytes, words: _Words) -> None:
    import pypdfium2
    import pypdfium2.raw as pdfium

    document = pypdfium2.PdfDocument(content)
    if document.count_attachments() or document.get_formtype() in (
        pdfium.FORMTYPE_XFA_FULL,
        pdfium.FORMTYPE_XFA_FOREGROUND,
    ):
        words.is_whole = False
    for number in range(min(len(document), _MOST_PAGES)):
        words.is_in_time()
        try:
            _read_page(pdfium, document[number], words)
        except pypdfium2.PdfiumError:
            words.is_whole = False
    if not 1 <= len(document) <= _MOST_PAGES:
        words.is_whole = False
    told = document.get_metadata_dict(skip_empty=True)
    for key in ("Title", "Subject", "Keywords", "Author"):
        words.say(told.get(key, ""))
    headings = list(itertools.islice(document.get_toc(), _MOST_NOTES))
    for heading in headings:
        words.say(heading.get_title())
    if len(headings) == _MOST_NOTES:
        words.is_whole = False


def _read_page(pdfium: Any, page: Any, words: _Words) -> None:
    # Held by its name: what nobody holds is closed at once.
    text = page.get_textpage()
    raw = text.raw
    count = pdfium.FPDFText_CountChars(raw)
    if count < 0:
        words.is_whole = False
        return
    letters, unknown = [], 0
    for index in range(min(count, words.room + 1)):
        number = pdfium.FPDFText_GetUnicode(raw, index)
        # 2 is a hyphen at the end of a line: the word goes on in the next.
        if number != 2 and not 0xD800 <= number <= 0xDFFF and number <= 0x10FFFF:
            letters.append(chr(number))
        unknown += pdfium.FPDFText_HasUnicodeMapError(raw, index) == 1
    said = "".join(letters)
    # A font may draw letters and not say which they are. A few such signs are bullets.
    if unknown > 20 + len(letters) // 50:
        words.is_whole = False
    if len(said.strip()) < _FEW and _shows_something(pdfium, page, bool(said.strip())):
        words.is_whole = False
    words.say(said.replace("\r\n", "\n"))
    _read_notes(pdfium, page, words)


_FEW = 200


def _shows_something(pdfium: Any, page: Any, has_words: bool) -> bool:
    """Whether a page with few words shows what may be more of them: without words any object, else a picture of half
    the page (a scan with a stamp)."""
    count = pdfium.FPDFPage_CountObjects(page)
    if not has_words or count > _MOST_NOTES:
        return bool(count)
    wide, high = page.get_size()
    for index in range(count):
        one = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(one) not in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM):
            continue
        left, low, right, top = (ctypes.c_float() for _ in range(4))
        if (
            pdfium.FPDFPageObj_GetBounds(one, left, low, right, top)
            and (right.value - left.value) * (top.value - low.value) >= wide * high / 2
        ):
            return True
    return False


def _read_notes(pdfium: Any, page: Any, words: _Words) -> None:
    """Notes and comments on the page, and what was filled into its fields: they are no part of the page's text."""
    count = pdfium.FPDFPage_GetAnnotCount(page)
    if count > _MOST_NOTES:
        words.is_whole = False
    for index in range(min(count, _MOST_NOTES)):
        words.is_in_time()
        note = pdfium.FPDFPage_GetAnnot(page, index)
        if not note:
            words.is_whole = False
            continue
        if pdfium.FPDFAnnot_GetSubtype(note) == pdfium.FPDF_ANNOT_FILEATTACHMENT:
            words.is_whole = False
        for key in (b"Contents", b"V", b"T"):
            length = pdfium.FPDFAnnot_GetStringValue(note, key, None, 0)
            if length > 2:
                written = (ctypes.c_ushort * (length // 2 + 1))()
                pdfium.FPDFAnnot_GetStringValue(note, key, written, length)
                words.say(bytes(written)[: length - 2].decode("utf-16-le", "ignore"))
        pdfium.FPDFPage_CloseAnnot(note)


# Office files (OOXML): a ZIP of XML. What a part is, is told by its first element and not by its name.

# Runs of a paragraph are one line; what stands within a paragraph and is another text, is another line.
_PARAGRAPHS = frozenset({"p", "si", "rPh", "rt", "text", "div"})
_RUNS = frozenset({"t", "delText"})
_ASIDE = frozenset({"instrText", "delInstrText", "f"})
_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NO_WORDS = frozenset(
    [
        "posOffset",
        "pctWidth",
        "pctHeight",
        "pctPosHOffset",
        "pctPosVOffset",
        "align",
        "fldData",
        "formatCode",
        "binData",
        "i4",
        "created",
        "modified",
        "lastPrinted",
        "revision",
        "TotalTime",
        "Pages",
        "Words",
        "Characters",
        "Lines",
        "Paragraphs",
        "CharactersWithSpaces",
        "DocSecurity",
        "ScaleCrop",
        "LinksUpToDate",
        "SharedDoc",
        "HyperlinksChanged",
        "AppVersion",
        "Application",
        "Template",
        "Slides",
        "Notes",
        "HiddenSlides",
        "MMClips",
        "PresentationFormat",
        "Row",
        "Column",
        "Anchor",
        "AutoFill",
        "MoveWithCells",
        "SizeWithCells",
        "Visible",
        "sz",
    ]
)
_MARGINS = frozenset(["oddHeader", "evenHeader", "firstHeader", "oddFooter", "evenFooter", "firstFooter"])
_MARGIN_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|\d+|[A-Z])')
_TELLING = frozenset(
    [
        "descr",
        "title",
        "tooltip",
        "display",
        "displayText",
        "prompt",
        "promptTitle",
        "error",
        "errorTitle",
        "author",
        "alt",
    ]
)
_TELLING_HERE = frozenset(
    {
        ("sheet", "name"),
        ("s", "v"),
        ("docVar", "val"),
        ("listEntry", "val"),
        ("alias", "val"),
        ("sheetName", "val"),
        ("cacheField", "name"),
        ("tableColumn", "name"),
        ("property", "name"),
        ("person", "displayName"),
        ("cmAuthor", "name"),
        ("textpath", "string"),
    }
)
_MAIN = {"docx": "document", "xlsx": "workbook", "pptx": "presentation"}
# Pictures, sounds, fonts and what a printer was told; an object of another program, too.
_MUTE = frozenset(
    [
        "png",
        "jpg",
        "jpeg",
        "jfif",
        "jpe",
        "gif",
        "bmp",
        "tif",
        "tiff",
        "emf",
        "wmf",
        "emz",
        "wmz",
        "wdp",
        "ico",
        "webp",
        "heic",
        "bin",
        "ole",
        "odttf",
        "fntdata",
        "ttf",
        "otf",
        "mp3",
        "mp4",
        "m4a",
        "m4v",
        "mov",
        "avi",
        "wmv",
        "wma",
        "wav",
        "mpg",
        "mpeg",
        "pcz",
    ]
)


class _Unreadable(Exception):
    pass


class _Part:
    """One XML part: its elements come by, its words stay."""

    def __init__(self, words: _Words, strings: list[str], used: set[int]) -> None:
        self.words, self.strings, self.used = words, strings, used
        self.root = ""
        self.path: list[str] = []
        # Of each open paragraph, what it says as it stands and what it said before changes that were tracked.
        self.paragraphs: list[tuple[list[str], list[str]]] = []
        self.added = self.removed = 0
        self.loose: list[str] = []
        self.row: list[str] = []
        self.formulas: list[str] = []
        self.cell_kind = ""
        self.pending = 0

    def parse(self, member: Any, begun: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self.begins
        parser.EndElementHandler = self.ends
        parser.CharacterDataHandler = self.says
        parser.StartDoctypeDeclHandler = self.refuses
        parser.EntityDeclHandler = self.refuses
        try:
            piece = begun
            while piece:
                self.words.unpack(len(piece))
                parser.Parse(piece, False)
                piece = member.read(_PIECE)
            parser.Parse(b"", True)
        except _Enough:
            self.words.room = max(self.words.room, 0)
            self.rest()
            raise
        except (expat.ExpatError, _Unreadable, ValueError, zipfile.BadZipFile, zlib.error, EOFError):
            self.rest()
            raise _Unreadable from None

    def refuses(self, *_told: Any) -> None:
        raise _Unreadable

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        here = name.rpartition(":")[2]
        if not self.path:
            self.root = here
        elif len(self.path) >= _DEEPEST:
            raise _Unreadable
        self.let_go()
        if here in _PARAGRAPHS:
            self.paragraphs.append(([], []))
        elif here in _BREAKS and self.path and self.path[-1] == "r":
            self.run(_BREAKS[here])
        elif here in ("ins", "moveTo"):
            self.added += 1
        elif here in ("del", "moveFrom"):
            self.removed += 1
        elif here == "c":
            self.cell_kind = attributes.get("t", "")
        self.path.append(here)
        for key, value in attributes.items():
            key = key.rpartition(":")[2]
            if key in _TELLING or (here, key) in _TELLING_HERE:
                self.words.say(value)
        if here == "Relationship" and attributes.get("TargetMode") == "External":
            self.words.say(attributes.get("Target", ""))

    def ends(self, name: str) -> None:
        here = name.rpartition(":")[2]
        if here == "c" and self.root == "worksheet":
            self.cell()
        elif here in _RUNS or here in _ASIDE:
            self.keep()
        else:
            self.let_go()
        self.path.pop()
        if here in _PARAGRAPHS:
            stands, stood = (("".join(one)) for one in self.paragraphs.pop())
            self.closed(here, stands, stood)
        elif here == "row":
            self.end_row()
        elif here in ("ins", "moveTo"):
            self.added -= 1
        elif here in ("del", "moveFrom"):
            self.removed -= 1

    def says(self, text: str) -> None:
        self.loose.append(text)
        self.pending += len(text)
        if self.pending > 2 * self.words.room + _PIECE:
            raise _Enough

    # What was said within an element, at its end or where another begins.

    def keep(self) -> None:
        text, self.loose = "".join(self.loose), []
        here = self.path[-1]
        if here in _ASIDE:
            if here != "f" or '"' in text:
                self.formulas.append(text)
        elif self.paragraphs:
            self.run(text, is_removed=here == "delText")
        else:
            self.loose = [text]
            if self.root != "worksheet":
                self.let_go()

    def run(self, text: str, *, is_removed: bool = False) -> None:
        if self.paragraphs:
            stands, stood = self.paragraphs[-1]
            if not is_removed and not self.removed:
                stands.append(text)
            if not self.added:
                stood.append(text)

    def let_go(self) -> None:
        """What no run holds is a line of its own."""
        if not self.loose:
            return
        if self.root == "worksheet" and "c" in self.path[-3:]:
            # The value of a cell is taken at the end of the cell.
            return
        text, self.loose = "".join(self.loose), []
        self.pending -= len(text)
        here = self.path[-1] if self.path else ""
        if here in _PARAGRAPHS and self.paragraphs:
            self.run(text)
        elif here in _MARGINS:
            self.words.say(_MARGIN_CODES.sub(" ", text))
        elif here not in _NO_WORDS:
            self.words.say(text.strip())

    def closed(self, here: str, stands: str, stood: str) -> None:
        self.pending = max(0, self.pending - len(stands))
        if self.root == "sst":
            if here == "si":
                self.strings.append(stands)
            self.words.unpack(0)
            if here == "si":
                return
        self.words.say(stands)
        if stood != stands:
            self.words.say(stood)
        if not self.paragraphs:
            self.say_formulas()

    def say_formulas(self) -> None:
        for formula in self.formulas:
            self.words.say(formula)
        self.formulas = []

    def cell(self) -> None:
        value, self.loose = "".join(self.loose).strip(), []
        if self.cell_kind == "s" and value:
            try:
                index = int(value) if len(value) < 10 else -1
                if index < 0:
                    raise IndexError
                value = self.strings[index]
                self.used.add(index)
                self.pending += len(value)
            except (ValueError, IndexError):
                self.words.is_whole = False
        self.row.append(value.replace("\n", " "))
        if self.pending > 2 * self.words.room + _PIECE:
            raise _Enough

    def end_row(self) -> None:
        row, self.row, self.pending = self.row, [], 0
        self.words.say("\t".join(row))
        self.say_formulas()

    def rest(self) -> None:
        """What was begun and not ended."""
        with contextlib.suppress(_Enough):
            for stands, _stood in self.paragraphs:
                self.words.say("".join(stands))
            self.words.say("\t".join(self.row))
            self.words.say("".join(self.loose))
            self.say_formulas()


def _order(info: zipfile.ZipInfo) -> tuple[int, list[tuple[int, str]]]:
    """The strings of a sheet before the sheets, the text before what stands around it, and 2 before 10."""
    name = info.filename.lower()
    if "sharedstrings" in name:
        rank = 0
    elif name in ("word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"):
        rank = 1
    elif "/worksheets/" in name or "/slides/" in name:
        rank = 2
    elif name.startswith("docprops/"):
        rank = 3
    else:
        rank = 4
    return rank, [
        (int(one), "") if one.isdigit() and len(one) < 9 else (0, one) for one in re.split(r"(\d+)", name)
    ]


def _read_office(content: bytes, words: _Words, kind: str, depth: int = 1) -> None:
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        words.is_whole = False
        return
    members = package.infolist()
    if len(members) > _MOST_MEMBERS:
        words.is_whole = False
        members = members[:_MOST_MEMBERS]
    strings: list[str] = []
    used: set[int] = set()
    roots: set[str] = set()
    has_strings = False
    for info in sorted(members, key=_order):
        if info.is_dir():
            continue
        try:
            root = _read_member(package, info, words, strings, used, depth)
        except (
            _Unreadable,
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
            zlib.error,
            EOFError,
            ValueError,
        ):
            words.is_whole = False
            continue
        if root == "sst" and has_strings:
            words.is_whole = False
        has_strings = has_strings or root == "sst"
        roots.add(root)
    # Strings that no cell shows any more travel, too.
    for index, one in enumerate(strings):
        if index not in used:
            words.say(one)
    if kind and _MAIN[kind] not in roots:
        words.is_whole = False


def _read_member(
    package: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    words: _Words,
    strings: list[str],
    used: set[int],
    depth: int,
) -> str:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _Unreadable
    with package.open(info) as member:
        begun = member.read(_PIECE)
        if begun.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] == b"<" or begun[:2] in (
            b"\xff\xfe",
            b"\xfe\xff",
        ):
            part = _Part(words, strings, used)
            part.parse(member, begun)
            return part.root
        words.unpack(len(begun))
        if begun[:4] == b"PK\x03\x04":
            if depth >= _DEEPEST_FILE:
                raise _Unreadable
            pieces = [begun]
            while pieces[-1]:
                pieces.append(member.read(_PIECE))
                words.unpack(len(pieces[-1]))
            _read_office(b"".join(pieces), words, "", depth + 1)
        elif begun and info.filename.lower().rpartition(".")[2] not in _MUTE:
            raise _Unreadable
    return ""


def main() -> int:
    kind, most = sys.argv[1], int(sys.argv[2])
    if kind == "pdf":
        import pypdfium2  # noqa: F401 (before the limits: after them no file can be opened)
    for needed in ("utf-16-le", "cp437"):
        codecs.lookup(needed)
    _bounded()
    content = sys.stdin.buffer.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        return 1
    words = _Words(most)
    try:
        if kind == "pdf":
            _read_pdf(content, words)
        else:
            _read_office(content, words, kind)
    except _Enough:
        words.is_whole = False
    except Exception:
        # A file that breaks its reader: what was read until then is still true.
        words.is_whole = False
    said = "\n".join(words.lines)[:most].encode("utf-8", "ignore")
    sys.stdout.buffer.write((b"+" if words.is_whole else b"-") + said)
    sys.stdout.buffer.flush()
    # Not by the interpreter's own end: a broken document is closed by nobody.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
