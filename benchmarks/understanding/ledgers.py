"""Reading ledgers: time and memory for large files, and exactness on material that is not part of the project.

Each large file is read in a process of its own, beside the bare reading of the same file by the csv module or calamine.
Seconds of the processor and megabytes are given as a share of what is allowed. CSR_CORPUS names the folder with
foreign material; the figures that need it are left out without it.
"""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook

from benchmarks.understanding import Figure

TEXT_ROWS: Final = 1_000_000
SHEET_ROWS: Final = 100_000
TEXT_SECONDS: Final = 120
TEXT_MEGABYTES: Final = 300
SHEET_MEGABYTES: Final = 1_000
HOSTILE_SECONDS: Final = 10.0
HOSTILE_MEGABYTES: Final = 500
_HEADER: Final = (
    "Company code", "Invoice no", "Customer no", "Customer name", "Invoice date", "Due date", "Currency", "Net", "Tax",
    "Gross", "Open amount", "PO number", "Status",
)  # fmt: skip
_CHILD: Final = """
import csv, json, resource, sys, time
from pathlib import Path
how, path, currency = sys.argv[1], Path(sys.argv[2]), sys.argv[3] or None
began, rows, said = time.process_time(), 0, ""
if how == "csv":
    with path.open(encoding="utf-8", newline="") as file:
        rows = sum(1 for _ in csv.reader(file, delimiter=";"))
elif how == "calamine":
    import python_calamine
    rows = sum(1 for _ in python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows())
else:
    from csr_bot.adapters.tables import open_ledger
    from csr_bot.ports import RefusedError
    try:
        reading = open_ledger(path, columns={}, currency=currency)
        for chunk in reading.rows():
            rows += len(chunk)
        said = reading.summary().reason or ""
    except RefusedError as error:
        said = str(error)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps({"rows": rows, "seconds": time.process_time() - began, "megabytes": peak, "said": said}))
"""


def run() -> list[Figure]:
    """All figures."""
    with tempfile.TemporaryDirectory() as folder:
        figures = [*measure_text(Path(folder)), *measure_sheet(Path(folder))]
        if "CSR_CORPUS" in os.environ:
            figures += [measure_invoices(Path(folder)), measure_hostile(Path(folder))]
    return figures


def measure_text(folder: Path) -> list[Figure]:
    """A million rows of CSV."""
    path = folder / "large.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(_HEADER)
        for row in _rows(TEXT_ROWS):
            writer.writerow([_written(value) for value in row])
    bare, ours = _read("csv", path), _read("ledger", path)
    return _figures("csv", bare, ours, seconds=TEXT_SECONDS, megabytes=TEXT_MEGABYTES)


def measure_sheet(folder: Path) -> list[Figure]:
    """A hundred thousand rows of a sheet."""
    path = folder / "large.xlsx"
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Open items")
    sheet.append(_HEADER)
    for row in _rows(SHEET_ROWS):
        sheet.append(row)
    workbook.save(path)
    bare, ours = _read("calamine", path), _read("ledger", path)
    return _figures("xlsx", bare, ours, seconds=TEXT_SECONDS, megabytes=SHEET_MEGABYTES)


def measure_invoices(folder: Path) -> Figure:
    """A foreign list of invoices in its own columns: numbers, days and amounts as they are, to the last character."""
    from benchmarks.understanding.corpora import read_cases
    from csr_bot.adapters.tables import open_ledger
    from csr_bot.core.evidence import Invoice

    cases = read_cases("ibm_ar")
    path = folder / "foreign.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, cases[0]["input"])
        writer.writeheader()
        writer.writerows(case["input"] for case in cases)
    chunks = open_ledger(path, columns={}, currency="USD").rows()
    read = {row.invoice_no: row for chunk in chunks for row in chunk if isinstance(row, Invoice)}
    misses = tuple(case["id"] for case in cases if not _is_exact(read.get(case["input"]["invoiceNumber"]), case))
    return Figure("foreign invoices, exact", len(cases) - len(misses), len(cases), goal=1.0, misses=misses)


def measure_hostile(folder: Path) -> Figure:
    """Workbooks that broke a parser: refused or read within ten seconds and 500 MB."""
    import base64

    from benchmarks.understanding.corpora import read_cases

    cases = read_cases("hostile_xlsx")
    misses: list[str] = []
    for case in cases:
        path = folder / "hostile.xlsx"
        path.write_bytes(base64.b64decode(case["b64"]))
        try:
            seen = _read("ledger", path)
        except (subprocess.SubprocessError, ValueError) as error:
            misses.append(f"{case['id']}: {type(error).__name__}")
            continue
        if seen["seconds"] > HOSTILE_SECONDS or seen["megabytes"] > HOSTILE_MEGABYTES:
            misses.append(f"{case['id']}: {seen['seconds']:.1f} s, {seen['megabytes']} MB")
    return Figure("hostile workbooks contained", len(cases) - len(misses), len(cases), goal=1.0, misses=tuple(misses))


def _figures(form: str, bare: dict[str, Any], ours: dict[str, Any], *, seconds: int, megabytes: int) -> list[Figure]:
    rate = round(ours["rows"] / ours["seconds"])
    ratio = ours["seconds"] / bare["seconds"]
    name = f"{form}, {ours['rows']:,} rows, {rate:,}/s, {ratio:.0f}x bare"
    return [
        Figure(f"{name}: seconds", round(ours["seconds"]), seconds, goal=1.0, at_most=True),
        Figure(f"{name}: MB", ours["megabytes"], megabytes, goal=1.0, at_most=True),
    ]


def _read(how: str, path: Path, *, currency: str = "") -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, how, str(path), currency],
        capture_output=True,
        check=True,
        timeout=600,
        text=True,
    )
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def _rows(count: int) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(7)
    first = date(2024, 1, 1)
    for number in range(count):
        net = chance.randrange(1_000, 5_000_000)
        tax, customer, day = net * 19 // 100, chance.randrange(20_000), first + timedelta(days=chance.randrange(600))
        left = chance.choice((0, net + tax, net + tax, (net + tax) // 2))
        amounts = tuple(Decimal(cents).scaleb(-2) for cents in (net, tax, net + tax, left))
        yield (
            "1000", f"INV-2025-{number:07d}", f"{customer:08d}", f"Customer number {customer} Ltd", day,
            day + timedelta(days=30), chance.choice(("EUR", "USD")), *amounts, f"45{chance.randrange(10**8):08d}",
            "open" if left else "paid",
        )  # fmt: skip


def _written(value: object) -> object:
    """As a continental program writes it: the slower of the usual forms."""
    if isinstance(value, Decimal):
        return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else value


def _is_exact(invoice: Any, case: dict[str, Any]) -> bool:
    """Number and amount, and days late and to settle as they follow from the days that were read."""
    if invoice is None or str(invoice.gross.amount) != case["input"]["InvoiceAmount"]:
        return False
    month, day, year = map(int, case["input"]["SettledDate"].split("/"))
    settled = date(year, month, day)
    found = (max(0, (settled - invoice.due_date).days), (settled - invoice.invoice_date).days)
    return bool(found == (case["expected"]["days_late"], case["expected"]["days_to_settle"]))
