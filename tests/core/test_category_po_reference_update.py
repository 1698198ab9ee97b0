from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from csr_bot.core.decide import Route, decide
from csr_bot.core.effects import EffectType
from csr_bot.core.erp import ErpCustomer, ErpFields, ErpTarget, TargetKind
from csr_bot.core.evidence import DocumentStatus
from csr_bot.core.facts import Facts
from csr_bot.core.message import IdentityLevel
from csr_bot.core.money import zero
from csr_bot.core.request import Category, ClaimedDate, TextSource
from tests.core.facts import NOW, POLICY, ask, context_of, entry_of, facts_for, ref, sender_of, usd, with_invoice

INVOICE, CUSTOMER = "INV-2025-00402", "C-1005"
"""On order 4500018804; the customer's pattern is 45000 and five digits."""
RIGHT = "4500018840"


def fields(kind: TargetKind, number: str, **values: str) -> ErpFields:
    return ErpFields(ErpTarget(kind, number), values, f"/{kind}s/{number}", NOW)


def page(**values: str) -> ErpCustomer:
    nothing = zero("USD")
    shown = fields(TargetKind.CUSTOMER, CUSTOMER, **values)
    return ErpCustomer(CUSTOMER, "Adatum", "active", nothing, nothing, None, 0, shown, ())


def update(
    *orders: str,
    invoices: tuple[str, ...] = (INVOICE,),
    words: str = "The order number is wrong.",
    days: tuple[date, ...] = (),
    **changes: Any,
) -> Facts:
    """A mail that names these orders, and the ERP as the ledger."""
    request = ask(
        Category.PO_REFERENCE_UPDATE,
        *invoices,
        po_refs=tuple(ref(order) for order in orders),
        dates=tuple(ClaimedDate(day, (0, 10), TextSource.BODY) for day in days),
    )
    facts = facts_for(request, CUSTOMER, words=words, erp_customer=page(default_po_no="4500010000"), **changes)
    shown = {
        number: fields(TargetKind.INVOICE, number, po_no=entry.invoice.po_no or "")
        for number, entry in facts.invoices.items()
    }
    return replace(facts, erp_fields=shown)


def without_order(*orders: str, **changes: Any) -> Facts:
    """The invoice has no order number, the only one of the customer's that has none."""
    facts = with_invoice(update("4500018804", RIGHT, **changes), po_no=None)
    request = replace(facts.request, po_refs=tuple(ref(order) for order in orders))
    context = context_of(CUSTOMER)
    bare = tuple(replace(item, po_no=None) for item in context.open_items if item.invoice_no == INVOICE)
    shown = {INVOICE: fields(TargetKind.INVOICE, INVOICE)}
    matches = tuple(replace(match, best=replace(match.best, agree=("ref",))) for match in facts.matches)
    context = replace(context, open_items=bare)
    return replace(facts, request=request, matches=matches, context=context, erp_fields=shown)


def run(facts: Facts) -> Any:
    return decide(facts, POLICY)


def test_a_mistyped_number_is_put_right_where_both_are_named():
    decision = run(update("4500018804", RIGHT))
    assert (decision.route, decision.reasons) == (Route.ROUTINE, ())
    change, answer = decision.effects
    assert change.type is EffectType.UPDATE_PO_REFERENCE
    assert change.params == {"field": "po_no", "invoice_no": INVOICE, "value": RIGHT}
    assert change.precondition == {"old": "4500018804"}
    assert answer.params["template"] == "PO_UPDATED"


def test_a_number_that_is_missing_is_added_where_one_invoice_alone_lacks_it():
    decision = run(without_order(RIGHT))
    assert (decision.route, decision.reasons) == (Route.ROUTINE, ())
    assert decision.effects[0].precondition == {"old": ""}


def test_an_order_for_all_future_invoices_becomes_the_default():
    decision = run(update(RIGHT, invoices=(), words="Please use it on all future invoices."))
    assert (decision.route, decision.reasons) == (Route.ROUTINE, ())
    change = decision.effects[0]
    assert change.params == {"customer_no": CUSTOMER, "field": "default_po_no", "value": RIGHT}
    assert change.precondition == {"old": "4500010000"}


def test_an_invoice_above_the_bots_limit_needs_an_approval():
    facts = with_invoice(update("4500018804", RIGHT), gross=usd("50000.01"), open_amount=usd("50000.01"))
    decision = run(facts)
    assert (decision.route, decision.steps) == (Route.APPROVAL, (frozenset({"ar_lead"}),))


def test_an_invoice_that_a_tax_authority_has_cleared_needs_an_approval():
    facts = update("4500018804", RIGHT)
    decision = run(replace(facts, customer=replace(facts.customer, country="IT")))
    assert decision.route is Route.APPROVAL
    assert decision.reasons == ("GUARD_INVOICE_NOT_EXPORTED_TO_TAX_AUTHORITY",)


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        (update(), ("MISSING_PO_NUMBER",)),
        (update(RIGHT, invoices=()), ("MISSING_INVOICE",)),
    ],
)
def test_what_is_missing_is_asked_for(facts, missing):
    decision = run(facts)
    assert (decision.route, decision.reasons) == (Route.ASK, missing)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (update(RIGHT), "AMBIGUOUS_REF"),
        (update("4500018804"), "PO_NOT_CLEAR"),
        (update("4500018804", RIGHT, "4500018888"), "PO_NOT_CLEAR"),
        (update("4500018804", "4500077777"), "PO_REPLACED"),
        (update("4500018804", "4500118804"), "PO_FORMAT"),
        (update("4500018804", RIGHT, words="And move the due date please."), "DUE_DATE_DEMANDED"),
        (update("4500018804", RIGHT, words="PO line fully invoiced."), "PO_FULLY_INVOICED"),
        (update("4500018804", RIGHT, words="Cancel it and send a new one."), "REISSUE_DEMANDED"),
        (update("4500018804", RIGHT, words="Cost centre 7310 too."), "COST_CENTRE"),
        (update("4500018804", RIGHT, po_uses=(entry_of("INV-2025-00431").invoice,)), "PO_OF_ANOTHER_CUSTOMER"),
        (update(RIGHT, invoices=(), words="From now on.", days=(date(2026, 1, 1),)), "EFFECTIVE_LATER"),
        (replace(update("4500018804", RIGHT), erp_fields={}), "ERP_NOT_READ"),
        (with_invoice(update("4500018804", RIGHT), status=DocumentStatus.PAID), "DOCUMENT_STATUS"),
        (replace(without_order(RIGHT), context=context_of(CUSTOMER)), "NOT_CORROBORATED"),
        (update("4500018804", RIGHT, sender=sender_of(CUSTOMER, level=IdentityLevel.L1)), "IDENTITY_TOO_LOW"),
    ],
)
def test_everything_else_goes_to_a_person(facts, reason):
    decision = run(facts)
    assert decision.route is Route.EXCEPTION
    assert reason in decision.reasons


def test_without_a_pattern_on_file_the_form_of_other_orders_counts():
    facts = update("4500018804", RIGHT)
    plain = replace(facts, customer=replace(facts.customer, po_regex=None))
    assert run(plain).route is Route.ROUTINE
    nothing = replace(plain, context=replace(context_of(CUSTOMER), open_items=()))
    assert "PO_FORMAT" in run(nothing).reasons
