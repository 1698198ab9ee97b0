"""The statement of an account as a table: what is open on a day, line by line, and what that sums to by currency."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from csr_bot.core.customer import is_owed, sum_open
from csr_bot.core.evidence import Invoice

CONTENT_TYPE: Final = "text/csv"
_HEADINGS: Final = ("document", "type", "date", "due", "purchase_order", "gross", "open", "currency", "note")
_ACTIVE: Final = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so is a formula where tables are opened."""


def statement_csv(items: Iterable[Invoice], *, on: date) -> bytes:
    """The open items in order of their due days, with the sums last: UTF-8 with a mark, so that Excel reads it."""
    owed = sorted((item for item in items if is_owed(item)), key=lambda item: (item.due_date, item.invoice_no))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_HEADINGS)
    writer.writerows(_row(item, on=on) for item in owed)
    for currency, totals in sorted(sum_open(owed, on=on).items()):
        writer.writerow(["balance", "", on.isoformat(), "", "", "", totals.open.text(), currency, ""])
    return out.getvalue().encode("utf-8-sig")


def _row(item: Invoice, *, on: date) -> Iterator[str]:
    notes = [note for note, holds in (("disputed", item.disputed), ("overdue", item.due_date < on)) if holds]
    texts = (item.invoice_no, item.doc_type, item.invoice_date.isoformat(), item.due_date.isoformat(), item.po_no or "")
    yield from (f"'{text}" if text.startswith(_ACTIVE) else text for text in texts)
    yield from (item.gross.text(), item.open_amount.text(), item.currency, ", ".join(notes))
