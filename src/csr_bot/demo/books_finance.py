"""What the finance side of the demo company knows of its customers: credit, KYC, letters of credit, money not applied.

Five customers of their own carry the stories that need a standing (weak figures, an expired or a blocked KYC, cash to
give back, a letter of credit); they buy what is written here and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Final

from csr_bot.core.evidence import (
    Contact,
    Contract,
    CreditProfile,
    Customer,
    Invoice,
    KycRecord,
    LetterOfCredit,
    Payment,
    PriceTerm,
)
from csr_bot.core.money import Money
from csr_bot.demo.books_sales import Item, Sale

WEAK, REFUND, EXPIRED, BLOCKED, EXPORT = "C-1049", "C-1050", "C-1051", "C-1052", "C-1053"

_STEP: Final = Decimal(10_000)
_CHILD, _PARENT = "C-1017", "C-1015"
# Ordered or delivered and not yet billed.
_UNBILLED: Final = {"C-1002": Decimal(61_000)}
_LIMITS: Final = {
    "C-1001": Decimal(200_000), "C-1002": Decimal(150_000), "C-1003": Decimal(500_000), "C-1004": Decimal(60_000),
    "C-1005": Decimal(250_000), WEAK: Decimal(90_000), EXPORT: Decimal(600_000),
}  # fmt: skip
_TERMS: Final = {"C-1002": "net 45", "C-1004": "net 15"}
# What winning the customer cost, and gross margin in percent; nobody worked it out for the others.
_VALUE: Final = {
    "C-1001": ("38000.00", "64"), "C-1002": ("21500.00", "41.5"), "C-1003": ("92000.00", "22"),
    "C-1004": ("46800.00", "72"), "C-1005": ("57000.00", "38"),
}  # fmt: skip
_PO_PATTERN: Final = r"45000\d{5}"

# Net operating income and debt service by customer, for the years before last, last year and this one.
_FIGURES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "C-1001": (("1610000", "1120000"), ("1725000", "1130000"), ("1840000", "1135000")),
    "C-1002": (("905000", "570000"), ("918000", "568000"), ("920000", "567500")),
    "C-1003": (("4100000", "2950000"), ("4300000", "3000000"), ("4410000", "3010000")),
    "C-1004": (("390000", "270000"), ("402000", "271000"), ("411000", "274000")),
    "C-1005": (("1390000", "1010000"), ("1260000", "1000000"), ("1120000", "1000000")),
    WEAK: (("1310000", "1000000"), ("1105000", "1000000"), ("920000", "1000000")),
    REFUND: (("240000", "150000"), ("251000", "152000"), ("258000", "153000")),
    EXPORT: (("2400000", "1400000"), ("2450000", "1410000"), ("2510000", "1420000")),
}
_RATINGS: Final = {"C-1005": "BB", WEAK: "CCC"}
_STATEMENTS_ON: Final = (date(2022, 12, 31), date(2023, 12, 31), date(2024, 12, 31))
_PROFILED_ON: Final = (date(2023, 5, 15), date(2024, 5, 15), date(2025, 5, 15))
_NEXT_CREDIT_REVIEW: Final = date(2026, 5, 15)
_CENT: Final = Decimal("0.01")


def _account(
    number: str, name: str, tier: str, country: str, domain: str, *people: tuple[str, str]
) -> tuple[Customer, tuple[Contact, ...]]:
    customer = Customer(
        customer_no=number,
        legal_name=name,
        status="active",
        tier=tier,
        country=country,
        language="en",
        currency="USD",
        parent_no=None,
        email_domains=(domain,),
        invoice_email=f"invoices@{domain}",
        account_owner="ines",
    )
    return customer, tuple(
        Contact(number, person, f"{person.lower().replace(' ', '.')}@{domain}", role, active=True)
        for person, role in people
    )


_ACCOUNTS: Final = (
    _account(WEAK, "Alpine Ski House Inc.", "key", "US", "alpine-ski-house.example", ("Noor Haddad", "ap"),
             ("Greta Lund", "finance_signatory")),
    _account(REFUND, "Relecloud Components LLC", "standard", "US", "relecloud-components.example",
             ("Tim Vogel", "finance_signatory")),
    _account(EXPIRED, "Margie's Travel Group", "small", "US", "margies-travel.example", ("Rosa Klein", "ap")),
    _account(BLOCKED, "Blue Yonder Imports", "small", "US", "blueyonder-imports.example", ("Sam Adeyemi", "ap")),
    _account(EXPORT, "VanArsdel Trading Pte. Ltd.", "strategic", "SG", "vanarsdel-trading.example", ("Mei Tan", "ap"),
             ("Arun Pillai", "finance_signatory")),
)  # fmt: skip
CUSTOMERS: Final = tuple(customer for customer, _ in _ACCOUNTS)
CONTACTS: Final = tuple(contact for _, contacts in _ACCOUNTS for contact in contacts)

# Contract, customer, SKU, description, unit and price of what each of them buys.
_BOUGHT: Final = {
    WEAK: ("CT-830", Item("LIFT-CARD", "Season lift cards", Decimal(96), "card", Decimal("300.00"))),
    REFUND: ("CT-831", Item("SVC-HOUR", "Repair services", Decimal(16), "h", Decimal("125.00"))),
    EXPIRED: ("CT-832", Item("BOOKING", "Booking fees", Decimal(310), "booking", Decimal("4.00"))),
    BLOCKED: ("CT-833", Item("FREIGHT", "Freight", Decimal(6), "shipment", Decimal("410.00"))),
    EXPORT: ("CT-834", Item("PUMP-40", "Feed pump 40", Decimal(4), "pump", Decimal("3075.00"))),
}
CONTRACTS: Final = tuple(
    Contract(number, 1, customer_no, date(2025, 1, 1), None, "USD", 60, None, auto_renew=True, notice_days=90,
             terms="net 30")
    for customer_no, (number, _) in _BOUGHT.items()
)  # fmt: skip
PRICE_TERMS: Final = tuple(
    PriceTerm(number, item.sku, item.unit_price, None, False, date(2025, 1, 1), None, "3.1", unit=item.unit)
    for number, item in _BOUGHT.values()
)


def _sale(number: int, customer_no: str, billed_on: date, due_on: date, po_no: str, *, paid: str = "0") -> Sale:
    contract_no, item = _BOUGHT[customer_no]
    served = (billed_on.replace(day=1), billed_on)
    return Sale(
        f"INV-2025-{number:05d}", customer_no, "USD", billed_on, due_on, served, po_no, contract_no, (item,),
        Decimal(paid),
    )  # fmt: skip


SALES: Final = (
    _sale(473, WEAK, date(2025, 8, 20), date(2025, 9, 19), "4500019810"),
    _sale(474, WEAK, date(2025, 9, 19), date(2025, 10, 19), "4500019810"),
    _sale(475, WEAK, date(2025, 10, 20), date(2025, 11, 19), "4500019810"),
    _sale(476, REFUND, date(2025, 10, 8), date(2025, 11, 7), "4500019820"),
    _sale(477, EXPIRED, date(2025, 11, 5), date(2025, 12, 5), "4500019830"),
    _sale(478, BLOCKED, date(2025, 10, 30), date(2025, 11, 29), "4500019840", paid="1230.00"),
    _sale(479, EXPORT, date(2025, 10, 22), date(2025, 11, 21), "4500021001"),
)
PAID_ON: Final = {"INV-2025-00478": date(2025, 11, 12)}


def _cash(
    number: str, customer_no: str | None, on: date, amount: str, reference: str, payer: str, bank_ref: str
) -> Payment:
    received = Money(Decimal(amount), "USD")
    return Payment(
        number, customer_no, on, received, received, reference, posted_on=on, payer_name=payer,
        payer_account_last4="4417", method="transfer", bank_ref=bank_ref,
        status="unidentified" if customer_no is None else "unapplied",
    )  # fmt: skip


CASH: Final = (
    _cash("PAY-800001", None, date(2025, 11, 21), "75125.00", "REMITTANCE 5100023981", "United Payables Bureau",
          "5100023981"),
    _cash("PAY-800002", REFUND, date(2025, 11, 12), "18750.00", "INV-2025-00476 PAID TWICE", "Relecloud Components LLC",
          "0911-2204"),
    _cash("PAY-800003", EXPORT, date(2025, 11, 18), "12300.00", "", "VanArsdel Trading Pte. Ltd.", "0912-7781"),
)  # fmt: skip
"""Payments that nobody has applied yet: one for several customers, one too much, one for exactly one open invoice."""

LETTERS_OF_CREDIT: Final = (
    LetterOfCredit(
        "LC-2025-0117",
        EXPORT,
        "Straits Harbour Bank",
        Money(Decimal("480000.00"), "USD"),
        Decimal(5),
        Decimal(5),
        date(2025, 11, 10),
        date(2026, 1, 10),
        date(2026, 2, 28),
        21,
        "issued",
        applicant="VanArsdel Trading Pte. Ltd.",
        about=False,
        documents=("commercial invoice", "full set of bills of lading", "packing list", "certificate of origin"),
        expiry_place="Singapore",
    ),
)


def complete_customers(customers: Iterable[Customer], invoices: Iterable[Invoice]) -> Iterator[Customer]:
    """The customers with their terms, limits and exposure."""
    owed: dict[str, Decimal] = {}
    terms: dict[str, str | None] = {}
    levels: dict[str, int] = {}
    for invoice in invoices:
        owed[invoice.customer_no] = owed.get(invoice.customer_no, Decimal(0)) + invoice.open_amount.amount
        terms[invoice.customer_no] = invoice.terms
        levels[invoice.customer_no] = max(levels.get(invoice.customer_no, 0), invoice.dunning_level or 0)
    for row in customers:
        number, currency = row.customer_no, row.currency
        exposure = owed.get(number, Decimal(0)) + _UNBILLED.get(number, Decimal(0))
        limit = _LIMITS.get(number) or max(_STEP * 2, (exposure * 2 / _STEP).to_integral_value(ROUND_CEILING) * _STEP)
        cost, margin = _VALUE.get(number, (None, None))
        yield replace(
            row,
            parent_no=_PARENT if number == _CHILD else row.parent_no,
            tax_id=f"{row.country}{int(number[2:]) * 7919:09d}",
            terms=_TERMS.get(number) or terms.get(number),
            phone=f"+1 555 010 {number[2:]}" if row.country == "US" else None,
            delivery_method="email",
            credit_limit=Money(limit.quantize(_CENT), currency),
            exposure=Money(exposure.quantize(_CENT), currency),
            hold=False,
            dunning_level=levels.get(number, 0),
            calendar="us-ny" if row.country == "US" else "eu-de" if row.country == "DE" else None,
            po_required=number == "C-1005" or None,
            po_regex=_PO_PATTERN if number == "C-1005" else None,
            cac=None if cost is None else Money(Decimal(cost), currency),
            gross_margin_pct=None if margin is None else Decimal(margin),
        )


def make_credit_profiles(customers: Iterable[Customer]) -> Iterator[CreditProfile]:
    """Three years of figures of those customers that handed in statements."""
    for row in customers:
        figures = _FIGURES.get(row.customer_no, ())
        for (income, service), as_of, stated in zip(figures, _PROFILED_ON, _STATEMENTS_ON, strict=False):
            earned, owed = Money(Decimal(income), row.currency), Money(Decimal(service), row.currency)
            yield CreditProfile(
                customer_no=row.customer_no,
                as_of=as_of,
                currency=row.currency,
                rating=_RATINGS.get(row.customer_no, "A"),
                net_operating_income=earned,
                debt_service=owed,
                dscr=(earned.amount / owed.amount).quantize(_CENT),
                statements_on=stated,
                revenue=earned * Decimal(8),
                ebitda=earned * Decimal("1.2"),
                current_ratio=Decimal("0.90") if row.customer_no == WEAK else Decimal("1.60"),
                equity_ratio=Decimal("0.08") if row.customer_no == WEAK else Decimal("0.35"),
                next_review=_NEXT_CREDIT_REVIEW,
            )


def make_kyc_records(customers: Iterable[Customer]) -> Iterator[KycRecord]:
    """One for each customer: approved, but for two."""
    for row in customers:
        number = row.customer_no
        if number == EXPIRED:
            yield KycRecord(
                number, "EXPIRED", "MEDIUM", date(2025, 9, 30), ("certificate of good standing", "W-9"), hits=0
            )
        elif number == BLOCKED:
            yield KycRecord(number, "BLOCKED", "HIGH", date(2025, 10, 31), ("list of owners",), hits=1)
        else:
            risk = "MEDIUM" if row.country not in ("US", "DE", "GB") else "LOW"
            yield KycRecord(number, "APPROVED", risk, date(2027, 3, 31), hits=0)
