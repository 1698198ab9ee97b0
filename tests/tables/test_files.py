from __future__ import annotations

import zipfile
from io import BytesIO

import openpyxl
import pytest

from csr_bot.adapters.tables import open_held_ledger, open_ledger
from csr_bot.adapters.tables.archive import MAX_ENTRIES
from csr_bot.ports import RefusedError
from tests.tables.conftest import GENERATED_AT, read_file


def refusal(path) -> str:
    with pytest.raises(RefusedError) as caught:
        read_file(path)
    return str(caught.value)


def rewrite(path, change):
    """Copy the archive entry by entry; ``change`` maps (name, bytes) to the entries to write."""
    with zipfile.ZipFile(path) as old:
        entries = [(name, old.read(name)) for name in old.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in entries:
            for entry in change(name, content):
                new.writestr(*entry)


def test_a_missing_file_is_named(tmp_path):
    assert refusal(tmp_path / "gone.xlsx") == "gone.xlsx: cannot be read (No such file or directory)"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"PK\x03\x04 and no more", "not a readable xlsx file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000), "a compound file that no Excel writes"),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00" + bytes(1000), "before 1997"),
        (b"%PDF-1.7\n", "not a table but a PDF file"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\xef\xbb\xbf<html><table><tr><td>Invoice", "a web page"),
        ("\ufeff<html><table>".encode("utf-16-le"), "a web page"),
        (b'<?xml version="1.0"?><Workbook>', "an XML file"),
        (bytes(range(256)) * 20, "neither a workbook nor a text file"),
        (b"invoice_no;gross\r\n1;2\r\n", "no header among the first 30 rows"),
        (b"a;b\n" + b"x" * 3_000_000, "line 2 is longer than 1 MB"),
    ],
)
def test_a_file_is_told_by_its_content_and_refused_in_a_sentence(tmp_path, content, said):
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(content)
    message = refusal(path)
    assert message.startswith("ledger.xlsx: ")
    assert said in message


@pytest.mark.parametrize(("entry", "said"), [("xl/workbook.bin", ".xlsb"), ("content.xml", "OpenDocument")])
def test_another_kind_of_workbook_is_named(tmp_path, entry, said):
    path = tmp_path / "ledger.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, "x")
    assert said in refusal(path)


@pytest.mark.parametrize(
    "prolog", [b'<!DOCTYPE lolz [<!ENTITY lol "lol">]>', b"<!-- <c r='A1'> -->"], ids=["document type", "comment"]
)
def test_what_would_mislead_the_look_at_a_sheet_is_refused(ledger, prolog):
    def change(name, content):
        return [(name, content.replace(b"<sheetData>", prolog + b"<sheetData>"))]

    rewrite(ledger, change)
    assert "as no spreadsheet program writes them" in refusal(ledger)


def test_a_sheet_in_another_encoding_is_refused(ledger):
    def change(name, content):
        wide = content.decode().encode("utf-16") if name == "xl/worksheets/sheet1.xml" else content
        return [(name, wide)]

    rewrite(ledger, change)
    assert "is not in UTF-8" in refusal(ledger)


def test_an_entry_that_is_packed_beyond_reason_is_refused(ledger):
    with (
        zipfile.ZipFile(ledger, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("junk", "w", force_zip64=True) as out,
    ):
        for _ in range(100):
            out.write(bytes(1024 * 1024))
    assert "packed 400 times or more" in refusal(ledger)


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path):
    path = tmp_path / "open.csv"
    path.write_text("Invoice No,Customer,Invoice Date,Currency,Amount\n" + "A-1,ACME,2025-01-02,EUR,5.00\n")
    reading = open_ledger(path, columns={})
    rows = reading.rows()
    next(rows)
    with path.open("a") as file:
        file.write("A-2,ACME,2025-01-02,EUR,5.00\n")
    with pytest.raises(RefusedError, match="changed while it was read"):
        list(rows)


def test_an_archive_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "ledger.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal(path) == "ledger.xlsx: not an xlsx workbook"


@pytest.mark.parametrize("sheet", ["Invoices", "Customers", "Contacts", "Control"])
def test_a_missing_sheet_is_named(ledger, sheet):
    workbook = openpyxl.load_workbook(ledger)
    del workbook[sheet]
    workbook.save(ledger)
    assert refusal(ledger) == f"ledger.xlsx: no sheet {sheet}"


def test_a_cut_off_file_is_refused(ledger):
    content = ledger.read_bytes()
    ledger.write_bytes(content[: len(content) // 2])
    assert "not a readable xlsx file" in refusal(ledger)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_that_is_there_twice_is_refused(ledger):
    rewrite(ledger, lambda name, content: [(name, content)] * (2 if name == "xl/workbook.xml" else 1))
    assert refusal(ledger) == "ledger.xlsx: an entry of the archive is there twice"


def test_too_many_entries_are_refused(ledger):
    with zipfile.ZipFile(ledger, "a") as archive:
        for number in range(MAX_ENTRIES):
            archive.writestr(f"junk/{number}", b"")
    assert "entries in the archive" in refusal(ledger)


def test_a_file_that_unpacks_too_far_is_refused_before_it_is_unpacked(ledger):
    with (
        zipfile.ZipFile(ledger, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("junk", "w", force_zip64=True) as out,
    ):
        for _ in range(513):
            out.write(bytes(1024 * 1024))
    assert "unpacks to more than 512 MB" in refusal(ledger)


def test_two_cells_at_opposite_corners_do_not_take_the_memory_between_them(ledger):
    far = b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
    rewrite(ledger, lambda name, content: [(name, content.replace(b"</sheetData>", far))])
    assert "extends over 1048576 rows and 16384 columns" in refusal(ledger)


def test_damaged_xml_is_refused(ledger):
    rewrite(ledger, lambda name, content: [(name, content[:-20] if "sheet1" in name else content)])
    assert "the workbook is damaged" in refusal(ledger)


def test_a_formula_with_an_empty_text_as_result_is_an_empty_cell(ledger):
    def change(name, content):
        if name == "xl/worksheets/sheet1.xml":
            content = content.replace(b'</row><row r="3"', b'<c r="Z2" t="str"><f>""</f><v></v></c></row><row r="3"')
        return [(name, content)]

    rewrite(ledger, change)
    assert read_file(ledger).accepted


def test_bytes_at_hand_are_read_as_a_file_is(ledger):
    content = ledger.read_bytes()
    held = open_held_ledger(BytesIO(content), file_name="ledger.xlsx", written_at=GENERATED_AT, columns={})
    opened = open_ledger(ledger, columns={})
    assert list(held.rows()) == list(opened.rows())
    assert held.summary() == opened.summary()
