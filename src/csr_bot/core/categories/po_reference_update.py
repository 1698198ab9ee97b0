"""Purchase order references: put on open invoices, or kept as the customer's default, where the number is surely his.

Due dates never change with it. Whoever wants another due date, a new invoice number, or an order that replaces
another one, gets a person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from csr_bot.core.account_checks import check_held_back, today_of
from csr_bot.core.categories.answering import ask_customer, common_checks, plan_answers
from csr_bot.core.checks import (
    CREDITABLE,
    Finding,
    Result,
    check_corroboration,
    check_currency,
    check_owner,
    check_snapshot,
    check_status,
    is_fresh,
)
from csr_bot.core.effects import EffectType, PlannedEffect
from csr_bot.core.facts import Facts, InvoiceFacts
from csr_bot.core.matching import Candidate, canonical_order
from csr_bot.core.matters import Matter, MatterKind
from csr_bot.core.message import IdentityLevel
from csr_bot.core.money import zero
from csr_bot.core.policy import Policy
from csr_bot.core.proposal import CategoryRules, Outcome, Proposal, Want
from csr_bot.core.replies import say
from csr_bot.core.request import Category

_FROM_NOW: Final = re.compile(
    r"\bfrom now on|going forward|\b(?:all|any|every) (?:future|new|upcoming|following|our) invoices?|future invoices?"
    r"|ab sofort|k(?:ü|ue)nftig|auf allen rechnungen|à l'avenir|futures factures|toutes (?:les|nos) factures"
    r"|en adelante|futuras facturas|todas las facturas|voortaan|toekomstige facturen|alle facturen|\bblanket\b",
    re.IGNORECASE,
)
_PERSONAL: Final = {
    "DUE_DATE_DEMANDED": re.compile(
        r"due date|payment (?:date|term)|f(?:ä|ae)lligkeit|zahlungsziel|(?:échéance|vencimiento|vervaldatum)",
        re.IGNORECASE,
    ),
    "PO_FULLY_INVOICED": re.compile(
        r"fully (?:invoiced|billed|consumed)|exhausted|ausgesch(?:ö|oe)pft|épuisé|agotad|volledig gefactureerd",
        re.IGNORECASE,
    ),
    "REISSUE_DEMANDED": re.compile(
        r"\bcancel|new invoice (?:number|no)|credit and re-?bill|\bstorn|neue rechnungsnummer|\bannul|\banular",
        re.IGNORECASE,
    ),
    "COST_CENTRE": re.compile(
        r"cost cent|kostenstelle|centre de coût|centro de coste|kostenplaats|\battn\b", re.IGNORECASE
    ),
}
_CLEARING: Final = "AR BO BR CL CN CO CR DO EC EG ES GR GT HU ID IN IT JO KZ MX MY PA PE PL PY RO RS SA TR UY VN"
"""Countries in which invoices are cleared by, or reported at once to, the tax authority: their data stay as sent."""
_THE_ONLY_ONE: Final = 1


def resolve(facts: Facts, policy: Policy) -> Proposal:
    """Put the one new order number on open invoices that have none or mistype it, and from now on if that is asked."""
    entries = facts.matched()
    from_now = bool(_FROM_NOW.search(facts.words))
    stated = _stated(facts)
    missing = _missing(facts, entries, stated, from_now=from_now)
    checked = common_checks(facts, policy, required=IdentityLevel.L2)
    findings = [item for item in checked if item.check != "V03" or facts.request.invoice_refs]
    reasons = [code for code, pattern in _PERSONAL.items() if pattern.search(facts.words)]
    if missing:
        return _ask(facts, findings, missing, reasons)
    current = {_present(entry) for entry in entries}
    wanted = [number for number in stated if number not in current]
    if len(wanted) != 1 or not (entries or from_now):
        return Proposal(
            Outcome.NO_ACTION, tuple(findings), "Which number is the new one is not clear.", reasons=("PO_NOT_CLEAR",)
        )
    for entry in entries:
        findings += _document_checks(facts, entry, wanted[0], stated, policy)
    findings.append(_check_format(facts, wanted[0]))
    findings.append(_check_uses(facts, wanted[0]))
    if from_now:
        reasons += _later(facts, policy)
        findings.append(_check_default(facts))
    reasons += ["PO_REPLACED"] if any(not _is_correction(entry, wanted[0]) for entry in entries) else []
    return _propose(facts, entries, stated[wanted[0]], findings, reasons, from_now=from_now)


PO_REFERENCE_UPDATE: Final = CategoryRules(
    category=Category.PO_REFERENCE_UPDATE,
    wants=frozenset({Want.CUSTOMER, Want.ERP_INVOICE, Want.ERP_FIELDS, Want.ERP_CUSTOMER, Want.PO_USES}),
    resolve=resolve,
)


def _stated(facts: Facts) -> dict[str, str]:
    """The order numbers of the newest text: canonical to as written."""
    return {canonical_order(ref.raw): ref.raw for ref in facts.request.po_refs if not ref.source.is_hint}


def _missing(
    facts: Facts, entries: Sequence[InvoiceFacts], stated: dict[str, str], *, from_now: bool
) -> tuple[str, ...]:
    names = [] if entries or from_now or facts.request.invoice_refs else ["invoice"]
    return (*names, *([] if stated else ["po_number"]))


def _ask(facts: Facts, findings: list[Finding], missing: tuple[str, ...], reasons: list[str]) -> Proposal:
    effects = ask_customer(facts, missing)
    return Proposal(
        Outcome.NO_ACTION,
        tuple(findings),
        "Ask for the order number and where it belongs.",
        effects=effects,
        questions=missing,
        reasons=(*reasons, *(() if effects else ("NOBODY_TO_ANSWER",))),
    )


def _present(entry: InvoiceFacts) -> str:
    return canonical_order(entry.invoice.po_no or "")


def _is_correction(entry: InvoiceFacts, wanted: str) -> bool:
    """Whether the invoice has no order number, or one that is a single slip away from the new one."""
    present = _present(entry)
    return not present or _is_one_slip(present, wanted)


def _is_one_slip(before: str, after: str) -> bool:
    """One letter more, less or other, or two neighbours swapped."""
    if before == after or abs(len(before) - len(after)) > 1:
        return False
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    old, new = before[start:], after[start:]
    swapped = len(old) > 1 and len(old) == len(new) and old[:2] == new[1::-1] and old[2:] == new[2:]
    return swapped or old[1:] == new[1:] or old[1:] == new or old == new[1:]


def _document_checks(
    facts: Facts, entry: InvoiceFacts, wanted: str, stated: dict[str, str], policy: Policy
) -> list[Finding]:
    candidate = next(
        match.certain
        for match in facts.matches
        if match.certain and match.certain.invoice_no == entry.invoice.invoice_no
    )
    return [
        check_owner(facts, entry),
        check_status(entry, allowed=CREDITABLE),
        check_snapshot(facts, entry),
        check_currency(facts, entry),
        _check_field(facts, entry),
        check_corroboration(
            candidate,
            _signals(facts, entry, candidate, wanted, stated),
            needed=policy.matching.money_corroborators,
            full_ref=policy.matching.ref,
        ),
    ]


def _signals(facts: Facts, entry: InvoiceFacts, candidate: Candidate, wanted: str, stated: dict[str, str]) -> set[str]:
    """Independent signals that this is the invoice meant, beyond those that matching has found."""
    signals = set(candidate.agree)
    items = facts.context.open_items if facts.context and facts.context.open_items_complete else ()
    present = [canonical_order(item.po_no or "") for item in items]
    own = _present(entry)
    if own and own in stated:
        signals.add("po")
    if not own and present.count("") == _THE_ONLY_ONE:
        signals.add("po_missing")
    if own and _is_one_slip(own, wanted) and sum(_is_one_slip(other, wanted) for other in present) == _THE_ONLY_ONE:
        signals.add("po_slip")
    return signals


def _check_field(facts: Facts, entry: InvoiceFacts) -> Finding:
    """V06: the ERP shows the order number that the ledger has."""
    number, shown = entry.invoice.invoice_no, facts.erp_fields.get(entry.invoice.invoice_no)
    if shown is None:
        return Finding("V06", f"{number} PO", Result.UNKNOWN, "the fields were not read", "ERP_NOT_READ")
    return Finding(
        check="V06",
        subject=f"{number} PO",
        result=Result.PASS if canonical_order(shown.value("po_no")) == _present(entry) else Result.FAIL,
        message="order number of ledger and ERP",
        reason="STALE_SNAPSHOT",
        expected=entry.invoice.po_no or "none",
        actual=shown.value("po_no") or "none",
        locators=(entry.invoice.locator, shown.url_path),
    )


def _check_default(facts: Facts) -> Finding:
    """V06: the ledger is fresh, and the customer's present default is known."""
    shown = facts.erp_customer
    known = shown is not None and is_fresh(facts)
    return Finding(
        check="V06",
        subject="default PO",
        result=Result.PASS if known else Result.UNKNOWN,
        message=f"now {shown.fields.value('default_po_no') or 'none'}" if shown else "the page was not read",
        reason="ERP_NOT_READ" if shown is None else "SNAPSHOT_TOO_OLD",
        locators=(shown.fields.url_path,) if shown else (),
    )


def _check_format(facts: Facts, wanted: str) -> Finding:
    """V23: the number is of the customer's pattern; where none is on file, of the form of his other orders."""
    pattern = facts.customer.po_regex if facts.customer else None
    if pattern is not None:
        fits = bool(re.fullmatch(pattern, wanted))
        known = pattern
    else:
        items = facts.context.open_items if facts.context else ()
        forms = {_form(canonical_order(item.po_no)) for item in items if item.po_no}
        fits, known = _form(wanted) in forms, " or ".join(sorted(forms))
    return Finding(
        check="V23",
        subject=f"{wanted} format",
        result=Result.PASS if fits else Result.FAIL if known else Result.UNKNOWN,
        message="the number against the pattern of the customer's orders",
        reason="PO_FORMAT",
        expected=known or None,
        actual=wanted,
    )


def _form(number: str) -> str:
    return re.sub(r"\d", "9", number)


def _check_uses(facts: Facts, wanted: str) -> Finding:
    """V23: no other customer has this order."""
    own = facts.customer.customer_no if facts.customer else ""
    others = [item for item in facts.po_uses if item.customer_no != own]
    return Finding(
        check="V23",
        subject=f"{wanted} use",
        result=Result.FAIL if others else Result.PASS,
        message="invoices of other customers with this order number",
        reason="PO_OF_ANOTHER_CUSTOMER",
        expected="0",
        actual=str(len(others)),
    )


def _later(facts: Facts, policy: Policy) -> list[str]:
    """A default holds at once, so that a later beginning is for people."""
    today = today_of(facts, policy)
    told = (day.value for day in facts.request.dates if not day.source.is_hint)
    return ["EFFECTIVE_LATER"] if any(day > today for day in told) else []


def _propose(
    facts: Facts,
    entries: Sequence[InvoiceFacts],
    number: str,
    findings: list[Finding],
    reasons: list[str],
    *,
    from_now: bool,
) -> Proposal:
    effects = [_plan_invoice(facts, entry, number, seq) for seq, entry in enumerate(entries, start=1)]
    changes = [say("po_on_invoice", invoice_no=entry.invoice.invoice_no, po_number=number) for entry in entries]
    matters = [_matter(facts, findings, entry) for entry in entries]
    if from_now and facts.customer is not None:
        effects.append(_plan_default(facts, number, len(effects) + 1))
        changes.append(say("po_from_now", po_number=number))
        matters.append(_matter(facts, findings, None))
    findings.append(check_held_back(facts, effects))
    answers = plan_answers(facts, seq=len(effects) + 1, template="PO_UPDATED", values={"changes": changes})
    where = [entry.invoice.invoice_no for entry in entries] + (["all new invoices"] if from_now else [])
    return Proposal(
        outcome=Outcome.GRANTED,
        findings=tuple(findings),
        rationale=f"Put order {number} on {', '.join(where)}; amounts and due dates stay.",
        effects=(*effects, *answers),
        matters=tuple(matters),
        reasons=(*reasons, *(() if answers else ("NOBODY_TO_ANSWER",))),
    )


def _plan_invoice(facts: Facts, entry: InvoiceFacts, number: str, seq: int) -> PlannedEffect:
    invoice_no = entry.invoice.invoice_no
    shown = facts.erp_fields.get(invoice_no)
    return PlannedEffect(
        seq,
        EffectType.UPDATE_PO_REFERENCE,
        invoice_no,
        {"field": "po_no", "invoice_no": invoice_no, "value": number},
        precondition={"old": shown.value("po_no") if shown else entry.invoice.po_no or ""},
    )


def _plan_default(facts: Facts, number: str, seq: int) -> PlannedEffect:
    customer_no = facts.customer.customer_no if facts.customer else ""
    return PlannedEffect(
        seq,
        EffectType.UPDATE_PO_REFERENCE,
        customer_no,
        {"customer_no": customer_no, "field": "default_po_no", "value": number},
        precondition={"old": facts.erp_customer.fields.value("default_po_no") if facts.erp_customer else ""},
    )


def _matter(facts: Facts, findings: Sequence[Finding], entry: InvoiceFacts | None) -> Matter:
    """What the bands and guards ask; the whole invoice is what another order number touches."""
    passed = {item.reason for item in findings if item.check == "V23" and item.result is Result.PASS}
    customer = facts.customer
    return Matter(
        MatterKind.PO_REFERENCE_UPDATE,
        entry.invoice.gross if entry else zero(customer.currency if customer else "USD"),
        entry.invoice.invoice_no if entry else None,
        about={
            "po_format_valid": "PO_FORMAT" in passed,
            "po_not_used_by_other_customer": "PO_OF_ANOTHER_CUSTOMER" in passed,
            "invoice_not_exported_to_tax_authority": bool(
                customer and customer.country and customer.country not in _CLEARING.split()
            ),
        },
    )
