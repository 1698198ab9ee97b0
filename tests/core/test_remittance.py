from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_bot.core.money import CurrencyMismatchError, Money
from csr_bot.core.remittance import (
    DiscountTerms,
    OpenInvoice,
    RemittanceLine,
    RemittanceProblem,
    Residual,
    is_earned,
    plan_allocation,
    split_refund,
)

P, R = RemittanceProblem, Residual
INVOICED = date(2025, 11, 3)
PAID = date(2025, 11, 13)
TWO_TEN = DiscountTerms(Decimal(2), 10)


def usd(text: str) -> Money:
    return Money(Decimal(text), "USD")


def line(document: str, net: str, *, discount: str = "0", deduction: str = "0", reason: str | None = None):
    gross = usd(net) + usd(discount) + usd(deduction)
    return RemittanceLine(document, gross, usd(discount), usd(deduction), usd(net), reason)


def invoice(document: str, open_amount: str, *, terms: DiscountTerms | None = None) -> OpenInvoice:
    return OpenInvoice(document, usd(open_amount), usd(open_amount), INVOICED, terms)


def plan(lines, invoices, payment: str, value_on: date = PAID):
    return plan_allocation(
        lines, payment=usd(payment), invoices={item.document: item for item in invoices}, value_on=value_on
    )


FIVE = [("417", "20000.00"), ("431", "31500.00"), ("428", "0"), ("388", "13000.00"), ("402", "10625.00")]


def test_five_invoices_after_their_credits_take_the_payment_exactly():
    found = plan([line(*item) for item in FIVE], [invoice(*item) for item in FIVE], "75125.00")
    assert found.problems == ()
    assert [item.applied for item in found.lines] == [usd(amount) for _, amount in FIVE]
    assert {(item.rest, item.residual) for item in found.lines} == {(usd("0"), R.NONE)}


def test_the_same_advice_again_finds_nothing_open():
    found = plan([line(*item) for item in FIVE], [invoice(document, "0") for document, _ in FIVE], "0")
    assert set(found.problems) >= {P.TOTAL_DIFFERS, P.MORE_THAN_OPEN}


@pytest.mark.parametrize(
    ("value_on", "taken", "earned"),
    [
        (date(2025, 11, 13), "375.00", True),
        (date(2025, 11, 16), "375.00", True),  # three days of grace
        (date(2025, 11, 17), "375.00", False),
        (date(2025, 11, 13), "375.02", True),
        (date(2025, 11, 13), "375.03", False),
        (date(2025, 11, 13), "562.50", False),
        (date(2025, 11, 13), "100.00", False),
    ],
)
def test_a_discount_is_earned_in_time_and_by_the_percentage_of_the_terms(value_on, taken, earned):
    assert is_earned(usd(taken), invoice=invoice("417", "18750.00", terms=TWO_TEN), value_on=value_on) is earned


def test_without_terms_no_discount_is_earned():
    assert not is_earned(usd("375.00"), invoice=invoice("417", "18750.00"), value_on=PAID)


@pytest.mark.parametrize(
    ("written", "terms", "residual", "rest", "problems"),
    [
        (line("417", "18750"), None, R.NONE, "0", ()),
        (line("417", "18375", discount="375"), TWO_TEN, R.EARNED_DISCOUNT, "375", ()),
        (line("417", "18375", discount="375"), None, R.UNEXPLAINED, "375", (P.UNEXPLAINED_REST,)),
        (line("417", "18725"), None, R.BANK_CHARGE, "25", ()),
        (line("417", "18724.99"), None, R.UNEXPLAINED, "25.01", (P.UNEXPLAINED_REST,)),
        (line("417", "8900", deduction="9850", reason="DN-553"), None, R.DEDUCTION, "9850", ()),
        (line("417", "8900", deduction="9850"), None, R.UNEXPLAINED, "9850", (P.UNEXPLAINED_REST,)),
        (line("417", "8525", discount="375", deduction="9850", reason="x"), TWO_TEN, R.DEDUCTION, "10225", ()),
        (
            line("417", "8525", discount="375", deduction="9850", reason="x"),
            None,
            R.UNEXPLAINED,
            "10225",
            (P.UNEXPLAINED_REST,),
        ),
        (line("417", "8000", deduction="9850", reason="x"), None, R.UNEXPLAINED, "10750", (P.UNEXPLAINED_REST,)),
        (line("417", "18750.01"), None, R.UNEXPLAINED, "-0.01", (P.MORE_THAN_OPEN, P.UNEXPLAINED_REST)),
        (line("417", "0"), None, R.UNEXPLAINED, "18750", (P.UNEXPLAINED_REST,)),
    ],
)
def test_what_is_left_of_an_invoice_has_one_cause_or_goes_to_a_person(written, terms, residual, rest, problems):
    found = plan([written], [invoice("417", "18750", terms=terms)], str(written.net.amount))
    assert (found.lines[0].residual, found.lines[0].rest, found.problems) == (residual, usd(rest), problems)


@pytest.mark.parametrize(
    ("lines", "payment", "problems"),
    [
        ([], "0", (P.NO_LINES,)),
        ([line("417", "100")], "100.01", (P.TOTAL_DIFFERS,)),
        ([line("417", "60"), line("417", "40")], "100", (P.DOCUMENT_TWICE, P.UNEXPLAINED_REST)),
        ([line("417", "100"), line("999", "5")], "105", (P.DOCUMENT_NOT_OPEN,)),
        ([RemittanceLine("417", usd("110"), usd("0"), usd("0"), usd("100"))], "100", (P.LINE_DOES_NOT_ADD_UP,)),
        ([line("417", "110", discount="-10")], "110", (P.LINE_DOES_NOT_ADD_UP, P.MORE_THAN_OPEN, P.UNEXPLAINED_REST)),
        ([line("417", "80"), line("418", "80")], "160", (P.BANK_CHARGES_TOO_HIGH,)),
        ([line("417", "90"), line("418", "85")], "175", ()),
        ([line("417", "100"), line("CN-1", "-40")], "60", ()),
        ([line("417", "100"), line("CN-1", "-50")], "50", (P.MORE_THAN_OPEN,)),
    ],
)
def test_a_payment_that_does_not_add_up_goes_to_a_person(lines, payment, problems):
    invoices = [invoice("417", "100"), invoice("418", "100"), invoice("CN-1", "-40")]
    found = plan(lines, invoices, payment)
    assert set(problems) <= set(found.problems)
    assert bool(found.problems) == bool(problems)


def test_a_line_in_another_currency_is_refused():
    euro = Money(Decimal(1), "EUR")
    written = RemittanceLine("417", euro, euro - euro, euro - euro, euro)
    with pytest.raises(CurrencyMismatchError):
        plan([written], [invoice("417", "1")], "1")


@given(st.lists(st.tuples(st.integers(0, 10**8), st.integers(0, 10**8)), min_size=1, max_size=6))
def test_an_accepted_plan_applies_the_payment_and_never_more_than_is_open(pairs):
    lines = [line(str(number), str(Decimal(paid) / 100)) for number, (paid, _) in enumerate(pairs)]
    invoices = [invoice(str(number), str(Decimal(due) / 100)) for number, (_, due) in enumerate(pairs)]
    total = sum(Decimal(paid) for paid, _ in pairs) / 100
    found = plan(lines, invoices, str(total))
    if not found.problems:
        assert sum((item.applied.amount for item in found.lines), Decimal(0)) == total
        assert all(usd("0") <= item.rest <= usd("25") for item in found.lines)


@pytest.mark.parametrize(
    ("wanted", "overdue", "offset", "paid_out"),
    [
        ("18750", "2000", "2000", "16750"),
        ("18750", "0", "0", "18750"),
        ("18750", "20000", "18750", "0"),
        ("18750", "-5", "0", "18750"),
    ],
)
def test_overdue_items_are_set_off_before_money_is_paid_out(wanted, overdue, offset, paid_out):
    assert split_refund(usd(wanted), overdue=usd(overdue)) == (usd(offset), usd(paid_out))
