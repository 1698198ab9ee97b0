"""What every ERP behind the port does, in memory as in Chromium: changes and documents once, found by our reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from csr_bot.adapters.erp.screens.demo import DemoErpScreens
from csr_bot.adapters.memory import MemoryErp
from csr_bot.core.erp import (
    DocumentKind,
    DocumentOrder,
    ErpTarget,
    FieldOrder,
    Instalment,
    InvoicePart,
    TargetKind,
)
from csr_bot.core.evidence import DocumentStatus, Invoice, Payment
from csr_bot.core.money import Money, zero
from csr_bot.demo.books import Books
from csr_bot.demo.erp import DemoErp
from csr_bot.erpport import Erp
from csr_bot.ports import RefusedError, UnavailableError, UncertainError
from tests.screens.conftest import SystemClock, screens_of

REFERENCE = "csr:0123456789ab"
ISSUED_ON = date(2026, 3, 16)


@dataclass(frozen=True, slots=True)
class FarEnd:
    """An ERP with a way to bring money to it and to lose the answer to what is posted next."""

    erp: Erp
    receive: Callable[[str, Money, str], None]
    lose_next_answer: Callable[[bool], None]


@pytest.fixture(params=["memory", pytest.param("chromium", marks=pytest.mark.browser)])
def far_end(request: pytest.FixtureRequest, tmp_path: Path, books: Books) -> FarEnd:
    if request.param == "memory":
        memory = MemoryErp(books.invoices, customers=books.customers, payments=books.payments, clock=SystemClock())
        return FarEnd(
            memory,
            lambda number, amount, customer: memory.receive(
                Payment(number, customer, ISSUED_ON, amount, amount, "on account")
            ),
            lambda happens: memory.fail_next("submit", UncertainError("no answer"), happens=happens),
        )
    server: DemoErp = request.getfixturevalue("erp")

    def lose(happens: bool) -> None:
        setattr(server.switches, "drop_after_post" if happens else "drop_before_booking", "once")

    return FarEnd(
        screens_of(server, request.getfixturevalue("chromium")),
        lambda number, amount, customer: server.receive_on_account(customer, amount, payment_no=number),
        lose,
    )


def ten(invoice: Invoice) -> Money:
    return Money(Decimal("10.00"), invoice.currency)


def flag(invoice: Invoice, **changes: str) -> FieldOrder:
    order = FieldOrder(
        target=ErpTarget(TargetKind.INVOICE, invoice.invoice_no),
        name="dispute_flag",
        old="no",
        new="yes",
        reference=REFERENCE,
        note="PRICE 10.00",
    )
    return replace(order, **changes)


def allocation(invoice: Invoice, amount: Money) -> DocumentOrder:
    return DocumentOrder(
        kind=DocumentKind.ALLOCATION,
        source="P-7001",
        customer_no=invoice.customer_no,
        amount=amount,
        parts=(InvoicePart(invoice.invoice_no, amount),),
        instalments=(),
        reason="remittance",
        reference=REFERENCE,
        issued_on=ISSUED_ON,
        expected={"P-7001": ten(invoice), invoice.invoice_no: invoice.open_amount},
    )


class Recorder:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1


class TestFields:
    def test_a_change_is_seen_in_the_log_and_on_the_page(self, far_end: FarEnd, invoice: Invoice) -> None:
        order, recorder = flag(invoice), Recorder()
        assert far_end.erp.read_fields(order.target).value("dispute_flag") == "no"
        far_end.erp.change_field(order, before_submit=recorder)
        assert recorder.calls == 1
        [change] = far_end.erp.find_changes_by_reference(REFERENCE)
        assert (change.target, change.name, change.old, change.new, change.reference, change.note) == (
            order.target, "dispute_flag", "no", "yes", REFERENCE, "PRICE 10.00",
        )  # fmt: skip
        assert change.screenshot
        assert change.user
        shown = far_end.erp.read_fields(order.target)
        assert (shown.value("dispute_flag"), shown.url_path) == ("yes", f"/invoices/{invoice.invoice_no}")
        assert far_end.erp.find_changes_by_reference("csr:nobody") == []

    def test_every_form_of_value_comes_back_as_it_was_written(self, far_end: FarEnd, invoice: Invoice) -> None:
        customer = ErpTarget(TargetKind.CUSTOMER, invoice.customer_no)
        written = {
            "dunning_block_until": ("2026-04-01", "2026-04-01"),
            "credit_limit": ("1250000.00", "1250000.00"),
            "staged_bank_account": ("DE89 3704 0044 0532 0130 00", "****3000"),
            "contact:new.person@example.com": ("Jane Miller / billing", "Jane Miller / billing"),
        }
        for name, (value, shown) in written.items():
            old = far_end.erp.read_fields(customer).value(name)
            reference = f"csr:{name[:8]}"
            far_end.erp.change_field(FieldOrder(customer, name, old, value, reference), before_submit=Recorder())
            [change] = far_end.erp.find_changes_by_reference(reference)
            assert (change.name, change.old, change.new) == (name, old, shown)
        fields = far_end.erp.read_fields(customer).values
        assert {name: fields[name] for name in written} == {name: shown for name, (_, shown) in written.items()}

    def test_notes_are_added_and_have_no_present_value(self, far_end: FarEnd, invoice: Invoice) -> None:
        customer = ErpTarget(TargetKind.CUSTOMER, invoice.customer_no)
        for number in (1, 2):
            order = FieldOrder(customer, "note", "", f"note {number}", f"csr:{number}")
            far_end.erp.change_field(order, before_submit=Recorder())
        shown = far_end.erp.read_customer(invoice.customer_no)
        assert [(note.text, note.reference) for note in shown.notes] == [("note 2", "csr:2"), ("note 1", "csr:1")]

    @pytest.mark.parametrize(
        "changes",
        [
            {"old": "yes"},
            {"new": "maybe"},
            {"name": "credit_limit"},
            {"target": ErpTarget(TargetKind.INVOICE, "INV-0")},
        ],
    )
    def test_what_does_not_fit_is_refused_before_the_click(
        self, far_end: FarEnd, invoice: Invoice, changes: dict[str, str]
    ) -> None:
        recorder = Recorder()
        with pytest.raises(RefusedError):
            far_end.erp.change_field(flag(invoice, **changes), before_submit=recorder)
        assert recorder.calls == 0
        assert far_end.erp.find_changes_by_reference(REFERENCE) == []

    @pytest.mark.parametrize("happens", [True, False])
    def test_a_lost_answer_is_uncertain_and_the_log_tells(
        self, far_end: FarEnd, invoice: Invoice, *, happens: bool
    ) -> None:
        far_end.lose_next_answer(happens)
        with pytest.raises(UncertainError):
            far_end.erp.change_field(flag(invoice), before_submit=Recorder())
        assert len(far_end.erp.find_changes_by_reference(REFERENCE)) == int(happens)


class TestDocuments:
    def test_an_allocation_moves_money_and_is_found(self, far_end: FarEnd, invoice: Invoice) -> None:
        far_end.receive("P-7001", ten(invoice), invoice.customer_no)
        order = allocation(invoice, ten(invoice))
        far_end.erp.post_document(order, before_submit=Recorder())
        [found] = far_end.erp.find_documents_by_reference(REFERENCE)
        assert (found.kind, found.source, found.customer_no, found.amount, found.parts, found.reason) == (
            order.kind, order.source, order.customer_no, order.amount, order.parts, order.reason,
        )  # fmt: skip
        payment = far_end.erp.read_payment("P-7001")
        assert (payment.unapplied, payment.parts) == (zero(invoice.currency), order.parts)
        assert far_end.erp.read_invoice(invoice.invoice_no).open_amount == invoice.open_amount - order.amount

    @pytest.mark.parametrize(
        "change",
        [
            lambda order: replace(order, expected={**order.expected, "P-7001": order.amount + order.amount}),
            lambda order: replace(order, expected=dict.fromkeys(order.expected, order.amount)),
            lambda order: replace(order, customer_no="C-0000"),
            lambda order: replace(order, source="P-0000"),
            lambda order: replace(order, source="P-0000", expected={**order.expected, "P-0000": order.amount}),
            lambda order: replace(order, amount=order.amount + order.amount),
            lambda order: replace(
                order,
                amount=order.amount + order.amount,
                parts=(replace(order.parts[0], amount=order.amount + order.amount),),
            ),
        ],
    )
    def test_an_allocation_that_does_not_fit_is_refused_before_the_click(
        self, far_end: FarEnd, invoice: Invoice, change: Callable[[DocumentOrder], DocumentOrder]
    ) -> None:
        far_end.receive("P-7001", ten(invoice), invoice.customer_no)
        recorder = Recorder()
        with pytest.raises(RefusedError):
            far_end.erp.post_document(change(allocation(invoice, ten(invoice))), before_submit=recorder)
        assert (recorder.calls, far_end.erp.find_documents_by_reference(REFERENCE)) == (0, [])

    @pytest.mark.parametrize("happens", [True, False])
    def test_a_lost_answer_is_uncertain_and_the_search_tells(
        self, far_end: FarEnd, invoice: Invoice, *, happens: bool
    ) -> None:
        far_end.receive("P-7001", ten(invoice), invoice.customer_no)
        far_end.lose_next_answer(happens)
        with pytest.raises(UncertainError):
            far_end.erp.post_document(allocation(invoice, ten(invoice)), before_submit=Recorder())
        assert len(far_end.erp.find_documents_by_reference(REFERENCE)) == int(happens)

    def test_a_write_off_settles_the_invoice(self, far_end: FarEnd, invoice: Invoice) -> None:
        order = replace(
            allocation(invoice, invoice.open_amount),
            kind=DocumentKind.WRITE_OFF,
            source=invoice.invoice_no,
            expected={invoice.invoice_no: invoice.open_amount},
        )
        far_end.erp.post_document(order, before_submit=Recorder())
        shown = far_end.erp.read_invoice(invoice.invoice_no)
        assert (shown.open_amount, shown.status) == (zero(invoice.currency), DocumentStatus.WRITTEN_OFF)

    def test_a_refund_is_proposed_unless_refunds_are_blocked(self, far_end: FarEnd, invoice: Invoice) -> None:
        far_end.receive("P-7001", ten(invoice), invoice.customer_no)
        order = replace(allocation(invoice, ten(invoice)), kind=DocumentKind.REFUND, parts=())
        order = replace(order, expected={"P-7001": ten(invoice)})
        customer = ErpTarget(TargetKind.CUSTOMER, invoice.customer_no)
        far_end.erp.change_field(FieldOrder(customer, "refund_block", "no", "yes", "csr:1"), before_submit=Recorder())
        with pytest.raises(RefusedError):
            far_end.erp.post_document(order, before_submit=Recorder())
        far_end.erp.change_field(FieldOrder(customer, "refund_block", "yes", "no", "csr:2"), before_submit=Recorder())
        far_end.erp.post_document(order, before_submit=Recorder())
        [found] = far_end.erp.find_documents_by_reference(REFERENCE)
        assert (found.kind, found.parts, found.amount) == (DocumentKind.REFUND, (), order.amount)
        assert far_end.erp.read_payment("P-7001").unapplied == zero(invoice.currency)

    def test_a_plan_keeps_its_instalments_and_moves_nothing(self, far_end: FarEnd, invoice: Invoice) -> None:
        rest = invoice.open_amount - ten(invoice)
        plan = (Instalment(date(2026, 4, 1), ten(invoice)), Instalment(date(2026, 5, 4), rest))
        order = replace(
            allocation(invoice, invoice.open_amount),
            kind=DocumentKind.PAYMENT_PLAN,
            source=invoice.customer_no,
            instalments=plan,
            expected={invoice.invoice_no: invoice.open_amount},
        )
        far_end.erp.post_document(order, before_submit=Recorder())
        [found] = far_end.erp.find_documents_by_reference(REFERENCE)
        assert (found.instalments, found.parts) == (plan, order.parts)
        assert far_end.erp.read_invoice(invoice.invoice_no).open_amount == invoice.open_amount


class TestReads:
    def test_a_customer_and_its_statement_agree(self, far_end: FarEnd, invoice: Invoice, books: Books) -> None:
        far_end.erp.change_field(flag(invoice), before_submit=Recorder())
        customer = far_end.erp.read_customer(invoice.customer_no)
        statement = far_end.erp.read_statement(invoice.customer_no)
        own = next(item for item in books.customers if item.customer_no == invoice.customer_no)
        assert (customer.name, customer.status, customer.fields.value("legal_name")) == (
            own.legal_name,
            own.status,
            own.legal_name,
        )
        assert statement.balances[own.currency] == customer.balance <= customer.exposure
        assert [item.invoice_no for item in statement.items if item.disputed] == [invoice.invoice_no]
        owed = {item.invoice_no: item.open_amount for item in books.invoices if item.customer_no == own.customer_no}
        assert {item.invoice_no: item.open_amount for item in statement.items} == {
            number: amount for number, amount in owed.items() if amount.amount
        }
        assert not customer.flag("refund_block")

    def test_a_payment_of_the_books_is_used_up(self, far_end: FarEnd, books: Books) -> None:
        [used, *_] = books.payments
        shown = far_end.erp.read_payment(used.payment_no)
        assert (shown.amount, shown.unapplied, shown.customer_no) == (used.amount, used.unapplied, used.customer_no)

    @pytest.mark.parametrize("read", ["read_customer", "read_payment", "read_statement"])
    def test_what_is_not_there_is_refused(self, far_end: FarEnd, read: str) -> None:
        with pytest.raises(RefusedError):
            getattr(far_end.erp, read)("X-0")


class TestDriftOfTheDemo:
    """What only pages can do: look otherwise than they did."""

    @pytest.mark.browser
    @pytest.mark.parametrize(
        "search", ["find_by_reference", "find_changes_by_reference", "find_documents_by_reference"]
    )
    def test_the_result_of_another_search_is_not_believed(
        self, screens: DemoErpScreens, erp: DemoErp, search: str
    ) -> None:
        assert getattr(screens, search)("csr:1") == []
        erp.switches.stale_row = "search"
        with pytest.raises(UnavailableError, match="another search"):
            getattr(screens, search)("csr:2")

    @pytest.mark.browser
    @pytest.mark.parametrize("renamed", ["Present value", "New value", "Remark", "Review", "Save change"])
    def test_a_form_with_a_renamed_label_is_refused_before_anything_is_sent(
        self, screens: DemoErpScreens, erp: DemoErp, invoice: Invoice, renamed: str
    ) -> None:
        erp.switches.renamed_labels = {renamed: "Something else"}
        recorder = Recorder()
        with pytest.raises(RefusedError, match=f"screen drift: on .*{renamed}.*0 times"):
            screens.change_field(flag(invoice), before_submit=recorder)
        assert (recorder.calls, list(erp.post_requests)) == (0, [])

    @pytest.mark.browser
    def test_two_buttons_that_save_are_refused(self, screens: DemoErpScreens, erp: DemoErp, invoice: Invoice) -> None:
        erp.switches.twin_buttons = True
        with pytest.raises(RefusedError, match="'Save change' is there 2 times instead of once"):
            screens.change_field(flag(invoice), before_submit=Recorder())
        assert list(erp.post_requests) == []
