from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_bot.core.bank_details import (
    AccountCheck,
    BankDetails,
    CallBack,
    CallBackProblem,
    Verdict,
    cooling_off_until,
    find_account_findings,
    find_call_back_problems,
    judge_iban,
    judge_routing_number,
    mask_account,
)

V, P, K = Verdict, CallBackProblem, AccountCheck
IBAN = "DE89 3704 0044 0532 0130 00"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (IBAN, V.VALID),
        ("de89370400440532013000", V.VALID),
        ("NL91ABNA0417164300", V.VALID),
        ("GB29 NWBK 6016 1331 9268 19", V.VALID),
        ("DE89 3704 0044 0532 0130 01", V.INVALID),
        ("DE98 3704 0044 0532 0130 00", V.INVALID),
        ("DE89 3704 0044 0532 0130", V.INVALID),
        ("ES9121000418450200051333", V.INVALID),
        ("XX89370400440532013000", V.INVALID),
        ("", V.INVALID),
    ],
)
def test_an_iban_has_the_length_and_the_check_digits_of_its_country(text, verdict):
    assert judge_iban(text) is verdict


@given(st.integers(4, 21), st.integers(1, 9))
def test_one_wrong_digit_in_an_iban_is_found(place, step):
    compact = IBAN.replace(" ", "")
    wrong = compact[:place] + str((int(compact[place]) + step) % 10) + compact[place + 1 :]
    assert judge_iban(wrong) is V.INVALID


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("026009593", V.VALID),
        ("0260 09593", V.VALID),
        ("026009594", V.INVALID),
        ("206009593", V.INVALID),
        ("02600959", V.INVALID),
        ("02600959X", V.INVALID),
    ],
)
def test_a_routing_number_has_nine_digits_that_check(text, verdict):
    assert judge_routing_number(text) is verdict


def findings(details: BankDetails, *, country: str | None = "DE", used: bool | None = False) -> dict[str, Verdict]:
    found = find_account_findings(details, legal_name="Fabrikam Retail GmbH", country=country, is_used_by_others=used)
    return {finding.check: finding.verdict for finding in found}


GOOD = BankDetails(holder="FABRIKAM RETAIL GMBH", iban=IBAN)


def test_an_account_of_the_customer_in_its_country_is_in_order():
    assert set(findings(GOOD).values()) == {V.VALID}


@pytest.mark.parametrize(
    ("details", "given_", "check", "verdict"),
    [
        (replace(GOOD, iban="DE89"), {}, K.NUMBER, V.INVALID),
        (BankDetails(holder=GOOD.holder), {}, K.NUMBER, V.UNKNOWN),
        (BankDetails(holder=GOOD.holder, account_number="12345678"), {}, K.NUMBER, V.UNKNOWN),
        (BankDetails(holder=GOOD.holder, routing_number="026009593"), {}, K.NUMBER, V.UNKNOWN),
        (BankDetails(holder="x", routing_number="026009593", account_number="12345678"), {}, K.NUMBER, V.VALID),
        (BankDetails(holder="x", routing_number="026009594", account_number="12345678"), {}, K.NUMBER, V.INVALID),
        (GOOD, {"country": "NL"}, K.COUNTRY, V.INVALID),
        (GOOD, {"country": None}, K.COUNTRY, V.UNKNOWN),
        (BankDetails(holder="x", routing_number="026009593"), {"country": "US"}, K.COUNTRY, V.VALID),
        (replace(GOOD, holder="Fabrikam Retail Holding GmbH"), {}, K.HOLDER, V.INVALID),
        (replace(GOOD, holder=""), {}, K.HOLDER, V.UNKNOWN),
        (GOOD, {"used": True}, K.NOT_SHARED, V.INVALID),
        (GOOD, {"used": None}, K.NOT_SHARED, V.UNKNOWN),
    ],
)
def test_what_does_not_fit_or_is_not_known_is_said(details, given_, check, verdict):
    assert findings(details, **given_)[check] is verdict


@pytest.mark.parametrize(
    ("number", "shown"), [(IBAN, "****3000"), ("12345678", "****5678"), ("1234567", "****"), ("", "****")]
)
def test_an_account_shows_its_last_four_characters_at_most(number, shown):
    assert mask_account(number) == shown


def test_bank_details_in_a_log_are_masked():
    details = BankDetails(holder="x", routing_number="026009593", account_number="12345678", iban=None)
    assert repr([GOOD, details]) == "[BankDetails(****3000), BankDetails(****5678)]"


def test_bank_details_cool_off_for_48_hours_over_a_weekend_too():
    friday = datetime(2025, 11, 21, 15, tzinfo=UTC)
    assert cooling_off_until(friday) == datetime(2025, 11, 23, 15, tzinfo=UTC)


ASKED = datetime(2025, 11, 20, 9, tzinfo=UTC)
CALL = CallBack(
    caller="cara",
    person="Jane Miller",
    called_at=ASKED + timedelta(hours=2),
    number_known_since=ASKED - timedelta(days=400),
)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, ()),
        ({"caller": "paul"}, (P.CALLER_IS_PREPARER,)),
        ({"caller": "stella"}, (P.CALLER_IS_APPROVER,)),
        ({"caller": "tom"}, (P.CALLER_IS_APPROVER,)),
        ({"number_known_since": None}, (P.NUMBER_NOT_ON_MASTER,)),
        ({"number_known_since": ASKED}, (P.NUMBER_TOO_NEW,)),
        ({"number_known_since": ASKED + timedelta(hours=1)}, (P.NUMBER_TOO_NEW,)),
        ({"called_at": ASKED - timedelta(minutes=1)}, (P.CALLED_BEFORE_REQUEST,)),
        ({"person": " "}, (P.NOBODY_SPOKEN_TO,)),
    ],
)
def test_a_call_back_counts_by_a_third_person_on_a_number_known_before(change, found):
    call = replace(CALL, **change)
    assert find_call_back_problems(call, requested_at=ASKED, preparer="paul", approvers={"stella", "tom"}) == found
