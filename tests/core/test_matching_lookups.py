"""The keys that matching asks the ledger for: forms of numbers, wants of a request, pieces of a domain."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from rapidfuzz.distance import OSA

from csr_bot.core.matching import (
    build_directory,
    build_view,
    ledger_entry,
    number_forms,
    reach_keys,
    stored_keys,
    wanted_entries,
    wanted_neighbours,
)
from csr_bot.core.matching.domains import looks_like
from csr_bot.core.matching.numbers import read_number
from csr_bot.core.request import AmountRole, Category
from tests.core.facts import CUSTOMERS, INVOICES, ask, claim, ref


@pytest.mark.parametrize(
    ("number", "forms"),
    [
        ("INV-2025-00417", ("INV202500417", "202500417", "2025417", "417")),
        ("2025/417", ("2025417", "2025417", "2025417", "417")),
        ("RE25000123", ("RE25000123", "25000123", "2025123", "123")),
        ("RE-25-123", ("RE25123", "25123", "2025123", "123")),
        ("FA20250019", ("FA20250019", "20250019", "202519", "19")),
        ("9000012345", ("9000012345", "9000012345", "9012345", "12345")),
        ("10417", ("10417", "10417", "10417", "10417")),
        ("OPENING", ("OPENING", "", "", "")),
    ],
)
def test_a_number_is_looked_up_by_its_forms(number, forms):
    found = number_forms(number)
    assert (found.canonical, found.digits, found.year_serial, found.tail) == forms


@pytest.mark.parametrize(
    ("raw", "full"),
    [
        ("INV-2O25-OO4I7", "INV202500417"),
        ("lNV-2025-00417", "INV202500417"),
        ("1NV 2025 00417", "INV202500417"),
        ("inv-2025-00417", "INV202500417"),
        ("2025-0O4l7", "202500417"),
        ("RE2S000123", "RE25000123"),
        ("5I25000123", "SI25000123"),
        ("5125000123", "5125000123"),
    ],
)
def test_letters_are_read_as_digits_only_where_the_ledger_has_digits(raw, full):
    assert read_number(raw, {"INV", "RE", "SI"}).full == full


def test_the_numbers_one_slip_away_are_exactly_those():
    number = read_number("INV-2025-00417", {"INV"})
    near = number.neighbours({"INV"})
    assert {"INV202500471", "INV20250417", "INV2025004170", "INV202500418", "INV202050417"} <= near
    assert {OSA.distance("INV202500417", other) for other in near} == {1}
    assert read_number("2025-00418", {"INV"}).neighbours({"INV"}) >= {"INV202500417"}
    assert read_number("2025-00418", {"INV"}).neighbours({"INV"}) >= {"202500417"}
    assert read_number("417", {"INV"}).neighbours({"INV"}) == frozenset()
    assert number.adjacent() == ("INV202500416", "INV202500418")


def test_a_request_wants_no_more_than_what_it_states():
    request = ask(Category.INVOICE_COPY, "INV-2025-0O417", po_refs=(ref("PO-77"),))
    wanted = wanted_entries(request, own={"C-1001"}, prefixes={"INV"})
    assert wanted.canonicals == {"INV20250O417", "INV202500417"}
    assert (wanted.digits, wanted.po_nos, wanted.tails) == ({"202500417", "2025417"}, {"77"}, frozenset())
    assert not any((wanted.neighbours, wanted.amounts, wanted.values, wanted.open_items))
    assert not wanted_entries(ask(Category.INVOICE_COPY), own={"C-1001"}, prefixes=())


def test_figures_without_a_number_want_the_open_items_of_the_sender_and_of_nobody_else():
    request = ask(Category.PAYMENT_STATUS, amounts=(claim("5", AmountRole.PAYMENT),))
    assert wanted_entries(request, own={"C-1001"}, prefixes=()).open_items
    assert not wanted_entries(request, own=(), prefixes=())


def test_numbers_one_slip_away_are_wanted_where_the_written_one_is_not_sure():
    entry = ledger_entry(INVOICES["INV-2025-00417"])
    view = build_view([entry])

    def slips(number: str, **changes):
        return bool(wanted_neighbours(ask(Category.INVOICE_COPY, number, **changes), own={"C-1001"}, view=view))

    assert slips("INV-2025-00471")
    assert slips("INV-2025-417")
    assert not slips("INV-2025-00417")
    assert not slips("INV-2025-00417", amounts=(claim(f"{entry.gross}", AmountRole.INVOICE_TOTAL),))
    assert slips("INV-2025-00417", amounts=(claim("140", AmountRole.BILLED_VALUE),))


KNOWN = "northwind-analytics.example"
IMITATIONS = [
    "norhtwind-analytics.example",
    "northwlnd-analytlcs.example",
    "n0rthw1nd-analytics.example",
    "orthwind-analytic.example",
    "northwind-analytics.exampel",
    "nort-hwind-analytics.example",
    "n\u043erthwind-\u0430nalytics.example".encode("idna").decode(),
    "rnorthwind-analytics.example",
]


@pytest.mark.parametrize("domain", IMITATIONS)
def test_a_domain_within_reach_shares_a_key_with_what_it_imitates(domain):
    assert looks_like(domain, KNOWN)
    assert reach_keys(domain) & stored_keys(KNOWN)


def test_every_domain_two_edits_away_shares_a_key():
    letters = "abz9-"
    once = {
        KNOWN[:at] + char + KNOWN[at + cut :] for at in range(len(KNOWN)) for char in ("", *letters) for cut in (0, 1)
    }
    swapped = {KNOWN[:at] + KNOWN[at + 1] + KNOWN[at] + KNOWN[at + 2 :] for at in range(len(KNOWN) - 1)}
    keys = stored_keys(KNOWN)
    for one in sorted(once | swapped)[::7]:
        for at in range(0, len(one) - 1, 3):
            twice = one[:at] + one[at + 1] + one[at] + one[at + 2 :]
            assert reach_keys(twice) & keys, twice
            assert reach_keys(one[:at] + "q" + one[at + 1 :]) & keys


def test_another_companys_domain_imitates_nobody():
    directory = build_directory(CUSTOMERS.values(), ())
    assert directory.imitated_by("quite-another-company.example") == []
    assert directory.imitated_by(KNOWN) == []
    assert directory.imitated_by("gmail.com") == []


def test_a_group_is_a_parent_and_all_its_children():
    head, one, two, below, other = (
        replace(CUSTOMERS["C-1001"], customer_no=number, parent_no=parent)
        for number, parent in (("H", None), ("A", "H"), ("B", "H"), ("C", "A"), ("X", None))
    )
    directory = build_directory((head, one, two, below, other), ())
    assert directory.group_of({"A"}) == {"H", "B", "C"}
    assert directory.group_of({"A", "B"}) == {"H", "C"}
    assert directory.group_of({"X"}) == frozenset()


def test_amounts_are_known_without_their_sign():
    credit = replace(INVOICES["INV-2025-00417"], gross=-INVOICES["INV-2025-00417"].gross)
    assert ledger_entry(credit).gross == Decimal("22400.00")
