from __future__ import annotations

from datetime import date

import pytest

from csr_bot.core.kyc import KycRisk
from csr_bot.core.kyc_documents import (
    REQUIRED,
    DocumentKind,
    DocumentProblem,
    KycDocument,
    RequirementState,
    find_document_problems,
    missing_documents,
)

K, P, R = DocumentKind, DocumentProblem, RequirementState
TODAY = date(2025, 11, 21)
NAME = "Tailspin Logistics LLC"


def test_a_riskier_customer_needs_all_that_a_safer_one_needs_and_more():
    low, medium, high = (set(REQUIRED[risk]) for risk in (KycRisk.LOW, KycRisk.MEDIUM, KycRisk.HIGH))
    assert low < medium < high == set(K)


@pytest.mark.parametrize(
    ("states", "received", "missing"),
    [
        ({}, (), (K.INCORPORATION, K.TAX_FORM, K.BENEFICIAL_OWNERS)),
        ({K.INCORPORATION: R.VERIFIED, K.TAX_FORM: R.RECEIVED}, (), (K.BENEFICIAL_OWNERS,)),
        ({K.INCORPORATION: R.VERIFIED}, (K.TAX_FORM, K.BENEFICIAL_OWNERS), ()),
        ({K.INCORPORATION: R.EXPIRED, K.TAX_FORM: R.REJECTED}, (K.BENEFICIAL_OWNERS,), (K.INCORPORATION, K.TAX_FORM)),
        ({K.TAX_FORM: R.EXPIRED}, (K.TAX_FORM,), (K.INCORPORATION, K.BENEFICIAL_OWNERS)),
        ({K.TAX_FORM: R.MISSING}, (K.OWNERSHIP_CHART,), (K.INCORPORATION, K.TAX_FORM, K.BENEFICIAL_OWNERS)),
    ],
)
def test_what_is_still_missing_is_told_after_each_document(states, received, missing):
    assert missing_documents(KycRisk.LOW, states=states, received=received) == missing


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        (KycDocument(K.INCORPORATION, "TAILSPIN LOGISTICS, L.L.C."), ()),
        (KycDocument(K.INCORPORATION, "Tailspin Freight Inc."), (P.NAME_DIFFERS,)),
        (KycDocument(K.INCORPORATION, ""), (P.NO_NAME,)),
        (KycDocument(None, NAME), (P.UNKNOWN_KIND,)),
        (KycDocument(K.TAX_FORM, NAME, expires_on=TODAY), ()),
        (KycDocument(K.TAX_FORM, NAME, expires_on=date(2025, 11, 20)), (P.EXPIRED,)),
        (KycDocument(K.TAX_FORM, NAME, issued_on=date(2025, 11, 22)), (P.ISSUED_IN_FUTURE,)),
        (KycDocument(K.DIRECTOR_ID, "Jane Miller"), ()),
        (
            KycDocument(None, "Somebody Else", issued_on=date(2026, 1, 1), expires_on=date(2020, 1, 1)),
            (P.UNKNOWN_KIND, P.NAME_DIFFERS, P.EXPIRED, P.ISSUED_IN_FUTURE),
        ),
    ],
)
def test_a_document_is_ticked_only_if_nothing_is_wrong_with_it(document, problems):
    assert find_document_problems(document, legal_name=NAME, today=TODAY) == problems
