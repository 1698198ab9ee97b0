"""Everyday trade: customers, contracts and three years of right invoices, most of them paid.

The customers and the errors that the demo tells stories about are written elsewhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Final

from csr_bot.core.evidence import Allocation, Contact, Contract, Customer, Payment, PriceTerm, Usage
from csr_bot.demo.books_sales import Item, Sale, gross_of, pay

_FIRST_CUSTOMER: Final = 1013
_CUSTOMERS: Final = 36
# Enough customers between two invoices of one customer that their service periods never touch.
_PAUSE: Final = 20
_SETTLED_AFTER: Final = timedelta(days=60)

# (country, language, currency, tax in percent, legal form), weighted by repetition.
_PLACES: Final = (
    ("US", "en", "USD", "0", "Inc."), ("US", "en", "USD", "6.25", "LLC"), ("US", "en", "USD", "0", "Corp."),
    ("DE", "de", "EUR", "19", "GmbH"), ("GB", "en", "GBP", "20", "Ltd."), ("FR", "fr", "EUR", "20", "SARL"),
    ("US", "en", "USD", "8", "Co."), ("NL", "nl", "EUR", "21", "B.V."), ("US", "en", "USD", "0", "LP"),
)  # fmt: skip
_FIRST_WORDS: Final = ("Alder", "Birch", "Cobalt", "Drayton", "Elmfield", "Farrow", "Garnet", "Harwick", "Ironbridge")
_SECOND_WORDS: Final = ("Foods", "Tooling", "Textiles", "Marine")
_GIVEN_NAMES: Final = ("Ada", "Boris", "Carla", "Deniz", "Erik", "Fatima", "Gita", "Hugo", "Iris")
_FAMILY_NAMES: Final = ("Keller", "Marsh", "Okafor", "Dubois")

# (SKU, description, unit, lowest price, highest price, usual quantity)
_CATALOGUE: Final = (
    ("SVC-HOUR", "Consulting services", "h", 85, 180, 60),
    ("SEAT", "Workspace seats", "seat", 18, 90, 80),
    ("PALLET", "Pallet handling", "pallet", 9, 28, 240),
    ("CARTON", "Shipping cartons", "carton", 40, 95, 30),
    ("LICENCE", "Software licence", "licence", 900, 6000, 2),
    ("TRAINING", "Training", "day", 700, 1600, 3),
    ("SUPPORT", "Support", "month", 400, 2500, 1),
    ("FREIGHT", "Freight", "shipment", 60, 400, 9),
)

# Up to which number the invoices of a year had come by which day.
_PACE: Final = (
    ("2023", ((0, date(2023, 1, 2)), (500, date(2023, 12, 29)))),
    ("2024", ((0, date(2024, 1, 2)), (560, date(2024, 12, 30)))),
    ("2025", (
        (0, date(2025, 1, 2)), (371, date(2025, 10, 1)), (388, date(2025, 10, 11)), (402, date(2025, 10, 28)),
        (417, date(2025, 10, 31)), (431, date(2025, 11, 3)), (440, date(2025, 11, 7)), (455, date(2025, 11, 15)),
        (472, date(2025, 11, 24)),
    )),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Account:
    """A customer with its person, contract and prices by year. ``tax_rate`` is in percent."""

    customer: Customer
    contact: Contact
    contract: Contract
    terms: tuple[PriceTerm, ...]
    tax_rate: Decimal
    net_days: int


@dataclass(frozen=True, slots=True)
class Trade:
    """Sales with the payments that settled them and the proof of what was used."""

    sales: tuple[Sale, ...]
    payments: tuple[Payment, ...]
    allocations: tuple[Allocation, ...]
    usage: tuple[Usage, ...]


def open_accounts(rng: Random) -> tuple[Account, ...]:
    """The everyday customers, each with one contract in its own currency."""
    return tuple(_account(rng, index) for index in range(_CUSTOMERS))


def trade(rng: Random, accounts: tuple[Account, ...], *, as_of: date, taken: frozenset[str]) -> Trade:
    """Three years of right invoices up to ``as_of``, the older the more surely paid; ``taken`` numbers are left out."""
    sales = tuple(_settled(rng, sale, as_of) for sale in _sales(rng, accounts, taken))
    payments: list[Payment] = []
    allocations: list[Allocation] = []
    for batch, paid_on in _batches(rng, sales, as_of):
        payment, parts = pay(f"PAY-{len(payments) + 1:06d}", batch, paid_on=paid_on)
        payments.append(payment)
        allocations.extend(parts)
    usage = tuple(
        Usage(sale.contract_no, item.sku, *sale.served, item.quantity, f"log {sale.invoice_no[4:]}/{number}")
        for sale in sales
        for number, item in enumerate(sale.items, start=1)
    )
    return Trade(sales, tuple(payments), tuple(allocations), usage)


def _account(rng: Random, index: int) -> Account:
    country, language, currency, tax, form = _PLACES[index % len(_PLACES)]
    words = (_FIRST_WORDS[index % len(_FIRST_WORDS)], _SECOND_WORDS[index // len(_FIRST_WORDS)])
    domain = f"{'-'.join(words).lower()}.example"
    person = (_GIVEN_NAMES[index % len(_GIVEN_NAMES)], _FAMILY_NAMES[index // len(_GIVEN_NAMES)])
    number = f"C-{_FIRST_CUSTOMER + index}"
    customer = Customer(
        customer_no=number,
        legal_name=f"{' '.join(words)} {form}",
        status="active",
        tier=rng.choice(("small", "small", "standard", "standard", "standard", "key")),
        country=country,
        language=language,
        currency=currency,
        parent_no=None,
        email_domains=(domain,),
        invoice_email=f"invoices@{domain}",
        account_owner=rng.choice(("tom", "ines")),
    )
    contract = Contract(
        f"CT-{900 + index}", 1, number, date(2022, 12, 1), None, currency, 60, None, auto_renew=True, notice_days=30
    )
    return Account(
        customer,
        Contact(number, " ".join(person), f"{'.'.join(person).lower()}@{domain}", "ap", active=True),
        contract,
        tuple(_terms(rng, contract.contract_no)),
        Decimal(tax),
        rng.choice((14, 30, 30, 45, 60)),
    )


def _terms(rng: Random, contract_no: str) -> Iterator[PriceTerm]:
    for sku, _, _, low, high, _ in sorted(rng.sample(_CATALOGUE, 4)):
        quarters = rng.randint(low * 4, high * 4)
        for year in (2023, 2024, 2025):
            first = date(2022, 12, 1) if year == 2023 else date(year, 1, 1)
            last = None if year == 2025 else date(year, 12, 31)
            price = (Decimal(quarters) / 4).quantize(Decimal("0.01"))
            yield PriceTerm(contract_no, sku, price, None, False, first, last, f"3.{year - 2022}")
            quarters += max(1, quarters // 30)


def _sales(rng: Random, accounts: tuple[Account, ...], taken: frozenset[str]) -> Iterator[Sale]:
    weights = [rng.choice((1, 1, 2, 4)) for _ in accounts]
    recent: deque[int] = deque(maxlen=_PAUSE)
    served_until: dict[int, date] = {}
    for year, pace in _PACE:
        for number in range(1, pace[-1][0] + 1):
            invoice_no = f"INV-{year}-{number:05d}"
            if invoice_no in taken:
                continue
            free = [index for index in range(len(accounts)) if index not in recent]
            buyer = rng.choices(free, [weights[index] for index in free])[0]
            recent.append(buyer)
            invoice_on = _day(pace, number)
            last = invoice_on - timedelta(days=1)
            # A service period never spans two price terms, which change with the year.
            first = max(served_until.get(buyer, last - timedelta(days=30)) + timedelta(days=1), date(last.year, 1, 1))
            served_until[buyer] = last
            yield _sale(rng, accounts[buyer], invoice_no, invoice_on=invoice_on, served=(first, last))


def _sale(rng: Random, account: Account, invoice_no: str, *, invoice_on: date, served: tuple[date, date]) -> Sale:
    valid = [term for term in account.terms if term.valid_from <= served[0] <= (term.valid_to or served[0])]
    return Sale(
        invoice_no,
        account.customer.customer_no,
        account.customer.currency,
        invoice_on,
        invoice_on + timedelta(days=account.net_days),
        served,
        f"45000{rng.randint(20000, 99999)}" if rng.random() < 0.8 else None,
        account.contract.contract_no,
        tuple(_item(rng, term, account.tax_rate) for term in rng.sample(valid, rng.choice((1, 1, 2, 3)))),
    )


def _item(rng: Random, term: PriceTerm, tax_rate: Decimal) -> Item:
    _, description, unit, _, _, usual = next(row for row in _CATALOGUE if row[0] == term.sku)
    quantity = max(1, round(usual * rng.lognormvariate(0, 0.6)))
    return Item(term.sku, description, Decimal(quantity), unit, term.unit_price, tax_rate)


def _day(pace: tuple[tuple[int, date], ...], number: int) -> date:
    for (low, start), (high, end) in pairwise(pace):
        if number <= high:
            return start + (end - start) * (number - low) / (high - low)
    raise AssertionError(number)


def _settled(rng: Random, sale: Sale, as_of: date) -> Sale:
    gross = gross_of(sale)
    chance = rng.random()
    if chance < 0.01:
        return replace(sale, credited=gross)
    if sale.due_on + _SETTLED_AFTER < as_of:
        part = Decimal("0.5") if chance > 0.99 else Decimal(1)
    elif chance < 0.35:
        part = Decimal(1)
    else:
        part = Decimal("0.4") if chance > 0.95 else Decimal(0)
    return replace(sale, paid=(gross * part).quantize(Decimal("0.01")))


def _batches(rng: Random, sales: tuple[Sale, ...], as_of: date) -> Iterator[tuple[tuple[Sale, ...], date]]:
    """Paid sales by payment: mostly one by one, some two or three of a customer together; never after ``as_of``."""
    waiting: dict[str, list[Sale]] = {}
    for sale in sales:
        if not sale.paid:
            continue
        batch = waiting.setdefault(sale.customer_no, [])
        batch.append(sale)
        if len(batch) == 3 or rng.random() < 0.75:
            yield tuple(batch), _paid_on(rng, batch, as_of)
            batch.clear()
    for batch in waiting.values():
        if batch:
            yield tuple(batch), _paid_on(rng, batch, as_of)


def _paid_on(rng: Random, batch: list[Sale], as_of: date) -> date:
    usual = batch[-1].due_on + timedelta(days=round(rng.gauss(-3, 10)))
    return min(max(usual, batch[-1].invoice_on + timedelta(days=1)), as_of)
