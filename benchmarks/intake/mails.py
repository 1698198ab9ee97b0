"""Makes the mails that are taken in: seeded, so that the same number and seed give the same bytes on every machine.

The mix is 40 % plain text, 30 % text and HTML, 10 % HTML alone, 10 % with a PDF or XLSX of 20 to 120 kB, 10 % replies
to an earlier mail. Each is about an invoice of the demo's books. The first N of a longer set are the set of N. Filling
a mailbox with them is left to ``mailboxes``.
"""

from __future__ import annotations

import html
import io
import random
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate

from benchmarks.intake.workbook_parts import CONTENT_TYPES, PACKAGE_PARTS, SHEET, WORKBOOK, WORKBOOK_PARTS
from csr_bot.demo.books import make_books

SEED = 7
RECEIVER = "support@shared.example"
RECEIVING_SERVER = "mx.shared.example"
FIRST_SENT_AT = 1_760_000_000
SECONDS_BETWEEN = 37
ATTACHMENT_SIZES = (20_000, 60_000, 120_000)
XLSX_TYPE = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"

LETTERS = (
    (
        "Invoice copy request {number}",
        "Could you please send me a copy of invoice {number} dated {date}? Our PO is {po}.",
    ),
    ("Payment status {number}", "When will invoice {number} over {amount} be paid? It was due on {date}."),
    ("Dispute on {number}", "We were billed {amount} on invoice {number} but our order {po} shows a lower price."),
    ("Remittance advice {number}", "Remittance for invoice {number}: amount {amount}, value date {date}, order {po}."),
    (
        "Change of bank details",
        "Our company has changed bank. Please update our record. Our order {po}, invoice {number}.",
    ),
    ("Statement of account", "Please send a statement of account. We believe that invoice {number} is already paid."),
)
WORDS = (
    *("please", "account", "balance", "customer", "service", "team", "month", "close", "reconcile", "ledger", "amount"),
    *("supplier", "delivery", "order", "receipt", "approval", "contract", "terms", "days", "net", "discount", "late"),
    *("fee", "interest", "credit", "debit", "note", "tax", "rate"),
)


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """An invoice that a customer writes about; the amount is text with its currency, as the customer writes it."""

    number: str
    po: str
    amount: str
    date: str
    customer: str
    sender: str


def list_invoices() -> tuple[InvoiceFacts, ...]:
    """The invoices of the demo's books whose customer has somebody to write from."""
    books = make_books()
    names = {customer.customer_no: customer.legal_name for customer in books.customers}
    senders = {contact.customer_no: contact.email for contact in books.contacts}
    return tuple(
        InvoiceFacts(
            number=invoice.invoice_no,
            po=invoice.po_no or "(none)",
            amount=f"{invoice.gross.currency} {invoice.gross.amount:,.2f}",
            date=invoice.invoice_date.isoformat(),
            customer=names[invoice.customer_no],
            sender=senders[invoice.customer_no],
        )
        for invoice in books.invoices
        if invoice.customer_no in senders
    )


def make_mails(count: int, *, invoices: Sequence[InvoiceFacts], seed: int = SEED) -> Iterator[bytes]:
    """``count`` mails as they lie in a mailbox (CRLF), each about one of ``invoices``."""
    chance = random.Random(f"mails {seed}")
    sent: list[str] = []
    for number in range(count):
        mail, message_id = _make_mail(number, chance, invoices=invoices, sent=sent)
        sent.append(message_id)
        yield mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _make_mail(
    number: int, chance: random.Random, *, invoices: Sequence[InvoiceFacts], sent: Sequence[str]
) -> tuple[EmailMessage, str]:
    invoice = chance.choice(invoices)
    subject, request = (text.format(**_words_of(invoice)) for text in chance.choice(LETTERS))
    story = _sentence(chance, chance.randrange(20, 80))
    text = (
        f"Dear team,\n\n{request}\n\n{story}\n\nKind regards,\n{invoice.customer}\n"
        f"Accounts payable\n+49 30 {chance.randrange(100_000, 999_999)}\n"
    )
    message_id = f"<{number}.{chance.randrange(1 << 40):x}@{invoice.sender.partition('@')[2]}>"
    mail = _envelope(number, invoice, message_id=message_id)
    share = chance.random()
    if share >= 0.9 and sent:
        earlier = chance.choice(sent)
        mail["In-Reply-To"] = earlier
        mail["References"] = earlier
        subject = f"Re: {subject}"
        text += _quotation(chance)
    mail["Subject"] = subject
    _write_body(mail, text, invoice, share=share, chance=chance)
    for depth, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        # Boundaries are drawn from the one generator of the process unless they are set.
        part.set_boundary(f"=_{number:08d}_{depth}")
    return mail, message_id


def _words_of(invoice: InvoiceFacts) -> dict[str, str]:
    return {"number": invoice.number, "po": invoice.po, "amount": invoice.amount, "date": invoice.date}


def _envelope(number: int, invoice: InvoiceFacts, *, message_id: str) -> EmailMessage:
    sent_on = formatdate(FIRST_SENT_AT + number * SECONDS_BETWEEN)
    domain = invoice.sender.partition("@")[2]
    mail = EmailMessage()
    mail["Received"] = f"from mail.{domain} by {RECEIVING_SERVER} with ESMTPS id {number:08x}; {sent_on}"
    mail["Authentication-Results"] = (
        f"{RECEIVING_SERVER}; dmarc=pass header.from={domain};"
        f" spf=pass smtp.mailfrom={domain}; dkim=pass header.d={domain}"
    )
    mail["From"] = f"{invoice.customer} <{invoice.sender}>"
    mail["To"] = RECEIVER
    mail["Date"] = sent_on
    mail["Message-ID"] = message_id
    return mail


def _write_body(mail: EmailMessage, text: str, invoice: InvoiceFacts, *, share: float, chance: random.Random) -> None:
    if share < 0.4 or share >= 0.9:
        mail.set_content(text)
    elif share < 0.7:
        mail.set_content(text)
        mail.add_alternative(_page(text, invoice, chance), subtype="html")
    elif share < 0.8:
        mail.set_content(_page(text, invoice, chance), subtype="html")
    else:
        mail.set_content(text)
        mail.add_alternative(_page(text, invoice, chance), subtype="html")
        filling = chance.randbytes(chance.choice(ATTACHMENT_SIZES))
        if chance.random() < 0.6:
            mail.add_attachment(_pdf(filling), maintype="application", subtype="pdf", filename=f"{invoice.number}.pdf")
        else:
            sheet = _xlsx(filling, invoice)
            mail.add_attachment(sheet, maintype="application", subtype=XLSX_TYPE, filename=f"{invoice.number}.xlsx")


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(words)).capitalize() + "."


def _quotation(chance: random.Random) -> str:
    lines = "\n".join("> " + _sentence(chance, 12) for _ in range(chance.randrange(5, 40)))
    return f"\nOn Mon, 1 Sep 2025 at 10:00, Support wrote:\n{lines}\n"


def _page(text: str, invoice: InvoiceFacts, chance: random.Random) -> str:
    lines = "".join(f"<p>{html.escape(line) or '&nbsp;'}</p>" for line in text.split("\n"))
    row = f"<tr><td>{invoice.number}</td><td>{invoice.amount}</td><td>{invoice.date}</td></tr>"
    return (
        "<html><head><style>p{font-family:Calibri;margin:0}</style></head><body>"
        f"{lines}<table>{row * chance.randrange(1, 12)}</table><div style='color:#888'>{_sentence(chance, 60)}</div>"
        "</body></html>"
    )


def _pdf(filling: bytes) -> bytes:
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(filling), filling),
    )
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(written))
    return written + head + table + tail


def _xlsx(filling: bytes, invoice: InvoiceFacts) -> bytes:
    cells = "".join(
        f'<c r="{column}1" t="inlineStr"><is><t>{text}</t></is></c>'
        for column, text in zip("ABC", (invoice.number, invoice.amount, invoice.date), strict=True)
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": PACKAGE_PARTS,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": WORKBOOK_PARTS,
        "xl/worksheets/sheet1.xml": SHEET.format(cells=cells),
        "xl/media/image1.png": filling,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            # A ZipInfo of our own: writestr with a plain name would stamp the time of today.
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()
