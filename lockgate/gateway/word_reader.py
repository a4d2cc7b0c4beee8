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
from typing import Any
from xml.parsers import expat

_MEMORY = 768 * 1024 * 1024
_CPU_SECONDS = 6
# What was read until then is answered, as a part.
_PATIENT_CPU_SECONDS = 4.0
_PATIENT_SECONDS = 7.0
_MOST_BYTES = 10 * 1024 * 1024
_MOST_UNPACKED = 64 * 1024 * 1024
_MOST_MEMBERS = 4_000
_MOST_PAGES = 1_000
_MOST_NOTES = 2_000
_FEW_LETTERS = 100
_DEEPEST = 500
_LONGEST_TAG = 1024 * 1024
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
    """There is no room, or no time, for more."""


class _Words:
    """The lines read so far, and whether nothing was left out."""

    def __init__(self, most: int) -> None:
        self.lines: list[str] = []
        self.said: set[str] = set()
        # A line takes its letters and one more for its end.
        self.room = most + 1
        self.unpacked = 0
        self.until = time.monotonic() + _PATIENT_SECONDS
        self.is_whole = True

    def say(self, line: str, *, once: bool = False) -> None:
        if not line or line.isspace() or (once and line in self.said):
            return
        self.said.add(line)
        if self.room <= 0:
            raise _Enough
        self.lines.append(line[: self.room - 1])
        self.room -= len(line) + 1
        if self.room < 0:
            raise _Enough

    def is_in_time(self) -> None:
        if time.process_time() > _PATIENT_CPU_SECONDS or time.monotonic() > self.until:
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
    document.init_forms()
    for number in range(min(len(document), _MOST_PAGES)):
        words.is_in_time()
        try:
            _read_page(pdfium, document, number, words)
        except pypdfium2.PdfiumError:
            words.is_whole = False
    # Without a word on any page it is taken for broken rather than for blank.
    if not words.lines or len(document) > _MOST_PAGES:
        words.is_whole = False
    told = document.get_metadata_dict(skip_empty=True)
    for key in ("Title", "Subject", "Keywords", "Author"):
        words.say(told.get(key, ""))
    headings = list(itertools.islice(document.get_toc(), _MOST_NOTES))
    for heading in headings:
        words.say(heading.get_title())
    if len(headings) == _MOST_NOTES:
        words.is_whole = False


def _read_page(pdfium: Any, document: Any, number: int, words: _Words) -> None:
    page = document[number]
    notes = _notes(pdfium, document, page, words)
    if notes:
        # What stamps, comments and filled fields show becomes part of the page, and is read with it.
        if pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_FAIL:
            words.is_whole = False
        page.close()
        page = document[number]
    said = _text_of_page(pdfium, page, words)
    words.say(said)
    shown = "".join(said.split())
    for note in notes:
        if "".join(note.split()) not in shown:
            words.say(note)


def _text_of_page(pdfium: Any, page: Any, words: _Words) -> str:
    # Held by its name: what nobody holds is closed at once.
    text = page.get_textpage()
    raw = text.raw
    count = text.count_chars()
    # A line's end is two letters here, and one there.
    taken = min(count, 2 * words.room)
    letters, unknown, in_a_row, longest = [], 0, 0, 0
    for index in range(taken):
        number = pdfium.FPDFText_GetUnicode(raw, index)
        # 2 is a hyphen at the end of a line: the word goes on in the next.
        if number != 2 and not 0xD800 <= number <= 0xDFFF and number <= 0x10FFFF:
            letters.append(chr(number))
        if pdfium.FPDFText_HasUnicodeMapError(raw, index) == 1:
            unknown, in_a_row = unknown + 1, in_a_row + 1
            longest = max(longest, in_a_row)
        elif number not in (10, 13, 32):
            in_a_row = 0
    said = "".join(letters).replace("\r\n", "\n")
    # A font may draw letters and not say which they are. Bullets stand alone; what stands together is a word.
    if longest > 3 or unknown > 5 + count // 20 or taken < count:
        words.is_whole = False
    if len(said.strip()) < _FEW_LETTERS and _shows_something(pdfium, page, bool(said.strip())):
        words.is_whole = False
    return said


def _shows_something(pdfium: Any, page: Any, has_words: bool) -> bool:
    """Whether a page with few words shows what may be more of them: without words any object, else a picture of the
    page (a scan with a stamp)."""
    count = pdfium.FPDFPage_CountObjects(page)
    if not has_words or count > _MOST_NOTES:
        return bool(count)
    wide, high = page.get_size()
    left, low, right, top = (ctypes.c_float() for _ in range(4))
    for one in (pdfium.FPDFPage_GetObject(page, index) for index in range(count)):
        if (
            _is_picture(pdfium, one)
            and pdfium.FPDFPageObj_GetBounds(one, left, low, right, top)
            and (right.value - left.value) * (top.value - low.value) >= 0.8 * wide * high
        ):
            return True
    return False


def _is_picture(pdfium: Any, one: Any) -> bool:
    kind = pdfium.FPDFPageObj_GetType(one)
    if kind != pdfium.FPDF_PAGEOBJ_FORM:
        return bool(kind == pdfium.FPDF_PAGEOBJ_IMAGE)
    within = min(pdfium.FPDFFormObj_CountObjects(one), _MOST_NOTES)
    return any(
        pdfium.FPDFPageObj_GetType(pdfium.FPDFFormObj_GetObject(one, index)) == pdfium.FPDF_PAGEOBJ_IMAGE
        for index in range(within)
    )


def _notes(pdfium: Any, document: Any, page: Any, words: _Words) -> list[str]:
    """What is noted on a page, and what was filled into its fields: neither is part of the page's own text."""
    count = pdfium.FPDFPage_GetAnnotCount(page)
    if count > _MOST_NOTES:
        words.is_whole = False
    notes = []
    for index in range(min(count, _MOST_NOTES)):
        words.is_in_time()
        note = pdfium.FPDFPage_GetAnnot(page, index)
        kind = pdfium.FPDFAnnot_GetSubtype(note) if note else pdfium.FPDF_ANNOT_UNKNOWN
        if kind in (pdfium.FPDF_ANNOT_UNKNOWN, pdfium.FPDF_ANNOT_FILEATTACHMENT):
            words.is_whole = False
        if kind == pdfium.FPDF_ANNOT_WIDGET and document.formenv:
            notes.append(_written(pdfium.FPDFAnnot_GetFormFieldValue, document.formenv.raw, note))
        elif kind not in (pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP, pdfium.FPDF_ANNOT_UNKNOWN):
            for key in (b"Contents", b"T"):
                notes.append(_written(pdfium.FPDFAnnot_GetStringValue, note, key))
        pdfium.FPDFPage_CloseAnnot(note)
    return notes


def _written(ask: Any, *about: Any) -> str:
    """A string that PDFium writes into what it is given, once it has said how long that is."""
    length = ask(*about, None, 0)
    written = (ctypes.c_ushort * (length // 2 + 1))()
    ask(*about, written, length)
    return bytes(written)[: max(0, length - 2)].decode("utf-16-le", "ignore")


# Office files (OOXML): a ZIP of XML. What a part is, is told by its elements and not by its name.


def _names(written: str) -> frozenset[str]:
    return frozenset(written.split())


_MAIN = {"docx": "document", "xlsx": "workbook", "pptx": "presentation"}
# The runs of a paragraph are one line, and so are eight words in a row eight words in a row.
_PARAGRAPHS = _names("p si rPh rt text div")
_RUNS = _names("t delText")
_ASIDE = _names("instrText delInstrText f")
_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_MARGINS = _names("oddHeader evenHeader firstHeader oddFooter evenFooter firstFooter")
_MARGIN_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|\d+|[A-Z])')
# A workbook may write a letter by its number, and shows the letter.
_BY_NUMBER = _names("sst worksheet workbook comments table")
_NUMBERED = re.compile("_x([0-9A-Fa-f]{4})_")
_DATA = _names("fldData binData")
# Counts, dates, places and names of programs, where they are one word.
_NO_WORDS = _names(
    "posOffset pctWidth pctHeight pctPosHOffset pctPosVOffset align formatCode i4 created modified lastPrinted "
    "revision TotalTime Pages Words Characters Lines Paragraphs CharactersWithSpaces DocSecurity ScaleCrop "
    "LinksUpToDate SharedDoc HyperlinksChanged AppVersion Application Slides Notes HiddenSlides MMClips "
    "PresentationFormat row col rowOff colOff tableStyleId Row Column Anchor AutoFill MoveWithCells "
    "SizeWithCells Visible"
)
# What stands on every page or slide says the same each time.
_FURNITURE = _names(
    "sldMaster sldLayout notesMaster handoutMaster hdr ftr chartSpace Properties Relationships"
)
# Attributes that somebody wrote as words.
_TELLING = _names(
    "descr title tooltip display displayText prompt promptTitle error errorTitle author alt sheet.name s.v docVar.val "
    "listEntry.val alias.val sheetName.val cacheField.name tableColumn.name property.name person.displayName "
    "cmAuthor.name textpath.string"
)
# Pictures, sounds, fonts, what a printer was told, an object of another program: there the words are not looked for.
_MUTE = _names(
    "png jpg jpeg jfif jpe gif bmp tif tiff emf wmf emz wmz wdp ico webp heic bin ole odttf fntdata ttf otf mp3 mp4 "
    "m4a m4v mov avi wmv wma wav mpg mpeg"
)


class _Unreadable(Exception):
    pass


class _Paragraph:
    """What it says as it stands, what it said before the changes that are tracked in it, and what came and went."""

    def __init__(self) -> None:
        self.stands: list[str] = []
        self.stood: list[str] = []
        self.passed: list[str] = []
        self.length = 0


class _Strings:
    """The strings of a workbook, which its cells name by number."""

    def __init__(self, most: int) -> None:
        self.all: list[str] = []
        self.used: set[int] = set()
        self.room = most


class _Part:
    """One XML part: its elements come by, its words stay."""

    def __init__(self, words: _Words, strings: _Strings) -> None:
        self.words, self.strings = words, strings
        self.path: list[str] = []
        self.root = ""
        self.loose: list[str] = []
        self.paragraphs: list[_Paragraph] = []
        self.added = self.removed = 0
        self.aside: list[str] = []
        self.row: list[str] = []
        self.value: list[str] = []
        self.kind = ""
        self.pending = 0

    def parse(self, member: Any, begun: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self.begins
        parser.EndElementHandler = self.ends
        parser.CharacterDataHandler = self.says
        # No Office file declares anything; entities within entities are how a few bytes become all memory.
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self.refuses
        try:
            piece, length = begun, 0
            while piece:
                self.words.unpack(len(piece))
                parser.Parse(piece, False)
                length += len(piece)
                # Of a tag that does not end, expat reads all again with each piece.
                if length - parser.CurrentByteIndex > _LONGEST_TAG:
                    raise _Unreadable
                piece = member.read(_PIECE)
            parser.Parse(b"", True)
        except Exception:
            self.end_early()
            raise

    def refuses(self, *_told: object) -> None:
        raise _Unreadable

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        here = name.rpartition(":")[2]
        around = self.path[-1] if self.path else ""
        if len(self.path) >= _DEEPEST:
            raise _Unreadable
        self.let_go(around)
        self.path.append(here)
        self.root = self.root or here
        if here in _PARAGRAPHS:
            self.paragraphs.append(_Paragraph())
        elif here in _BREAKS and around in ("r", "p", "div"):
            self.run(_BREAKS[here])
        elif here in ("ins", "moveTo"):
            self.added += 1
        elif here in ("del", "moveFrom"):
            self.removed += 1
        elif here == "c":
            self.kind = attributes.get("t", "")
        for key, value in attributes.items():
            key = key.rpartition(":")[2]
            if key in _TELLING or f"{here}.{key}" in _TELLING:
                self.words.say(value, once=True)
        if here == "Relationship" and attributes.get("TargetMode") == "External":
            self.words.say(attributes.get("Target", ""), once=True)

    def ends(self, name: str) -> None:
        here = name.rpartition(":")[2]
        self.let_go(here)
        self.path.pop()
        if here in _PARAGRAPHS:
            self.end_paragraph(here, self.paragraphs.pop())
        elif here in ("ins", "moveTo"):
            self.added -= 1
        elif here in ("del", "moveFrom"):
            self.removed -= 1
        elif here == "c" and self.root == "worksheet":
            self.end_cell()
        elif here == "row" and self.root == "worksheet":
            self.end_row()

    def says(self, text: str) -> None:
        if self.path[-1] not in _DATA:
            self.loose.append(text)
            self.hold(len(text))

    def say(self, line: str) -> None:
        self.words.say(line, once=self.root in _FURNITURE)

    def hold(self, length: int) -> None:
        self.pending += length
        # What is begun and cannot be said any more need not be gathered.
        if self.pending > self.words.room + _PIECE:
            raise _Enough

    def let_go(self, here: str) -> None:
        """The characters between two tags, within an element of this name."""
        if not self.loose:
            return
        text, self.loose = "".join(self.loose), []
        if self.root in _BY_NUMBER and "_x" in text:
            text = _NUMBERED.sub(lambda found: chr(int(found[1], 16)), text)
        if here in _ASIDE:
            self.pending -= len(text)
            self.aside.append(text)
        elif self.paragraphs and (here in _RUNS or here in _PARAGRAPHS):
            self.run(text, is_removed=here == "delText")
        elif self.root == "worksheet" and here in ("t", "v"):
            self.value.append(text)
        else:
            self.pending -= len(text)
            if here in _NO_WORDS and len(text.split()) < 2:
                return
            self.say(_MARGIN_CODES.sub(" ", text) if here in _MARGINS else text.strip())

    def run(self, text: str, *, is_removed: bool = False) -> None:
        if self.paragraphs:
            into = self.paragraphs[-1]
            into.length += len(text)
            is_removed = is_removed or self.removed > 0
            if not is_removed:
                into.stands.append(text)
            if not self.added:
                into.stood.append(text)
            if is_removed and self.added:
                into.passed.append(text)

    def end_paragraph(self, here: str, paragraph: _Paragraph) -> None:
        self.pending = max(0, self.pending - paragraph.length)
        stands, stood = "".join(paragraph.stands), "".join(paragraph.stood)
        if self.root == "sst" and here == "si":
            self.strings.room -= len(stands)
            if self.strings.room < 0:
                self.words.is_whole = False
            else:
                self.strings.all.append(stands)
            return
        self.say(stands)
        if stood != stands:
            self.say(stood)
        self.say("".join(paragraph.passed))
        if not self.paragraphs:
            self.say_aside()

    def end_cell(self) -> None:
        value, self.value = "".join(self.value).strip(), []
        if self.kind == "s" and value:
            index = int(value) if value.isdecimal() and len(value) < 9 else -1
            if 0 <= index < len(self.strings.all):
                value = self.strings.all[index]
                self.strings.used.add(index)
                self.hold(len(value))
            else:
                self.words.is_whole = False
        if value:
            self.row.append(value.replace("\n", " "))

    def end_row(self) -> None:
        row, self.row, self.pending = self.row, [], 0
        self.words.say("\t".join(row))
        self.say_aside()

    def say_aside(self) -> None:
        """Codes of fields and formulas, where they hold words of their own; not in the midst of others."""
        aside, self.aside = self.aside, []
        for one in aside:
            if '"' in one:
                self.say(one)

    def end_early(self) -> None:
        """What was begun and will not be ended."""
        with contextlib.suppress(_Enough):
            for paragraph in self.paragraphs:
                self.words.say("".join(paragraph.stands))
            self.words.say("\t".join((*self.row, *self.value)))
            self.words.say("".join(self.loose))
            self.say_aside()


def _order(info: zipfile.ZipInfo) -> tuple[int, list[tuple[int, str]]]:
    """The strings of a workbook before its sheets, the text before what stands around it, and 2 before 10."""
    name = info.filename.lower()
    if "sharedstrings" in name:
        rank = 0
    elif name in ("word/document.xml", "xl/workbook.xml"):
        rank = 1
    elif "/worksheets/" in name or "/slides/" in name:
        rank = 2
    else:
        rank = 3
    pieces = re.split(r"([0-9]{1,9})", name)
    return rank, [(int(one), "") if index % 2 else (0, one) for index, one in enumerate(pieces)]


def _read_office(content: bytes, words: _Words, kind: str, depth: int = 1) -> None:
    package = zipfile.ZipFile(io.BytesIO(content))
    members = package.infolist()
    if len(members) > _MOST_MEMBERS:
        words.is_whole = False
    strings = _Strings(words.room)
    roots: list[str] = []
    for info in sorted(members[:_MOST_MEMBERS], key=_order):
        words.is_in_time()
        try:
            roots.append(_read_member(package, info, words, strings, depth))
        except _Enough:
            raise
        except Exception:
            words.is_whole = False
    # Strings that no cell shows any more travel, too.
    for index, one in enumerate(strings.all):
        if index not in strings.used:
            words.say(one)
    if roots.count("sst") > 1 or (kind and _MAIN[kind] not in roots):
        words.is_whole = False


def _read_member(
    package: zipfile.ZipFile, info: zipfile.ZipInfo, words: _Words, strings: _Strings, depth: int
) -> str:
    """The words of a part; answers the name of its first element, "" where it is no XML."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _Unreadable
    with package.open(info) as member:
        begun = member.read(_PIECE)
        if begun.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] == b"<":
            part = _Part(words, strings)
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
