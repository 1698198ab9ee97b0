"""A sale as the demo's authors write it down, and its arithmetic: the invoice, its lines and its payments.

Which sales exist is said elsewhere; here is only how amounts follow from quantities and prices.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from csr_bot.core.evidence import Allocation, DocumentStatus, Invoice, InvoiceLine, Payment
from csr_bot.core.money import Money, zero

COMPANY_CODE = "1000"


@dataclass(frozen=True, slots=True)
class Item:
    """What one line bills. ``tax_rate`` is in percent."""

    sku: str
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    tax_rate: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sale:
    """An invoice in the making. ``paid`` and ``credited`` are gross amounts in its currency."""

    invoice_no: str
    customer_no: str
    currency: str
    invoice_on: date
    due_on: date
    served: tuple[date, date]
    po_no: str | None
    contract_no: str
    items: tuple[Item, ...]
    paid: Decimal = Decimal(0)
    credited: Decimal = Decimal(0)
    delivery_note: str | None = None


def bill(sale: Sale) -> tuple[Invoice, tuple[InvoiceLine, ...]]:
    """The invoice and its lines; tax is rounded line by line, so that the lines add up to the invoice to the cent."""
    lines = tuple(_line(sale, number, item) for number, item in enumerate(sale.items, start=1))
    net = sum((line.net for line in lines), zero(sale.currency))
    tax = sum((line.tax for line in lines), zero(sale.currency))
    gross = net + tax
    credited = Money(sale.credited, sale.currency)
    invoice = Invoice(
        invoice_no=sale.invoice_no,
        company_code=COMPANY_CODE,
        doc_type="invoice",
        customer_no=sale.customer_no,
        status=_status(gross.amount, paid=sale.paid, credited=sale.credited),
        invoice_date=sale.invoice_on,
        due_date=sale.due_on,
        service_from=sale.served[0],
        service_to=sale.served[1],
        po_no=sale.po_no,
        contract_no=sale.contract_no,
        net=net,
        tax=tax,
        gross=gross,
        credited=credited,
        open_amount=gross - Money(sale.paid, sale.currency) - credited,
        terms=f"net {(sale.due_on - sale.invoice_on).days}",
        disputed=False,
        delivery_note=sale.delivery_note,
    )
    return invoice, lines


def gross_of(sale: Sale) -> Decimal:
    """What the customer is asked to pay for a sale, tax included."""
    return bill(sale)[0].gross.amount


def pay(payment_no: str, sales: tuple[Sale, ...], *, paid_on: date) -> tuple[Payment, tuple[Allocation, ...]]:
    """One payment that settles what each of the sales (of one customer, in one currency) records as paid."""
    currency = sales[0].currency
    allocations = tuple(Allocation(payment_no, sale.invoice_no, Money(sale.paid, currency), paid_on) for sale in sales)
    payment = Payment(
        payment_no=payment_no,
        customer_no=sales[0].customer_no,
        value_date=paid_on,
        amount=sum((allocation.amount for allocation in allocations), zero(currency)),
        unapplied=zero(currency),
        reference_text=" ".join(sale.invoice_no for sale in sales),
        posted_on=paid_on,
        method="transfer",
        status="applied",
    )
    return payment, allocations


def _line(sale: Sale, number: int, item: Item) -> InvoiceLine:
    net = Money(item.quantity * item.unit_price, sale.currency).rounded()
    return InvoiceLine(
        invoice_no=sale.invoice_no,
        line_no=number,
        sku=item.sku,
        description=item.description,
        quantity=item.quantity,
        unit=item.unit,
        unit_price=item.unit_price,
        net=net,
        tax_rate=item.tax_rate,
        tax=(net * (item.tax_rate / 100)).rounded(),
        service_from=sale.served[0],
        service_to=sale.served[1],
    )


def _status(gross: Decimal, *, paid: Decimal, credited: Decimal) -> DocumentStatus:
    if credited == gross:
        return DocumentStatus.CREDITED
    if paid + credited == gross:
        return DocumentStatus.PAID
    return DocumentStatus.PARTLY_PAID if paid else DocumentStatus.OPEN
