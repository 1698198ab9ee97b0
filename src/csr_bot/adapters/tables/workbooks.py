"""The sheets of an Excel file (xlsx, xlsm, xls) as grids; calamine reads the values, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Final

import python_calamine

from csr_bot.adapters.tables.archive import MAX_CELLS, NotAWorkbookError, SheetScan, scan_archive
from csr_bot.adapters.tables.content import Kind
from csr_bot.adapters.tables.grids import BrokenCell, Cell
from csr_bot.adapters.tables.old_archive import check_old_workbook
from csr_bot.ports import RefusedError

MAX_XLS_SIZE: Final = 64 * 1024 * 1024


@contextmanager
def _reading(file_name: str) -> Iterator[None]:
    """Turns what calamine says of a file into a refusal; a panic of its Rust code comes as no ordinary exception."""
    try:
        yield
    except NotAWorkbookError as error:
        raise RefusedError(f"{file_name}: {error}") from None
    except python_calamine.PasswordError:
        raise RefusedError(f"{file_name}: it is protected by a password") from None
    except (python_calamine.CalamineError, ValueError, OverflowError, MemoryError) as error:
        raise RefusedError(f"{file_name}: the workbook is damaged, encrypted or no table ({error})") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise RefusedError(f"{file_name}: the workbook is damaged ({error})") from None


class SheetGrid:
    """A worksheet. Its cells are parsed when they are first walked through, and then kept."""

    def __init__(
        self, workbook: python_calamine.CalamineWorkbook, sheet: python_calamine.SheetMetadata, scan: SheetScan,
        *, file_name: str,
    ) -> None:  # fmt: skip
        self.name: str = sheet.name
        self.hidden = sheet.visible is not python_calamine.SheetVisibleEnum.Visible
        self.hidden_rows = scan.hidden_rows
        self._file_name = file_name
        self._workbook = workbook
        self._scan = scan
        self._sheet: python_calamine.CalamineSheet | None = None

    @property
    def height(self) -> int | None:
        """The last row that holds a cell."""
        return self._scan.height or self._open().total_height

    def formulas(self, column: int) -> Sequence[int]:
        """Rows in which the column (index from 0) holds the result of a formula."""
        return self._scan.formulas.get(column + 1, ())

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Every row from the first; numbers shown with leading zeros are the texts that Excel shows."""
        sheet = self._open()
        left: list[Cell] = [""] * (sheet.start[1] if sheet.start else 0)
        broken, padded = self._scan.broken, self._scan.zero_padded
        number = 0
        for number, cells in enumerate(sheet.iter_rows(), 1):
            row: list[Cell] = [*left, *cells]
            if number in broken:
                for column, reason in broken[number].items():
                    _put(row, column, BrokenCell(reason))
            if number in padded:
                for column, digits in padded[number].items():
                    value = row[column - 1] if column <= len(row) else ""
                    if isinstance(value, float) and value.is_integer():
                        row[column - 1] = f"{int(value):0{digits}d}"
            yield number, row
        for below in sorted(row for row in broken if row > number):
            row = []
            for column, reason in broken[below].items():
                _put(row, column, BrokenCell(reason))
            yield below, row

    def _open(self) -> python_calamine.CalamineSheet:
        if self._sheet is None:
            with _reading(self._file_name):
                self._sheet = self._workbook.get_sheet_by_name(self.name)
                if self._sheet.total_height * self._sheet.total_width > MAX_CELLS:
                    raise NotAWorkbookError(f"the sheet {self.name} has more than {MAX_CELLS} cells")
        return self._sheet


def open_sheets(file: IO[bytes], *, kind: Kind, size: int, file_name: str) -> Sequence[SheetGrid]:
    """All worksheets in their order. Raises RefusedError, naming the file, unless it is sound and within the limits."""
    with _reading(file_name):
        if kind == "xls" and size > MAX_XLS_SIZE:
            raise NotAWorkbookError(f"an xls file larger than {MAX_XLS_SIZE // 1024**2} MB")
        scans = scan_archive(file) if kind == "xlsx" else {}
        if kind == "xls":
            check_old_workbook(file.read())
        file.seek(0)
        workbook = python_calamine.CalamineWorkbook.from_filelike(file)
        return [
            SheetGrid(workbook, sheet, scans.get(sheet.name) or SheetScan(), file_name=file_name)
            for sheet in workbook.sheets_metadata
            if sheet.typ is python_calamine.SheetTypeEnum.WorkSheet and (kind == "xls" or sheet.name in scans)
        ]


def _put(row: list[Cell], column: int, value: Cell) -> None:
    row.extend([""] * (column - len(row)))
    row[column - 1] = value
