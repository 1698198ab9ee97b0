"""Recomputing an invoice from contract and usage: what should have been billed, line by line, and what to credit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from csr_bot.core.checks import Finding, Result
from csr_bot.core.evidence import Invoice, InvoiceLine, PriceTerm, Usage
from csr_bot.core.facts import InvoiceFacts
from csr_bot.core.money import Money, zero


@dataclass(frozen=True, slots=True)
class CalcLine:
    """How much of one invoice line was billed too much, from what, and by which clause. ``net`` and ``tax`` >= 0."""

    line_no: int
    what: str
    quantity: Decimal
    billed: Decimal
    agreed: Decimal
    clause: str
    net: Money
    tax: Money
    locators: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """For payloads and the record: every number a decimal string."""
        return {
            "line_no": self.line_no,
            "what": self.what,
            "quantity": f"{self.quantity:f}",
            "billed": f"{self.billed:f}",
            "agreed": f"{self.agreed:f}",
            "clause": self.clause,
            "net": self.net.text(),
            "tax": self.tax.text(),
            "currency": self.net.currency,
            "locators": list(self.locators),
        }


@dataclass(frozen=True, slots=True)
class Recomputation:
    """The lines billed too much and the finding that says whether this could be computed and supports the claim."""

    lines: tuple[CalcLine, ...]
    finding: Finding

    def total(self, currency: str) -> Money:
        """Gross amount to credit."""
        return sum((line.net + line.tax for line in self.lines), start=zero(currency))


def recompute_price(entry: InvoiceFacts, *, tolerance: Decimal) -> Recomputation:
    """V09: each billed unit price against the one price term valid throughout the service.

    A price that changed within the period of a line is for a person: which part was served when is not known.
    """
    lines: list[CalcLine] = []
    for line in entry.lines:
        last = line.service_to or entry.invoice.invoice_date
        first = line.service_from or last
        terms = [term for term in entry.price_terms if term.sku == line.sku and _meets(term, first, last)]
        if len(terms) != 1:
            return _unknown("V09", entry, f"{len(terms)} price terms for {line.sku} from {first} to {last}")
        if not _holds_throughout(terms[0], first, last):
            return _unknown("V09", entry, f"the price of {line.sku} is not agreed from {first} to {last}")
        if not _is_plain(line, tolerance=tolerance):
            return _unknown("V09", entry, f"line {line.line_no} is not quantity x unit price")
        agreed = Decimal(0) if terms[0].waived else terms[0].unit_price
        if line.unit_price > agreed:
            net = Money(line.quantity * (line.unit_price - agreed), line.net.currency).rounded()
            lines.append(
                CalcLine(
                    line_no=line.line_no,
                    what="unit price",
                    quantity=line.quantity,
                    billed=line.unit_price,
                    agreed=agreed,
                    clause=f"{terms[0].contract_no} clause {terms[0].clause}",
                    net=net,
                    tax=share_tax(line, net),
                    locators=(line.locator, terms[0].locator),
                )
            )
    return Recomputation(tuple(lines), _finding("V09", entry, lines, "billed unit prices against the contract"))


def recompute_quantity(entry: InvoiceFacts, *, tolerance: Decimal) -> Recomputation:
    """V10: each billed quantity against what was delivered or used in the service period."""
    lines: list[CalcLine] = []
    known = 0
    for line in entry.lines:
        rows = [row for row in entry.usage if row.sku == line.sku and _overlaps(row, line)]
        if not rows:
            continue
        known += 1
        if len(rows) != 1 or not _covers(rows[0], line) or not _is_plain(line, tolerance=tolerance):
            return _unknown("V10", entry, f"{len(rows)} usage records for line {line.line_no}")
        if line.quantity > rows[0].quantity:
            net = Money((line.quantity - rows[0].quantity) * line.unit_price, line.net.currency).rounded()
            lines.append(
                CalcLine(
                    line_no=line.line_no,
                    what="quantity",
                    quantity=line.quantity - rows[0].quantity,
                    billed=line.quantity,
                    agreed=rows[0].quantity,
                    clause=f"{rows[0].contract_no} usage {rows[0].proof_ref}",
                    net=net,
                    tax=share_tax(line, net),
                    locators=(line.locator, rows[0].locator),
                )
            )
    if not known:
        return _unknown("V10", entry, "no usage or delivery record covers a billed line")
    return Recomputation(tuple(lines), _finding("V10", entry, lines, "billed quantities against usage"))


def find_original(entry: InvoiceFacts, *, named: InvoiceFacts | None) -> tuple[Invoice | None, Finding]:
    """V11: the invoice that bills the same supply first: equal net and currency, same PO (or contract) and period.

    Neither may be credited. ``named`` is the other invoice that the customer names, if any; without it, exactly one
    of the customer's invoices must fit.
    """
    mine = entry.invoice
    pool = (named.invoice,) if named else entry.equal_net
    originals = [other for other in pool if _bills_the_same(mine, other)]
    number = mine.invoice_no
    if len(originals) != 1:
        said = f"{len(originals)} invoices bill the same supply"
        return None, Finding("V11", number, Result.FAIL, said, "DUPLICATE_NOT_CONFIRMED", locators=(mine.locator,))
    message = f"{originals[0].invoice_no} of {originals[0].invoice_date} bills the same supply"
    locators = (mine.locator, originals[0].locator)
    return originals[0], Finding("V11", number, Result.PASS, message, "DUPLICATE_NOT_CONFIRMED", locators=locators)


def whole_invoice(entry: InvoiceFacts, original: Invoice) -> tuple[CalcLine, ...]:
    """Every line of an invoice in full, because ``original`` billed the same."""
    return tuple(
        CalcLine(
            line_no=line.line_no,
            what="whole line",
            quantity=line.quantity,
            billed=line.net.amount,
            agreed=Decimal(0),
            clause=f"billed before as {original.invoice_no}",
            net=line.net,
            tax=line.tax,
            locators=(line.locator, original.locator),
        )
        for line in entry.lines
    )


def share_tax(line: InvoiceLine, net: Money) -> Money:
    """The billed tax in proportion: exact whatever the ledger means by its tax rate."""
    if not line.net.amount:
        return zero(net.currency)
    return Money(line.tax.amount * net.amount / line.net.amount, net.currency).rounded()


def _meets(term: PriceTerm, first: date, last: date) -> bool:
    return term.valid_from <= last and (term.valid_to is None or first <= term.valid_to)


def _holds_throughout(term: PriceTerm, first: date, last: date) -> bool:
    return term.valid_from <= first and (term.valid_to is None or last <= term.valid_to)


def _is_plain(line: InvoiceLine, *, tolerance: Decimal) -> bool:
    product = Money(line.quantity * line.unit_price, line.net.currency)
    return line.quantity >= 0 and product.is_close(line.net, tolerance=tolerance)


def _covers(row: Usage, line: InvoiceLine) -> bool:
    if line.service_from is None or line.service_to is None:
        return False
    return row.period_from <= line.service_from and line.service_to <= row.period_to


def _overlaps(row: Usage, line: InvoiceLine) -> bool:
    if line.service_from is None or line.service_to is None:
        return False
    return row.period_from <= line.service_to and line.service_from <= row.period_to


def _bills_the_same(mine: Invoice, other: Invoice) -> bool:
    # Two orders under one contract may well cost the same: different numbers say that they are two.
    two_orders = mine.po_no and other.po_no and mine.po_no != other.po_no
    same_order = (mine.po_no and mine.po_no == other.po_no) or (
        mine.contract_no and mine.contract_no == other.contract_no and not two_orders
    )
    if None in (mine.service_from, mine.service_to, other.service_from, other.service_to):
        return False
    overlap = mine.service_from <= other.service_to and other.service_from <= mine.service_to  # type: ignore[operator]  # not None, above
    untouched = not mine.credited.amount and not other.credited.amount
    return bool(
        same_order
        and overlap
        and untouched
        and mine.invoice_no != other.invoice_no
        and (mine.customer_no, mine.net) == (other.customer_no, other.net)
        and (other.invoice_date, other.invoice_no) < (mine.invoice_date, mine.invoice_no)
    )


def _unknown(check: str, entry: InvoiceFacts, message: str) -> Recomputation:
    finding = Finding(check, entry.invoice.invoice_no, Result.UNKNOWN, message, "CANNOT_RECOMPUTE")
    return Recomputation((), finding)


def _finding(check: str, entry: InvoiceFacts, lines: list[CalcLine], message: str) -> Finding:
    return Finding(
        check=check,
        subject=entry.invoice.invoice_no,
        result=Result.PASS if lines else Result.FAIL,
        message=message,
        reason="CLAIM_NOT_SUPPORTED",
        expected="; ".join(f"line {line.line_no}: {line.agreed:f} by {line.clause}" for line in lines) or None,
        actual="; ".join(f"line {line.line_no}: {line.billed:f}" for line in lines) or "as agreed",
        locators=tuple(locator for line in lines for locator in line.locators),
    )
