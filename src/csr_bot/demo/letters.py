"""The demo's incoming mail and one customer's portal disputes, made for its books. Delivery is left to others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from csr_bot.demo import books_planted as planted
from csr_bot.demo.books import Books
from csr_bot.demo.letters_noise import write_noise, write_odd_mails
from csr_bot.demo.letters_post import Letter, Post
from csr_bot.demo.letters_requests import write_requests

__all__ = ["Letter", "PortalDispute", "make_disputes", "make_letters"]

DELIVERED_TWICE = "s1-price"


@dataclass(frozen=True, slots=True)
class PortalDispute:
    """A row of a customer's portal, as the customer wrote it."""

    external_id: str
    invoice_no_as_written: str
    status: str
    amount_text: str
    currency: str
    comment: str
    opened_on: date


def make_letters(books: Books, *, at: datetime, mailbox: str) -> tuple[Letter, ...]:
    """All letters to ``mailbox``, dated within the hour before ``at`` (aware). The same input gives the same bytes.

    The last one has the very bytes of ``DELIVERED_TWICE``, as if the server had delivered that mail a second time.
    """
    post = Post(at, mailbox)
    drafts = (*write_requests(books), *write_noise(books))
    letters = [post.seal(draft, number=number) for number, draft in enumerate(drafts)]
    letters.extend(write_odd_mails(books, post, number=len(letters)))
    first = next(letter for letter in letters if letter.name == DELIVERED_TWICE)
    return (*letters, replace(first, name=f"{DELIVERED_TWICE}-again", expects="duplicate"))


def make_disputes(books: Books) -> tuple[PortalDispute, ...]:
    """The disputes of C-1002 in its portal; the first is the onboarding fee that its contract waives."""

    def dispute(
        external_id: str, invoice_no: str, status: str, amount: str, comment: str, *, days: int
    ) -> PortalDispute:
        opened_on = books.as_of - timedelta(days=days)
        return PortalDispute(external_id, invoice_no, status, amount, "USD", comment, opened_on)

    foreign = planted.UNDISPUTED_INVOICE
    return (
        dispute("DSP-7781", "INV2025-00431", "DISPUTED", "9.850,00", "Onboarding not ordered / waived, line 2", days=0),
        dispute("DSP-7702", "INV-2025-00431", "RESOLVED", "0,00", "Wrong PO on the first print, replaced", days=19),
        dispute("DSP-7785", "2025/431", "DISPUTED - PO line fully invoiced", "31.500,00", "PO limit reached", days=1),
        dispute("DSP-7790", foreign, "DISPUTED", "15.000,00", "Not our order", days=2),
        dispute("DSP-7793", "", "DISPUTED", "1.250,00", "Which invoice is this amount for?", days=3),
    )
