"""Credits: the credit note of some invoice lines as an effect, and the authority that it needs."""

from __future__ import annotations

from decimal import Decimal

from csr_bot.core.effects import EffectType, PlannedEffect
from csr_bot.core.evidence import InvoiceLine
from csr_bot.core.facts import Facts, InvoiceFacts
from csr_bot.core.matters import Matter, MatterKind
from csr_bot.core.money import Money
from csr_bot.core.recompute import CalcLine, share_tax


def credit_line(line: InvoiceLine, net: Money, *, by: str) -> CalcLine:
    """A net amount that a person credits on a line, with the line's own tax."""
    return CalcLine(
        line_no=line.line_no,
        what="net amount",
        quantity=Decimal(1),
        billed=line.net.amount,
        agreed=line.net.amount - net.amount,
        clause=f"said by {by}",
        net=net,
        tax=share_tax(line, net),
        locators=(line.locator,),
    )


def credit_matter(facts: Facts, entry: InvoiceFacts, amount: Money) -> Matter:
    """What a credit on an invoice has to be approved as, with what the policy may ask about it.

    Where the ledger tells of no closed period, none is taken to be closed; age has a condition of its own.
    """
    invoice = entry.invoice
    return Matter(
        MatterKind.CREDIT_NOTE,
        amount,
        invoice.invoice_no,
        about={
            "category": facts.category.value,
            "reason": facts.reason.value if facts.reason else None,
            "period_closed": facts.closed_until is not None and invoice.invoice_date <= facts.closed_until,
            "invoice_age_days": (facts.now.date() - invoice.invoice_date).days,
        },
    )


def plan_credit_note(
    entry: InvoiceFacts, lines: tuple[CalcLine, ...], amount: Money, *, seq: int, reason: str
) -> PlannedEffect:
    """The credit note as an effect; the invoice must still stand as it was when this was computed."""
    invoice = entry.invoice
    return PlannedEffect(
        seq=seq,
        type=EffectType.CREATE_CREDIT_NOTE,
        target=invoice.invoice_no,
        params={
            "amount": amount.text(),
            "currency": amount.currency,
            "invoice_no": invoice.invoice_no,
            "lines": [{"line_no": line.line_no, "net": line.net.text(), "tax": line.tax.text()} for line in lines],
            "reason": reason,
        },
        precondition={
            "customer_no": invoice.customer_no,
            "gross": invoice.gross.text(),
            "open_amount": invoice.open_amount.text(),
            "status": invoice.status.value,
            "due_date": invoice.due_date.isoformat(),
        },
    )
