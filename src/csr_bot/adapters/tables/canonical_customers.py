"""The sheets of the canonical workbook about customers: master, people, credit, KYC and letters of credit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from csr_bot.adapters.tables.canonical import Sheet, find_currency
from csr_bot.adapters.tables.cells import CellError, RowCells
from csr_bot.core.evidence import Contact, CreditProfile, Customer, KycRecord, LetterOfCredit

_KYC_STATUSES: Final = frozenset(
    {
        "NOT_STARTED", "DOCS_REQUESTED", "DOCS_RECEIVED", "SCREENING", "MANUAL_REVIEW", "EDD", "APPROVED", "REVIEW_DUE",
        "EXPIRED", "REJECTED", "BLOCKED",
    }
)  # fmt: skip
_KYC_WORDS: Final = {
    "PENDING": "SCREENING", "IN_REVIEW": "MANUAL_REVIEW", "EDD_PENDING": "EDD", "FAILED": "REJECTED",
    "DECLINED": "REJECTED",
}  # fmt: skip
"""Words of KYC providers for our own; no word of theirs is taken for an approval."""
_RISKS: Final = frozenset({"LOW", "MEDIUM", "HIGH"})
_LC_STATUSES: Final = frozenset(
    {"draft", "issued", "amended", "presented", "discrepant", "accepted", "paid", "expired", "cancelled"}
)


def credit_sheet(currencies: Mapping[str, str]) -> Sheet[CreditProfile]:
    """The sheet of credit profiles, given the currency of each customer: a profile need name none of its own."""
    return Sheet(
        "Credit",
        "credit_profiles",
        ("customer_no", "as_of"),
        (
            "currency", "noi", "debt_service", "dscr", "rating", "statements_date", "revenue", "ebitda",
            "current_ratio", "equity_ratio", "next_review",
        ),
        lambda cells: _read_credit(cells, currencies),
        ("customer_no", "as_of"),
        {
            "noi": "net operating income|net_operating_income",
            "debt_service": "total debt service",
            "dscr": "debt service coverage ratio|debt service coverage",
            "rating": "credit rating",
            "statements_date": "statements on|statement date|financial statements",
            "next_review": "next review on|review date",
        },
    )  # fmt: skip


def _read_customer(cells: RowCells) -> Customer:
    currency = cells.currency("currency", amounts=())
    return Customer(
        customer_no=cells.id("customer_no"),
        legal_name=cells.text("legal_name"),
        status=cells.text("status").lower(),
        tier=(cells.optional_text("tier") or "standard").lower(),
        country=cells.optional_text("country") or "",
        language=(cells.optional_text("language") or "en").lower(),
        currency=currency,
        parent_no=cells.optional_id("parent_no"),
        email_domains=tuple(domain.lower() for domain in cells.parts("email_domains")),
        invoice_email=cells.optional_text("invoice_email"),
        account_owner=cells.optional_text("account_owner"),
        locator=cells.locator,
        tax_id=cells.optional_id("tax_id"),
        terms=cells.optional_text("terms"),
        phone=cells.optional_text("phone"),
        delivery_method=cells.optional_text("delivery_method"),
        credit_limit=cells.optional_cash("credit_limit", currency),
        exposure=cells.optional_cash("exposure", currency),
        hold=cells.optional_yes("hold"),
        dunning_level=cells.optional_whole("dunning_level"),
        calendar=cells.optional_text("calendar"),
        po_required=cells.optional_yes("po_required"),
        po_regex=_pattern(cells, "po_regex"),
        legal_flags=tuple(flag.lower() for flag in cells.parts("legal_flags", marks=";,\n")),
        cac=cells.optional_cash("cac", currency),
        gross_margin_pct=cells.optional_rate("gross_margin_pct"),
    )


def _pattern(cells: RowCells, name: str) -> str | None:
    """A pattern that nothing can be held against says nothing."""
    text = cells.optional_text(name)
    try:
        re.compile(text or "")
    except re.error:
        cells.warnings.append((name, "NOT_A_PATTERN"))
        return None
    return text


def _read_contact(cells: RowCells) -> Contact:
    return Contact(
        customer_no=cells.id("customer_no"),
        name=cells.optional_text("name") or "",
        email=cells.text("email").lower(),
        role=(cells.optional_text("role") or "").lower(),
        active=cells.optional_yes("active") or False,
        locator=cells.locator,
        phone=cells.optional_text("phone"),
    )


def _read_credit(cells: RowCells, currencies: Mapping[str, str]) -> CreditProfile:
    customer_no = cells.id("customer_no")
    if cells.optional_text("currency") is None:
        currency = find_currency(customer_no, "customer_no", currencies, reason="UNKNOWN_CUSTOMER")
    else:
        currency = cells.currency("currency", amounts=())
    return CreditProfile(
        customer_no=customer_no,
        as_of=cells.day("as_of"),
        currency=currency,
        rating=cells.optional_text("rating"),
        net_operating_income=cells.optional_cash("noi", currency),
        debt_service=cells.optional_cash("debt_service", currency),
        dscr=cells.optional_number("dscr", field="rate"),
        statements_on=cells.optional_day("statements_date"),
        revenue=cells.optional_cash("revenue", currency),
        ebitda=cells.optional_cash("ebitda", currency),
        current_ratio=cells.optional_number("current_ratio", field="rate"),
        equity_ratio=cells.optional_rate("equity_ratio"),
        next_review=cells.optional_day("next_review"),
        locator=cells.locator,
    )


def _read_kyc(cells: RowCells) -> KycRecord:
    risk = _code(cells, "risk")
    if risk is not None and risk not in _RISKS:
        # A row about a blocked customer must not fall for a word beside it.
        cells.warnings.append(("risk", "UNKNOWN_RISK"))
        risk = None
    return KycRecord(
        customer_no=cells.id("customer_no"),
        status=_kyc_status(cells),
        risk_rating=risk,
        next_review_on=cells.optional_day("next_review"),
        missing=cells.parts("missing"),
        hits=cells.optional_whole("hits"),
        locator=cells.locator,
    )


def _kyc_status(cells: RowCells) -> str:
    word = _code(cells, "status")
    if word is None:
        raise CellError("status", "EMPTY")
    status = _KYC_WORDS.get(word, word)
    if status not in _KYC_STATUSES:
        raise CellError("status", "UNKNOWN_STATUS", word)
    return status


def _code(cells: RowCells, name: str) -> str | None:
    word = cells.optional_text(name)
    return word and re.sub(r"[\s-]+", "_", word.strip().upper())


def _read_letter(cells: RowCells) -> LetterOfCredit:
    currency = cells.currency("currency", amounts=())
    status = cells.text("status").lower()
    if status not in _LC_STATUSES:
        raise CellError("status", "UNKNOWN_STATUS", status)
    return LetterOfCredit(
        lc_no=cells.id("lc_no"),
        customer_no=cells.id("customer_no"),
        issuing_bank=cells.text("bank"),
        amount=cells.money("amount", currency),
        tolerance_plus_pct=cells.optional_rate("tol_plus"),
        tolerance_minus_pct=cells.optional_rate("tol_minus"),
        issued_on=cells.optional_day("issue"),
        latest_shipment_on=cells.optional_day("latest_shipment"),
        expires_on=cells.day("expiry"),
        presentation_days=cells.optional_whole("presentation_days"),
        status=status,
        applicant=cells.optional_text("applicant"),
        about=cells.optional_yes("about"),
        documents=cells.parts("documents"),
        expiry_place=cells.optional_text("expiry_place"),
        locator=cells.locator,
    )


CUSTOMERS: Final = Sheet(
    "Customers",
    "customers",
    ("customer_no", "legal_name", "status", "currency"),
    (
        "tier", "country", "language", "parent_no", "email_domains", "invoice_email", "account_owner", "tax_id",
        "terms", "phone", "delivery_method", "credit_limit", "exposure", "hold", "dunning_level", "calendar",
        "po_required", "po_regex", "legal_flags", "cac", "gross_margin_pct",
    ),
    _read_customer,
    ("customer_no",),
    {
        "tax_id": "tax ids|tax number|vat id|vat number|vat no|vat registration number",
        "terms": "payment terms|terms of payment|payment_terms_code",
        "phone": "telephone|phone number",
        "delivery_method": "invoice delivery|delivery channel",
        "credit_limit": "limit",
        "exposure": "credit exposure",
        "hold": "credit hold|on hold",
        "dunning_level": "reminder level",
        "calendar": "calendar id|business calendar",
        "po_required": "order number required|purchase order required",
        "po_regex": "po pattern|po format",
        "legal_flags": "legal flag|flags",
        "cac": "acquisition cost|customer acquisition cost",
        "gross_margin_pct": "gross margin|gross margin %|margin pct",
    },
)  # fmt: skip
CONTACTS: Final = Sheet(
    "Contacts",
    "contacts",
    ("customer_no", "email", "active"),
    ("name", "role", "phone"),
    _read_contact,
    ("customer_no", "email"),
    {"phone": "telephone|phone number"},
)
KYC: Final = Sheet(
    "KYC",
    "kyc_records",
    ("customer_no", "status"),
    ("risk", "next_review", "missing", "hits"),
    _read_kyc,
    ("customer_no",),
    {
        "risk": "risk rating|risk class",
        "next_review": "next review on|review date",
        "missing": "missing documents|missing requirements",
        "hits": "screening hits",
    },
)
LETTERS_OF_CREDIT: Final = Sheet(
    "LC",
    "letters_of_credit",
    ("lc_no", "customer_no", "bank", "amount", "currency", "expiry", "status"),
    (
        "tol_plus", "tol_minus", "issue", "latest_shipment", "presentation_days", "applicant", "about", "documents",
        "expiry_place",
    ),
    _read_letter,
    ("lc_no", "bank"),
    {
        "bank": "issuing bank",
        "tol_plus": "tolerance plus|tol plus pct",
        "tol_minus": "tolerance minus|tol minus pct",
        "issue": "issue date|issued on",
        "latest_shipment": "latest shipment date",
        "expiry": "expiry date|expires on",
        "presentation_days": "presentation period",
        "expiry_place": "place of expiry",
    },
)  # fmt: skip
