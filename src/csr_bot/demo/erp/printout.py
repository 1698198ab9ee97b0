"""The printed invoice: one page of PDF whose text can be extracted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Final

from fpdf import FPDF, XPos, YPos

from csr_bot.core.money import Money
from csr_bot.demo.erp.rows import InvoiceRow, LineRow

SELLER: Final = "Wide World Billing Inc."
_COLUMNS: Final = (
    ("Pos", 12, "L"),
    ("Description", 78, "L"),
    ("Quantity", 30, "R"),
    ("Unit price", 25, "R"),
    ("Net", 35, "R"),
)
_GREY: Final = 110


def print_invoice(invoice: InvoiceRow, lines: Sequence[LineRow]) -> bytes:
    """The invoice as PDF, the same bytes for the same invoice."""
    pdf = FPDF(format="A4")
    pdf.set_creation_date(datetime.combine(date.fromisoformat(invoice.invoice_date), time(), UTC))
    pdf.set_title(f"Invoice {invoice.invoice_no}")
    pdf.set_margins(15, 18, 15)
    pdf.add_page()
    _print_heading(pdf, invoice)
    _print_lines(pdf, lines)
    _print_totals(pdf, invoice)
    return bytes(pdf.output())


def _print_heading(pdf: FPDF, invoice: InvoiceRow) -> None:
    pdf.set_font("Helvetica", size=9)
    pdf.set_text_color(_GREY)
    _line(pdf, SELLER)
    pdf.set_text_color(0)
    pdf.ln(8)
    pdf.set_font("Helvetica", style="B", size=20)
    _line(pdf, f"Invoice {invoice.invoice_no}", height=11)
    pdf.ln(3)
    pdf.set_font("Helvetica", size=10)
    _line(pdf, f"Customer {invoice.customer_no}")
    _line(pdf, invoice.customer_name)
    pdf.ln(3)
    _line(pdf, f"Invoice date {invoice.invoice_date}")
    _line(pdf, f"Due date {invoice.due_date}")
    if invoice.po_no:
        _line(pdf, f"Your order {invoice.po_no}")
    pdf.ln(8)


def _print_lines(pdf: FPDF, lines: Sequence[LineRow]) -> None:
    pdf.set_draw_color(190)
    pdf.set_font("Helvetica", style="B", size=9)
    for title, width, align in _COLUMNS:
        pdf.cell(width, 7, title, border="B", align=align)
    pdf.ln(8)
    pdf.set_font("Helvetica", size=9)
    for line in lines:
        texts = (str(line.line_no), f"{line.sku}  {line.description}", f"{line.quantity} {line.unit}", line.unit_price)
        for (_, width, align), text in zip(_COLUMNS, (*texts, _amount(line.net)), strict=True):
            pdf.cell(width, 6, _fitting(pdf, text, width), align=align)
        pdf.ln(6)


def _print_totals(pdf: FPDF, invoice: InvoiceRow) -> None:
    pdf.ln(3)
    pdf.line(pdf.l_margin, pdf.get_y(), pdf.w - pdf.r_margin, pdf.get_y())
    pdf.ln(3)
    pdf.set_font("Helvetica", size=10)
    _line(pdf, f"Net {invoice.net}", align="R")
    _line(pdf, f"Tax {invoice.tax}", align="R")
    pdf.set_font("Helvetica", style="B", size=12)
    _line(pdf, f"Total {invoice.total}", align="R", height=8)


def _line(pdf: FPDF, text: str, *, align: str = "L", height: float = 5.5) -> None:
    pdf.cell(0, height, _printable(text), align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _fitting(pdf: FPDF, text: str, width: float) -> str:
    printable = _printable(text)
    while pdf.get_string_width(printable) > width - 2:
        printable = printable[:-4] + "..."
    return printable


def _printable(text: str) -> str:
    """The text in the alphabet of the PDF core fonts; other letters become question marks."""
    return text.encode("latin-1", "replace").decode("latin-1")


def _amount(money: Money) -> str:
    return str(money).removesuffix(f" {money.currency}")
