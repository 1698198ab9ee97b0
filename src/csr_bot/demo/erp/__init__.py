"""The demo's ERP: a web application with a database of its own, which the bot drives through its pages.

Everything in it is the far end: nothing of the bot's own store or rules is used here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from csr_bot.core.money import Money
from csr_bot.demo.books import Books
from csr_bot.demo.erp.books import open_books
from csr_bot.demo.erp.changes import ChangeRow
from csr_bot.demo.erp.documents import DocumentRow
from csr_bot.demo.erp.pages import ErpPages
from csr_bot.demo.erp.rows import CreditNoteRow, PostRequest, ReceiptRow
from csr_bot.demo.erp.switches import RENAMED_LABELS, Switches
from csr_bot.demo.webserver import WebApplication

__all__ = ["RENAMED_LABELS", "CreditNoteRow", "DemoErp", "PostRequest", "Switches"]


class DemoErp(WebApplication):
    """The ERP on a folder: filled from the books the first time, as it was left ever after."""

    def __init__(self, folder: Path, books: Books, *, clock: Callable[[], datetime]) -> None:
        self._books = open_books(folder, books)
        self._ledger = self._books.ledger
        self._clock = clock
        self._pages = ErpPages(self._books, clock=clock)
        super().__init__(self._pages.application(), self._pages.sign_in)

    @property
    def switches(self) -> Switches:
        """What is to go wrong."""
        return self._pages.switches

    @property
    def post_requests(self) -> Sequence[PostRequest]:
        """Every request to change something that was ever read here, oldest first, whatever became of it."""
        return self._ledger.post_requests()

    def credit_notes(self) -> list[CreditNoteRow]:
        """Every credit note, in the order of booking, straight from the database."""
        return self._ledger.all_credit_notes()

    def documents(self) -> list[DocumentRow]:
        """Every other document, in the order of booking, straight from the database."""
        return self._books.documents.all()

    def changes(self, reference: str) -> list[ChangeRow]:
        """Every change of a field with this reference, straight from the database."""
        return self._books.fields.find_changes(reference)

    def receive_on_account(self, customer_no: str, amount: Money, *, payment_no: str, kind: str = "payment") -> None:
        """Enter money that came in for no invoice, or (``credit``) a credit on account, as a colleague would."""
        on = self._clock().date().isoformat()
        self._ledger.receive(ReceiptRow(payment_no, kind, customer_no, on, amount, amount))

    def receive_payment(self, invoice_no: str, amount: Money, *, payment_no: str) -> None:
        """Book a payment, as a colleague in cash application would. Raises ValueError if it is more than is open."""
        on = self._clock().date().isoformat()
        self._ledger.receive_payment(invoice_no, amount, payment_no=payment_no, value_date=on)

    def stop(self) -> None:
        """Stop answering, cutting requests that hang; what was booked stays."""
        self.switches.reset()
        super().stop()
