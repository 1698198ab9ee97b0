"""The demo's ERP: a web application with a database of its own, which the bot drives through its pages.

Everything in it is the far end: nothing of the bot's own store or rules is used here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from csr_bot.core.money import Money
from csr_bot.demo.books import Books
from csr_bot.demo.erp.ledger import ErpLedger
from csr_bot.demo.erp.pages import ErpPages
from csr_bot.demo.erp.rows import CreditNoteRow, PostRequest
from csr_bot.demo.erp.switches import RENAMED_LABELS, Switches
from csr_bot.demo.webserver import WebApplication

__all__ = ["RENAMED_LABELS", "CreditNoteRow", "DemoErp", "PostRequest", "Switches"]


class DemoErp(WebApplication):
    """The ERP on a folder: filled from the books the first time, as it was left ever after."""

    def __init__(self, folder: Path, books: Books, *, clock: Callable[[], datetime]) -> None:
        self._ledger = ErpLedger(folder, books)
        self._clock = clock
        self._pages = ErpPages(self._ledger, clock=clock)
        super().__init__(self._pages.application(), self._pages.sign_in)

    @property
    def switches(self) -> Switches:
        """What is to go wrong."""
        return self._pages.switches

    @property
    def post_requests(self) -> Sequence[PostRequest]:
        """Every request to book a credit note that was ever read here, oldest first, whatever became of it."""
        return self._ledger.post_requests()

    def credit_notes(self) -> list[CreditNoteRow]:
        """Every credit note, in the order of booking, straight from the database."""
        return self._ledger.all_credit_notes()

    def receive_payment(self, invoice_no: str, amount: Money, *, payment_no: str) -> None:
        """Book a payment, as a colleague in cash application would. Raises ValueError if it is more than is open."""
        on = self._clock().date().isoformat()
        self._ledger.receive_payment(invoice_no, amount, payment_no=payment_no, value_date=on)

    def stop(self) -> None:
        """Stop answering, cutting requests that hang; what was booked stays."""
        self.switches.reset()
        super().stop()
