"""Office files for tests, written by hand: a ZIP of as little XML as is read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
X = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'

_HIDDEN = ' state="veryHidden"'
_OOXML = "application/vnd.openxmlformats-officedocument."
DOCX = f"{_OOXML}wordprocessingml.document"
XLSX = f"{_OOXML}spreadsheetml.sheet"
PPTX = f"{_OOXML}presentationml.presentation"


def package(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def run(text: str) -> str:
    return f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(run(one) for one in runs)}</w:p>"


def word_part(inside: str, name: str = "document") -> str:
    return f"<w:{name} {W}><w:body>{inside}</w:body></w:{name}>"


def docx(inside: str = "", **more: str | bytes) -> bytes:
    """A document with this in its body. ``more`` are parts by their names, "__" for "/"."""
    return package(
        {"word/document.xml": word_part(inside)}
        | {f"{name.replace('__', '/')}.xml": one for name, one in more.items()}
    )


def xlsx(
    sheets: Mapping[str, str], strings: Sequence[str] = (), more: Mapping[str, str | bytes] | None = None
) -> bytes:
    """A workbook of sheets by name, each what stands in its sheetData."""
    named = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}"{_HIDDEN if "idden" in name else ""}/>'
        for number, name in enumerate(sheets, start=1)
    )
    parts: dict[str, str | bytes] = {
        "xl/workbook.xml": f"<workbook {X}><sheets>{named}</sheets></workbook>",
    }
    for number, inside in enumerate(sheets.values(), start=1):
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f"<worksheet {X}><sheetData>{inside}</sheetData></worksheet>"
        )
    if strings:
        # After the sheets, as some programs write it.
        parts["xl/sharedStrings.xml"] = f"<sst {X}>{''.join(f'<si>{one}</si>' for one in strings)}</sst>"
    return package(parts | dict(more or {}))


def pptx(*slides: str, notes: Sequence[str] = (), more: Mapping[str, str | bytes] | None = None) -> bytes:
    """Slides of one shape each."""
    parts: dict[str, str | bytes] = {"ppt/presentation.xml": f"<p:presentation {P}/>"}
    for number, inside in enumerate(slides, start=1):
        parts[f"ppt/slides/slide{number}.xml"] = f"<p:sld {P} {A}><p:txBody>{inside}</p:txBody></p:sld>"
    for number, inside in enumerate(notes, start=1):
        parts[f"ppt/notesSlides/notesSlide{number}.xml"] = (
            f"<p:notes {P} {A}><p:txBody>{inside}</p:txBody></p:notes>"
        )
    return package(parts | dict(more or {}))


def shown(*runs: str) -> str:
    """A paragraph of a slide."""
    return "<a:p>" + "".join(f"<a:r><a:rPr/><a:t>{escape(one)}</a:t></a:r>" for one in runs) + "</a:p>"
