"""A workbook is tried in a child before it is read."""

from __future__ import annotations

import os
import signal
from io import BytesIO

import openpyxl
import pytest

from csr_bot.adapters.tables import probe_content, probe_file, probing
from csr_bot.ports import RefusedError
from csr_bot.sandbox import Limits, Sandbox
from tests.tables.biff import make_xls


def a_workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["Invoice No", "Amount"])
    book.active.append(["0000417", 12])
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def die(_head: bytes, _content: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def start_dying():
    return die


@pytest.mark.parametrize("content", [a_workbook(), make_xls([("Invoice No",), ("0000417",)]), b"a;b\n1;2\n"])
def test_what_can_be_read_passes(tmp_path, content):
    path = tmp_path / "open.xlsx"
    path.write_bytes(content)
    probe_file(path)
    probe_content(content, file_name=path.name)


def test_a_damaged_workbook_is_refused_by_name(tmp_path):
    path = tmp_path / "open.xlsx"
    path.write_bytes(a_workbook()[:900])
    with pytest.raises(RefusedError, match=r"open\.xlsx"):
        probe_file(path)


def test_a_workbook_that_ends_its_reader_is_refused_and_the_next_is_read(monkeypatch):
    with Sandbox(f"{__name__}:start_dying", limits=Limits(seconds=10)) as deadly:
        monkeypatch.setattr(probing, "_sandbox", lambda: deadly)
        with pytest.raises(RefusedError, match="breaks the limits"):
            probe_content(a_workbook(), file_name="open.xlsx")
    monkeypatch.undo()
    probe_content(a_workbook(), file_name="open.xlsx")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(RefusedError, match=r"gone\.xlsx: cannot be read"):
        probe_file(tmp_path / "gone.xlsx")
