"""Which ideas, said in one sentence, speak for which category, and how strongly.

A row is: weight, ideas that must all be there, ideas that must not. 3 is a plain request by itself, 1 only supports.
"""

from __future__ import annotations

from typing import Final

from csr_bot.core.request import Category, DisputeReason

Row = tuple[int, str, str]

DISPUTE_RULES: Final[dict[DisputeReason, tuple[Row, ...]]] = {
    DisputeReason.PRICE: (
        (4, "price wrong", ""),
        (4, "price should_be", ""),
        (3, "should_be amount", "po quantity terms tax"),
        (3, "should_be price amount", ""),
        (3, "contract_word price", "service_query kyc lc question"),
        (3, "billed should_be", "quantity tax cancelled"),
        (2, "price correct_it", ""),
        (2, "invoice wrong amount", ""),
        (2, "billed price", "service_query"),
        (2, "contract_word amount", "service_query terms lc"),
    ),
    DisputeReason.QUANTITY: (
        (4, "billed quantity only", ""),
        (4, "billed quantity", "service_query price"),
        (3, "quantity only", "price"),
        (3, "quantity should_be", "price"),
        (3, "quantity wrong", "price"),
        (2, "billed only", "price tax"),
    ),
    DisputeReason.DUPLICATE: (
        (4, "billed twice", "overpaid"),
        (4, "invoice twice", "overpaid document lc refund"),
        (4, "twice cancelled", "overpaid"),
        (3, "twice question", "overpaid refund"),
        (4, "invoice twice arrived", "overpaid refund"),
    ),
    DisputeReason.TAX: (
        (4, "tax correct_it", "credit_note"),
        (4, "tax billed", ""),
        (4, "tax wrong", "master_data"),
        (4, "tax amount", "credit_note master_data"),
        (3, "tax invoice", "credit_note master_data"),
        (3, "tax", "credit_note master_data payment service_query"),
    ),
    DisputeReason.NOT_RECEIVED: (
        (5, "goods never_arrived", "document"),
        (4, "goods never_arrived", "po price"),
    ),
    DisputeReason.CANCELLED_SERVICE: (
        (5, "cancelled", "plan lc kyc service_query away"),
        (2, "cancelled billed", ""),
    ),
    DisputeReason.QUALITY: ((5, "damaged", "credit_note document"),),
    DisputeReason.TERMS: (
        (4, "due_date wrong", ""),
        (4, "due_date should_be", ""),
        (3, "due_date contract_word", "changed"),
    ),
    DisputeReason.FREIGHT_FEE: ((4, "freight", "reminder"),),
    DisputeReason.WRONG_PARTY: ((5, "wrong_party", ""),),
    DisputeReason.OTHER: (
        (2, "dispute_word invoice", ""),
        (2, "dispute_word", "po"),
        (3, "invoice wrong", "po reminder send lc master_data"),
        (2, "invoice correct_it", "po send document paid lc master_data"),
        (2, "billed question", "service_query"),
    ),
}

RULES: Final[dict[Category, tuple[Row, ...]]] = {
    Category.INVOICE_COPY: (
        (4, "invoice send document", "credit_note statement kyc lc price tax quantity"),
        (
            4,
            "invoice send",
            "credit_note statement correct_it wrong tax quantity po remittance plan should_be billed twice sales lc master_data",
        ),
        (3, "invoice never_arrived", "paid goods price wrong lc"),
        (3, "document never_arrived", "kyc goods"),
        (3, "document send please", "kyc credit_note goods remittance lc statement price"),
        (3, "document send", "kyc credit_note goods remittance lc statement price billed"),
        (2, "document invoice", "credit_note remittance lc twice billed"),
    ),
    Category.STATEMENT_OF_ACCOUNT: (
        (4, "statement send", "never_arrived"),
        (4, "statement please", "never_arrived"),
        (3, "statement", "never_arrived wrong billed overpaid newsletter lc plan"),
        (3, "statement question", "never_arrived wrong"),
    ),
    Category.PAYMENT_STATUS: (
        (5, "paid reminder", ""),
        (4, "still_open", "twice question"),
        (4, "still_open question", "twice"),
        (4, "payment arrived question", "goods"),
        (4, "payment arrived invoice", "goods remittance"),
        (3, "payment arrived", "remittance terms lc"),
        (3, "paid arrived", "remittance goods"),
        (3, "paid question", "twice overpaid refund goods"),
        (3, "invoice arrived question payment", ""),
        (3, "reminder wrong", "statement"),
        (3, "reminder question", "statement"),
        (2, "paid invoice", "remittance twice overpaid refund"),
        (2, "reminder", "statement service_query portal_notice away"),
    ),
    Category.REMITTANCE_ADVICE: (
        (5, "remittance payment", "bank"),
        (4, "remittance", "bank changed"),
        (3, "paid amount", "question overpaid twice reminder refund still_open"),
        (3, "paid document", "question reminder overpaid still_open"),
        (2, "payment amount", "question overpaid twice reminder will_pay terms plan arrived"),
    ),
    Category.UNAPPLIED_CASH_REFUND: (
        (6, "overpaid refund", ""),
        (5, "overpaid", ""),
        (4, "refund payment", "bank"),
        (3, "refund twice", ""),
        (3, "refund amount", "bank"),
        (3, "refund please", "bank sales"),
        (1, "refund", "bank"),
    ),
    Category.CREDIT_NOTE_REQUEST: (
        (5, "credit_note send", "price quantity billed twice should_be lc"),
        (5, "credit_note question", "price service_query billed lc"),
        (4, "credit_note rebate_due", "service_query"),
        (4, "credit_note please", "price quantity billed twice should_be bank lc"),
        (4, "credit_note", "price quantity billed twice should_be wrong lc service_query sales"),
        (2, "rebate_due goods", "document service_query"),
    ),
    Category.PO_REFERENCE_UPDATE: (
        (6, "po missing invoice", "statement lc billed"),
        (5, "po missing", "price quantity twice lc"),
        (3, "po changed", "price bank"),
        (2, "po invoice send", "price document quantity twice"),
        (1, "po", "document lc twice"),
    ),
    Category.MASTER_DATA_CHANGE: ((6, "master_data changed", "bank"), (5, "master_data", "bank po")),
    Category.BANK_DETAIL_CHANGE: ((9, "bank changed", ""), (5, "bank", "paid")),
    Category.TERMS_CREDIT_LIMIT: (
        (6, "terms question", ""),
        (5, "terms", " remittance lc"),
        (2, "terms contract_word", ""),
    ),
    Category.PROMISE_TO_PAY: ((5, "will_pay", "plan"), (2, "will_pay invoice", "plan")),
    Category.PAYMENT_PLAN: ((6, "plan", "sales"), (2, "plan question", "")),
    Category.LETTER_OF_CREDIT: ((7, "lc", ""), (3, "lc question", "")),
    Category.KYC_DOCUMENT: ((7, "kyc", ""),),
    Category.CONTRACT_SERVICE_QUERY: (
        (5, "service_query question", ""),
        (5, "service_query contract_word", ""),
        (4, "service_query please", ""),
        (3, "service_query", "lc sales"),
    ),
    Category.NOT_A_REQUEST: (
        (7, "away", "reminder"),
        (8, "delivery_failed", ""),
        (6, "newsletter", ""),
        (5, "sales", "paid billed never_arrived"),
        (6, "portal_notice", ""),
    ),
}
