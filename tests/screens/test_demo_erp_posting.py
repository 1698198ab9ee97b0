"""A credit note is posted once, exactly as ordered, or it is said truly what is known of it. The far end counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import Error as PlaywrightError

from csr_bot.adapters.erp.browser import WarmChromium
from csr_bot.adapters.erp.pages import follow
from csr_bot.adapters.erp.screens.demo import DemoErpScreens
from csr_bot.core.effects import CreditLine, CreditNoteOrder
from csr_bot.core.evidence import Invoice
from csr_bot.core.money import Money
from csr_bot.demo.erp import DemoErp
from csr_bot.ports import RefusedError, UnavailableError, UncertainError
from tests.screens.conftest import order_on

pytestmark = pytest.mark.browser


class Recorder:
    """Counts the calls of ``before_submit`` and does something on the first."""

    def __init__(self, act: Callable[[], object] = lambda: None) -> None:
        self.calls = 0
        self._act = act

    def __call__(self) -> None:
        self.calls += 1
        self._act()


@pytest.fixture
def order(screens: DemoErpScreens, invoice: Invoice) -> CreditNoteOrder:
    return order_on(screens.read_invoice(invoice.invoice_no))


def test_a_credit_note_is_booked_as_ordered_and_found_by_its_reference(
    screens: DemoErpScreens, erp: DemoErp, order: CreditNoteOrder
) -> None:
    recorder = Recorder()
    screens.post_credit_note(order, before_submit=recorder)
    assert (recorder.calls, len(erp.post_requests)) == (1, 1)
    [booked] = erp.credit_notes()
    [found] = screens.find_by_reference(order.reference)
    assert (found.number, found.invoice_no, found.customer_no, found.amount, found.tax, found.reference) == (
        booked.number,
        order.invoice_no,
        order.customer_no,
        order.amount,
        order.lines[0].tax,
        order.reference,
    )
    after = screens.read_invoice(order.invoice_no)
    assert after.open_amount == order.expected_open - order.amount


def test_nothing_is_submitted_if_recording_fails(screens: DemoErpScreens, erp: DemoErp, order: CreditNoteOrder) -> None:
    def fail() -> None:
        raise ConnectionError("the store is gone")

    with pytest.raises(ConnectionError):
        screens.post_credit_note(order, before_submit=fail)
    assert list(erp.post_requests) == []
    screens.post_credit_note(order, before_submit=Recorder())
    assert len(erp.credit_notes()) == 1


@pytest.mark.parametrize("times", ["once", "always"])
@pytest.mark.parametrize(
    ("fault", "booked"),
    [
        ("drop_before_booking", 0),
        ("drop_after_post", 1),
        ("hang_before_booking", 0),
        ("hang_after_post", 1),
        ("error_500_after_commit", 1),
    ],
)
def test_whatever_goes_wrong_after_the_click_is_uncertain_and_was_sent_once(
    screens: DemoErpScreens, erp: DemoErp, order: CreditNoteOrder, fault: str, times: str, booked: int
) -> None:
    setattr(erp.switches, fault, times)
    with pytest.raises(UncertainError, match="1 request sent, then: "):
        screens.post_credit_note(order, before_submit=Recorder())
    assert len(erp.post_requests) == 1
    assert len(erp.credit_notes()) == booked
    erp.switches.reset()
    assert len(screens.find_by_reference(order.reference)) == booked


def test_without_the_guard_the_browser_sends_again_by_itself(
    screens: DemoErpScreens, erp: DemoErp, order: CreditNoteOrder, chromium: WarmChromium
) -> None:
    erp.switches.drop_after_post = "once"
    with chromium.open_context(screens._navigator.site) as session:
        button = screens._credit_notes.prepare(session, order)
        session.context.unroute_all()
        follow(session, button)
    assert len(erp.post_requests) == 2
    assert len(erp.credit_notes()) == 2


def test_a_session_that_expires_at_the_click_is_uncertain_and_not_logged_in_for_a_second_try(
    screens: DemoErpScreens, erp: DemoErp, order: CreditNoteOrder
) -> None:
    with pytest.raises(UncertainError, match=r"/login .* was shown instead of a credit note"):
        screens.post_credit_note(order, before_submit=Recorder(erp.switches.expire_sessions))
    assert len(erp.post_requests) == 1
    assert erp.credit_notes() == []


def test_an_erp_that_goes_away_at_the_click_is_uncertain(
    screens: DemoErpScreens, erp: DemoErp, order: CreditNoteOrder
) -> None:
    with pytest.raises(UncertainError):
        screens.post_credit_note(order, before_submit=Recorder(erp.stop))
    assert list(erp.post_requests) == []


def test_an_erp_that_is_gone_before_the_click_is_unavailable(
    screens: DemoErpScreens, erp: DemoErp, order: CreditNoteOrder
) -> None:
    erp.stop()
    recorder = Recorder()
    with pytest.raises(UnavailableError):
        screens.post_credit_note(order, before_submit=recorder)
    assert recorder.calls == 0


def test_a_session_that_expires_before_each_page_of_the_form_is_opened_again(
    screens: DemoErpScreens, erp: DemoErp, order: CreditNoteOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def expire_then_follow(session: object, control: object) -> object:
        if "Log in" not in str(control):
            erp.switches.expire_sessions()
        return follow(session, control)  # type: ignore[arg-type]  # passed through as they came

    for module in ("credit_notes", "entering"):
        monkeypatch.setattr(f"csr_bot.adapters.erp.screens.demo.{module}.follow", expire_then_follow)
    screens.post_credit_note(order, before_submit=Recorder())
    assert len(erp.credit_notes()) == 1


def test_a_slow_erp_still_gets_its_one_credit_note(
    screens: DemoErpScreens, erp: DemoErp, order: CreditNoteOrder
) -> None:
    erp.switches.slow = 0.5
    screens.post_credit_note(order, before_submit=Recorder())
    assert len(erp.credit_notes()) == 1


@pytest.mark.parametrize("renamed", ["Net credit, line 1", "Reason", "Reference", "Posting date", "Review"])
def test_a_form_with_a_renamed_label_is_refused_before_anything_is_sent(
    screens: DemoErpScreens, erp: DemoErp, order: CreditNoteOrder, renamed: str
) -> None:
    erp.switches.renamed_labels = {renamed: "Something else"}
    with pytest.raises(RefusedError, match=f"screen drift: on form of credit note.*{renamed}.*0 times"):
        screens.post_credit_note(order, before_submit=Recorder())
    assert list(erp.post_requests) == []


@pytest.mark.parametrize("renamed", ["New open amount", "Post credit note"])
def test_a_review_page_with_a_renamed_label_is_refused_before_anything_is_sent(
    screens: DemoErpScreens, erp: DemoErp, order: CreditNoteOrder, renamed: str
) -> None:
    erp.switches.renamed_labels = {renamed: "Something else"}
    with pytest.raises(RefusedError, match=f"screen drift: on review of credit note.*{renamed}.*0 times"):
        screens.post_credit_note(order, before_submit=Recorder())
    assert list(erp.post_requests) == []


def test_two_buttons_that_post_are_refused(screens: DemoErpScreens, erp: DemoErp, order: CreditNoteOrder) -> None:
    erp.switches.twin_buttons = True
    recorder = Recorder()
    with pytest.raises(RefusedError, match="'Post credit note' is there 2 times instead of once"):
        screens.post_credit_note(order, before_submit=recorder)
    assert (recorder.calls, list(erp.post_requests)) == (0, [])


def with_lines(order: CreditNoteOrder, amount: str) -> CreditNoteOrder:
    """The order with one line of this net amount and no tax."""
    net = Money(Decimal(amount), order.amount.currency)
    return replace(order, lines=(CreditLine(1, net, net - net),), amount=net)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda order: replace(order, customer_no="C-0000"), "shows Customer number"),
        (lambda order: replace(order, expected_open=order.expected_open + order.amount), "shows Open amount"),
        (lambda order: replace(order, expected_gross=order.expected_gross + order.amount), "shows Total"),
        (lambda order: replace(order, expected_status="paid"), "shows Status"),
        (lambda order: replace(order, expected_due_date=date(1999, 1, 1)), "shows Due date"),
        (lambda order: replace(order, amount=order.amount + order.amount), "its amount is"),
        (lambda order: replace(order, reason="NO_SUCH_REASON"), "'Reason' offers 'NO_SUCH_REASON' 0 times"),
        (lambda order: replace(order, invoice_no="INV-0"), "there is no invoice INV-0"),
        (lambda order: with_lines(order, "99999999.00"), "the ERP refuses the credit note.*more than"),
    ],
)
def test_an_order_that_does_not_fit_the_pages_is_refused_before_anything_is_sent(
    screens: DemoErpScreens,
    erp: DemoErp,
    order: CreditNoteOrder,
    changed: Callable[[CreditNoteOrder], CreditNoteOrder],
    said: str,
) -> None:
    recorder = Recorder()
    with pytest.raises(RefusedError, match=said):
        screens.post_credit_note(changed(order), before_submit=recorder)
    assert (recorder.calls, list(erp.post_requests)) == (0, [])


def test_an_invoice_page_from_before_the_last_credit_note_is_noticed_on_the_review_page(
    screens: DemoErpScreens, erp: DemoErp, order: CreditNoteOrder
) -> None:
    screens.post_credit_note(order, before_submit=Recorder())
    erp.switches.stale_row = "invoice"
    with pytest.raises(RefusedError, match="shows New open amount"):
        screens.post_credit_note(replace(order, reference="csr:second"), before_submit=Recorder())
    assert len(erp.credit_notes()) == 1


def test_a_browser_that_dies_at_the_click_is_uncertain_and_replaced(
    screens: DemoErpScreens, erp: DemoErp, order: CreditNoteOrder, chromium: WarmChromium
) -> None:
    def kill_browser() -> None:
        chromium._run().browser.close()

    with pytest.raises(UncertainError):
        screens.post_credit_note(order, before_submit=Recorder(kill_browser))
    assert screens.find_by_reference(order.reference) == []


def test_no_page_can_write_outside_an_effect(
    screens: DemoErpScreens, erp: DemoErp, order: CreditNoteOrder, chromium: WarmChromium
) -> None:
    with pytest.raises(PlaywrightError), chromium.open_context(screens._navigator.site) as session:
        follow(session, screens._credit_notes.prepare(session, order))
    assert list(erp.post_requests) == []
