"""Finds the header row of a sheet and which column holds which field, by the names that ledgers and ERPs give them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from csr_bot.adapters.workbook.file import Cell, Rows

_SEARCHED_ROWS: Final = 30
_LEAST_HITS: Final = 4
_CURRENCY: Final = re.compile(r"[(\[]\s*([A-Z]{3})\s*[)\]]")
_AMOUNTS: Final = frozenset({"gross", "open_amount"})
_TOTALS: Final = frozenset({"total", "summe", "gesamt", "gesamtsumme", "grand total", "totaux", "totals"})

# Names seen in exports or documented by vendors, beside our own.
_INVOICE_ALIASES: Final[Mapping[str, Sequence[str]]] = {
    "invoice_no": (
        "Invoice Number", "Invoice #", "Invoice", "Inv No", "Num", "Doc No", "Document Number", "Document No.",
        "Belegnummer", "Belegnr.", "Rechnungsnummer", "Rechnungsnr.", "RE-Nr.", "N° facture", "Factura",
        "InvoiceNumber", "Reference (XBLNR)", "Assignment (ZUONR)", "name (Odoo)", "ID",
    ),
    "customer_no": (
        "Customer Number", "Customer Code", "Customer", "Account", "Card ID", "Kundennummer", "Kundennr.", "Debitor",
        "Konto", "Sold-to", "KUNNR", "N° client", "partner_id",
    ),
    "customer_name": (
        "Name", "ContactName", "Client Name", "Kunde", "Kundenname", "Rechnungsempfänger", "Rechnungsempfaenger",
        "Bill-to Name",
    ),
    "invoice_date": (
        "Date", "Document Date", "Posting Date", "Doc. Date", "Belegdatum", "Rechnungsdatum", "BLDAT", "Issue date",
        "InvoiceDate", "transaction date", "Date facture",
    ),
    "due_date": (
        "Net due date", "Payment is Due", "Fälligkeitsdatum", "Faelligkeitsdatum", "Fälligkeit", "Faelligkeit",
        "Fällig am", "Faellig am", "Échéance", "Echeance", "DueDate", "date_maturity",
    ),
    "net": ("Net amount", "Netto", "Nettobetrag", "Montant HT", "amount_untaxed"),
    "tax": ("Tax amount", "VAT", "MwSt.", "USt.", "Steuer", "Steuerbetrag", "TVA", "Montant TVA", "amount_tax"),
    "gross": (
        "Amount", "Invoice Total", "Total", "Total Earnings", "Document Amount", "Amount in doc. curr.",
        "Rechnungsbetrag", "Rechnungsbetrag Brutto", "Bruttobetrag", "Brutto", "Montant TTC", "InvoiceAmount", "WRBTR",
        "amount_total",
    ),
    "open_amount": (
        "Open Balance", "Balance", "Balance Due", "Amount Remaining", "Amount Due", "InvoiceAmountDue", "Outstanding",
        "Offener Betrag", "Saldo", "Restbetrag", "Solde", "amount_residual", "outstanding_amount",
    ),
    "paid": ("Received Amount", "InvoiceAmountPaid", "Bezahlt", "Payé"),
    "credited": ("Credit notes", "Gutgeschrieben", "Gutschriften", "Avoirs"),
    "currency": ("Curr.", "Currency Code", "Doc. currency", "Währung", "Waehrung", "Devise", "WAERS"),
    "po_no": (
        "PO Number", "P.O. No.", "Purchase Order", "Customer PO", "Bestellnummer", "Order Ref", "Reference", "BSTKD",
    ),
    "status": ("Payment Status", "State", "Rechnungsstatus"),
    "contract_no": ("Contract", "Vertrag", "Vertragsnummer", "Contrat"),
    "service_from": ("Leistung von",),
    "service_to": ("Leistung bis",),
    "company_code": ("Buchungskreis", "BUKRS", "Company"),
    "doc_type": ("Document Type", "Belegart", "BLART"),
    "sign": ("Debit/Credit", "S/H", "D/C", "SHKZG"),
}  # fmt: skip


class HeaderError(Exception):
    """The columns of a sheet cannot be told; the text says why."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands (``row``: index) and what it says: field to column index, header text, and currency."""

    row: int
    columns: Mapping[str, int]
    titles: Mapping[str, str]
    currencies: Mapping[str, str]


def find_header(
    rows: Rows, *, fields: Sequence[str], required: Sequence[str], renamed: Mapping[str, str] | None = None
) -> Header:
    """The header of a sheet that bears our own names, in the first row; case and punctuation do not matter.

    ``renamed`` switches to the invoice sheet's rules: known aliases, then the caller's own names (field to header), and
    the row with the most hits among the first thirty. Raises HeaderError.
    """
    if renamed is None:
        return _header(rows, 0, {_plain(name): name for name in fields}, {}, required)
    names = {_plain(alias): name for name, aliases in _INVOICE_ALIASES.items() for alias in aliases}
    names |= {_plain(name): name for name in fields}
    ours = {_plain(title): name for name, title in renamed.items()}
    row = max(range(min(len(rows), _SEARCHED_ROWS)), key=lambda index: _hits(rows[index], names | ours), default=0)
    if not rows or _hits(rows[row], names | ours) < _LEAST_HITS:
        raise HeaderError(f"no header among the first {_SEARCHED_ROWS} rows")
    return _header(rows, row, names, ours, required)


def last_row(rows: Rows, header: Header) -> int:
    """Index after the last data row: the first blank row or row of totals ends the table."""
    for index in range(header.row + 1, len(rows)):
        first = next((cell for cell in rows[index] if not _is_blank(cell)), None)
        if first is None or (isinstance(first, str) and _plain(first) in _TOTALS):
            return index
    return len(rows)


def _header(rows: Rows, row: int, names: Mapping[str, str], ours: Mapping[str, str], required: Sequence[str]) -> Header:
    columns: dict[str, int] = {}
    titles: dict[str, str] = {}
    currencies: dict[str, str] = {}
    for index, cell in enumerate(rows[row] if rows else ()):
        title = cell if isinstance(cell, str) else ""
        name = _field(title, names, ours)
        if name is None or (name in titles and _is_better(titles[name], title, name, ours)):
            continue
        if name in titles and not _is_better(title, titles[name], name, ours):
            raise HeaderError(f"the columns {titles[name]!r} and {title!r} both look like {name}; say which in columns")
        columns[name], titles[name] = index, title
        if named := _CURRENCY.search(title):
            currencies[name] = named[1]
    if missing := [name for name in required if name not in columns]:
        raise HeaderError(f"no column for {', '.join(missing)}")
    return Header(row, columns, titles, currencies)


def _field(title: str, names: Mapping[str, str], ours: Mapping[str, str]) -> str | None:
    plain = _plain(title)
    return ours.get(plain) or names.get(plain)


def _is_better(title: str, other: str, name: str, ours: Mapping[str, str]) -> bool:
    """The caller's name for a field beats our own, and our own beats an alias."""

    def rank(text: str) -> int:
        return 2 if _plain(text) in ours else int(_plain(text) == _plain(name))

    return rank(title) > rank(other)


def _hits(cells: Sequence[Cell], names: Mapping[str, str]) -> int:
    found = {names[plain] for cell in cells if isinstance(cell, str) and (plain := _plain(cell)) in names}
    return len(found) if "invoice_no" in found and found & _AMOUNTS else 0


def _plain(title: str) -> str:
    text = unicodedata.normalize("NFKC", _CURRENCY.sub(" ", title)).lower()
    return " ".join(re.sub(r"[^\w]|_", " ", text).split())


def _is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()
