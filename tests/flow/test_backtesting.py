"""Backtesting a policy: stored cases are decided again from what was known then, and every difference is named."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from csr_bot.core.decide import decide
from csr_bot.core.matters import MatterKind
from csr_bot.core.policy import Policy
from csr_bot.demo import books_planted as planted
from csr_bot.flow.backtesting import backtest
from tests.flow.desks import Office, ask_for_copy, ask_for_credit


def cases_decided(office: Office) -> Office:
    """A credit of 200.00 by the bot alone, one of 2,400.00 for people, and a copy of an invoice."""
    office.deliver(ask_for_credit(name="small"))
    office.deliver(ask_for_credit(planted.S1, name="large"))
    office.deliver(ask_for_copy())
    office.poll()
    office.settle()
    return office


def with_limit(policy: Policy, limit: str) -> Policy:
    """The policy with another upper bound of what the bot may credit alone."""
    authority = policy.approval_matrix[MatterKind.CREDIT_NOTE]
    bands = (replace(authority.bands[0], upto=Decimal(limit)), *authority.bands[1:])
    matrix = {**policy.approval_matrix, MatterKind.CREDIT_NOTE: replace(authority, bands=bands)}
    return replace(policy, approval_matrix=matrix)


def test_the_same_policy_decides_the_same_from_what_was_kept(office):
    cases_decided(office)
    with office.log.read() as records:
        again = [(record, decide(facts, office.desk.policy)) for _, record, facts in records.cases.decided()]
        found = backtest(records, office.desk.policy)
    assert len(again) == 3
    for record, decision in again:
        assert (record.route, record.steps, record.total) == (decision.route.value, decision.steps, decision.total)
        assert record.reasons == decision.reasons
    assert (found.cases, found.changed) == (3, [])
    assert found.automatic_before == found.automatic_after == {"USD": Decimal("200.00")}


def test_a_lower_limit_takes_one_case_from_the_bot(office):
    cases_decided(office)
    with office.log.read() as records:
        found = backtest(records, with_limit(office.desk.policy, "150.00"))
    assert [change.case_no for change in found.changed] == ["CSR-2025-000101"]
    (change,) = found.changed
    assert (change.before.route, change.after.route) == ("routine", "approval")
    assert change.after.steps == (frozenset({"ar_lead", "ar_manager"}),)
    assert (found.automatic_before, found.automatic_after) == ({"USD": Decimal("200.00")}, {})


def test_a_higher_limit_alone_changes_nothing_while_a_guard_stands(office):
    cases_decided(office)
    with office.log.read() as records:
        found = backtest(records, with_limit(office.desk.policy, "2400.00"))
    assert (found.changed, found.automatic_after) == ([], {"USD": Decimal("200.00")})


def test_without_its_guard_it_shows_what_the_bot_would_move_alone(office):
    cases_decided(office)
    bold = with_limit(office.desk.policy, "2400.00")
    guards = tuple(name for name in bold.auto_guards["CN_AUTO"] if name != "customer_credit_30d_le_1000")
    with office.log.read() as records:
        found = backtest(records, replace(bold, auto_guards={**bold.auto_guards, "CN_AUTO": guards}))
    assert [(change.case_no, change.after.route) for change in found.changed] == [("CSR-2025-000102", "routine")]
    assert found.automatic_after == {"USD": Decimal("2600.00")}


def test_pictures_and_files_are_not_kept_twice(office):
    cases_decided(office)
    with office.log.read() as records:
        kept = [entry for _, _, facts in records.cases.decided() for entry in facts.invoices.values()]
    assert kept
    assert all(entry.screen is None or entry.screen.screenshot is None for entry in kept)
    assert all(entry.document is None or entry.document.content == b"" for entry in kept)
