from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from csr_bot.core.account_statement import statement_csv
from csr_bot.core.decide import Route, decide
from csr_bot.core.effects import EffectType
from csr_bot.core.erp import ErpStatement, OpenItem
from csr_bot.core.evidence import KycRecord, Payment
from csr_bot.core.facts import Facts
from csr_bot.core.message import IdentityLevel
from csr_bot.core.request import AmountRole, Category, ClaimedDate, TextSource
from tests.core.facts import NOW, POLICY, ask, claim, context_of, facts_for, sender_of, usd

CUSTOMER = "C-1002"
OPEN = context_of(CUSTOMER).open_items
BALANCE = sum((item.open_amount for item in OPEN), start=usd("0"))
SHA = "a" * 64


def erp_shows(*items: Any, balance: Any = BALANCE) -> ErpStatement:
    lines = tuple(
        OpenItem(item.invoice_no, item.due_date, item.gross, item.open_amount, disputed=False) for item in items
    )
    return ErpStatement(CUSTOMER, lines, {"USD": balance}, f"/customers/{CUSTOMER}/open-items", NOW)


def statement(words: str = "Please send us a statement.", *amounts: str, days: tuple[date, ...] = (), **changes: Any):
    request = ask(
        Category.STATEMENT_OF_ACCOUNT,
        amounts=tuple(claim(value, AmountRole.OTHER) for value in amounts),
        dates=tuple(ClaimedDate(day, (0, 10), TextSource.BODY) for day in days),
    )
    given = {"words": words, "erp_statement": erp_shows(*OPEN), "statement_sha256": SHA, **changes}
    return facts_for(request, CUSTOMER, **given)


def with_context(**changes: Any) -> Facts:
    return statement(context=replace(context_of(CUSTOMER), **changes))


def run(facts: Facts) -> Any:
    return decide(facts, POLICY)


def test_the_open_items_of_today_are_sent_as_a_file_with_their_balance():
    decision = run(statement())
    assert (decision.route, decision.reasons) == (Route.ROUTINE, ())
    (mail,) = decision.effects
    assert mail.type is EffectType.SEND_STATEMENT
    assert mail.params["values"]["balance"] == [{"amount": BALANCE.text(), "currency": "USD"}]
    assert mail.params["values"]["as_of"] == {"day": "2025-11-24"}
    assert mail.params["attachments"] == [{"file_name": "statement-C-1002-2025-11-24.csv", "sha256": SHA}]


def test_disputed_items_are_marked_as_such():
    disputed = (replace(OPEN[0], disputed=True), *OPEN[1:])
    decision = run(with_context(open_items=disputed))
    (told,) = decision.effects[0].params["values"]["disputed"]
    assert told["values"]["invoice_no"] == OPEN[0].invoice_no


def test_a_balance_that_they_quote_and_that_is_ours_is_nothing_to_explain():
    assert run(statement("Is it right?", BALANCE.text())).route is Route.ROUTINE


def test_another_balance_goes_to_a_person_with_what_may_explain_it():
    theirs = BALANCE - OPEN[0].open_amount
    decision = run(statement("Our books show another figure.", theirs.text()))
    assert (decision.route, decision.reasons) == (Route.EXCEPTION, ("BALANCE_QUOTED_DIFFERS",))
    values = decision.effects[0].params["values"]
    assert values["difference"] == {"amount": (-OPEN[0].open_amount).text(), "currency": "USD"}
    assert values["items"][0]["sentence"] in ("ours_only", "unexplained")


def test_open_item_facts_are_told_while_kyc_is_expired_and_nothing_while_it_is_blocked():
    record = KycRecord(CUSTOMER, "EXPIRED", "LOW", None)
    assert run(with_context(kyc=record)).route is Route.ROUTINE
    assert run(with_context(kyc=replace(record, status="BLOCKED"))).reasons == ("KYC_NOT_IN_FORCE",)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (statement(days=(date(2025, 10, 31),)), "AS_OF_OTHER_DAY"),
        (statement("Audit confirmation: please confirm our balance to our auditors."), "AUDIT_CONFIRMATION"),
        (statement("A statement with all movements please."), "SCOPE_MOVEMENTS"),
        (statement("SOA pls for customers C-1002 and C-1017"), "SEVERAL_ACCOUNTS"),
        (statement("A statement for the whole group please."), "SEVERAL_ACCOUNTS"),
        (statement("Send it to kim@elsewhere.example please."), "THIRD_PARTY_RECIPIENT"),
        (statement("Ours and yours", "1.00", "2.00"), "AMOUNT_NOT_CLEAR"),
        (statement(erp_statement=None), "ERP_NOT_READ"),
        (statement(erp_statement=erp_shows(*OPEN, balance=BALANCE + usd("0.01"))), "BALANCE_DIFFERS"),
        (statement(erp_statement=erp_shows(*OPEN[1:])), "BALANCE_DIFFERS"),
        (statement(snapshot_generated_at=NOW - timedelta(hours=25)), "SNAPSHOT_TOO_OLD"),
        (with_context(open_items_complete=False), "TOO_MANY_OPEN_ITEMS"),
        (
            with_context(unapplied=(Payment("P-1", CUSTOMER, NOW.date(), usd("5.00"), usd("5.00"), "x"),)),
            "UNAPPLIED_PAYMENTS",
        ),
        (statement(sender=sender_of(CUSTOMER, level=IdentityLevel.L1)), "IDENTITY_TOO_LOW"),
    ],
)
def test_everything_else_goes_to_a_person(facts, reason):
    decision = run(facts)
    assert decision.route is Route.EXCEPTION
    assert reason in decision.reasons


def test_the_file_lists_each_item_by_due_day_with_the_sum_last_and_no_formulas():
    items = (replace(OPEN[0], po_no="=1+1"), *OPEN[1:])
    rows = list(csv.DictReader(io.StringIO(statement_csv(items, on=NOW.date()).decode("utf-8-sig"))))
    assert [row["due"] for row in rows[:-1]] == sorted(item.due_date.isoformat() for item in OPEN)
    assert (rows[-1]["document"], rows[-1]["open"], rows[-1]["currency"]) == ("balance", BALANCE.text(), "USD")
    assert "'=1+1" in {row["purchase_order"] for row in rows}
