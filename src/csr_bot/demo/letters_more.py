"""Everyday letters in any number: copies and payment questions from customers all over the books."""

from __future__ import annotations

from datetime import datetime
from itertools import cycle, islice

from csr_bot.core.evidence import DocumentStatus
from csr_bot.demo.books import Books
from csr_bot.demo.letters_post import Draft, Letter, Post

_FIRST_NUMBER = 100


def make_more_letters(books: Books, *, at: datetime, mailbox: str, count: int) -> tuple[Letter, ...]:
    """``count`` letters, each about another invoice while there are enough. The same input gives the same bytes."""
    people = {contact.customer_no: contact for contact in books.contacts}
    wanted = [
        invoice
        for invoice in books.invoices
        if invoice.customer_no in people and invoice.status in (DocumentStatus.OPEN, DocumentStatus.PAID)
    ]
    post = Post(at, mailbox)
    letters = []
    for number, invoice in enumerate(islice(cycle(wanted), count)):
        no = invoice.invoice_no
        subject, text = (
            (f"Copy of {no}", f"Hello,\n\nplease send me a copy of invoice {no}.\n\nKind regards\n")
            if number % 2
            else (f"Payment of {no}", f"Hello,\n\nhas our payment for invoice {no} arrived?\n\nKind regards\n")
        )
        draft = Draft(f"everyday-{number}", people[invoice.customer_no], subject, text, "answered")
        letters.append(post.seal(draft, number=_FIRST_NUMBER + number))
    return tuple(letters)
