from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from csr_bot.core.checks import Result
from csr_bot.core.evidence import PriceTerm, Usage
from csr_bot.core.recompute import find_original, recompute_price, recompute_quantity, whole_invoice
from tests.core.facts import INVOICES, entry_of, usd

CENTS = Decimal("0.02")
S1 = entry_of("INV-2025-00417")
S2 = entry_of("INV-2025-00431")
S4 = entry_of("INV-2025-00455")
S5 = entry_of("INV-2025-00402")
RIGHT, WRONG = entry_of("INV-2025-00371"), entry_of("INV-2025-00388")


def price(entry):
    return recompute_price(entry, tolerance=CENTS)


def quantity(entry):
    return recompute_quantity(entry, tolerance=CENTS)


def with_line(entry, **changes):
    return replace(entry, lines=(replace(entry.lines[0], **changes), *entry.lines[1:]))


def term(price: str, since: date, until: date | None = None, **changes) -> PriceTerm:
    return replace(S1.price_terms[0], unit_price=Decimal(price), valid_from=since, valid_to=until, **changes)


def test_an_hour_billed_above_the_contract_is_credited_with_its_clause_and_its_places():
    (line,) = price(S1).lines
    assert (line.net, line.tax) == (usd("2400.00"), usd("0.00"))
    assert (line.quantity, line.billed, line.agreed) == (Decimal(160), Decimal("140.00"), Decimal("125.00"))
    assert line.clause == "CT-778 clause 3.2"
    assert price(S1).finding.result is Result.PASS


def test_the_tax_goes_back_in_the_proportion_in_which_it_was_billed():
    calculation = price(S5)
    assert [(line.net, line.tax) for line in calculation.lines] == [(usd("11600.00"), usd("725.00"))]
    assert calculation.total("USD") == usd("12325.00")


def test_a_waived_item_is_credited_in_full():
    (line,) = price(S2).lines
    assert (line.line_no, line.agreed, line.net) == (2, Decimal(0), usd("9850.00"))


@pytest.mark.parametrize("billed", ["125.00", "124.99"])
def test_a_price_at_or_below_the_contract_supports_no_claim(billed):
    entry = with_line(S1, unit_price=Decimal(billed), net=usd(str(160 * Decimal(billed))))
    calculation = price(entry)
    assert (calculation.lines, calculation.finding.result) == ((), Result.FAIL)


@pytest.mark.parametrize(
    "terms",
    [
        [],
        [term("125.00", date(2025, 7, 1)), term("120.00", date(2025, 9, 1))],
        [term("125.00", date(2025, 11, 1))],
        [term("140.00", date(2025, 1, 1), date(2025, 10, 15)), term("125.00", date(2025, 10, 16))],
        [term("125.00", date(2025, 10, 16))],
        [term("125.00", date(2025, 1, 1), date(2025, 10, 15))],
        [term("125.00", date(2025, 7, 1), sku="OTHER")],
    ],
    ids=["none", "two at once", "later", "changed within the service", "starts within", "ends within", "other item"],
)
def test_without_exactly_one_price_throughout_the_service_nothing_can_be_recomputed(terms):
    calculation = price(replace(S1, price_terms=tuple(terms)))
    assert (calculation.lines, calculation.finding.result) == ((), Result.UNKNOWN)


@pytest.mark.parametrize(
    ("since", "until"), [(date(2025, 10, 1), date(2025, 10, 31)), (date(2025, 10, 1), None), (date(2020, 1, 1), None)]
)
def test_a_price_is_valid_from_its_first_to_its_last_day(since, until):
    assert price(replace(S1, price_terms=(term("125.00", since, until),))).total("USD") == usd("2400.00")


@pytest.mark.parametrize("changes", [{"net": usd("22000.00")}, {"quantity": Decimal(-160), "net": usd("-22400.00")}])
def test_a_line_that_is_not_quantity_times_price_is_for_a_person(changes):
    assert price(with_line(S1, **changes)).finding.result is Result.UNKNOWN


def test_seats_billed_beyond_those_used_are_credited():
    (line,) = quantity(S4).lines
    assert (line.quantity, line.billed, line.agreed, line.net) == (50, 150, 100, usd("6500.00"))
    assert line.clause == "CT-811 usage usage export UX-1004-11"


def test_a_quantity_that_was_used_supports_no_claim():
    assert quantity(S1).finding.result is Result.FAIL


def used(quantity: str, since: date, until: date) -> Usage:
    return replace(S4.usage[0], quantity=Decimal(quantity), period_from=since, period_to=until)


FIRST, LAST = S4.lines[0].service_from, S4.lines[0].service_to


@pytest.mark.parametrize(
    "usage",
    [
        (),
        (used("100", date(2025, 1, 1), date(2025, 1, 31)),),
        (used("100", FIRST, date(2025, 10, 31)),),
        (used("100", FIRST, LAST), used("20", FIRST, LAST)),
        (used("100", FIRST, LAST), used("20", date(2025, 11, 1), LAST)),
    ],
    ids=["none", "another time", "part of the time", "two records", "a second one for part of the time"],
)
def test_without_exactly_one_usage_record_of_the_service_nothing_can_be_recomputed(usage):
    calculation = quantity(replace(S4, usage=usage))
    assert (calculation.lines, calculation.finding.result) == ((), Result.UNKNOWN)


def test_a_line_without_a_service_period_has_no_usage():
    assert quantity(with_line(S4, service_from=None)).finding.result is Result.UNKNOWN


def test_the_earlier_of_two_equal_invoices_is_the_original():
    original, finding = find_original(WRONG, named=RIGHT)
    assert (original.invoice_no, finding.result) == ("INV-2025-00371", Result.PASS)


def test_the_original_is_found_where_the_customer_does_not_name_it():
    original, _ = find_original(WRONG, named=None)
    assert original.invoice_no == "INV-2025-00371"


def test_the_earlier_invoice_is_not_a_duplicate_of_the_later():
    assert find_original(RIGHT, named=WRONG)[0] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"net": usd("18750.01")},
        {"customer_no": "C-1001"},
        {"po_no": "4500099999"},
        {"po_no": "4500099999", "contract_no": "CT-1"},
        {"po_no": None, "contract_no": None},
        {"service_from": date(2025, 9, 1), "service_to": date(2025, 9, 30)},
        {"service_from": None},
        {"credited": usd("1.00")},
    ],
    ids=["net", "customer", "order", "order and contract", "no order", "service", "no service", "credited"],
)
def test_an_invoice_that_differs_is_not_the_original(changes):
    other = replace(RIGHT, invoice=replace(RIGHT.invoice, **changes))
    original, finding = find_original(WRONG, named=other)
    assert (original, finding.result, finding.reason) == (None, Result.FAIL, "DUPLICATE_NOT_CONFIRMED")


def test_a_contract_ties_two_invoices_where_one_names_no_order():
    other = replace(RIGHT, invoice=replace(RIGHT.invoice, po_no=None))
    assert find_original(WRONG, named=other)[0] is not None


def test_two_possible_originals_are_for_a_person():
    twin = replace(RIGHT.invoice, invoice_no="INV-2025-00370")
    assert find_original(replace(WRONG, equal_net=(RIGHT.invoice, twin)), named=None)[0] is None


def test_a_duplicate_is_credited_line_by_line_with_its_tax():
    lines = whole_invoice(S5, INVOICES["INV-2025-00371"])
    assert sum((line.net + line.tax for line in lines), start=usd("0")) == S5.invoice.gross


def test_a_calculation_is_written_with_decimal_strings_only():
    (line,) = price(S5).lines
    written = line.as_json()
    assert (written["net"], written["tax"], written["quantity"]) == ("11600.00", "725.00", "100")
    assert not any(isinstance(value, float | Decimal) for value in written.values())
