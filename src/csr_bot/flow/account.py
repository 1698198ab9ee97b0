"""Reading what is known of a customer beyond single invoices: in the ledger, on the ERP's pages, in our registers.

Only what a category wants is read. What the ERP refuses stays empty, which the checks count as not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from csr_bot.caselog import Records
from csr_bot.core.account_checks import today_of
from csr_bot.core.account_statement import CONTENT_TYPE, statement_csv
from csr_bot.core.effects import EffectState, EffectType
from csr_bot.core.erp import ErpFields, ErpStatement, ErpTarget, TargetKind
from csr_bot.core.evidence import EvidenceCode, Invoice, Payment
from csr_bot.core.facts import CreditNoteCopy, EarlierPromise, Facts
from csr_bot.core.money import parse_money
from csr_bot.core.proposal import Want
from csr_bot.flow.desk import Desk
from csr_bot.ledgerlog import SnapshotRecord
from csr_bot.ports import RefusedError
from csr_bot.records import CaseRecord, EffectRecord
from csr_bot.registers import RegisterEntry, RegisterKind


@dataclass(frozen=True, slots=True)
class ErpPage:
    """A page of the ERP as it was read, for the evidence. ``screenshot`` may be missing."""

    code: EvidenceCode
    value: object
    url_path: str
    captured_at: datetime
    screenshot: bytes | None


def read_account(records: Records, snapshot: SnapshotRecord, facts: Facts, wants: frozenset[Want]) -> Facts:
    """The facts with what the ledger and our registers say of the customer, as far as it is wanted."""
    if facts.customer is None:
        return facts
    number, ledger = facts.customer.customer_no, records.ledger
    if Want.CUSTOMER in wants:
        facts = replace(facts, context=ledger.customer_context(snapshot.id, number))
    if Want.PRICE_TERMS in wants:
        contracts = dict.fromkeys(item.contract_no for item in facts.context.contracts) if facts.context else {}
        found = (ledger.contract_terms(snapshot.id, contract_no) for contract_no in contracts)
        facts = replace(facts, price_terms=tuple(term for terms in found if terms for term in terms.price_terms))
    if Want.BANK_PAYMENT in wants:
        facts = replace(facts, payments_found=_find_payments(records, snapshot, facts))
    if Want.PO_USES in wants:
        facts = replace(facts, po_uses=_find_uses(records, snapshot, facts))
    if Want.PROMISES in wants:
        entries = records.registers.of_customer(RegisterKind.PROMISE, number)
        facts = replace(facts, earlier_promises=tuple(_promise(records, entry) for entry in entries))
    return facts


def account_evidence(facts: Facts, wants: frozenset[Want]) -> Iterator[tuple[EvidenceCode, Iterable[object]]]:
    """The rows of the ledger that ``read_account`` has added, by the kind of evidence that they are."""
    if facts.context is not None:
        yield EvidenceCode.CREDIT, facts.context.credit_profiles
        yield EvidenceCode.KYC, [facts.context.kyc] if facts.context.kyc else []
    if Want.PRICE_TERMS in wants and facts.context is not None:
        yield EvidenceCode.CONTRACT, [*facts.context.contracts, *facts.price_terms]
    if Want.BANK_PAYMENT in wants:
        yield EvidenceCode.BANK_LINE, facts.payments_found
    if Want.PO_USES in wants:
        yield EvidenceCode.LEDGER_ROW, facts.po_uses
    if Want.ERP_STATEMENT in wants and facts.context is not None:
        yield EvidenceCode.LEDGER_ROW, facts.context.open_items


def read_pages(desk: Desk, facts: Facts, wants: frozenset[Want]) -> tuple[Facts, list[ErpPage]]:
    """The facts with what the ERP's pages of the customer show now, and these pages. UnavailableError as the ERP's."""
    pages: list[ErpPage] = []
    if facts.customer is None:
        return facts, pages
    number = facts.customer.customer_no
    try:
        if Want.ERP_CUSTOMER in wants:
            shown = desk.erp.read_customer(number)
            fields = shown.fields
            pages.append(
                _page(EvidenceCode.ERP_CUSTOMER, replace(shown, fields=replace(fields, screenshot=None)), fields)
            )
            facts = replace(facts, erp_customer=shown)
        if Want.ERP_STATEMENT in wants:
            statement = desk.erp.read_statement(number)
            pages.append(_page(EvidenceCode.ERP_CUSTOMER, statement, statement))
            facts = replace(facts, erp_statement=statement)
        if Want.ERP_FIELDS in wants:
            targets = (ErpTarget(TargetKind.INVOICE, invoice_no) for invoice_no in facts.invoices)
            targeted = [desk.erp.read_fields(target) for target in targets]
            pages += [_page(EvidenceCode.ERP_INVOICE, page, page) for page in targeted]
            facts = replace(facts, erp_fields={page.target.number: page for page in targeted})
    except RefusedError:
        pass  # What was not read is not there, and the checks that need it say so.
    return facts, pages


def print_statement(desk: Desk, facts: Facts, wants: frozenset[Want], keep: Callable[[bytes, str], str]) -> Facts:
    """The facts with the customer's open items as a file, where a statement is wanted and the ERP's was read."""
    if Want.ERP_STATEMENT not in wants or facts.context is None or facts.erp_statement is None:
        return facts
    content = statement_csv(facts.context.open_items, on=today_of(facts, desk.policy))
    return replace(facts, statement_sha256=keep(content, CONTENT_TYPE))


def posted_credits(records: Records, case: CaseRecord, facts: Facts) -> tuple[EffectRecord, ...]:
    """The credit notes of ours on the invoices that are meant which are proved to stand in the ERP."""
    if facts.customer is None:
        return ()
    credits_of_ours = records.effects.earlier_credits(facts.customer.customer_no, other_than_case=case.id)
    case_nos = dict.fromkeys(item.case_no for item in credits_of_ours if item.invoice_no in facts.invoices)
    cases = [found for number in case_nos if (found := records.cases.by_no(number))]
    effects = (effect for found in cases for effect in records.effects.of_case(found.id))
    return tuple(
        effect
        for effect in effects
        if effect.type is EffectType.CREATE_CREDIT_NOTE
        and effect.state is EffectState.VERIFIED
        and effect.target in facts.invoices
    )


def read_credit_notes(
    desk: Desk, effects: Iterable[EffectRecord], keep: Callable[[bytes, str], str]
) -> tuple[tuple[CreditNoteCopy, ...], list[ErpPage]]:
    """These credit notes as the ERP has them now, each with its print where there is one, and their pages."""
    copies: list[CreditNoteCopy] = []
    pages: list[ErpPage] = []
    for effect in effects:
        for posted in desk.erp.find_by_reference(effect.reference):
            try:
                printed = desk.erp.fetch_document(posted.number)
                sha256 = keep(printed.content, printed.content_type)
            except RefusedError:
                sha256 = None
            issued_on = (effect.submitted_at or posted.captured_at).date()
            copies.append(CreditNoteCopy(posted.number, posted.invoice_no, posted.amount, issued_on, sha256))
            page = ErpPage(EvidenceCode.EARLIER_CREDITS, posted, posted.url_path, posted.captured_at, posted.screenshot)
            pages.append(page)
    return tuple(copies), pages


def newest_words(records: Records, case_id: str) -> str:
    """Subject and newest text of the newest message from the customer; empty where none is stored."""
    messages = [item for item in records.overview.messages_of(case_id) if item.direction == "in"]
    return f"{messages[-1].subject}\n{messages[-1].text_new}" if messages else ""


def _page(code: EvidenceCode, value: object, shown: ErpFields | ErpStatement) -> ErpPage:
    return ErpPage(code, value, shown.url_path, shown.captured_at, shown.screenshot)


def _find_payments(records: Records, snapshot: SnapshotRecord, facts: Facts) -> tuple[Payment, ...]:
    """Payments of the customer, or of nobody known: by references in the words, and by each stated amount."""
    assert facts.customer is not None
    number = facts.customer.customer_no
    find = records.ledger.find_payments
    found = list(find(snapshot.id, trace=facts.words, customer_no=number)) if facts.words.strip() else []
    for claim in facts.request.amounts:
        if claim.value is not None:
            currency = claim.currency or facts.customer.currency
            found += find(snapshot.id, amount=claim.value, currency=currency, customer_no=number)
    return tuple({payment.payment_no: payment for payment in found}.values())


def _find_uses(records: Records, snapshot: SnapshotRecord, facts: Facts) -> tuple[Invoice, ...]:
    orders = dict.fromkeys(ref.raw for ref in facts.request.po_refs if not ref.source.is_hint)
    found = [invoice for order in orders for invoice in records.ledger.invoices_by_po(snapshot.id, order)]
    return tuple({invoice.invoice_no: invoice for invoice in found}.values())


def _promise(records: Records, entry: RegisterEntry) -> EarlierPromise:
    content = entry.content
    return EarlierPromise(
        case_no=records.cases.get(entry.case_id).case_no,
        subject=entry.subject,
        amount=parse_money(str(content["amount"]), str(content["currency"])),
        due_on=entry.due_on or entry.created_at.date(),
        status=entry.status,
    )
