"""A list of invoices that was written comes back the same, whatever the form it was written in."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.tables.conftest import read_file

HEADER = ("Invoice No", "Customer No", "Customer Name", "Invoice Date", "Due Date", "Currency", "Amount", "Open Amount")
NUMBER = st.from_regex(r"[A-Z]{0,3}-?[0-9]{1,8}", fullmatch=True)
NAME = st.text(st.characters(codec="cp1252", categories=("L", "N", "P", "Zs"), exclude_characters="\u00a0"), min_size=1)
NAME = NAME.map(str.strip).filter(lambda name: len(name) > 1 and name[0] not in "='-#nN(\\")
DAY = st.dates(date(2020, 1, 1), date(2030, 12, 31))
CENTS = st.integers(1, 10**9)

AMOUNTS = {
    "plain": lambda amount: f"{amount:.2f}",
    "english": lambda amount: f"{amount:,.2f}",
    "german": lambda amount: f"{amount:,.2f}".translate(str.maketrans(",.", ".,")),
    "french": lambda amount: f"{amount:,.2f}".translate(str.maketrans(",.", "\u00a0,")),
    "swiss": lambda amount: f"{amount:,.2f}".translate(str.maketrans(",", "'")),
}
NUMBERS = count()
DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%Y%m%d", "%d %b %Y", "%d.%m.%y")

invoices = st.lists(
    st.tuples(NUMBER, NUMBER, NAME, DAY, DAY, st.sampled_from(("EUR", "USD", "GBP")), CENTS, CENTS),
    min_size=1,
    max_size=12,
    unique_by=lambda row: row[0].replace("-", ""),
)


@dataclass(frozen=True)
class Dialect:
    """A way to write a file."""

    delimiter: str
    encoding: str
    quoting: int
    line_end: str
    amount: str
    day: str
    named: bool

    def write(self, rows) -> bytes:
        written = io.StringIO()
        if self.named:
            written.write(f"sep={self.delimiter}{self.line_end}")
        writer = csv.writer(written, delimiter=self.delimiter, quoting=self.quoting, lineterminator=self.line_end)
        writer.writerow(HEADER)
        text = AMOUNTS[self.amount]
        for *first, dated, due, currency, gross, left in rows:
            days = (f"{dated:{self.day}}", f"{due:{self.day}}")
            writer.writerow((*first, *days, currency, text(gross), text(left)))
        return written.getvalue().encode(self.encoding)


dialects = st.builds(
    Dialect,
    delimiter=st.sampled_from(";,\t|"),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "cp1252")),
    quoting=st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
    line_end=st.sampled_from(("\n", "\r\n")),
    amount=st.sampled_from(sorted(AMOUNTS)),
    day=st.sampled_from(DAYS),
    named=st.booleans(),
)


def is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@given(rows=invoices, dialect=dialects)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_written_ledger_reads_back_equal(tmp_path, rows, dialect):
    shown = [(*row[:6], Decimal(row[6]).scaleb(-2), Decimal(row[7]).scaleb(-2)) for row in rows]
    path = tmp_path / f"{next(NUMBERS)}.csv"
    path.write_bytes(dialect.write(shown))
    # A file in cp1252 that is UTF-8 as well is read as UTF-8: nobody could tell.
    assume(dialect.encoding != "cp1252" or path.read_bytes().isascii() or not is_utf8(path.read_bytes()))
    reading = read_file(path)
    assert reading.refused == ()
    assert reading.accepted
    assert [
        (
            row.invoice_no,
            row.customer_no,
            row.invoice_date,
            row.due_date,
            row.currency,
            row.gross.amount,
            row.open_amount.amount,
        )
        for row in reading.invoices
    ] == [
        (number, customer, dated, due, currency, gross, left)
        for number, customer, _, dated, due, currency, gross, left in shown
    ]
    names = {}
    for row in shown:
        names.setdefault(row[1], row[2])
    assert {row.customer_no: row.legal_name for row in reading.customers} == names
