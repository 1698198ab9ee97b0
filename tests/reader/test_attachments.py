"""What is taken from a file: texts and tables as a person sees them, and what was not read."""

from __future__ import annotations

from decimal import Decimal

import pytest
from fpdf import FPDF

from csr_bot.adapters.reader.attachments import read_attachment
from csr_bot.adapters.reader.extract import MAX_ROWS, MAX_TEXT
from tests.reader.mails import make_attachment, make_pdf, make_row, make_xlsx, make_zip, show_text


def read(content, name="file", declared="application/octet-stream"):
    attachment = read_attachment(make_attachment(content, name=name, declared=declared))
    assert attachment.content == b""
    assert attachment.reading is not None
    return attachment


STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts>'
    '<numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy"/><numFmt numFmtId="165" formatCode="#,##0.00 &quot;day&quot;"/>'
    '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs>'
    "</styleSheet>"
)


def test_the_cells_of_a_sheet_are_text_that_means_the_same_everywhere():
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c>'
        '<c r="C1" t="inlineStr"><is><r><t>Am</t></r><r><t>ount</t></r></is></c></row>'
        '<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" s="1"><v>46082</v></c>'
        '<c r="C2" s="3"><v>22400.099999999999</v></c></row>'
        '<row r="3"><c r="A3" t="str"><v>000123</v></c><c r="B3" s="2"><v>46082.5</v></c><c r="C3"><v>1E5</v></c>'
        '<c r="D3" t="b"><v>1</v></c><c r="E3" t="e"><v>#N/A</v></c></row>'
    )
    strings = "<si><t>Invoice</t></si><si><t>INV-1</t><rPh><t>x</t></rPh></si>"
    file = read(make_xlsx(rows, strings=strings, more={"xl/styles.xml": STYLES}), "a.xlsx")
    (table,) = file.reading.tables
    assert table.name == "Data"
    assert table.rows == (
        ("Invoice", "", "Amount"),
        ("INV-1", "2026-03-01", "22400.1"),
        ("000123", "2026-03-01T12:00:00", "100000", "TRUE", "#N/A"),
    )
    assert (file.reading.problem, file.flags) == (None, ())


def test_a_formula_is_no_fact():
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1*2</f><v>2</v></c><c r="C1"><v>3</v></c></row>'
    reading = read(make_xlsx(rows), "a.xlsx").reading
    assert reading.tables[0].rows == (("1", "", "3"),)
    assert reading.problem == "FORMULAS: calculated cells were left out"


def test_what_a_person_does_not_see_is_not_read():
    rows = make_row("seen", "unseen") + '<row r="2" hidden="1"><c r="A2"><v>5</v></c></row>' + make_row("end", number=3)
    file = read(make_xlsx(rows, before='<cols><col min="2" max="2" hidden="1"/></cols>'), "a.xlsx")
    assert file.reading.tables[0].rows == (("seen",), ("end",))
    assert file.flags == ("HIDDEN: columns of a sheet", "HIDDEN: rows of a sheet")


def test_more_rows_than_are_kept_are_cut_and_said_so():
    reading = read(make_xlsx("".join(make_row(f"n{n}", number=n) for n in range(1, 700))), "a.xlsx").reading
    assert len(reading.tables[0].rows) == MAX_ROWS
    assert (reading.problem or "").startswith("CUT:")


def test_a_real_remittance_in_a_pdf_gives_text_and_a_table():
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=10)
    document.cell(text="Remittance advice of Fabrikam GmbH", new_x="LMARGIN", new_y="NEXT")
    rows = [
        ("Invoice", "Date", "Amount"),
        ("INV-2026-0431", "01.03.2026", "1.234,50"),
        ("INV-2026-0432", "02.03.2026", "-20,00"),
    ]
    with document.table(rows) as table:
        assert table is not None
    file = read(bytes(document.output()), "remittance.pdf", "application/pdf")
    assert "Remittance advice of Fabrikam GmbH" in file.reading.text
    assert tuple(rows) in [table.rows for table in file.reading.tables]
    assert (file.reading.problem, file.flags) == (None, ())


def test_a_pdf_of_pictures_has_no_text():
    assert (read(make_pdf("q 100 0 0 100 0 0 cm Q"), "scan.pdf").reading.problem or "").startswith("NO_TEXT:")


def test_the_pages_of_a_pdf_are_cut_at_a_limit():
    page = show_text(*[[(50, f"line {n} " + "x" * 60)] for n in range(30)])
    reading = read(make_pdf(*[page] * 29), "a.pdf").reading
    assert len(reading.text) <= MAX_TEXT
    assert "CUT" in (reading.problem or "")


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (
            b"Invoice;Amount\r\n00123;1.234,50\r\nNA;1E5\r\n",
            (("Invoice", "Amount"), ("00123", "1.234,50"), ("NA", "1E5")),
        ),
        (b"Invoice,Amount\n1,2.50\n2,3.10\n", (("Invoice", "Amount"), ("1", "2.50"), ("2", "3.10"))),
        (b"Invoice\tAmount\n1\t1,50\n", (("Invoice", "Amount"), ("1", "1,50"))),
        (b"a|b\n1|2\n", (("a", "b"), ("1", "2"))),
        (b"sep=,\na,b\n1;5,2\n", (("a", "b"), ("1;5", "2"))),
        (b'a,b\n"x, ""y""",2\n', (("a", "b"), ('x, "y"', "2"))),
        ("Größe;b\n1;2\n".encode(), (("Größe", "b"), ("1", "2"))),
        ("Größe;b\n1;2\n".encode("utf-8-sig"), (("Größe", "b"), ("1", "2"))),
        ("Größe;b\n1;2\n".encode("cp1252"), (("Größe", "b"), ("1", "2"))),
        ("Größe;b\n1;2\n".encode("utf-16"), (("Größe", "b"), ("1", "2"))),
    ],
)
def test_a_table_in_text_is_read_with_its_own_sign_and_charset(content, rows):
    reading = read(content, "a.csv", "text/csv").reading
    assert [table.rows for table in reading.tables] == [rows]
    assert reading.problem is None


@pytest.mark.parametrize(
    ("content", "name", "text"),
    [
        (b"<html><p>Invoice <b>5</b><span style='display:none'>6</span></p></html>", "a.html", "Invoice 5"),
        ("Straße\r\n5 €".encode(), "a.txt", "Straße\n5 €"),
        ("Straße 5 €".encode("cp1252"), "a.txt", "Straße 5 €"),
    ],
)
def test_text_is_taken_as_a_person_sees_it(content, name, text):
    assert read(content, name).reading.text == text


def test_a_document_gives_its_paragraphs_without_what_is_hidden_or_deleted():
    body = (
        "<w:p><w:r><w:t>Invoice</w:t></w:r><w:r><w:tab/><w:t>5</w:t></w:r></w:p><w:p><w:r><w:rPr><w:vanish/></w:rPr>"
        "<w:t>hidden</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p><w:p><w:r><w:t>end</w:t></w:r></w:p>"
    )
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    content = make_zip({"word/document.xml": f'<w:document xmlns:w="{main}"><w:body>{body}</w:body></w:document>'})
    assert read(content, "a.docx").reading.text == "Invoice\t5\nend"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x89PNG\r\n\x1a\n\x00", "NO_TEXT"),
        (make_zip({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, stored=True), "UNSUPPORTED"),
        (make_zip({"xl/workbook.bin": b""}), "UNSUPPORTED"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le"), "DAMAGED"),
        (b"%PDF-1.4 nothing", "DAMAGED"),
        (b"", "EMPTY"),
    ],
)
def test_what_cannot_be_read_says_so(content, code):
    assert (read(content).reading.problem or "").startswith(f"{code}: ")


def test_amounts_in_a_sheet_are_never_rounded_to_a_wrong_cent():
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n / 100!r}</v></c></row>' for n in range(1, 400))
    table = read(make_xlsx(rows), "a.xlsx").reading.tables[0]
    assert [Decimal(row[0]) for row in table.rows] == [Decimal(n) / 100 for n in range(1, 400)]
