"""Letters in which nobody wants anything, and mails that no safe parser lets through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from email import message_from_string
from email.message import EmailMessage, Message
from email.policy import SMTP

from csr_bot.core.evidence import Contact
from csr_bot.demo.books import Books
from csr_bot.demo.letters_post import Draft, Letter, Post

_AUTOMATIC = (("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"), ("Precedence", "auto_reply"))


def write_noise(books: Books) -> Iterator[Draft]:
    """Automatic answers, a newsletter, thanks, advertising."""
    people = {contact.customer_no: contact for contact in books.contacts}
    robot = Contact("", "Supplier Portal", "news@portal-digest.example", "", active=False)
    seller = Contact("", "Max Boost", "max@factoring-boost.example", "", active=False)
    yield Draft(
        "auto-reply", people["C-1004"], "Automatic reply: Your request CSR-2025-000031",
        "I am out of the office until 8 December with limited access to email. For urgent matters contact "
        "ap@contoso-media.example.\n", "closed", headers=_AUTOMATIC,
    )  # fmt: skip
    yield Draft(
        "auto-reply-ticket", people["C-1002"], "[#558213] We received your message",
        "Ticket #558213 has been created. Please do not change the subject line.\n", "closed",
        headers=(("Auto-Submitted", "auto-generated"),),
    )  # fmt: skip
    yield Draft(
        "out-of-office-german", _first_german(books, people), "Abwesenheitsnotiz: Rechnung",
        "Guten Tag, ich bin bis zum 8. Dezember nicht im Büro und lese keine E-Mails. Ihre Nachricht wird nicht "
        "weitergeleitet.\n", "closed", headers=(("Auto-Submitted", "auto-replied"),),
    )  # fmt: skip
    yield Draft(
        "newsletter", robot, "Your weekly digest from the supplier portal",
        "Your weekly digest from the supplier portal: 14 new updates.\n", "closed",
        headers=(
            ("List-Id", "Weekly digest <digest.portal-digest.example>"),
            ("List-Unsubscribe", "<mailto:leave@portal-digest.example>"),
            ("Precedence", "bulk"),
        ),
    )  # fmt: skip
    yield Draft(
        "thank-you", people["C-1009"], "Re: Your request",
        "Great, thanks a lot for the quick help! Have a nice weekend\n", "closed",
    )  # fmt: skip
    yield Draft(
        "advertising", seller, "Boost your invoice cash by 300%",
        "Boost your invoice cash by 300% - factoring offers inside!!!\n", "closed",
    )  # fmt: skip


def write_odd_mails(books: Books, post: Post, *, number: int) -> Iterator[Letter]:
    """A bounce and two mails whose sender is not to be told; ``number`` as in ``Post.blank``."""
    dana = next(contact for contact in books.contacts if contact.customer_no == "C-1001")
    yield _bounce(post, number)
    mail = post.blank(number=number + 1, name="two-from-headers", sender=dana.email, subject="Invoice INV-2025-00417")
    mail.set_content("Please send a copy of INV-2025-00417.\n")
    second = b"From: Accounts <mallory@somewhere-else.example>\r\n"
    yield Letter("two-from-headers", second + mail.as_bytes(), dana.email, "quarantined")
    mail = post.blank(number=number + 2, name="address-in-doubt", sender="X <x@y.example>", subject="Invoice copy")
    mail.set_content("Please send a copy of INV-2025-00417.\n")
    # One parser sees the first address here, another the second (CVE-2023-27043).
    doubtful = f"{dana.email})<mallory@somewhere-else.example>".encode()
    raw = mail.as_bytes().replace(b"X <x@y.example>", doubtful, 1)
    yield Letter("address-in-doubt", raw, "mallory@somewhere-else.example", "quarantined")


def _first_german(books: Books, people: Mapping[str, Contact]) -> Contact:
    return next(people[customer.customer_no] for customer in books.customers if customer.language == "de")


def _bounce(post: Post, number: int) -> Letter:
    """A delivery status notification for an answer of ours (RFC 3464)."""
    mail = post.blank(
        number=number,
        name="bounce",
        sender="Mail Delivery System <mailer-daemon@mx.contoso-media.example>",
        subject="Delivery Status Notification (Failure)",
    )
    mail["Auto-Submitted"] = "auto-replied"
    mail["Return-Path"] = "<>"
    mail.make_mixed()
    mail.set_type("multipart/report")
    mail.set_param("report-type", "delivery-status")
    mail.set_boundary("=_bounce")
    mail.attach(_part("The message could not be delivered: 550 5.1.1 user unknown\n", "text/plain; charset=utf-8"))
    blocks = (
        "Reporting-MTA: dns; mx.contoso-media.example\n",
        (
            "Final-Recipient: rfc822; priya.nair@contoso-media.example\nAction: failed\nStatus: 5.1.1\n"
            "Diagnostic-Code: smtp; 550 5.1.1 user unknown\n"
        ),
    )
    # The library writes this type as a list of header blocks.
    mail.attach(_part([message_from_string(block, policy=SMTP) for block in blocks], "message/delivery-status"))
    mail.attach(_part("Message-ID: <csr-000031@ourcompany.example>\nSubject: Your request\n", "text/rfc822-headers"))
    return Letter("bounce", mail.as_bytes(), "", "closed")


def _part(content: str | list[Message | str], content_type: str) -> EmailMessage:
    part = EmailMessage(policy=SMTP)
    part["Content-Type"] = content_type
    part.set_payload(content)
    return part
