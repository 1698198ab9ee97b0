"""The Control sheet: what the workbook says of itself, so that a damaged or cut-off one is told from a whole one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from csr_bot.adapters.tables.cells import CellError, RowCells
from csr_bot.adapters.tables.grids import Grid
from csr_bot.adapters.tables.headers import HeaderError, own_names
from csr_bot.adapters.tables.sheet_table import read_sheet_header
from csr_bot.core.money import Money

NAME = "Control"


@dataclass(frozen=True, slots=True)
class Control:
    """Stated day, instant, rows by sheet, and the sum of open amounts by currency."""

    as_of: date
    generated_at: datetime
    row_counts: Mapping[str, int]
    sums_open: Mapping[str, Decimal]


def read_control(grid: Grid) -> Control:
    """Read the sheet; ``generated_at`` without an offset is UTC. Raises HeaderError where the sheet says too little."""
    required = ("as_of", "generated_at", "sheet", "row_count")
    header = read_sheet_header(grid, own_names((*required, "currency", "sum_open")), required=required)
    as_of: date | None = None
    generated_at: datetime | None = None
    counts: dict[str, int] = {}
    sums: dict[str, Decimal] = {}
    cells = RowCells(header.columns)
    for number, row in grid.rows():
        cells.cells = [*row, *[""] * (header.width - len(row))]
        if number <= header.last or all(cell == "" for cell in row):
            continue
        try:
            as_of, generated_at = cells.day("as_of"), _instant(cells)
            if cells.optional_number("row_count") is not None:
                counts[cells.text("sheet")] = cells.whole("row_count")
            if currency := cells.optional_text("currency"):
                sums[currency] = cells.number("sum_open")
        except CellError as error:
            raise HeaderError(f"row {number}: {error}") from None
    if as_of is None or generated_at is None:
        raise HeaderError("no rows")
    return Control(as_of, generated_at, counts, sums)


def find_differences(
    control: Control, *, row_counts: Mapping[str, int], sums_open: Mapping[str, Decimal]
) -> Iterator[str]:
    """Every difference between what is stated and what was read, as a sentence; sums are compared to the cent."""
    for sheet, count in row_counts.items():
        stated = control.row_counts.get(sheet)
        if stated != count and (count or stated):
            yield f"{sheet} has {count} rows, Control says {'nothing' if stated is None else stated}"
    for currency in sorted(sums_open.keys() | control.sums_open.keys()):
        found = Money(sums_open.get(currency, Decimal(0)), currency)
        if currency not in control.sums_open:
            yield f"{found} are open, Control says nothing of {currency}"
            continue
        said = Money(control.sums_open[currency], currency)
        if found.rounded() != said.rounded():
            yield f"{found} are open, Control says {said}"


def _instant(cells: RowCells) -> datetime:
    value = cells.value("generated_at")
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise CellError("generated_at", "NOT_AN_INSTANT", str(value)) from None
    if not isinstance(value, datetime):
        raise CellError("generated_at", "NOT_AN_INSTANT", str(value or ""))
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
