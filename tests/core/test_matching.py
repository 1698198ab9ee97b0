from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from csr_bot.core.matching import (
    MatchDecision,
    build_view,
    canonical_number,
    canonical_order,
    ledger_entry,
    match_request,
)
from csr_bot.core.request import AmountRole, Category, ClaimedDate, DisputeReason, TextSource
from tests.core.facts import INVOICES, POLICY, ask, claim, dispute, ref

MATCHING = POLICY.matching
S1_INVOICE = INVOICES["INV-2025-00417"]


def invoice(number: str, customer_no: str = "C-1001", **changes):
    """An invoice of its own amount and PO, on a ledger of a few."""
    place = int("".join(char for char in number if char.isdigit())[-4:])
    gross = replace(S1_INVOICE.gross, amount=Decimal(1000 + place))
    fields = {"net": gross, "gross": gross, "open_amount": gross, "po_no": f"45{place:08}", **changes}
    return replace(S1_INVOICE, invoice_no=number, customer_no=customer_no, **fields)


def view_of(*invoices):
    return build_view([ledger_entry(item) for item in invoices])


VIEW = view_of(
    invoice("INV-2025-00417"),
    invoice("INV-2025-00431"),
    invoice("INV-2025-00998", open_amount=replace(S1_INVOICE.gross, amount=Decimal("777.00"))),
    invoice("INV-2025-01417"),
    invoice("INV-2025-00500", "C-1002"),
)


def find(request, *, own=("C-1001",), view=VIEW):
    (match,) = match_request(request, own=own, view=view, policy=MATCHING)
    return match


def named(raw: str, source: TextSource = TextSource.BODY, **changes):
    request = ask(Category.INVOICE_COPY, **changes)
    return replace(request, invoice_refs=(ref(raw, source),))


@pytest.mark.parametrize(
    ("raw", "points"),
    [
        ("INV-2025-00417", "50"),
        ("INV 2025/00417", "50"),
        ("inv.2025.00417", "50"),
        ("INV202500417", "50"),
        ("INV-2025-0O417", "48.5"),
        ("INV-2O25-OO4I7", "48.5"),
        ("2025-0O4l7", "48.5"),
        ("2025-00417", "47.5"),
        ("INV-2025-417", "47.5"),
        ("inv 2025/417", "47.5"),
        ("2025-417", "47.5"),
        ("INV-2025-0417", "47.5"),
        ("417", "37.5"),
        ("00417", "37.5"),
        ("0O417", "37.5"),
        ("INV 417", "37.5"),
        ("INV-2025-00471", "30"),
        ("INV-2025-004171", "30"),
    ],
)
def test_a_number_earns_points_by_how_exactly_it_is_written(raw, points):
    match = find(named(raw))
    assert match.best is not None, match
    assert match.best.invoice_no == "INV-2025-00417"
    assert match.best.parts["ref"] == Decimal(points)
    assert match.best.parts["customer"] == 25


@pytest.mark.parametrize(
    ("raw", "decision"),
    [
        ("INV-2025-00417", MatchDecision.AUTO),
        ("INV-2025-0O417", MatchDecision.AUTO),
        ("INV-2025-417", MatchDecision.AUTO),
        ("417", MatchDecision.SUGGEST),
        ("INV-2025-00471", MatchDecision.SUGGEST),
        ("INV-2025-09999", MatchDecision.NONE),
        ("INV-2024-00417", MatchDecision.SUGGEST),
        ("99", MatchDecision.NONE),
    ],
)
def test_only_a_number_written_in_full_is_enough_by_itself(raw, decision):
    assert find(named(raw)).decision is decision


@pytest.mark.parametrize("raw", ["INV-2025-00500", "INV-2025-500", "2025-0O5OO"])
def test_an_invoice_of_another_customer_is_never_matched_however_well_everything_fits(raw):
    request = named(raw, po_refs=(ref("4500000500"),), amounts=(claim("1500", AmountRole.INVOICE_TOTAL),))
    match = find(request)
    assert match.decision is MatchDecision.NONE
    assert match.why == ("the document belongs to another customer",)


def test_the_end_of_a_number_is_looked_for_on_the_own_account_only():
    assert find(named("500")).best is None


def test_a_typo_is_looked_for_on_the_own_account_only():
    match = find(named("INV-2025-00510"))
    assert match.best is None
    assert match.decision is MatchDecision.NONE


def test_the_end_of_a_number_with_the_purchase_order_is_enough():
    match = find(named("417", po_refs=(ref("4500000417"),)))
    assert match.decision is MatchDecision.AUTO
    assert match.best.score == Decimal("87.5")
    assert match.best.agree == ("po",)


def test_a_number_in_quoted_history_counts_half():
    match = find(named("INV-2025-00417", TextSource.QUOTED))
    assert match.best.parts["ref"] == 25
    assert match.best.agree == ()
    assert match.decision is MatchDecision.SUGGEST


def test_quoted_history_is_read_only_where_the_new_text_names_nothing():
    request = replace(
        ask(Category.INVOICE_COPY), invoice_refs=(ref("INV-2025-00431", TextSource.QUOTED), ref("INV-2025-00417"))
    )
    assert find(request).best.invoice_no == "INV-2025-00417"


def test_an_ambiguous_end_of_a_number_is_a_suggestion_that_says_what_would_settle_it():
    view = view_of(invoice("INV-2025-00417"), invoice("CRN-2024-00417", po_no=None))
    amounts = (claim("1417", AmountRole.INVOICE_TOTAL),)
    match = find(named("417", amounts=amounts), view=view)
    assert match.decision is MatchDecision.SUGGEST
    assert len(match.candidates) == 2
    assert match.why[0].endswith("the PO (none or 4500000417) would settle it")


def test_a_typo_with_two_neighbours_is_not_decided():
    match = find(named("INV-2025-00418"), view=view_of(invoice("INV-2025-00417"), invoice("INV-2025-00419")))
    assert match.decision is MatchDecision.SUGGEST
    assert {candidate.invoice_no for candidate in match.candidates} == {"INV-2025-00417", "INV-2025-00419"}


def test_without_a_number_the_purchase_order_and_the_amount_are_only_a_suggestion():
    request = ask(
        Category.INVOICE_COPY, po_refs=(ref("4500000417"),), amounts=(claim("1417", AmountRole.INVOICE_TOTAL),)
    )
    match = find(request)
    assert (match.decision, match.best.invoice_no) == (MatchDecision.AUTO, "INV-2025-00417")
    alone = find(ask(Category.INVOICE_COPY, po_refs=(ref("4500000417"),)))
    assert alone.decision is MatchDecision.SUGGEST


def test_a_text_that_names_nothing_matches_nothing():
    match = find(ask(Category.INVOICE_COPY))
    assert (match.decision, match.best, match.why) == (MatchDecision.NONE, None, ("the text names no document",))


def test_a_number_without_digits_matches_nothing():
    view = view_of(invoice("INV-2025-00417"), replace(S1_INVOICE, invoice_no="OPENING BALANCE"))
    assert find(named("STATEMENT"), view=view).best is None


@pytest.mark.parametrize(
    ("changes", "contradicts"),
    [
        ({"po_refs": (ref("4500000431"),)}, ("po",)),
        ({"amounts": (claim("99999", AmountRole.INVOICE_TOTAL),)}, ("amount",)),
        ({"amounts": (claim("1431", AmountRole.INVOICE_TOTAL),)}, ("amount",)),
        ({"amounts": (claim("12", AmountRole.CLAIMED_DELTA),)}, ()),
        ({"amounts": (claim("99999", AmountRole.CORRECT_VALUE),)}, ()),
    ],
)
def test_a_purchase_order_or_total_that_does_not_fit_contradicts(changes, contradicts):
    match = find(named("INV-2025-00417", **changes))
    assert match.best.contradict == contradicts
    assert (match.decision is MatchDecision.AUTO) == (not contradicts)


def test_the_total_of_an_invoice_that_is_named_too_does_not_contradict_the_other():
    request = ask(
        Category.INVOICE_COPY,
        "INV-2025-00417",
        "INV-2025-00431",
        amounts=(claim("1417", AmountRole.INVOICE_TOTAL), claim("1431", AmountRole.INVOICE_TOTAL)),
    )
    matches = match_request(request, own={"C-1001"}, view=VIEW, policy=MATCHING)
    assert [(match.decision, match.best.contradict) for match in matches] == [(MatchDecision.AUTO, ())] * 2


def test_an_amount_in_another_currency_does_not_agree():
    match = find(named("INV-2025-00417", amounts=(claim("1417", AmountRole.INVOICE_TOTAL, "EUR"),)))
    assert "amount" not in match.best.agree


def test_the_date_of_an_invoice_agrees():
    day = ClaimedDate(date(2025, 10, 31), (0, 1), TextSource.BODY)
    assert find(named("INV-2025-00417", dates=(day,)), view=view_of(invoice("INV-2025-00417"))).best.agree == (
        "ref",
        "date",
    )


def test_two_spellings_of_one_invoice_are_one_match():
    request = dispute(DisputeReason.PRICE, "417", "INV-2025-00417")
    match = find(request)
    assert match.best.parts["ref"] == 50


def test_the_best_five_candidates_are_kept():
    many = [invoice(f"INV-2025-{number:05}", po_no="4500000001") for number in range(100, 110)]
    match = find(ask(Category.INVOICE_COPY, po_refs=(ref("4500000001"),)), view=view_of(*many))
    assert len(match.candidates) == 5
    assert match.decision is MatchDecision.SUGGEST


def test_a_canonical_number_is_letters_and_digits():
    assert canonical_number(" inv 2025/00417. ") == "INV202500417"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [("PO-88190", "88190"), ("PO 88190", "88190"), ("88190", "88190"), ("POL-77", "POL77"), ("BLK-2026", "BLK2026")],
)
def test_an_order_is_the_same_with_and_without_its_po(written, canonical):
    assert canonical_order(written) == canonical
