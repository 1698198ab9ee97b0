"""One file for each category of request that the bot can resolve, and the registry of them, written out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from csr_bot.core.categories.bank_detail_change import BANK_DETAIL_CHANGE
from csr_bot.core.categories.billing_dispute import BILLING_DISPUTE
from csr_bot.core.categories.contract_service_query import CONTRACT_SERVICE_QUERY
from csr_bot.core.categories.credit_note_request import CREDIT_NOTE_REQUEST
from csr_bot.core.categories.invoice_copy import INVOICE_COPY
from csr_bot.core.categories.kyc_document import KYC_DOCUMENT
from csr_bot.core.categories.letter_of_credit import LETTER_OF_CREDIT
from csr_bot.core.categories.master_data_change import MASTER_DATA_CHANGE
from csr_bot.core.categories.payment_plan import PAYMENT_PLAN
from csr_bot.core.categories.payment_status import PAYMENT_STATUS
from csr_bot.core.categories.po_reference_update import PO_REFERENCE_UPDATE
from csr_bot.core.categories.promise_to_pay import PROMISE_TO_PAY
from csr_bot.core.categories.remittance_advice import REMITTANCE_ADVICE
from csr_bot.core.categories.statement_of_account import STATEMENT_OF_ACCOUNT
from csr_bot.core.categories.terms_credit_limit import TERMS_CREDIT_LIMIT
from csr_bot.core.categories.unapplied_cash_refund import UNAPPLIED_CASH_REFUND
from csr_bot.core.proposal import CategoryRules
from csr_bot.core.request import Category

CATEGORIES: Final[Mapping[Category, CategoryRules]] = {
    rules.category: rules
    for rules in (
        BANK_DETAIL_CHANGE,
        BILLING_DISPUTE,
        INVOICE_COPY,
        KYC_DOCUMENT,
        LETTER_OF_CREDIT,
        MASTER_DATA_CHANGE,
        PAYMENT_PLAN,
        PAYMENT_STATUS,
        PROMISE_TO_PAY,
        REMITTANCE_ADVICE,
        UNAPPLIED_CASH_REFUND,
        STATEMENT_OF_ACCOUNT,
        PO_REFERENCE_UPDATE,
        CREDIT_NOTE_REQUEST,
        TERMS_CREDIT_LIMIT,
        CONTRACT_SERVICE_QUERY,
    )
}
