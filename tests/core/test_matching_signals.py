"""What speaks for an invoice beside its number: sums, lines, differences, threads, groups; and what must not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from csr_bot.core.checks import Result, check_corroboration
from csr_bot.core.evidence import InvoiceLine
from csr_bot.core.matching import MatchDecision, build_view, ledger_entry, match_request
from csr_bot.core.money import Money
from csr_bot.core.request import AmountRole, Category, ClaimedDate, TextSource
from tests.core.facts import INVOICES, POLICY, ask, claim, ref

MATCHING = POLICY.matching
MODEL = INVOICES["INV-2025-00417"]
AUTO, SUGGEST, NONE = MatchDecision.AUTO, MatchDecision.SUGGEST, MatchDecision.NONE


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def entry(number: str, gross: str = "1000", *lines: tuple[str, str], customer_no: str = "C-1001", **changes):
    """An invoice of a total, and its lines as quantity and rate."""
    fields = {"net": usd(gross), "gross": usd(gross), "open_amount": usd(gross), "po_no": None, **changes}
    invoice = replace(MODEL, invoice_no=number, customer_no=customer_no, **fields)
    return ledger_entry(invoice, [_line(number, place, *figures) for place, figures in enumerate(lines, 1)])


def _line(number: str, place: int, quantity: str, rate: str) -> InvoiceLine:
    net = usd(quantity) * Decimal(rate)
    return InvoiceLine(
        invoice_no=number,
        line_no=place,
        sku="S",
        description="",
        quantity=Decimal(quantity),
        unit="h",
        unit_price=Decimal(rate),
        net=net,
        tax_rate=Decimal(0),
        tax=usd("0"),
        service_from=None,
        service_to=None,
    )


def find(request, *entries, own=("C-1001",), **more):
    return match_request(request, own=own, view=build_view(entries), policy=MATCHING, **more)


def is_good_for_money(match) -> bool:
    finding = check_corroboration(match.best, match.best.agree, needed=2, full_ref=MATCHING.ref)
    return match.decision is AUTO and finding.result is Result.PASS


def asking(*numbers: str, **amounts: str):
    claims = tuple(claim(value, AmountRole(role)) for role, value in amounts.items())
    return ask(Category.BILLING_DISPUTE, *numbers, amounts=claims)


A, B, C = "INV-2025-00417", "INV-2025-00431", "INV-2025-00998"


def test_the_sum_of_the_named_invoices_speaks_for_each_of_them():
    matches = find(asking(A, C, invoice_total="3500"), entry(A, "1000"), entry(C, "2500"))
    assert [match.best.agree for match in matches] == [("ref", "amount")] * 2
    assert all(map(is_good_for_money, matches))


def test_a_sum_does_not_speak_for_an_invoice_whose_neighbour_has_the_same_total():
    one, other = find(asking(A, C, invoice_total="3500"), entry(A), entry(C, "2500"), entry("INV-2025-00418"))
    assert (one.best.agree, other.best.agree) == (("ref",), ("ref", "amount"))
    assert not is_good_for_money(one)


def test_a_figure_that_only_one_set_of_open_invoices_adds_up_to_suggests_them():
    request = asking(invoice_total="3500")
    (match,) = find(request, entry(A, "1000"), entry(B, "2500"), entry(C, "7000"))
    assert (match.decision, {one.invoice_no for one in match.candidates}) == (SUGGEST, {A, B})
    (match,) = find(request, entry(A, "1000"), entry(B, "2500"), entry(C, "2500"))
    assert match.decision is NONE


def test_no_sum_is_looked_for_among_more_than_twenty_open_invoices():
    many = [entry(f"INV-2025-{number:05}", str(10**6 + number)) for number in range(100, 119)]
    request = asking(invoice_total="3500")
    assert find(request, entry(A, "1000"), *many, entry(B, "2500"))[0].decision is NONE


def test_a_rate_that_stands_in_one_line_only_counts_for_money():
    (match,) = find(asking(A, billed_value="140"), entry(A, "1400", ("10", "140")), entry(B, "1250", ("10", "125")))
    assert match.best.agree == ("ref", "line_values")
    assert is_good_for_money(match)


@pytest.mark.parametrize(
    ("here", "elsewhere"),
    [
        ([("10", "140"), ("5", "140")], []),
        ([("10", "140")], [("3", "140")]),
        ([("10", "125")], []),
    ],
)
def test_a_rate_in_two_lines_or_in_another_open_invoice_or_nowhere_does_not(here, elsewhere):
    (match,) = find(asking(A, billed_value="140"), entry(A, "2100", *here), entry(C, "420", *elsewhere))
    assert match.best.agree == ("ref",)


def test_a_paid_invoice_takes_a_rate_from_another_only_if_it_may_have_been_meant():
    paid = {"open_amount": usd("0")}
    request = asking(A, billed_value="140")
    far, near = entry(C, "420", ("3", "140"), **paid), entry("INV-2025-00471", "420", ("3", "140"), **paid)
    assert find(request, entry(A, "1400", ("10", "140")), far)[0].best.agree == ("ref", "line_values")
    assert find(request, entry(A, "1400", ("10", "140")), near)[0].best.agree == ("ref",)


def test_what_would_be_right_is_not_taken_for_what_was_billed():
    (match,) = find(asking(A, correct_value="10"), entry(A, "1400", ("10", "140")))
    assert match.best.agree == ("ref",)


def test_a_difference_that_follows_from_a_line_speaks_for_the_invoice():
    request = asking(A, billed_value="140", correct_value="125", claimed_delta="150")
    monthly = [entry(number, "1400", (hours, "140")) for number, hours in ((A, "10"), (B, "11"), (C, "12"))]
    (match,) = find(request, *monthly)
    assert match.best.agree == ("ref", "delta_amount")
    assert is_good_for_money(match)
    (match,) = find(request, monthly[0], entry(B, "1400", ("10", "140")))
    assert match.best.agree == ("ref",)


def test_the_invoice_of_the_thread_agrees_and_is_suggested_where_none_is_named():
    (match,) = find(asking(A), entry(A), thread={A})
    assert is_good_for_money(match)
    (match,) = find(ask(Category.INVOICE_COPY), entry(A), entry(B), thread={A})
    assert (match.decision, match.best.invoice_no, match.best.agree) == (SUGGEST, A, ("thread",))


def test_an_invoice_of_the_declared_group_needs_one_more_signal_than_an_own_one():
    foreign = entry(A, "1000", customer_no="C-2")
    (match,) = find(asking(A), foreign, group={"C-2"})
    assert (match.decision, match.best.parts["customer"]) == (SUGGEST, 15)
    (match,) = find(asking(A, invoice_total="1000"), foreign, group={"C-2"})
    assert match.decision is AUTO
    (match,) = find(asking(A, invoice_total="1000"), foreign)
    assert (match.decision, match.best.parts["customer"]) == (NONE, -40)


def test_what_an_unknown_sender_names_is_for_a_person():
    (match,) = find(asking(A, invoice_total="1000"), entry(A), own=())
    assert (match.decision, match.best.score) == (SUGGEST, 70)
    assert "not known" in match.why[0]
    (tail,) = find(asking("417"), entry(A), own=())
    assert tail.best.invoice_no == A


def test_a_number_that_two_companies_have_is_ambiguous():
    twins = [entry(A, "1000", company_code="1000"), entry(A, "1000", company_code="2000")]
    (match,) = find(asking(A), *twins)
    assert match.decision is SUGGEST
    assert "the company code (1000 or 2000)" in match.why[0]
    (match,) = find(asking(A), twins[0], entry(A, customer_no="C-2", company_code="2000"))
    assert (match.decision, match.best.company_code) == (AUTO, "1000")


def test_what_fits_a_neighbour_as_well_does_not_count_for_money():
    same = {"po_no": "4500012345"}
    request = replace(asking(A, invoice_total="1000"), po_refs=(ref("4500012345"),))
    (match,) = find(request, entry(A, **same), entry("INV-2025-00418", **same))
    assert (match.decision, match.best.agree) == (AUTO, ("ref",))
    (match,) = find(request, entry(A, **same), entry("INV-2025-00418", "1200", **same))
    assert match.best.agree == ("ref", "amount", "po")


def test_a_figure_that_is_nowhere_on_the_invoice_makes_a_slip_likely():
    view = (entry(A, "1400", ("10", "140")), entry("INV-2025-00471", "90"))
    assert find(asking(A), *view)[0].decision is AUTO
    assert find(asking(A, billed_value="99"), *view)[0].decision is SUGGEST
    assert find(asking(A, billed_value="140"), *view)[0].decision is AUTO


def test_a_number_without_its_zeros_may_lack_another_digit():
    whole, longer = entry("INV-2025-04170"), entry("INV-2025-14170")
    assert find(asking("INV-2025-4170"), whole)[0].decision is AUTO
    assert find(asking("INV-2025-4170"), whole, longer)[0].decision is SUGGEST


@pytest.mark.parametrize(
    ("stated", "part"),
    [("1000.00", 20), ("1004.00", 10), ("996.00", 10), ("600.00", None), ("1500.00", -10)],
)
def test_a_total_earns_points_by_how_near_it_is(stated, part):
    (match,) = find(asking(A, invoice_total=stated), entry(A))
    assert match.best.parts.get("amount") == part


def test_the_date_of_a_neighbour_contradicts_and_any_other_date_does_not():
    day = ClaimedDate(date(2025, 3, 14), (0, 1), TextSource.BODY)
    request = replace(asking(A), dates=(day,))
    dated = {"invoice_date": day.value}
    assert find(request, entry(A))[0].best.contradict == ()
    assert find(request, entry(A), entry(C, **dated))[0].best.contradict == ()
    assert find(request, entry(A), entry("INV-2025-00418", **dated))[0].best.contradict == ("date",)


def test_an_order_of_another_named_invoice_does_not_contradict():
    request = replace(asking(A, C), po_refs=(ref("4500000001"),))
    matches = find(request, entry(A, po_no="4500000001"), entry(C, po_no="4500000002"))
    assert [match.best.contradict for match in matches] == [(), ()]


def test_an_order_and_an_amount_do_not_override_a_number_that_names_nothing():
    request = replace(asking("INV-2025-77777", invoice_total="1000"), po_refs=(ref("4500000001"),))
    (match,) = find(request, entry(A, po_no="4500000001"))
    assert (match.decision, match.best.invoice_no, match.best.contradict) == (SUGGEST, A, ("ref",))


def test_one_prefix_is_not_another():
    (match,) = find(asking("CRN-2025-00417"), entry(A), entry("CRN-2025-00001"))
    assert (match.decision, match.best.parts["ref"]) == (SUGGEST, 30)
