"""The customers and sales that the demo's stories are about, and the billing errors planted in them.

Amounts and dates of C-1001 to C-1005 are those of the acceptance scenarios; C-1006 to C-1012 carry further small
errors.
These customers buy nothing else, so that a story has no accidental second reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from csr_bot.core.evidence import Contact, Contract, Customer, PriceTerm, Usage
from csr_bot.core.request import DisputeReason
from csr_bot.demo.books_sales import Item, Sale

_OCTOBER = (date(2025, 10, 1), date(2025, 10, 31))


@dataclass(frozen=True, slots=True)
class PlantedError:
    """A wrong line (or, for a duplicate, invoice) and what is wrong with it.

    ``billed`` and ``agreed`` are unit prices, quantities or net totals, as ``reason`` says; ``delta`` is the net amount
    to credit, ``credit`` the same with tax. A claim that does not hold has a delta of zero; ``claimed`` is what the
    customer says is right where that is not ``agreed``.
    """

    customer_no: str
    invoice_no: str
    line_no: int
    reason: DisputeReason
    billed: Decimal
    agreed: Decimal
    delta: Decimal
    credit: Decimal
    claimed: Decimal | None = None


def _error(
    customer_no: str, invoice_no: str, line_no: int, reason: DisputeReason, *amounts: str, claimed: str | None = None
) -> PlantedError:
    billed, agreed, delta, credit = (Decimal(amount) for amount in amounts)
    said = None if claimed is None else Decimal(claimed)
    return PlantedError(customer_no, invoice_no, line_no, reason, billed, agreed, delta, credit, said)


_PRICE, _QUANTITY, _DUPLICATE = DisputeReason.PRICE, DisputeReason.QUANTITY, DisputeReason.DUPLICATE
S1 = _error("C-1001", "INV-2025-00417", 1, _PRICE, "140.00", "125.00", "2400.00", "2400.00")
S2 = _error("C-1002", "INV-2025-00431", 2, DisputeReason.CANCELLED_SERVICE, "9850.00", "0.00", "9850.00", "9850.00")
S3 = _error("C-1003", "INV-2025-00388", 1, _DUPLICATE, "18750.00", "0.00", "18750.00", "18750.00")
S3_RIGHT_INVOICE = "INV-2025-00371"
S4 = _error("C-1004", "INV-2025-00455", 1, _QUANTITY, "150", "100", "6500.00", "6500.00")
S5 = _error("C-1005", "INV-2025-00402", 1, _PRICE, "216.00", "100.00", "11600.00", "12325.00")
UNDISPUTED_INVOICE = "INV-2025-00440"

PRICE_DELTA_200 = _error("C-1006", "INV-2025-00409", 1, _PRICE, "140.00", "135.00", "200.00", "200.00")
PRICE_WITH_TAX = _error("C-1007", "INV-2025-00421", 1, _PRICE, "95.00", "82.50", "150.00", "162.00")
QUANTITY_SMALL = _error("C-1008", "INV-2025-00426", 1, _QUANTITY, "40", "36", "210.00", "210.00")
CLAIM_WITHOUT_GROUND = _error("C-1009", "INV-2025-00434", 1, _PRICE, "115.00", "115.00", "0", "0", claimed="105.00")
CLAIM_TOO_HIGH = _error("C-1010", "INV-2025-00437", 1, _PRICE, "110.00", "100.00", "800.00", "800.00", claimed="95.00")
DUPLICATE_SMALL = _error("C-1011", "INV-2025-00445", 1, _DUPLICATE, "180.00", "0.00", "180.00", "180.00")
DUPLICATE_SMALL_RIGHT_INVOICE = "INV-2025-00419"
PRICE_IN_POUNDS = _error("C-1012", "INV-2025-00448", 2, _PRICE, "78.00", "72.00", "90.00", "90.00")

PLANTED_ERRORS = (
    S1, S2, S3, S4, S5, PRICE_DELTA_200, PRICE_WITH_TAX, QUANTITY_SMALL, CLAIM_WITHOUT_GROUND, CLAIM_TOO_HIGH,
    DUPLICATE_SMALL, PRICE_IN_POUNDS,
)  # fmt: skip


def _account(
    number: str, name: str, tier: str, country: str, domain: str, person: str, owner: str | None = None
) -> tuple[Customer, Contact]:
    address = f"{person.lower().replace(' ', '.')}@{domain}"
    customer = Customer(
        customer_no=number,
        legal_name=name,
        status="active",
        tier=tier,
        country=country,
        language="en",
        currency="GBP" if country == "GB" else "USD",
        parent_no=None,
        email_domains=(domain,),
        invoice_email=f"invoices@{domain}",
        account_owner=owner,
    )
    return customer, Contact(number, person, address, "ap", active=True)


ACCOUNTS = (
    _account("C-1001", "Northwind Analytics Inc.", "key", "US", "northwind-analytics.example", "Dana Ortiz", "tom"),
    _account("C-1002", "Fabrikam Retail LLC", "standard", "US", "fabrikam-retail.example", "Joel Hart", "ines"),
    _account("C-1003", "Tailspin Logistics B.V.", "strategic", "NL", "tailspin-logistics.example", "AP", "ines"),
    _account("C-1004", "Contoso Media Ltd.", "standard", "US", "contoso-media.example", "Priya Nair", "tom"),
    _account("C-1005", "Adventure Works Mfg Co.", "key", "US", "adventure-works-mfg.example", "Lou Becker", "ines"),
    _account("C-1006", "Lucerne Consulting Group", "standard", "US", "lucerne-consulting.example", "Mina Cho"),
    _account("C-1007", "Proseware Systems Inc.", "standard", "US", "proseware-systems.example", "Ivan Petrov"),
    _account("C-1008", "Wide World Packaging", "small", "US", "wideworld-packaging.example", "Sara Lindt"),
    _account("C-1009", "Litware Design Studio", "small", "US", "litware-design.example", "Ben Aziz"),
    _account("C-1010", "Trey Engineering Partners", "standard", "US", "trey-engineering.example", "Olga Ruiz"),
    _account("C-1011", "Coho Vineyard Supply", "small", "US", "coho-supply.example", "Pat Novak"),
    _account("C-1012", "Humongous Freight Ltd.", "standard", "GB", "humongous-freight.example", "Amy Clarke"),
)  # fmt: skip


# First response and resolution in minutes, the calendar they are counted on, and the clause that says so.
_SERVICE_LEVELS = {"CT-811": (120, 1440, "always", "8.1")}
_CLAUSES = {
    "CT-778": ("3.2: Consulting is charged by the hour at the rate agreed for the day of service.",),
    "CT-802": ("4.3: The onboarding package is waived.",),
    "CT-811": (
        "5.1: The plan includes 100 seats.",
        "8.1: Billing questions are answered within 2 hours and settled within 24 hours, on every day of the year.",
        "9: No suspension of the service while a dispute is open.",
    ),
}


def _contract(number: str, version: int, customer_no: str, start: date, end: date | None = None) -> Contract:
    currency = "GBP" if customer_no == "C-1012" else "USD"
    first, resolved, calendar, clause = _SERVICE_LEVELS.get(number, (None, None, None, None))
    return Contract(
        number,
        version,
        customer_no,
        start,
        end,
        currency,
        dispute_days=60,
        cancelled_on=None,
        auto_renew=True,
        notice_days=90,
        first_response_min=first,
        resolution_min=resolved,
        sla_calendar=calendar,
        sla_clause=clause,
        clauses=_CLAUSES.get(number, ()),
    )


_NEW_YEAR, _JULY = date(2025, 1, 1), date(2025, 7, 1)
CONTRACTS = (
    _contract("CT-778", 1, "C-1001", date(2024, 7, 1), date(2025, 6, 30)),
    _contract("CT-778", 2, "C-1001", _JULY),
    _contract("CT-802", 1, "C-1002", _JULY),
    _contract("CT-790", 1, "C-1003", _NEW_YEAR),
    _contract("CT-811", 1, "C-1004", _NEW_YEAR),
    _contract("CT-815", 1, "C-1005", _NEW_YEAR),
    _contract("CT-820", 1, "C-1006", _NEW_YEAR),
    _contract("CT-821", 1, "C-1007", _NEW_YEAR),
    _contract("CT-822", 1, "C-1008", _NEW_YEAR),
    _contract("CT-823", 1, "C-1009", _NEW_YEAR),
    _contract("CT-824", 1, "C-1010", _NEW_YEAR),
    _contract("CT-825", 1, "C-1011", _NEW_YEAR),
    _contract("CT-826", 1, "C-1012", _NEW_YEAR),
)


def _term(
    contract_no: str, sku: str, price: str, clause: str, since: date = _NEW_YEAR, until: date | None = None,
    *, cap: str | None = None, waived: bool = False,
) -> PriceTerm:  # fmt: skip
    most = None if cap is None else Decimal(cap)
    return PriceTerm(contract_no, sku, Decimal(price), most, waived, since, until, clause)


PRICE_TERMS = (
    _term("CT-778", "SVC-HOUR", "140.00", "3.2", date(2024, 7, 1), date(2025, 6, 30)),
    _term("CT-778", "SVC-HOUR", "125.00", "3.2", _JULY),
    _term("CT-778", "LIC-PLATFORM", "15000.00", "3.4", _JULY),
    _term("CT-802", "POS-SEAT", "500.00", "4.1", _JULY),
    _term("CT-802", "ONBOARD", "9850.00", "4.3", _JULY, waived=True),
    _term("CT-790", "PALLET", "15.00", "2.1"),
    _term("CT-811", "SEAT", "130.00", "5.1", cap="100"),
    _term("CT-815", "PART-88", "100.00", "price list 2025"),
    _term("CT-820", "SVC-HOUR", "135.00", "3.1"),
    _term("CT-821", "FILTER-SET", "82.50", "A.2"),
    _term("CT-822", "CARTON", "52.50", "2.4"),
    _term("CT-823", "SVC-HOUR", "115.00", "3.1"),
    _term("CT-824", "SVC-HOUR", "100.00", "3.1"),
    _term("CT-825", "SUPPORT", "180.00", "6.1"),
    _term("CT-826", "LANE-DAY", "640.00", "2.2"),
    _term("CT-826", "LIFT-HOUR", "72.00", "2.3"),
)


def _sale(
    invoice_no: str, customer_no: str, dates: tuple[date, date], po_no: str, contract_no: str, *items: Item,
    served: tuple[date, date] = _OCTOBER, paid: str = "0",
) -> Sale:  # fmt: skip
    currency = "GBP" if customer_no == "C-1012" else "USD"
    return Sale(invoice_no, customer_no, currency, *dates, served, po_no, contract_no, items, Decimal(paid))


def _item(sku: str, description: str, quantity: str, unit: str, price: str, tax_rate: str = "0") -> Item:
    return Item(sku, description, Decimal(quantity), unit, Decimal(price), Decimal(tax_rate))


_SUPPORT = _item("SUPPORT", "Support, October", "1", "month", "180.00")
_PALLETS = _item("PALLET", "Pallet handling, October", "1250", "pallet", "15.00")
_SEAT_PERIOD = (date(2025, 10, 15), date(2025, 11, 14))

SALES = (
    _sale(S1.invoice_no, "C-1001", (date(2025, 10, 31), date(2025, 11, 30)), "4500017731", "CT-778",
          _item("SVC-HOUR", "Consulting services, October", "160", "h", "140.00")),
    _sale(UNDISPUTED_INVOICE, "C-1001", (date(2025, 11, 7), date(2025, 12, 7)), "4500017731", "CT-778",
          _item("LIC-PLATFORM", "Analytics platform licence", "1", "licence", "15000.00"),
          served=(date(2025, 11, 1), date(2025, 11, 30))),
    _sale(S2.invoice_no, "C-1002", (date(2025, 11, 3), date(2025, 12, 18)), "4500018120", "CT-802",
          _item("POS-SEAT", "Point-of-sale licences", "63", "seat", "500.00"),
          _item("ONBOARD", "Onboarding package", "1", "package", "9850.00")),
    _sale(S3_RIGHT_INVOICE, "C-1003", (date(2025, 10, 1), date(2025, 10, 31)), "4500017713", "CT-790", _PALLETS,
          paid="18750.00"),
    _sale(S3.invoice_no, "C-1003", (date(2025, 10, 11), date(2025, 11, 10)), "4500017713", "CT-790", _PALLETS),
    _sale(S4.invoice_no, "C-1004", (date(2025, 11, 15), date(2025, 11, 30)), "4500018377", "CT-811",
          _item("SEAT", "Workspace seats", "150", "seat", "130.00"), served=_SEAT_PERIOD),
    _sale(S5.invoice_no, "C-1005", (date(2025, 10, 28), date(2025, 11, 27)), "4500018804", "CT-815",
          _item("PART-88", "Bearing unit 88", "100", "unit", "216.00", "6.25")),
    _sale(PRICE_DELTA_200.invoice_no, "C-1006", (date(2025, 10, 30), date(2025, 11, 29)), "4500019006", "CT-820",
          _item("SVC-HOUR", "Consulting services, October", "40", "h", "140.00")),
    _sale(PRICE_WITH_TAX.invoice_no, "C-1007", (date(2025, 11, 1), date(2025, 12, 1)), "4500019107", "CT-821",
          _item("FILTER-SET", "Filter set", "12", "set", "95.00", "8")),
    _sale(QUANTITY_SMALL.invoice_no, "C-1008", (date(2025, 11, 2), date(2025, 12, 2)), "4500019208", "CT-822",
          _item("CARTON", "Shipping cartons, 100 each", "40", "carton", "52.50")),
    _sale(CLAIM_WITHOUT_GROUND.invoice_no, "C-1009", (date(2025, 11, 4), date(2025, 12, 4)), "4500019309", "CT-823",
          _item("SVC-HOUR", "Design services, October", "60", "h", "115.00")),
    _sale(CLAIM_TOO_HIGH.invoice_no, "C-1010", (date(2025, 11, 6), date(2025, 12, 6)), "4500019410", "CT-824",
          _item("SVC-HOUR", "Engineering services, October", "80", "h", "110.00")),
    _sale(DUPLICATE_SMALL_RIGHT_INVOICE, "C-1011", (date(2025, 11, 1), date(2025, 12, 1)), "4500019511", "CT-825",
          _SUPPORT, paid="180.00"),
    _sale(DUPLICATE_SMALL.invoice_no, "C-1011", (date(2025, 11, 10), date(2025, 12, 10)), "4500019511", "CT-825",
          _SUPPORT),
    _sale(PRICE_IN_POUNDS.invoice_no, "C-1012", (date(2025, 11, 12), date(2025, 12, 12)), "4500019612", "CT-826",
          _item("LANE-DAY", "Lane London to Leeds", "5", "day", "640.00"),
          _item("LIFT-HOUR", "Tail lift", "15", "h", "78.00")),
)  # fmt: skip

PAID_ON = {S3_RIGHT_INVOICE: date(2025, 10, 29), DUPLICATE_SMALL_RIGHT_INVOICE: date(2025, 11, 18)}


def _used(contract_no: str, sku: str, quantity: str, proof: str, period: tuple[date, date] = _OCTOBER) -> Usage:
    return Usage(contract_no, sku, period[0], period[1], Decimal(quantity), proof)


USAGE = (
    _used("CT-778", "SVC-HOUR", "160", "timesheet TS-1001-10"),
    _used("CT-790", "PALLET", "1250", "delivery set DS-88104"),
    _used("CT-811", "SEAT", "100", "usage export UX-1004-11", _SEAT_PERIOD),
    _used("CT-815", "PART-88", "100", "delivery note 88207"),
    _used("CT-820", "SVC-HOUR", "40", "timesheet TS-1006-10"),
    _used("CT-821", "FILTER-SET", "12", "delivery note 88210"),
    _used("CT-822", "CARTON", "36", "delivery note 88213"),
    _used("CT-823", "SVC-HOUR", "60", "timesheet TS-1009-10"),
    _used("CT-824", "SVC-HOUR", "80", "timesheet TS-1010-10"),
    _used("CT-825", "SUPPORT", "1", "support log SL-1011-10"),
    _used("CT-826", "LANE-DAY", "5", "trip log TL-1012-10"),
    _used("CT-826", "LIFT-HOUR", "15", "trip log TL-1012-10"),
)
