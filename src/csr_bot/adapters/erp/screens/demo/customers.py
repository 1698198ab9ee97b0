"""The pages of a customer, of its open items, and of a payment. Each is the right one by its heading and number."""

from __future__ import annotations

from typing import Final

from csr_bot.adapters.erp.pages import (
    drift,
    parse_amount,
    parse_day,
    path_of,
    read_outputs,
    read_table,
    require_heading,
)
from csr_bot.adapters.erp.screens.demo.fields import FieldScreens
from csr_bot.adapters.erp.screens.demo.navigation import NOTHING, Navigator, path_to
from csr_bot.core.erp import ErpCustomer, ErpPayment, ErpStatement, InvoicePart, OpenItem

CUSTOMER_NUMBER: Final = "Customer number"
NAME: Final = "Name"
STATUS: Final = "Status"
BALANCE: Final = "Balance"
EXPOSURE: Final = "Exposure"
CURRENCY: Final = "Currency"
DUNNING_LEVEL: Final = "Dunning level"

PAYMENT_NUMBER: Final = "Payment number"
PAYMENT_HEADING: Final = "Payment {}"
VALUE_DATE: Final = "Value date"
AMOUNT: Final = "Amount"
UNAPPLIED: Final = "Unapplied"
ALLOCATIONS: Final = "Allocations"
ALLOCATION_COLUMNS: Final = ("Invoice", "Amount")

OPEN_ITEMS: Final = "Open items"
OPEN_ITEMS_HEADING: Final = "Open items of {}"
OPEN_ITEM_COLUMNS: Final = ("Number", "Due", "Total", "Open", "Currency", "Disputed")
BALANCE_IN: Final = "Balance "


class CustomerScreens:
    """Reads customers, their open items and their payments."""

    def __init__(self, navigator: Navigator, fields: FieldScreens) -> None:
        self._navigator = navigator
        self._fields = fields

    def read(self, customer_no: str) -> ErpCustomer:
        """The customer page of exactly this number."""
        with self._navigator.session(f"reading customer {customer_no}") as session:
            shown, fields, notes = self._fields.read_customer(session, customer_no)
            currency = shown.currency(CURRENCY)
            limit = fields.value("credit_limit")
            level = shown.text(DUNNING_LEVEL)
            if not level.isdecimal():
                raise drift(shown.page, f"{DUNNING_LEVEL!r} reads {level!r}, which is not a number")
            return ErpCustomer(
                customer_no=shown.text(CUSTOMER_NUMBER),
                name=shown.text(NAME),
                status=shown.text(STATUS),
                balance=shown.money(BALANCE, currency),
                exposure=shown.money(EXPOSURE, currency),
                credit_limit=shown.money("Credit limit", currency) if limit else None,
                dunning_level=int(level),
                fields=fields,
                notes=notes,
            )

    def read_payment(self, payment_no: str) -> ErpPayment:
        """The page of exactly this payment or credit on account."""
        named = f"payment {payment_no}"
        with self._navigator.session(f"reading {named}") as session:
            self._navigator.open(session, path_to("payments", payment_no), named=named)
            require_heading(session.page, PAYMENT_HEADING.format(payment_no), named=named)
            shown = read_outputs(session.page, named=named)
            shown.require(PAYMENT_NUMBER, payment_no)
            currency = shown.currency(CURRENCY)
            rows = read_table(session.page, caption=ALLOCATIONS, columns=ALLOCATION_COLUMNS, named=named)
            try:
                parts = tuple(InvoicePart(number, parse_amount(amount, currency)) for number, amount in rows)
            except ValueError as error:
                raise drift(named, str(error)) from None
            owner = shown.text(CUSTOMER_NUMBER)
            return ErpPayment(
                payment_no=payment_no,
                customer_no="" if owner == NOTHING else owner,
                value_on=shown.day(VALUE_DATE),
                amount=shown.money(AMOUNT, currency),
                unapplied=shown.money(UNAPPLIED, currency),
                parts=parts,
                url_path=path_of(session.page),
                captured_at=self._navigator.clock.now(),
                screenshot=session.page.screenshot(full_page=True),
            )

    def read_statement(self, customer_no: str) -> ErpStatement:
        """The open items of exactly this customer."""
        named = f"open items of {customer_no}"
        with self._navigator.session(f"reading the {named}") as session:
            self._navigator.open(session, f"{path_to('customers', customer_no)}/open-items", named=named)
            require_heading(session.page, OPEN_ITEMS_HEADING.format(customer_no), named=named)
            shown = read_outputs(session.page, named=named)
            shown.require(CUSTOMER_NUMBER, customer_no)
            rows = read_table(session.page, caption=OPEN_ITEMS, columns=OPEN_ITEM_COLUMNS, named=named)
            try:
                items = tuple(_open_item(*row) for row in rows)
                balances = {code: parse_amount(text, code) for code, text in shown.labelled(BALANCE_IN)}
            except ValueError as error:
                raise drift(named, str(error)) from None
            return ErpStatement(
                customer_no=customer_no,
                items=items,
                balances=balances,
                url_path=path_of(session.page),
                captured_at=self._navigator.clock.now(),
                screenshot=session.page.screenshot(full_page=True),
            )


def _open_item(number: str, due: str, total: str, left: str, currency: str, disputed: str) -> OpenItem:
    if disputed not in ("yes", "no"):
        raise ValueError(f"{disputed!r} is neither yes nor no")
    return OpenItem(
        invoice_no=number,
        due_on=parse_day(due),
        gross=parse_amount(total, currency),
        open_amount=parse_amount(left, currency),
        disputed=disputed == "yes",
    )
