"""Ledgers of any number of invoices, the same ones each time: as rows, as CSV and as an ordinary workbook.

Numbers run on through the years, customers have about a hundred invoices each, and a few have very many.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final

HEADERS: Final = (
    "Invoice No.", "Customer No.", "Customer Name", "Invoice Date", "Due Date", "PO Number", "Currency", "Net", "Tax",
    "Gross", "Open Amount", "Status",
)  # fmt: skip
SEED: Final = 20251124
_FIRST_DAY: Final = date(2022, 1, 3)
_DAYS: Final = 1400
_LARGE_SHARE: Final = 0.05
_PAID_SHARE: Final = 0.7


def ledger_rows(count: int) -> Iterator[tuple[str, ...]]:
    """The cells of each invoice under ``HEADERS``."""
    rng = Random(SEED)
    customers = max(1, count // 100)
    for number in range(count):
        day = _FIRST_DAY + timedelta(days=number * _DAYS // count)
        buyer = rng.randrange(3) if rng.random() < _LARGE_SHARE else rng.randrange(customers)
        net = rng.randrange(1_000, 2_500_000)
        tax = net * 19 // 100
        still_open = 0 if rng.random() < _PAID_SHARE else net + tax
        yield (
            f"INV-{day.year}-{number + 1:07d}",
            f"C-{buyer + 1:06d}",
            f"Customer {buyer + 1} Ltd.",
            day.isoformat(),
            (day + timedelta(days=30)).isoformat(),
            f"45{rng.randrange(10**8):08d}",
            "EUR",
            _amount(net),
            _amount(tax),
            _amount(net + tax),
            _amount(still_open),
            "open" if still_open else "paid",
        )


def write_csv(path: Path, count: int) -> None:
    """The ledger as a CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        writer.writerows(ledger_rows(count))


def write_workbook(path: Path, count: int) -> None:
    """The ledger as a workbook with one sheet: amounts and days are cells of their kind, numbers are text."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Open items")
    sheet.append(HEADERS)
    for row in ledger_rows(count):
        days = [date.fromisoformat(text) for text in row[3:5]]
        sheet.append([*row[:3], *days, *row[5:7], *map(float, row[7:11]), row[11]])
    book.save(path)


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _make(path: Path, count: int) -> None:
    writes = write_csv if path.suffix == ".csv" else write_workbook
    writes(path, count)


if __name__ == "__main__":
    _make(Path(sys.argv[1]), int(sys.argv[2]))
