"""A row of a portal's export: its columns are believed as they stand, and only the comment is read as words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from csr_bot.core.classification import DisputeRow, RowReading, read_row, split_status, tell_decimal_comma
from csr_bot.core.request import AmountRole, Category, ClaimedAmount, DisputeReason, Request, TextSource
from csr_bot.model import load_model

DISPUTE, PO, COPY = Category.BILLING_DISPUTE, Category.PO_REFERENCE_UPDATE, Category.INVOICE_COPY
OTHER, PRICE, QUANTITY = DisputeReason.OTHER, DisputeReason.PRICE, DisputeReason.QUANTITY


def read(
    comment: str = "",
    *,
    ticket: str = "DSP-7781",
    invoice: str = "INV2025-00431",
    status: str = "DISPUTED",
    amount: str = "9.850,00",
    currency: str = "USD",
    decimal_comma: bool | None = None,
) -> RowReading:
    row = DisputeRow(ticket, invoice, status, amount, currency, comment, decimal_comma)
    return read_row(row, model=load_model())


def wish(reading: RowReading) -> Request:
    (request,) = reading.requests
    return request


def column_amount(reading: RowReading) -> ClaimedAmount:
    (claim,) = [claim for claim in wish(reading).amounts if claim.source is TextSource.PORTAL]
    return claim


def test_a_waived_service_is_disputed_with_what_its_columns_say():
    reading = read("Onboarding not ordered / waived, line 2")
    request = wish(reading)
    assert (request.category, request.reason) == (DISPUTE, DisputeReason.CANCELLED_SERVICE)
    assert [reference.raw for reference in request.invoice_refs] == ["INV2025-00431"]
    claim = request.amount(AmountRole.CLAIMED_DELTA)
    assert claim is not None
    assert (claim.value, claim.currency, claim.source) == (Decimal("9850.00"), "USD", TextSource.PORTAL)
    assert reading.text.splitlines() == [
        "Onboarding not ordered / waived, line 2",
        "",
        "Invoice: INV2025-00431",
        "Amount: 9.850,00 USD",
        "Status: DISPUTED",
    ]


@pytest.mark.parametrize(
    ("comment", "category", "reason"),
    [
        ("", DISPUTE, OTHER),
        ("-", DISPUTE, OTHER),
        ("Thank you", DISPUTE, OTHER),
        ("Which invoice is this amount for?", DISPUTE, OTHER),
        ("Not our order", DISPUTE, OTHER),
        ("charged too much, please credit the difference", DISPUTE, OTHER),
        ("wrong price", DISPUTE, PRICE),
        ("Preis falsch, vereinbart waren 125,00 EUR statt 140,00 EUR", DISPUTE, PRICE),
        ("Prix unitaire erroné : 140 au lieu de 125", DISPUTE, PRICE),
        ("invoiced qty 40, received 36", DISPUTE, QUANTITY),
        ("duplicate of INV-2025-00419", DISPUTE, DisputeReason.DUPLICATE),
        ("Ware nicht erhalten", DISPUTE, DisputeReason.NOT_RECEIVED),
        ("payment terms should be net 60", DISPUTE, DisputeReason.TERMS),
        ("invoice copy please", COPY, None),
        ("We have not received this invoice, please send a copy", COPY, None),
        ("PO number is missing on the invoice", PO, None),
        ("Bestellnummer fehlt auf der Rechnung", PO, None),
        ("We have paid this already, please check your account", Category.PAYMENT_STATUS, None),
        ("Please pay credits to DE89 3704 0044 0532 0130 00 from now on", Category.BANK_DETAIL_CHANGE, None),
    ],
)
def test_a_row_is_a_dispute_unless_its_comment_clearly_asks_for_another_thing(comment, category, reason):
    request = wish(read(comment))
    assert (request.category, request.reason) == (category, reason)


@pytest.mark.parametrize(
    ("status", "comment", "category", "reason"),
    [
        ("DISPUTED - PO line fully invoiced", "PO limit reached", PO, None),
        ("DISPUTED - Price mismatch", "", DISPUTE, PRICE),
        ("ON HOLD (quantity received less than invoiced)", "see attachment", DISPUTE, QUANTITY),
        ("STRITTIG: Preis falsch", "", DISPUTE, PRICE),
    ],
)
def test_what_the_portal_adds_to_its_status_counts_as_words(status, comment, category, reason):
    request = wish(read(comment, status=status))
    assert (request.category, request.reason) == (category, reason)


def test_a_german_row_is_read_like_an_english_one():
    reading = read(
        "Menge falsch: berechnet 40 Kartons, geliefert 36 Kartons, bitte 210,00 gutschreiben",
        ticket="KL-88",
        status="STRITTIG",
        amount="210,00",
        currency="EUR",
    )
    request = wish(reading)
    assert (request.category, request.reason, request.language) == (DISPUTE, QUANTITY, "de")
    claim = request.amount(AmountRole.CLAIMED_DELTA)
    assert claim is not None
    assert (claim.value, claim.currency) == (Decimal("210.00"), "EUR")
    assert [claim.value for claim in request.amounts if claim.role is AmountRole.BILLED_VALUE] == [Decimal(40)]


@pytest.mark.parametrize(
    ("ticket", "comment"),
    [
        ("INV-2025-00440", "wrong price, ticket INV-2025-00440"),
        ("inv 2025 00440", "INV-2025-00440: wrong price"),
        ("DSP-7781", "see DSP-7781, wrong price"),
        ("DSP-7781", "invoice 7781, wrong price"),
    ],
)
def test_a_ticket_is_never_an_invoice_however_it_looks(ticket, comment):
    request = wish(read(comment, ticket=ticket))
    assert [reference.raw for reference in request.invoice_refs] == ["INV2025-00431"]
    assert request.po_refs == ()


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("", []),
        ("n/a", []),
        ("2025/431", ["2025/431"]),
        (" 0000417 ", ["0000417"]),
        ("DSP-7781", ["DSP-7781"]),
        ("INV-2025-00417, INV-2025-00418", ["INV-2025-00417", "INV-2025-00418"]),
        ("INV 2025 00417 und 418", ["INV 2025 00417", "418"]),
    ],
)
def test_the_invoice_column_is_the_reference_whatever_it_looks_like(cell, numbers):
    reading = read("wrong price", invoice=cell)
    assert [reference.raw for reference in wish(reading).invoice_refs] == numbers


def test_an_invoice_that_the_comment_names_comes_after_that_of_the_column():
    references = wish(read("duplicate of INV-2025-00419")).invoice_refs
    assert [(one.raw, one.source) for one in references] == [
        ("INV2025-00431", TextSource.PORTAL),
        ("INV-2025-00419", TextSource.BODY),
    ]


@pytest.mark.parametrize(
    ("amount", "currency", "decimal_comma", "value", "named", "candidates", "why"),
    [
        ("9.850,00", "USD", None, "9850.00", "USD", [], None),
        ("9.850", "USD", None, "9850", "USD", [], None),
        ("1.250", "KWD", None, None, "KWD", ["1250", "1.250"], "AMOUNT_AMBIGUOUS"),
        ("1.250", "KWD", True, "1250", "KWD", [], None),
        ("1.250", "KWD", False, "1.250", "KWD", [], None),
        ("-9.850,00", "EUR", None, "9850.00", "EUR", [], None),
        ("9.850,00", "", None, "9850.00", None, [], None),
        ("9,850.00 USD", "USD", None, "9850.00", "USD", [], None),
        ("9,850.00 USD", "EUR", None, None, "USD", ["9850.00"], "CURRENCY_AMBIGUOUS"),
        ("9,850.00", "$", None, None, None, ["9850.00"], "CURRENCY_AMBIGUOUS"),
        ("5k", "EUR", None, None, "EUR", ["5000"], "AMOUNT_APPROXIMATE"),
        ("about half", "EUR", None, None, "EUR", [], "AMOUNT_UNREADABLE"),
    ],
)
def test_the_amount_column_is_read_and_never_guessed(amount, currency, decimal_comma, value, named, candidates, why):
    claim = column_amount(read("wrong price", amount=amount, currency=currency, decimal_comma=decimal_comma))
    assert claim.value == (None if value is None else Decimal(value))
    assert (claim.currency, claim.candidates, claim.why) == (named, tuple(map(Decimal, candidates)), why)


@pytest.mark.parametrize("amount", ["", "-", "0,00"])
def test_a_row_without_an_amount_claims_none(amount):
    assert wish(read("wrong price", amount=amount)).amounts == ()


def test_an_amount_beside_another_wish_is_no_difference_to_credit():
    assert column_amount(read("invoice copy please")).role is AmountRole.OTHER


def test_a_second_difference_in_the_comment_leaves_the_claim_open():
    request = wish(read("charged too much, please credit the difference of USD 200.00", amount="210.00"))
    assert request.amount(AmountRole.CLAIMED_DELTA) is None


def test_a_second_wish_in_the_comment_is_about_the_same_invoice():
    comment = "Preis falsch, vereinbart waren 125,00 statt 140,00. Bitte auch Kopie der Rechnung senden."
    requests = read(comment).requests
    assert [request.category for request in requests] == [DISPUTE, COPY]
    assert {reference.raw for request in requests for reference in request.invoice_refs} == {"INV2025-00431"}


@pytest.mark.parametrize(
    "comment",
    ["", "  charged 140,00, agreed 125,00 on 2025-10-03, see PO 4500018120\n", "Zwei\nZeilen: INV-2025-00419 doppelt"],
)
def test_every_span_holds_in_the_text_what_was_read_there(comment):
    reading = read(comment, invoice="INV-2025-00417; 418")
    request = wish(reading)
    for reference in (*request.invoice_refs, *request.po_refs):
        assert reading.text[slice(*reference.span)] == reference.raw
    for claim in request.amounts:
        digits = [char for char in reading.text[slice(*claim.span)] if char.isdigit()]
        assert "".join(digits) == str(claim.value).replace(".", "")


@pytest.mark.parametrize(
    ("status", "parts"),
    [
        ("DISPUTED", ("DISPUTED", "")),
        ("DISPUTED - PO line fully invoiced", ("DISPUTED", "PO line fully invoiced")),
        ("On-hold (price)", ("On-hold", "price")),
        ("Resolved: credited", ("Resolved", "credited")),
        ("", ("", "")),
    ],
)
def test_a_status_is_a_word_and_what_the_portal_adds(status, parts):
    assert split_status(status) == parts


@pytest.mark.parametrize(
    ("amounts", "comma"),
    [
        (["1.250", "9,50"], True),
        (["1.250", "9.850,00"], True),
        (["1,250", "9.50"], False),
        (["1.250.000"], True),
        (["1.250", "300", ""], None),
        (["9,50", "9.50"], None),
        (["Rs. 9,50"], True),
    ],
)
def test_a_column_tells_its_decimal_mark_by_all_its_cells(amounts, comma):
    assert tell_decimal_comma(amounts) is comma
