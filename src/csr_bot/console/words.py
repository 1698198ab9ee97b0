"""Codes of the log in words that a new colleague understands. What a code means is decided where it is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from csr_bot.core.case import CaseStatus
from csr_bot.core.effects import EffectState, EffectType
from csr_bot.core.request import Category, DisputeReason

REASONS: Final[Mapping[str, str]] = {
    "AMBIGUOUS_REF": "more than one invoice may be meant",
    "AMOUNT_NEEDS_APPROVAL": "the amount is above what the bot may credit alone",
    "AUTHORITY_CHANGED": "the approval no longer covers what would be done",
    "CANNOT_RECOMPUTE": "our records do not suffice to recompute the amount",
    "CATEGORY_NEEDS_PERSON": "requests of this kind are handled by people",
    "CLAIM_AMOUNT_MISSING": "the customer names no figure to compare with",
    "CLAIM_MISMATCH": "the customer's figure is not the one that we compute",
    "CLAIM_NOT_SUPPORTED": "our records do not show the error that is claimed",
    "CREDIT_ABOVE_OPEN": "the credit would exceed what is still open",
    "CURRENCY_DIFFERS": "the currencies of message, invoice and contract differ",
    "CUSTOMER_NOT_ACTIVE": "the customer is not active",
    "CUSTOMER_NOT_RESOLVED": "it is not certain which customer wrote",
    "CUSTOMER_REPLIED": "the customer wrote again",
    "DOCUMENT_DIFFERS": "the printed document does not show what the ledger says",
    "DOCUMENT_STATUS": "the invoice's state does not allow it",
    "UNSAFE_ATTACHMENT": "a file that came with the message is not safe",
    "DUPLICATE_CASE": "another open case asks for the same",
    "DUPLICATE_NOT_CONFIRMED": "our records do not show that it was billed twice",
    "EARLIER_CREDIT": "something was credited on this invoice before",
    "EFFECT_REFUSED": "the outside system refused it",
    "ERP_NOT_READ": "the ERP's page could not be read",
    "FOREIGN_THREAD": "the sender does not belong to the customer of this thread",
    "FRAUD_SIGN": "something about the sender points to fraud",
    "FX_RATE_MISSING": "there is no exchange rate to compare the amount with the limits",
    "GIVEN_UP": "it failed again and again",
    "IDENTITY_TOO_LOW": "the sender is not known well enough for this",
    "IN_DOUBT": "nobody knows whether it happened",
    "KILL_SWITCH": "effects of this kind are stopped",
    "LINES_DO_NOT_ADD_UP": "the lines of the invoice do not add up to its total",
    "NOBODY_TO_ANSWER": "there is no known contact to answer",
    "NOTHING_TO_CREDIT": "there is nothing to credit",
    "NOT_CORROBORATED": "too few independent signs say that this invoice is meant",
    "NOT_POSTED": "it was submitted and never appeared",
    "NOT_RECORDED": "the mail could not be recorded as it is",
    "NO_DOCUMENT": "the ERP has no printed document",
    "NO_INVOICE": "no invoice is meant beyond doubt",
    "NO_MATCH": "no invoice of ours fits what is named",
    "PAYMENT_NOT_CLEAR": "the payment cannot be told from others",
    "PAYMENT_NOT_LOCATED": "the payment was not found",
    "POSTED_MORE_THAN_ONCE": "it is there more than once",
    "READ_BACK_DIFFERS": "what is there is not what was ordered",
    "REASON_NEEDS_PERSON": "this kind of dispute cannot be recomputed",
    "SENDER_AMBIGUOUS": "it is not certain who sent the mail",
    "SENDER_MISSING": "the mail names no sender",
    "SEVERAL_INVOICES": "several invoices are named",
    "SHADOW_MODE": "this desk only proposes (shadow mode)",
    "SNAPSHOT_TOO_OLD": "the ledger import is too old",
    "STALE_SNAPSHOT": "ledger and ERP differ",
    "TOO_DEEP": "the mail is nested too deeply to be read",
    "TOO_LARGE": "the mail is too large",
    "TOO_MANY_COPIES": "more copies are asked for than may be sent at once",
    "TOO_MANY_HEADERS": "the mail has too many headers to be read",
    "TOO_MANY_PARTS": "the mail has too many parts to be read",
    "UNKNOWN_REQUEST": "it is not clear what is asked for",
    "UNREADABLE": "the mail could not be read",
    "WRONG_CUSTOMER": "the document is another customer's",
}

HANDLED_BY_PEOPLE: Final = frozenset({"CATEGORY_NEEDS_PERSON", "UNKNOWN_REQUEST"})
"""Reasons beside which a decision's own sentence has nothing to add."""

GUARDS: Final[Mapping[str, str]] = {
    "KILL_SWITCH_OFF": "effects are stopped",
    "IDENTITY_LEVEL_GE_2": "the sender is not a known contact",
    "MATCH_DECISION_AUTO": "the invoice is not certain",
    "NO_VETO_FINDING": "a check does not hold",
    "NO_OPEN_FRAUD_FLAG": "there is a sign of fraud",
    "CUSTOMER_NOT_BLOCKED": "the customer is blocked",
    "LEDGER_SNAPSHOT_AGE_LE_24H": "the ledger import is older than a day",
    "ERP_READBACK_EQUALS_SNAPSHOT": "ledger and ERP differ",
    "CURRENCY_EQUAL": "the currencies differ",
    "CUSTOMER_AUTO_EFFECTS_24H_LT_5": "the bot decided five credits for this customer within a day",
    "CASE_REOPEN_COUNT_EQ_0": "the case was reopened",
    "CATEGORY_IS_BILLING_DISPUTE": "it is not a billing dispute",
    "REASON_IN_PRICE_QUANTITY_DUPLICATE": "the bot may not decide this kind of dispute alone",
    "DELTA_RECOMPUTED_FROM_CONTRACT": "the amount was not recomputed from the contract",
    "TWO_INDEPENDENT_CORROBORATORS": "too few independent signs say that this invoice is meant",
    "INVOICE_OPEN_GE_DELTA": "less is open on the invoice than would be credited",
    "NO_PRIOR_CREDIT_ON_INVOICE": "something was credited on this invoice before",
    "CUSTOMER_CREDIT_30D_LE_1000": "the bot's credits to this customer would exceed 1,000 in 30 days",
    "INVOICE_AGE_LE_180D": "the invoice is older than 180 days",
    "KYC_STATUS_IN_APPROVED_OR_REVIEW_DUE": "what is known of the customer (KYC) is not approved",
    "PERIOD_OPEN": "the posting period is closed",
    "RESIDUAL_ABS_LE_10": "more than 10 would be written off",
    "INVOICE_AGE_GE_30D": "the invoice is younger than 30 days",
    "PAYMENT_FOUND": "the payment was not found",
    "PAYER_ACCOUNT_KNOWN": "the account that paid is not known",
    "SUM_OF_ALLOCATIONS_EQ_PAYMENT": "the parts do not add up to the payment",
    "EACH_LINE_EXACT_OR_WITHIN_TOLERANCE": "a part is not what is open on its invoice",
    "NEW_VALUE_DOMAIN_IN_CUSTOMER_DOMAINS": "the new address is not of a domain of the customer",
    "FIELD_NOT_SENSITIVE": "the bot may not change this field alone",
    "INVOICE_OPEN": "the invoice is not open",
    "PO_FORMAT_VALID": "the order number does not look like the customer's",
    "PO_NOT_USED_BY_OTHER_CUSTOMER": "another customer uses this order number",
    "INVOICE_NOT_EXPORTED_TO_TAX_AUTHORITY": "the invoice was reported to a tax authority",
}

DISPUTES: Final[Mapping[DisputeReason | None, str]] = {
    DisputeReason.PRICE: "says that a price is wrong on",
    DisputeReason.QUANTITY: "says that a quantity is wrong on",
    DisputeReason.DUPLICATE: "says that the same was billed twice with",
    DisputeReason.TAX: "says that the tax is wrong on",
    DisputeReason.NOT_RECEIVED: "did not receive what was billed with",
    DisputeReason.CANCELLED_SERVICE: "had cancelled what was billed with",
    DisputeReason.QUALITY: "is not content with what was billed with",
    DisputeReason.TERMS: "says that the payment terms are wrong on",
    DisputeReason.FREIGHT_FEE: "disputes freight or a fee on",
    DisputeReason.PO_MISSING: "misses a purchase order number on",
    DisputeReason.WRONG_PARTY: "says that it is not the one to be billed with",
    DisputeReason.OTHER: "disputes",
    None: "disputes",
}

WISHES: Final[Mapping[Category, str]] = {
    Category.INVOICE_COPY: "asks for a copy of",
    Category.STATEMENT_OF_ACCOUNT: "asks for a statement of account",
    Category.PAYMENT_STATUS: "asks about the payment of",
    Category.REMITTANCE_ADVICE: "announces a payment of",
    Category.UNAPPLIED_CASH_REFUND: "asks for money back",
    Category.CREDIT_NOTE_REQUEST: "asks for a credit note on",
    Category.PO_REFERENCE_UPDATE: "wants another purchase order number on",
    Category.MASTER_DATA_CHANGE: "wants data on file changed",
    Category.BANK_DETAIL_CHANGE: "writes about bank details",
    Category.TERMS_CREDIT_LIMIT: "asks for other terms or another credit limit",
    Category.PROMISE_TO_PAY: "promises to pay",
    Category.PAYMENT_PLAN: "asks for a payment plan for",
    Category.LETTER_OF_CREDIT: "writes about a letter of credit",
    Category.KYC_DOCUMENT: "writes about compliance documents",
    Category.CONTRACT_SERVICE_QUERY: "asks about a contract or service",
    Category.NOT_A_REQUEST: "asks for nothing",
    Category.UNKNOWN: "wrote something that the bot does not understand",
}

STATUSES: Final[Mapping[CaseStatus, str]] = {
    CaseStatus.NEW: "new",
    CaseStatus.TRIAGED: "to be worked on",
    CaseStatus.VALIDATING: "being checked",
    CaseStatus.AWAITING_CUSTOMER: "waiting for the customer",
    CaseStatus.IN_REVIEW: "in review",
    CaseStatus.PENDING_APPROVAL: "waiting for approval",
    CaseStatus.APPROVED: "approved",
    CaseStatus.EXECUTING: "being carried out",
    CaseStatus.EXECUTION_FAILED: "stopped while carried out",
    CaseStatus.RESOLVED: "resolved",
    CaseStatus.CLOSED: "closed",
    CaseStatus.QUARANTINED: "held for security",
    CaseStatus.MERGED: "merged into another case",
}

EFFECTS: Final[Mapping[EffectType, str]] = {
    EffectType.CREATE_CREDIT_NOTE: "Credit note on",
    EffectType.SEND_REPLY: "Answer to",
    EffectType.SEND_INVOICE_COPY: "Invoice copy to",
    EffectType.PORTAL_COMMENT: "Comment in the portal on",
}

EFFECT_STATES: Final[Mapping[EffectState, str]] = {
    EffectState.PLANNED: "planned, not authorised",
    EffectState.AUTHORISED: "authorised, not yet done",
    EffectState.SUBMITTING: "submitted, not yet proved",
    EffectState.IN_DOUBT: "in doubt",
    EffectState.VERIFIED: "done and proved",
    EffectState.NEEDS_PERSON: "stopped, needs a person",
    EffectState.VOID: "void",
}

EVIDENCE: Final[Mapping[str, str]] = {
    "E1": "Customer master",
    "E2": "Contact",
    "E3": "Invoice in the ledger",
    "E4": "Invoice lines",
    "E5": "Payments",
    "E6": "Contract and prices",
    "E7": "Delivery or usage",
    "E8": "Invoice page of the ERP",
    "E13": "Earlier credits",
    "E14": "Printed document",
}

RECEIPTS: Final[Mapping[str, str]] = {
    "before": "right before",
    "after": "read back afterwards",
    "stopped": "when it was stopped",
}


_INITIALS: Final = frozenset({"ar", "cfo", "erp", "kyc", "po", "url"})


def say(code: str) -> str:
    """A code that has no words of its own, as words: ``payment_status`` is ``payment status``."""
    words = code.lower().replace("_", " ").split(" ")
    return " ".join(word.upper() if word in _INITIALS else word for word in words)


def explain(reason: str) -> str:
    """Why a person is needed. A reason is a code, a code with details behind a colon, or a sentence already."""
    code, colon, details = reason.partition(":")
    if code in REASONS:
        return f"{REASONS[code]}:{details}" if colon else REASONS[code]
    guard = code.removeprefix("GUARD_")
    if guard != code:
        return GUARDS.get(guard, say(guard))
    return say(reason) if reason.isupper() and " " not in reason else reason


def describe_wish(category: Category, reason: DisputeReason | None) -> str:
    """What the customer does, to be followed by the documents that are meant."""
    return DISPUTES[reason] if category is Category.BILLING_DISPUTE else WISHES[category]
