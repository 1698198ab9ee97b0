from __future__ import annotations

import zipfile

import openpyxl
import pytest

from csr_bot.adapters.workbook import read_workbook
from csr_bot.adapters.workbook.file import MAX_ENTRIES
from csr_bot.ports import RefusedError


def refusal(path) -> str:
    with pytest.raises(RefusedError) as caught:
        read_workbook(path, columns={})
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


def test_a_file_that_is_no_archive_is_refused(tmp_path):
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(b"invoice_no;gross\r\n1;2\r\n")
    assert refusal(path).startswith("ledger.xlsx: not a readable xlsx file")


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
    assert read_workbook(ledger, columns={}).accepted
