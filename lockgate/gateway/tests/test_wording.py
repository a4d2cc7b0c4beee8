"""The words of a file: all of them, as somebody would read them, and whether they are all."""

from __future__ import annotations

import io
import random
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.gateway.tests import office
from lockgate.gateway.tests.office import (
    DOCX,
    PPTX,
    XLSX,
    A,
    P,
    W,
    X,
    docx,
    paragraph,
    pptx,
    run,
    shown,
    xlsx,
)
from lockgate.gateway.tests.papers import WORDS, form, lines, locked_pdf, pdf, pdf_of
from lockgate.gateway.types import PDF
from lockgate.gateway.wording import MOST_CHARACTERS, SECONDS, FileWords, words_of

EIGHT = "our valve sealed for ten thousand cycles again"


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (b"", FileWords("", True)),
        (b"one\r\ntwo\rthree\n", FileWords("one\ntwo\nthree\n", True)),
        ("\ufeffPrüfung".encode(), FileWords("Prüfung", True)),
        ("Prüfung".encode("cp1252"), FileWords("Prüfung", True)),
        ("Prüfung 阀门".encode("utf-16"), FileWords("Prüfung 阀门", True)),
        (b"\xfe\xff" + "Prüfung".encode("utf-16-be"), FileWords("Prüfung", True)),
        ("Prüfung".encode("utf-16-le"), FileWords("", False)),
        (b"\xff\xfe" + b"\x00\xd8", FileWords("", False)),
        ("Prüfung".encode("utf-32"), FileWords("", False)),
        (b"a\x00b", FileWords("", False)),
        (b"\x81\x8d\xff", FileWords("", False)),
        (b"\x1b[31mred\x0cblue\tgreen\x7f", FileWords(" [31mred blue\tgreen ", True)),
        ("a\ufffeb\uffffc\x85d".encode(), FileWords("abc d", True)),
        (b"x" * 50, FileWords("x" * 50, True)),
        (b"x" * 51, FileWords("x" * 50, False)),
    ],
)
def test_a_text_is_read_whole(content: bytes, read: FileWords) -> None:
    assert words_of(content, "text/plain", most=50) == read


@given(st.binary(max_size=400), st.sampled_from(["text/plain", "text/csv", "image/png", "application/zip"]))
def test_whatever_the_bytes_the_words_can_be_kept(content: bytes, media_type: str) -> None:
    read = words_of(content, media_type)
    read.text.encode()
    assert all(one in "\n\t" or ord(one) >= 32 for one in read.text)


@pytest.mark.parametrize("media_type", ["image/png", "application/zip", "application/msword", ""])
def test_of_pictures_and_archives_nothing_is_read(media_type: str) -> None:
    assert words_of(b"words", media_type) == FileWords("", False)


PICTURE = b"q 595 0 0 842 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI Q "


@pytest.mark.parametrize(
    ("content", "text", "is_whole"),
    [
        (pdf(), "Fitting sheet", True),
        (pdf_of(lines("Page one."), lines("Page two.")), "Page one.\nPage two.", True),
        (pdf_of(lines("Über 5 µm, naïve façade")), "Über 5 µm, naïve façade", True),
        (pdf_of(lines("The implemen-", "tation is done.")), "The implementation is done.", True),
        (pdf_of(b"BT 3 Tr /F1 12 Tf 60 700 Td (not seen) Tj ET"), "not seen", True),
        (
            pdf_of(lines("Words") + b" BT /F1 12 Tf 2000 700 Td (off the page) Tj ET"),
            "Words\noff the page",
            True,
        ),
        (pdf_of(lines("Words"), root=b"/AcroForm<</Fields[]/XFA(form)>>"), "Words", False),
        (pdf_of(lines("Words"), b""), "Words", True),
        (pdf_of(lines("Words"), b"0 0 100 100 re f"), "Words", False),
        (pdf_of(lines("Words"), PICTURE), "Words", False),
        (pdf_of(PICTURE + lines("Page 1")), "Page 1", False),
        (pdf_of(PICTURE + lines(*[EIGHT] * 8)), "\n".join([EIGHT] * 8), True),
        (pdf_of(PICTURE.replace(b"595", b"300") + lines("A cover")), "A cover", True),
        (pdf(b"/X Do " + lines("Page 1"), more=form(PICTURE)), "Page 1", False),
        (pdf(b"/X Do " + lines("Page 1"), more=form(b"0 0 595 842 re f")), "Page 1", True),
        (
            pdf_of(lines("Words"), notes=[b"<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(a note)>>"]),
            "Words\na note",
            True,
        ),
        (
            pdf_of(
                lines("Name:"),
                notes=[b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(Roux)/Rect[90 700 300 720]>>"],
                root=b"/AcroForm<</Fields[4 0 R]>>",
            ),
            "Name:\nRoux",
            True,
        ),
        (
            pdf_of(lines("Words"), info=b"<</Title(Sheet 7)/Author(Nadia)>>"),
            "Words\nSheet 7\nNadia",
            True,
        ),
        (
            pdf_of(
                lines("Name:"),
                notes=[b"<</Type/Annot/Subtype/Widget/Parent 5 0 R/Rect[90 700 300 720]>>"],
                more=[
                    b"<</FT/Tx/T(name)/V(Roux)/Kids[4 0 R]/DA(/F1 12 Tf)>>",
                ],
                root=b"/AcroForm<</Fields[5 0 R]/NeedAppearances true/DR<</Font<</F1 3 0 R>>>>>>",
            ),
            "Name:\nRoux",
            True,
        ),
        (
            pdf_of(
                lines("Words"),
                notes=[
                    b"<</Type/Annot/Subtype/Stamp/Rect[90 600 300 620]/AP<</N 6 0 R>>>>",
                    b"<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(Words)>>",
                ],
                more=[
                    b"<</Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</F1 3 0 R>>>>/Length 35>>stream\n"
                    b"BT /F1 12 Tf 2 5 Td (stamped) Tj ET\nendstream",
                ],
            ),
            "Words\nstamped",
            True,
        ),
        (
            pdf_of(lines("Words"), notes=[b"<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]>>"]),
            "Words",
            False,
        ),
        (
            pdf_of(lines("Words"), root=b"/Outlines<</First<</Title(Chapter 1)/Dest[6 0 R/Fit]>>>>"),
            "Words\nChapter 1",
            True,
        ),
        (
            pdf_of(
                lines("Words"),
                root=b"/Names<</EmbeddedFiles<</Names[(a.txt)<</Type/Filespec/F(a.txt)>>]>>>>",
            ),
            "Words",
            False,
        ),
        (
            pdf_of(lines("Words")).replace(
                b"/Helvetica/Encoding/WinAnsiEncoding",
                b"/A/Encoding<</Differences[87/g1 100/g2 111/g3 114/g4 115/g5]>>",
            ),
            "Words",
            False,
        ),
        (locked_pdf(b""), "Fitting sheet", True),
        (locked_pdf(b"secret"), "", False),
        (pdf_of(lines("Words"), trailer=b"/Encrypt<</Filter/Unknown/V 1/R 2>>"), "", False),
        (pdf(b"q " * 100_000 + WORDS), "Fitting sheet", True),
        (pdf_of(b"", b""), "", False),
        (pdf(b"[" * 1000 + WORDS), "", False),
        (pdf_of(), "", False),
        (pdf_of(lines("Words"))[:200], "", False),
        (b"%PDF-1.4\n%%EOF", "", False),
        (b"no pdf at all", "", False),
        (b"", "", False),
        (docx(paragraph("no pdf")), "", False),
    ],
)
def test_a_pdf(content: bytes, text: str, is_whole: bool) -> None:
    assert words_of(content, PDF) == FileWords(text, is_whole)


TEXT_BOX = f"<w:r><w:pict><w:txbxContent>{paragraph('in a box')}</w:txbxContent></w:pict></w:r>"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (docx(paragraph("our va", "lve sea", "led")), "our valve sealed"),
        (docx("<w:p>" * 400 + run("deep") + "</w:p>" * 400), "deep"),
        (docx(paragraph("one") + paragraph() + paragraph("two")), "one\ntwo"),
        (
            docx(
                "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t>"
                "</w:r></w:p>"
            ),
            "a\tb\nc",
        ),
        (docx(f"<w:p>{run('before ')}{TEXT_BOX}{run('after')}</w:p>"), "in a box\nbefore after"),
        (
            docx(
                f"<w:p>{run('costs ')}<w:del><w:r><w:delText>five</w:delText></w:r></w:del>"
                f"<w:ins>{run('seven')}</w:ins>{run(' million')}</w:p>"
            ),
            "costs seven million\ncosts five million",
        ),
        (
            docx(
                f"<w:p>{run('it costs')}<w:ins><w:del><w:r><w:delText>came and went</w:delText></w:r></w:del></w:ins>"
                f"{run(' much')}</w:p>"
            ),
            "it costs much\ncame and went",
        ),
        (
            docx(
                f"{paragraph('a')}<w:p>{'<w:r><w:instrText>PAGEREF _Toc</w:instrText></w:r>' * 20_000}</w:p>"
            ),
            "a",
        ),
        (
            docx(
                f"<w:p>{run('a')}<w:moveFrom>{run('b')}</w:moveFrom>{run('c')}</w:p>"
                f"<w:p><w:moveTo>{run('b')}</w:moveTo></w:p>"
            ),
            "ac\nabc\nb",
        ),
        (
            docx(f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>{run(' shown')}</w:p>"),
            "hidden shown",
        ),
        (
            docx(
                f'<w:p>{run("see ")}<w:r><w:instrText>HYPERLINK "http://x.example"</w:instrText></w:r>{run("this")}</w:p>'
            ),
            'see this\nHYPERLINK "http://x.example"',
        ),
        (
            docx(f"<w:tbl><w:tr><w:tc>{paragraph('a')}</w:tc><w:tc>{paragraph('b')}</w:tc></w:tr></w:tbl>"),
            "a\nb",
        ),
        (
            docx(
                '<w:p><w:r><w:drawing><wp:posOffset>77</wp:posOffset><wp:docPr descr="The bench"/></w:drawing></w:r>'
                "</w:p>"
            ),
            "The bench",
        ),
        (
            docx('<w:p><w:r><w:pict><v:shape><v:textpath string="SECRET"/></v:shape></w:pict></w:r></w:p>'),
            "SECRET",
        ),
        (
            docx(
                paragraph("body"),
                word__header1=f"<w:hdr {W}>{paragraph('head')}</w:hdr>",
                word__footer1=f"<w:ftr {W}>{paragraph('foot')}</w:ftr>",
                word__footnotes=f"<w:footnotes {W}><w:footnote>{paragraph('note')}</w:footnote></w:footnotes>",
                word__endnotes=f"<w:endnotes {W}><w:endnote>{paragraph('end')}</w:endnote></w:endnotes>",
                word__comments=f'<w:comments {W}><w:comment w:author="Theo">{paragraph("why")}</w:comment>'
                "</w:comments>",
            ),
            "body\nTheo\nwhy\nend\nfoot\nnote\nhead",
        ),
        (
            docx(
                paragraph("body"),
                docProps__core="<cp:coreProperties><dc:title>Sheet 7</dc:title><dc:subject>Valves</dc:subject>"
                "<cp:keywords>seal; bench</cp:keywords><dc:creator>Nadia</dc:creator>"
                "<dcterms:created>2026-01-01T00:00:00Z</dcterms:created></cp:coreProperties>",
                docProps__app="<Properties><Application>Word</Application><Pages>1</Pages><Notes>not for you</Notes>"
                "<Company>Halden</Company>"
                "</Properties>",
                docProps__custom='<Properties><property name="Label"><vt:lpwstr>Confidential</vt:lpwstr></property>'
                "</Properties>",
            ),
            "body\nnot for you\nHalden\nSheet 7\nValves\nseal; bench\nNadia\nLabel\nConfidential",
        ),
        (
            docx(
                paragraph("body"),
                **{
                    "word___rels__document.xml": b'<Relationships><Relationship Target="http://x.example/"'
                    b' TargetMode="External"/><Relationship Target="styles.xml"/></Relationships>'
                },
            ),
            "body\nhttp://x.example/",
        ),
        (
            docx(paragraph("Prüfung ", "阀门密封", " שסתום ", "اختبار ", "🔧")),
            "Prüfung 阀门密封 שסתום اختبار 🔧",
        ),
        (
            docx(
                "<w:p><w:r><w:ruby><w:rt><w:r><w:t>ふりがな</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>振仮名</w:t></w:r>"
                "</w:rubyBase></w:ruby></w:r></w:p>"
            ),
            "ふりがな\n振仮名",
        ),
        (office.package({"word/document.xml": office.word_part(paragraph("wide")).encode("utf-16")}), "wide"),
        (office.package({"word/other.dat": office.word_part(paragraph("elsewhere"))}), "elsewhere"),
        (
            office.package(
                {
                    "word/document.xml": office.word_part(paragraph("body")),
                    "word/media/image1.png": b"\x89PNG",
                }
            ),
            "body",
        ),
        (
            docx(paragraph("body"), word__embeddings__sheet=xlsx({"Prices": "<row><c><v>42</v></c></row>"})),
            "body\nPrices\n42",
        ),
    ],
)
def test_a_document(content: bytes, text: str) -> None:
    assert words_of(content, DOCX) == FileWords(text, True)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            xlsx(
                {
                    "Prices": '<row><c t="s"><v>1</v></c><c t="s"><v>0</v></c><c><v>12.5</v></c></row>'
                    '<row><c t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c><c t="str">'
                    "<f>A1</f><v>so</v></c>"
                    '<c t="b"><v>1</v></c></row>',
                    "Hidden plan": '<row><c t="inlineStr"><is><t>buy</t></is></c></row>',
                },
                ["<t>valve</t>", "<r><t>sea</t></r><r><t>ling </t></r>"],
            ),
            "Prices\nHidden plan\nsealing \tvalve\t12.5\ninline\tso\t1\nbuy",
        ),
        (xlsx({"A": ""}, ["<t>s_x0065_cret_x000D_\nplan</t>"]), "A\nsecret\nplan"),
        (xlsx({"A": ""}, ["<t>no cell shows it</t>"]), "A\nno cell shows it"),
        (
            xlsx({"A": '<row><c t="s"><v>0</v></c></row>'}, ["<t>課長</t><rPh><t>カチョウ</t></rPh>"]),
            "カチョウ\nA\n課長",
        ),
        (
            xlsx({"A": '<row><c t="inlineStr"><is><t>two\nlines</t></is></c><c><v>1</v></c></row>'}),
            "A\ntwo lines\t1",
        ),
        (xlsx({"A": '<row><c><f>IF(B1,"secret","no")</f><v>2</v></c></row>'}), 'A\n2\nIF(B1,"secret","no")'),
        (
            xlsx(
                {"A": "<row><c><v>1</v></c></row>"},
                more={
                    "xl/comments1.xml": f"<comments {X}><authors><author>Theo</author></authors><commentList><comment>"
                    "<text><r><t>ask </t></r><r><t>Julie</t></r></text></comment></commentList></comments>",
                    "xl/drawings/drawing1.xml": f"<xdr:wsDr {A}>{shown('a ', 'box')}</xdr:wsDr>",
                    "xl/pivotCache/pivotCacheDefinition1.xml": '<pivotCacheDefinition><sharedItems><s v="old data"/>'
                    "</sharedItems></pivotCacheDefinition>",
                },
            ),
            "A\n1\nTheo\nask Julie\na box\nold data",
        ),
        (
            xlsx(
                {
                    "A": '</sheetData><headerFooter><oddHeader>&amp;L&amp;"Arial,Bold"&amp;12Secret&amp;CPage &amp;P'
                    "</oddHeader></headerFooter><sheetData>"
                }
            ),
            "A\n   Secret Page  ",
        ),
    ],
)
def test_a_workbook(content: bytes, text: str) -> None:
    assert words_of(content, XLSX) == FileWords(text, True)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (pptx(shown("Our ", "val", "ve") + shown("seals"), shown("Second")), "Our valve\nseals\nSecond"),
        (pptx(*(shown(str(one)) for one in range(1, 12))), "\n".join(map(str, range(1, 12)))),
        (pptx("<a:p><a:r><a:t>one</a:t></a:r><a:br/><a:r><a:t>two</a:t></a:r></a:p>"), "one\ntwo"),
        (pptx(shown("slide"), notes=[shown("say this")]), "slide\nsay this"),
        (
            pptx(
                shown("slide") * 2,
                more={
                    f"ppt/slideLayouts/slideLayout{one}.xml": f"<p:sldLayout {A}>{shown('Click')}</p:sldLayout>"
                    for one in range(9)
                },
            ),
            "slide\nslide\nClick",
        ),
        (
            pptx(
                shown("slide"),
                more={
                    "ppt/comments/comment1.xml": f"<p:cmLst {P}><p:cm><p:text>why this</p:text></p:cm></p:cmLst>",
                    "ppt/comments/modernComment.xml": f"<p188:cmLst {A}><p188:cm><p188:txBody>{shown('be', 'cause')}"
                    "</p188:txBody></p188:cm></p188:cmLst>",
                    "ppt/charts/chart1.xml": "<c:chartSpace><c:pt><c:v>Toulouse</c:v></c:pt></c:chartSpace>",
                },
            ),
            "slide\nToulouse\nwhy this\nbecause",
        ),
    ],
)
def test_slides(content: bytes, text: str) -> None:
    assert words_of(content, PPTX) == FileWords(text, True)


@given(st.data())
@settings(max_examples=15, deadline=None)
def test_runs_that_are_split_anywhere_say_the_same(data: st.DataObject) -> None:
    said = data.draw(
        st.sampled_from([EIGHT, "Prüfung der Ventile bei 40 °C & mehr", "阀门密封 试验", "אטימת שסתום 🔧🔧"])
    )
    cuts = sorted(data.draw(st.sets(st.integers(1, len(said) - 1), max_size=12)))
    pieces = [said[begins:ends] for begins, ends in zip([0, *cuts], [*cuts, len(said)], strict=True)]
    assert words_of(docx(paragraph(*pieces)), DOCX) == FileWords(said, True)
    assert words_of(pptx(shown(*pieces)), PPTX).text == said


@pytest.mark.parametrize(
    ("content", "text"),
    [
        # No Office file, or not the one that its name says.
        (b"", ""),
        (b"no office file", ""),
        (b"PK\x03\x04 broken", ""),
        (docx(paragraph("cut off"))[:-40], ""),
        (office.package({"a.xml": "<a>words</a>"}), "words"),
        # Parts that cannot be read beside parts that can.
        (docx(paragraph("body"), word__footnotes=b"<footnotes><p><t>begun"), "body\nbegun"),
        (docx(paragraph("body"), word__footnotes=b"\xd0\xcf\x11\xe0"), "body"),
        (docx(paragraph("body"), word__footnotes=b"<a>\xff</a>"), "body"),
        (docx(paragraph("body"), word__footnotes=b"<?xml version='1.0' encoding='utf-7'?><a>b</a>"), "body"),
        (docx(paragraph("body"), **{"word__chunk.rtf": b"{\\rtf1 words}"}), "body"),
        # Nothing is declared, and nothing is fetched.
        (docx(paragraph("body"), word__footnotes=b"<!DOCTYPE a><a>b</a>"), "body"),
        (
            docx(
                paragraph("body"),
                word__footnotes=b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>",
            ),
            "body",
        ),
        (
            docx(
                word__footnotes="<!DOCTYPE a [<!ENTITY a0 'ha'>"
                + "".join(f"<!ENTITY a{one} '{f'&a{one - 1};' * 10}'>" for one in range(1, 12))
                + "]><a>&a11;</a>"
            ),
            "",
        ),
        (docx(word__footnotes=f"<!DOCTYPE a [<!ENTITY a '{'x' * 50_000}'>]><a>{'&a;' * 50_000}</a>"), ""),
        (docx(f"{'<w:sdt>' * 600}deep{'</w:sdt>' * 600}{paragraph('after')}"), ""),
        # A cell that names a string that there is not.
        (
            xlsx({"A": '<row><c t="s"><v>7</v></c><c t="s"><v>-1</v></c><c t="s"><v>²</v></c></row>'}),
            "A\n7\t-1\t²",
        ),
    ],
)
def test_an_office_file_that_is_broken_is_not_whole(content: bytes, text: str) -> None:
    read = words_of(content, DOCX if content[:2] != b"PK" or b"xl/" not in content else XLSX)
    assert read == FileWords(text, False)


def test_a_workbook_by_another_name_is_not_whole() -> None:
    assert words_of(xlsx({"Prices": ""}), DOCX) == FileWords("Prices", False)


@pytest.mark.parametrize("media_type", [DOCX, PDF])
def test_what_is_longer_than_is_read_is_cut(media_type: str) -> None:
    content = docx(paragraph(EIGHT) * 40) if media_type == DOCX else pdf_of(lines(*[EIGHT] * 40))
    whole = "\n".join([EIGHT] * 40)
    assert words_of(content, media_type, most=len(whole)) == FileWords(whole, True)
    assert words_of(content, media_type, most=len(whole) - 1) == FileWords(whole[:-1], False)
    assert words_of(content, media_type, most=100) == FileWords(whole[:100], False)
    assert words_of(content, media_type, most=0) == FileWords("", False)


def _zeros(name: str, megabytes: int, begins: bytes) -> bytes:
    """A package with a part that is a thousand times as large as it lies."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file, file.open(name, "w") as part:
        part.write(begins)
        for _one in range(megabytes):
            part.write(b" " * (1 << 20))
    return out.getvalue()


def _members(count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("word/document.xml", office.word_part(paragraph("body")))
        for one in range(count):
            file.writestr(f"word/part{one}.xml", "<a/>")
    return out.getvalue()


def _nested(depth: int) -> bytes:
    content = docx(paragraph("inmost"))
    for _one in range(depth):
        content = docx(paragraph("around"), word__embeddings__inner=content)
    return content


def _pairs_of(letters: int) -> bytes:
    """A part whose every byte is a change of state."""
    return docx("<w:p>" + "<w:r><w:t>a</w:t></w:r>" * letters + "</w:p>")


def _again(cells: int) -> bytes:
    """One long string that many cells name."""
    return xlsx({"A": "<row>" + '<c t="s"><v>0</v></c>' * cells + "</row>"}, [f"<t>{'x' * 30_000}</t>"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "media_type"),
    [
        (lambda: _zeros("word/document.xml", 400, b"<a>"), DOCX),
        (lambda: _zeros("word/document.xml", 400, b"<a b='"), DOCX),
        (lambda: _zeros("word/document.xml", 400, b"<!--"), DOCX),
        (lambda: _zeros("word/media/image.png", 400, b"\x89PNG"), DOCX),
        (lambda: _zeros("word/embeddings/a.docx", 400, b"PK\x03\x04"), DOCX),
        (lambda: _members(10_000), DOCX),
        (lambda: _nested(6), DOCX),
        (lambda: docx("<w:sdt>" * 200_000), DOCX),
        (lambda: docx("<w:p>" * 200_000), DOCX),
        (lambda: _pairs_of(400_000), DOCX),
        (lambda: _again(200_000), XLSX),
        (lambda: docx("<w:p " + " ".join(f"a{one}='b'" for one in range(200_000)) + "/>"), DOCX),
        (lambda: pdf(b"/X Do", more=form(b"/X Do " * 50)), PDF),
        (lambda: pdf(b"BT /F1 1 Tf " + b"(aaaaaaaaaa) Tj " * 500_000 + b"ET"), PDF),
        (lambda: pdf_of(*[b""] * 3_000), PDF),
        (lambda: pdf_of(lines("a"), notes=[b"<</Type/Annot/Subtype/Text/Rect[0 0 9 9]>>"] * 5_000), PDF),
        (lambda: random.Random(7).randbytes(9 << 20), PDF),
        (lambda: b"PK\x03\x04" + random.Random(7).randbytes(9 << 20), DOCX),
    ],
)
def test_a_hostile_file_costs_a_bounded_time_and_no_more(make: Callable[[], bytes], media_type: str) -> None:
    content = make()
    begins = time.monotonic()
    read = words_of(content, media_type)
    assert time.monotonic() - begins < SECONDS + 2
    assert len(read.text) <= MOST_CHARACTERS
    assert not read.is_whole


@pytest.mark.slow
@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(60)",
        "while True: pass",
        "import sys\nwhile True: sys.stdout.buffer.write(b'+' * (1 << 20))",
        "import os; os.abort()",
        "import os; os.kill(os.getpid(), 9)",
        "import sys; sys.stdout.write('+words'); sys.stdout.flush(); sys.exit(3)",
        "import sys; sys.stdout.write('words')",
        "import sys; sys.stdout.buffer.write(b'+\\xff\\xfe')",
        "import sys; sys.stdout.buffer.write(b'+\\xed\\xa0\\x80')",
        "import sys; sys.stdin.close()",
        "pass",
    ],
)
def test_whatever_the_child_does_its_caller_goes_on(program: str) -> None:
    begins = time.monotonic()
    command = (sys.executable, "-I", "-c", program)
    assert words_of(bytes(4 << 20), DOCX, command=command, seconds=1.0) == FileWords("", False)
    assert time.monotonic() - begins < 3


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("+words", FileWords("words", True)),
        ("-words", FileWords("words", False)),
        ("+", FileWords("", True)),
        ("+a\\x00b\\x1bc", FileWords("ab c", True)),
        ("+1234567890+", FileWords("1234567890", False)),
    ],
)
def test_what_the_child_says_is_taken_as_words_and_no_more(said: str, read: FileWords) -> None:
    command = (sys.executable, "-I", "-c", f"import sys; sys.stdout.write('{said}')")
    assert words_of(b"", DOCX, command=command, most=10) == read


def test_a_child_that_cannot_be_started_has_read_nothing(tmp_path: Path) -> None:
    assert words_of(b"", DOCX, command=(str(tmp_path / "nowhere"),)) == FileWords("", False)


def test_the_child_may_take_so_much_and_no_more() -> None:
    """What it takes is bounded before a byte of the file is read: no file, no child, no large memory, little time."""
    reader = Path(words_of.__code__.co_filename).with_name("word_reader.py")
    program = (
        "import runpy, sys, resource, os\n"
        f"module = runpy.run_path({str(reader)!r})\n"
        "module['_bounded']()\n"
        "tried = ''\n"
        "try: open('/etc/hostname')\n"
        "except OSError: tried += 'file '\n"
        "try: bytearray(2 << 30)\n"
        "except MemoryError: tried += 'memory '\n"
        "if resource.getrlimit(resource.RLIMIT_NPROC) == (0, 0): tried += 'process '\n"
        "if resource.getrlimit(resource.RLIMIT_CPU)[1] <= 6: tried += 'time '\n"
        "if resource.getrlimit(resource.RLIMIT_FSIZE) == (0, 0): tried += 'disk'\n"
        "sys.stdout.write('+' + tried)\n"
        "sys.stdout.flush()\n"
        "os._exit(0)\n"
    )
    read = words_of(b"", DOCX, command=(sys.executable, "-I", "-c", program))
    assert read == FileWords("file memory process time disk", True)
