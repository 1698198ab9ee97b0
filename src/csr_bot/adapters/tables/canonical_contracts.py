"""The sheets of the canonical workbook about what is agreed and what was used: contracts, prices, usage."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from csr_bot.adapters.tables.canonical import Sheet
from csr_bot.adapters.tables.cells import CellError, RowCells
from csr_bot.core.evidence import Contract, PriceTerm, Usage

# Contractual default where the contract says nothing.
_DISPUTE_DAYS: Final = Decimal(60)
_DURATION: Final = re.compile(r"(\d{1,6})\s*(min|minutes?|h|hours?)?\.?", re.IGNORECASE)


def _read_contract(cells: RowCells) -> Contract:
    return Contract(
        contract_no=cells.id("contract_no"),
        version=cells.whole("version"),
        customer_no=cells.id("customer_no"),
        start=cells.day("start"),
        end=cells.optional_day("end"),
        currency=cells.currency("currency", amounts=()),
        dispute_days=int(cells.optional_number("dispute_days") or _DISPUTE_DAYS),
        cancelled_on=cells.optional_day("cancelled_on"),
        locator=cells.locator,
        title=cells.optional_text("title"),
        auto_renew=cells.optional_yes("auto_renew"),
        notice_days=cells.optional_whole("notice_days"),
        terms=cells.optional_text("terms"),
        first_response_min=_minutes(cells, "sla_first_response"),
        resolution_min=_minutes(cells, "sla_resolution"),
        sla_calendar=cells.optional_text("sla_calendar"),
        sla_clause=cells.optional_text("sla_clause"),
        clauses=cells.parts("clauses", marks="|\n"),
    )


def _minutes(cells: RowCells, name: str) -> int | None:
    """Minutes, or hours if it says so. Days are refused: a day of some calendars is shorter than that of others."""
    text = cells.optional_text(name)
    if text is None:
        return None
    found = _DURATION.fullmatch(text)
    if found is None:
        raise CellError(name, "NOT_A_DURATION", text)
    return int(found[1]) * (60 if (found[2] or "").lower().startswith("h") else 1)


def _read_price_term(cells: RowCells) -> PriceTerm:
    return PriceTerm(
        contract_no=cells.id("contract_no"),
        sku=cells.id("sku"),
        unit_price=cells.number("unit_price"),
        cap_quantity=cells.optional_number("cap_qty"),
        waived=cells.optional_yes("waived") or False,
        valid_from=cells.day("valid_from"),
        valid_to=cells.optional_day("valid_to"),
        clause=cells.optional_text("clause") or "",
        locator=cells.locator,
        unit=cells.optional_text("unit"),
        tier_from=cells.optional_number("tier_from"),
        tier_to=cells.optional_number("tier_to"),
        included_quantity=cells.optional_number("included_qty"),
        discount_pct=cells.optional_rate("discount_pct"),
        cap_amount=cells.optional_number("cap_amount"),
    )


def _read_usage(cells: RowCells) -> Usage:
    return Usage(
        contract_no=cells.id("contract_no"),
        sku=cells.id("sku"),
        period_from=cells.day("period_from"),
        period_to=cells.day("period_to"),
        quantity=cells.number("quantity"),
        proof_ref=cells.optional_text("proof_ref") or "",
        locator=cells.locator,
        unit=cells.optional_text("unit"),
    )


CONTRACTS: Final = Sheet(
    "Contracts",
    "contracts",
    ("contract_no", "version", "customer_no", "start", "currency"),
    (
        "end", "dispute_days", "cancelled_on", "title", "auto_renew", "notice_days", "terms", "sla_first_response",
        "sla_resolution", "sla_calendar", "sla_clause", "clauses",
    ),
    _read_contract,
    ("contract_no", "version"),
    {
        "auto_renew": "auto renewal|automatic renewal",
        "notice_days": "notice period|notice period days",
        "terms": "payment terms|terms_code",
        "sla_first_response": "first response|first_response_min|sla first response min",
        "sla_resolution": "resolution|resolution_min|sla resolution min",
        "clauses": "clause texts",
    },
)  # fmt: skip
PRICE_TERMS: Final = Sheet(
    "PriceTerms",
    "price_terms",
    ("contract_no", "sku", "unit_price", "valid_from"),
    (
        "cap_qty", "waived", "valid_to", "clause", "unit", "tier_from", "tier_to", "included_qty", "discount_pct",
        "cap_amount",
    ),
    _read_price_term,
    (),
    {
        "cap_qty": "cap quantity",
        "cap_amount": "cap",
        "included_qty": "included quantity|included units",
        "discount_pct": "discount percent",
        "clause": "clause_id",
    },
)  # fmt: skip
USAGE: Final = Sheet(
    "Usage",
    "usage",
    ("contract_no", "sku", "period_from", "period_to", "quantity"),
    ("proof_ref", "unit"),
    _read_usage,
    (),
)
