"""Everything that an answer can say: each template and each sentence by name, with the values that it needs.

This is what a decision and the text files agree on. The files hold the same names in every language, and each text
tells all of its values. What a value looks like in a payload is in ``wording``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LATER: Final = frozenset({"case_no", "credit_note_no"})
"""Values that are known only when the answer is sent."""


def _names(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {name: frozenset(values.split()) for name, values in table.items()}


TEMPLATES: Final[Mapping[str, frozenset[str]]] = _names(
    {
        "ACK": "subject case_no due",
        "BANK_CHANGE_RECEIVED": "received_on",
        "BANK_DETAILS_CHECK": "subject url",
        "CN_COPY": "subject invoice_no credit_note_no amount issued_on",
        "CN_DENIED": "subject text",
        "CN_GRANTED": "subject invoice_no findings credit_note_no amount old_open new_open due_date",
        "CN_PARTIAL": "subject invoice_no findings credit_note_no amount old_open new_open due_date text",
        "CONTRACT_ANSWER": "subject contract_no answers",
        "INTERIM": "subject due",
        "INV_COPY": "subject sent not_found",
        "INV_COPY_ON_FILE": "subject sent not_found",
        "KYC_LINK": "subject url valid_until",
        "KYC_RECEIVED": "subject received missing",
        "KYC_WHY": "subject",
        "LC_INFO": "subject lc_no details",
        "LIMIT_INFO": "subject as_of limit used available",
        "MASTER_DATA_NOTICE": "changes changed_on",
        "MASTER_DATA_UPDATED": "subject changes",
        "OFFSET_DONE": "subject amount parts",
        "ORDER_RECHECKED": "subject order_no",
        "PAYMENT_APPLIED": "subject payment_no amount parts",
        "PAYMENT_STATUS": "subject status",
        "PERSONAL": "subject text",
        "PLAN_FORM": "subject questions paused_until",
        "PO_UPDATED": "subject changes",
        "PROMISE_CONFIRMED": "subject parts paused_until",
        "REMITTANCE_QUESTION": "subject payment_no questions",
        "REQUEST_INFO": "subject questions",
        "RESOLVED_NOTE": "subject text",
        "STATEMENT": "subject as_of balance disputed",
        "STATEMENT_RECONCILED": "subject as_of our_balance their_balance difference items",
    }
)
"""Template to values. ``text`` is what a colleague wrote; ``changes``, ``parts`` and the like are sentences."""

_FRAME: Final = {"greeting": "", "sign_off": "case_no"}

_FOUND: Final = {
    "price": "line billed agreed clause",
    "waived": "line billed clause",
    "quantity": "line billed agreed clause",
    "tax": "line billed agreed",
    "duplicate": "original",
    "credited_lines": "line amount",
    "reviewed": "",
    "not_found": "numbers",
}

_PAYMENTS: Final = {
    "paid": "invoice_no amount value_date payment_no",
    "open": "invoice_no amount due_date",
    "partly_paid": "invoice_no amount paid due_date",
    "in_dispute": "invoice_no amount",
    "disputed": "amount",
    "applied": "invoice_no amount",
    "left_over": "amount",
    "promised": "invoice_no amount due_date",
    "ours_only": "document_no amount",
    "theirs_only": "document_no amount",
    "differs": "document_no ours theirs",
    "unexplained": "amount",
    "remit_total": "stated received",
    "remit_document": "document_no",
    "remit_deduction": "document_no amount",
    "remit_missing": "payment_no",
}

_DATA: Final = {
    "po_on_invoice": "invoice_no po_number",
    "po_from_now": "po_number",
    "changed": "field value",
    "changed_field": "field",
    "contact_added": "email",
    "contact_removed": "email",
    "field_legal_name": "",
    "field_billing_address": "",
    "field_tax_id": "",
    "field_invoice_email": "",
    "field_phone": "",
    "field_delivery_method": "",
    "field_po_required": "",
    "field_contact": "",
}

_CONTRACTS: Final = {
    "contract_runs": "valid_from valid_to",
    "contract_open_end": "valid_from",
    "contract_notice": "notice clause",
    "contract_renews": "clause",
    "contract_ends": "clause",
    "contract_price": "item price valid_from clause",
    "contract_included": "item quantity clause",
    "invoice_line": "invoice_no line item quantity price amount",
    "lc_amount": "amount",
    "lc_expiry": "day place",
    "lc_shipment": "day",
    "lc_presentation": "day",
    "lc_documents": "documents",
    "lc_status": "status",
}

_KYC: Final = {
    "kyc_complete": "",
    "kyc_incorporation": "",
    "kyc_tax_form": "",
    "kyc_beneficial_owners": "",
    "kyc_director_id": "",
    "kyc_address_proof": "",
    "kyc_ownership_chart": "",
    "kyc_source_of_funds": "",
    "kyc_financial_statements": "",
}

_QUESTIONS: Final = {
    "asked": "question",
    "ask_amount": "",
    "ask_as_of_date": "",
    "ask_contract_no": "",
    "ask_correct_value": "",
    "ask_currency": "",
    "ask_customer": "",
    "ask_document": "",
    "ask_effective_date": "",
    "ask_field": "",
    "ask_invoice": "",
    "ask_lc_no": "",
    "ask_new_value": "",
    "ask_order_no": "",
    "ask_payment_reference": "",
    "ask_period": "",
    "ask_po_number": "",
    "ask_promise_date": "",
    "ask_proposal": "",
    "ask_reason": "",
    "ask_statements": "",
    "ask_value_date": "",
    "ask_wish": "",
}
"""What a customer can be asked for: ``ask_`` and the field of the request that is missing."""

SENTENCES: Final[Mapping[str, frozenset[str]]] = _names(
    _FRAME | _FOUND | _PAYMENTS | _DATA | _CONTRACTS | _KYC | _QUESTIONS
)
"""Sentence to values."""
