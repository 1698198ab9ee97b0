"""A ledger and thousands of mentions of its invoices, as people write them: right, reformatted, misread, mistyped.

Everything is drawn from a seed. A mention knows which invoice its writer means; it becomes a request directly, or by
way of a written sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from csr_bot.core.classification import classify_text
from csr_bot.core.evidence import Customer, DocumentStatus, Invoice, InvoiceLine
from csr_bot.core.money import Money
from csr_bot.core.parsing.references import canonical_number
from csr_bot.core.request import (
    AmountRole,
    Category,
    ClaimedAmount,
    ClaimedDate,
    Reference,
    Request,
    TextSource,
)
from csr_bot.model import load_model

TEMPLATES = {
    "INV-2025-00001": lambda serial: f"INV-{2024 + serial // 1800}-{serial:05}",
    "RE25000001": lambda serial: f"RE{24 + serial // 1800}{serial:06}",
    "9000010001": lambda serial: f"90{10000 + serial:08}",
    "2025/1-00001": lambda serial: f"2025/{1 + serial % 3}-{serial:05}",
}
MIXED = {"RE2500001 or 2500001": lambda serial: f"{'RE' if serial % 2 else ''}{2500000 + serial}"}
"""Numbers with letters beside numbers without."""
_MISREAD = {"0": "O", "1": "l", "5": "S", "8": "B", "2": "Z", "6": "G"}
_START = date(2024, 1, 2)


@dataclass
class Books:
    """A seeded ledger: some customers get the same bill every month, some order on one standing PO."""

    customers: list[Customer]
    invoices: list[Invoice]
    lines: dict[str, list[InvoiceLine]]
    own: dict[str, list[Invoice]] = field(default_factory=dict)

    def group(self, customer_no: str) -> frozenset[str]:
        (parent,) = (item.parent_no for item in self.customers if item.customer_no == customer_no)
        return frozenset(
            item.customer_no
            for item in self.customers
            if parent is not None and item.parent_no == parent and item.customer_no != customer_no
        )


@dataclass
class Mention:
    """What one message says of the invoice it means."""

    targets: list[Invoice]
    sender: str | None
    numbers: list[str]
    amounts: list[tuple[Decimal, AmountRole]] = field(default_factory=list)
    po_no: str | None = None
    day: date | None = None
    thread: bool = False


def make_ledger(seed: int, template: str, *, invoices: int = 2_500, customers: int = 100) -> Books:
    """A ledger whose numbers follow one template, in sequence over all customers."""
    chance = Random(seed)
    masters = [_customer(number, f"G-{number // 10}" if number % 10 < 2 else None) for number in range(customers)]
    weights = [1 + 9 * (number % 5 == 0) for number in range(customers)]
    monthly = {item.customer_no: _terms(chance) for item in masters if chance.random() < 0.3}
    standing = {item.customer_no: f"45{chance.randrange(10**8):08}" for item in masters if chance.random() < 0.3}
    books = Books(masters, [], {})
    for serial in range(1, invoices + 1):
        owner = chance.choices(masters, weights)[0].customer_no
        invoice, lines = _invoice(
            chance,
            (TEMPLATES | MIXED)[template](serial),
            owner,
            serial,
            terms=monthly.get(owner) or _terms(chance),
            po_no=standing.get(owner) or f"45{chance.randrange(10**8):08}",
        )
        books.invoices.append(invoice)
        books.lines[invoice.invoice_no] = lines
        books.own.setdefault(owner, []).append(invoice)
    return books


def make_mentions(seed: int, books: Books, count: int) -> Iterator[Mention]:
    """Mentions with the mix of errors, senders and figures that is assumed of real mail."""
    chance = Random(seed)
    for _ in range(count):
        target = chance.choice(books.invoices)
        targets = [target]
        if chance.random() < 0.06:
            targets = list(dict.fromkeys([target, chance.choice(books.own[target.customer_no])]))
        mention = Mention(targets, _sender(chance, target, books), [])
        for item in targets:
            mention.numbers += _written(chance, item.invoice_no)
        _add_figures(chance, mention, books)
        if chance.random() < 0.25:
            mention.po_no = target.po_no
        if chance.random() < 0.25:
            mention.day = target.invoice_date
        mention.thread = len(targets) == 1 and chance.random() < 0.05
        yield mention


def as_request(mention: Mention) -> Request:
    """A mention as a perfect reader would understand it."""
    return Request(
        Category.BILLING_DISPUTE,
        None,
        Decimal("0.9"),
        "en",
        invoice_refs=tuple(_reference(raw) for raw in mention.numbers),
        po_refs=(_reference(mention.po_no),) if mention.po_no else (),
        amounts=tuple(ClaimedAmount(value, None, role, (0, 1), TextSource.BODY) for value, role in mention.amounts),
        dates=(ClaimedDate(mention.day, (0, 1), TextSource.BODY),) if mention.day else (),
    )


def as_text(mention: Mention) -> str:
    """A mention as a person would write it."""
    by_role: dict[AmountRole, Decimal] = {role: value for value, role in mention.amounts}
    said = []
    if mention.numbers:
        said.append(f"we have a question on invoice {' and '.join(mention.numbers)}")
    else:
        said.append("we have a question on your last bill")
    if mention.day:
        said.append(f"dated {mention.day.isoformat()}")
    if mention.po_no:
        said.append(f"our PO {mention.po_no}")
    text = f"Hello, {', '.join(said)}."
    if (total := by_role.get(AmountRole.INVOICE_TOTAL)) is not None:
        text += f" The total of {total:,.2f} USD is not clear to us."
    if (billed := by_role.get(AmountRole.BILLED_VALUE)) is not None:
        text += f" You billed {billed:,.2f} USD per unit, it should be {by_role[AmountRole.CORRECT_VALUE]:,.2f} USD."
    if (delta := by_role.get(AmountRole.CLAIMED_DELTA)) is not None:
        text += f" The difference is {delta:,.2f} USD."
    return text


def as_read(mention: Mention) -> Request:
    """A mention as our own reader understands the sentence."""
    return classify_text(subject="", text=as_text(mention), model=load_model())[0]


def _customer(number: int, parent_no: str | None) -> Customer:
    return Customer(
        customer_no=f"C-{1000 + number}",
        legal_name=f"Customer {number}",
        status="active",
        tier="standard",
        country="US",
        language="en",
        currency="USD",
        parent_no=parent_no,
        email_domains=(f"customer{number}.example",),
        invoice_email=None,
        account_owner=None,
    )


def _terms(chance: Random) -> list[tuple[Decimal, Decimal]]:
    """Quantity and rate of each line."""
    return [
        (Decimal(chance.randrange(1, 300)), Decimal(chance.randrange(500, 40_000)) / 100)
        for _ in range(chance.choice((1, 1, 2, 3)))
    ]


def _invoice(
    chance: Random, number: str, owner: str, serial: int, *, terms: list[tuple[Decimal, Decimal]], po_no: str
) -> tuple[Invoice, list[InvoiceLine]]:
    day = _START + timedelta(days=serial // 5)
    nets = [Money(quantity * rate, "USD").rounded() for quantity, rate in terms]
    net = sum(nets, start=Money(Decimal(0), "USD"))
    tax = Money(net.amount * chance.choice((Decimal(0), Decimal("0.0625"))), "USD").rounded()
    gross = net + tax
    is_open = chance.random() < 0.4
    invoice = Invoice(
        invoice_no=number,
        company_code="1000",
        doc_type="invoice",
        customer_no=owner,
        status=DocumentStatus.OPEN if is_open else DocumentStatus.PAID,
        invoice_date=day,
        due_date=day + timedelta(days=30),
        service_from=None,
        service_to=None,
        po_no=po_no,
        contract_no=None,
        net=net,
        tax=tax,
        gross=gross,
        credited=Money(Decimal(0), "USD"),
        open_amount=gross if is_open else Money(Decimal(0), "USD"),
    )
    lines = [
        InvoiceLine(
            invoice_no=number,
            line_no=place,
            sku=f"S{place}",
            description="",
            quantity=quantity,
            unit="h",
            unit_price=rate,
            net=line_net,
            tax_rate=Decimal(0),
            tax=replace(line_net, amount=Decimal(0)),
            service_from=None,
            service_to=None,
        )
        for place, ((quantity, rate), line_net) in enumerate(zip(terms, nets, strict=True), 1)
    ]
    return invoice, lines


def _sender(chance: Random, target: Invoice, books: Books) -> str | None:
    drawn = chance.random()
    if drawn < 0.10:
        return None
    if drawn < 0.15:
        return chance.choice(books.customers).customer_no
    if drawn < 0.20 and (group := books.group(target.customer_no)):
        return chance.choice(sorted(group))
    return target.customer_no


def _written(chance: Random, number: str) -> list[str]:  # noqa: PLR0911  # one for each kind of error
    """40 % as it is, 20 % reformatted, 8 % misread, 7 % mistyped, 4 % swapped, 3 % dropped, 10 % its end, 8 % none."""
    drawn = chance.random()
    places = [place for place, char in enumerate(number) if char.isdigit()]
    if drawn < 0.40:
        return [number]
    if drawn < 0.60:
        return [_reformatted(chance, number)]
    if drawn < 0.68:
        at = chance.choice([place for place in places if number[place] in _MISREAD] or places)
        return [number[:at] + _MISREAD.get(number[at], number[at]) + number[at + 1 :]]
    if drawn < 0.75:
        at = chance.choice(places)
        return [number[:at] + chance.choice([d for d in "0123456789" if d != number[at]]) + number[at + 1 :]]
    if drawn < 0.79:
        at = chance.choice([place for place in places if place + 1 in places])
        return [number[:at] + number[at + 1] + number[at] + number[at + 2 :]]
    if drawn < 0.82:
        at = chance.choice(places)
        return [number[:at] + number[at + 1 :]]
    return [_end(number)] if drawn < 0.92 else []


def _reformatted(chance: Random, number: str) -> str:
    forms = [number.replace("-", "/"), number.replace("-", " "), number.replace("-", ""), number.lower()]
    if number.startswith("INV-"):
        year, serial = number[4:8], number[9:]
        forms += [f"{year}-{serial}", f"INV {year}/{serial.lstrip('0')}", f"{year}-{serial.lstrip('0').zfill(3)}"]
    return chance.choice(forms)


def _end(number: str) -> str:
    return number[-6:].lstrip("-/0").rpartition("-")[2].lstrip("0").zfill(3)


def _add_figures(chance: Random, mention: Mention, books: Books) -> None:
    target, drawn = mention.targets[0], chance.random()
    if len(mention.targets) > 1:
        total = sum((item.gross.amount for item in mention.targets), start=Decimal(0))
        mention.amounts = [(total, AmountRole.INVOICE_TOTAL)] if drawn < 0.7 else []
    elif drawn < 0.45:
        mention.amounts = [(target.gross.amount, AmountRole.INVOICE_TOTAL)]
    elif drawn < 0.65:
        line = chance.choice(books.lines[target.invoice_no])
        ought = (line.unit_price * Decimal("0.9")).quantize(Decimal("0.01"))
        mention.amounts = [(line.unit_price, AmountRole.BILLED_VALUE), (ought, AmountRole.CORRECT_VALUE)]
        if chance.random() < 0.5:
            delta = Money((line.unit_price - ought) * line.quantity, "USD").rounded().amount
            mention.amounts.append((delta, AmountRole.CLAIMED_DELTA))
    elif drawn < 0.72:
        mention.amounts = [(target.gross.amount.quantize(Decimal(100)), AmountRole.INVOICE_TOTAL)]


def _reference(raw: str) -> Reference:
    return Reference(raw, canonical_number(raw), (0, len(raw)), TextSource.BODY)
