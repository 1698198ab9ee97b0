"""Letters in which people want something: the acceptance scenarios, small billing errors, copies, payment questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from csr_bot.core.evidence import Contact, DocumentStatus, Invoice
from csr_bot.demo import books_planted as planted
from csr_bot.demo.books import Books
from csr_bot.demo.letters_post import Draft


def write_requests(books: Books) -> Iterator[Draft]:
    """All of them, oldest thought first: disputes, then questions, then what the bot hands to people."""
    people = {contact.customer_no: contact for contact in books.contacts}
    yield from _scenarios(people)
    yield from _small_errors(people)
    yield from _copies(books, people)
    yield from _payment_questions(people)
    yield from _for_people(people)


def _scenarios(people: Mapping[str, Contact]) -> Iterator[Draft]:
    yield Draft(
        "s1-price", people["C-1001"], "Invoice INV 2025/00417",
        "Invoice INV-2025-00417 shows 140.00 an hour. Our agreement since July says 125. Please revise, we will not "
        "release the payment until it is corrected.\n", "approval",
    )  # fmt: skip
    yield Draft(
        "s3-duplicate", people["C-1003"], "October invoiced twice",
        f"I think you invoiced October twice, {planted.S3_RIGHT_INVOICE} and {planted.S3.invoice_no} are the same "
        "thing, same PO, same amount 18.750,00\n", "approval",
    )  # fmt: skip
    yield Draft(
        "s4-seats-without-number", people["C-1004"], "Seats on our plan",
        "We were billed for 150 seats but only have 100 active users on the plan. Difference is $6,500. Our workspace "
        "shows a suspension notice for tomorrow evening.\n", "review",
    )  # fmt: skip
    yield Draft(
        "s5-price-list", people["C-1005"], "wrong unit price",
        "hi, unit price on 00402 is way off?? should be 100 not 216. pls fix asap thx\nPO 4500018804\n", "approval",
        attachment=("price_list_2025.csv", "sku;description;unit price USD\r\nPART-88;Bearing unit 88;100.00\r\n"),
    )  # fmt: skip


def _small_errors(people: Mapping[str, Contact]) -> Iterator[Draft]:
    for name, error, agreement, expects in (
        ("price-delta-200", planted.PRICE_DELTA_200, "our agreement says {agreed}", "credited"),
        ("price-with-tax", planted.PRICE_WITH_TAX, "the agreed price is {agreed}", "credited"),
        ("price-in-pounds", planted.PRICE_IN_POUNDS, "the contract rate is {agreed}", "review"),
        ("claim-without-ground", planted.CLAIM_WITHOUT_GROUND, "we agreed on {claimed}", "review"),
        ("claim-too-high", planted.CLAIM_TOO_HIGH, "our agreement says {claimed}", "review"),
    ):
        said = agreement.format(agreed=error.agreed, claimed=error.claimed)
        yield Draft(
            name, people[error.customer_no], f"Wrong price on {error.invoice_no}",
            f"Hello,\n\nyou billed {error.billed} per unit on invoice {error.invoice_no}, {said}. Please correct the "
            f"invoice.\n\nRegards\n{people[error.customer_no].name}\n", expects,
        )  # fmt: skip
    short, twice = planted.QUANTITY_SMALL, planted.DUPLICATE_SMALL
    yield Draft(
        "quantity-small", people[short.customer_no], f"{short.invoice_no}: fewer cartons",
        f"Invoice {short.invoice_no} charges {short.billed} cartons at 52.50. Delivery note 88213 was signed for "
        f"{short.agreed} cartons. Please credit the difference of USD {short.delta}.\n", "credited",
    )  # fmt: skip
    yield Draft(
        "duplicate-small", people[twice.customer_no], "Support for October billed twice",
        f"Invoice {twice.invoice_no} is a duplicate of {planted.DUPLICATE_SMALL_RIGHT_INVOICE}, which we paid: same PO "
        f"4500019511, same amount USD {twice.billed}. Please credit {twice.invoice_no}.\n", "credited",
    )  # fmt: skip


def _copies(books: Books, people: Mapping[str, Contact]) -> Iterator[Draft]:
    dana = people["C-1001"]
    yield Draft(
        "copy-one", dana, "Copy of an invoice",
        "Could you please resend INV-2025-00440? It never reached our AP inbox.\n", "answered",
    )  # fmt: skip
    yield Draft(
        "copy-one-of-somebody-else", dana, "PDFs please",
        f"Please send us copies of the invoices INV-2025-00417, INV-2025-00440 and {planted.S2.invoice_no}.\n",
        "answered",
    )  # fmt: skip
    english = _open_invoices(books, "en", least=3)
    german, french = (_open_invoices(books, language, least=1)[0] for language in ("de", "fr"))
    yield Draft(
        "copy-three", people[english[0].customer_no], "Invoice copies",
        f"pls send pdf of invoices {', '.join(invoice.invoice_no for invoice in english[:3])} thx\n", "answered",
    )  # fmt: skip
    yield Draft(
        "copy-german", people[german.customer_no], "Rechnungskopie",
        f"Guten Tag,\n\nbitte senden Sie uns eine Kopie der Rechnung {german.invoice_no} als PDF zu.\n\n"
        "Mit freundlichen Grüßen\n", "answered",
    )  # fmt: skip
    yield Draft(
        "copy-french", people[french.customer_no], "Copie de facture",
        f"Bonjour, merci de nous renvoyer la facture n° {french.invoice_no} au format PDF.\n\nCordialement\n",
        "answered",
    )  # fmt: skip
    yield Draft(
        "copy-html-only", people[english[0].customer_no], "Missing invoice",
        f"<html><body><p>Hello,</p><p>we never got invoice <b>{english[1].invoice_no}</b>. Could you please send a "
        "copy?</p><p style='color:#888'>Sent from my phone</p></body></html>\n", "answered", html=True,
    )  # fmt: skip
    yield Draft(
        "copy-above-quoted-history", dana, "RE: Monthly invoices",
        "Please resend invoice INV-2025-00417 as a PDF, the attachment was empty.\n\n"
        "On Mon, 10 Nov 2025 at 09:12, Billing <billing@ourcompany.example> wrote:\n"
        "> Dear Ms Ortiz,\n> attached are your invoices INV-2025-00417 and INV-2025-00440.\n"
        "> The hourly rate on INV-2025-00417 is 140.00.\n", "answered",
    )  # fmt: skip
    yield Draft(
        "copy-as-reply", people["C-1006"], "Re: Your invoice INV-2025-00409",
        "Hi, thanks. Could you send us a copy of INV-2025-00409 again? We need it for our files.\n", "answered",
        headers=(
            ("In-Reply-To", "<invoice-run-409@ourcompany.example>"),
            ("References", "<invoice-run-409@ourcompany.example>"),
        ),
    )  # fmt: skip


def _open_invoices(books: Books, language: str, *, least: int) -> tuple[Invoice, ...]:
    """Open invoices of the first everyday customer of a language who has enough of them, newest first."""
    planted_customers = {customer.customer_no for customer, _ in planted.ACCOUNTS}
    for customer in books.customers:
        if customer.language == language and customer.customer_no not in planted_customers:
            own = [invoice for invoice in books.invoices if invoice.customer_no == customer.customer_no]
            still_open = [invoice for invoice in own if invoice.status is DocumentStatus.OPEN]
            if len(still_open) >= least:
                return tuple(reversed(still_open))
    raise LookupError(f"no customer who writes {language!r} has {least} open invoices")


def _payment_questions(people: Mapping[str, Contact]) -> Iterator[Draft]:
    yield Draft(
        "payment-of-a-paid-invoice", people["C-1003"], "Payment received?",
        f"We paid invoice {planted.S3_RIGHT_INVOICE} in October. Could you please confirm that our payment has "
        "arrived?\n",
        "answered",
    )  # fmt: skip
    yield Draft(
        "payment-of-an-open-invoice", people["C-1001"], "Status of INV-2025-00440",
        "Could you tell me whether invoice INV-2025-00440 is still open on your side, or has our payment been "
        "booked?\n",
        "answered",
    )  # fmt: skip


def _for_people(people: Mapping[str, Contact]) -> Iterator[Draft]:
    stranger = Contact("", "Rob Vance", "rob.vance@somewhere-else.example", "", active=False)
    double = Contact("", "Dana Ortiz", "dana.ortiz@norhtwind-analytics.example", "", active=False)
    yield Draft(
        "unknown-sender", stranger, "Invoice copy",
        "Hello, please send me a copy of invoice INV-2025-00417 of Northwind Analytics.\n", "review",
    )  # fmt: skip
    yield Draft(
        "bank-change-from-look-alike", double, "Urgent: our new bank details",
        "Hello, our bank account has changed. Please update our bank details today and keep this confidential, our CFO "
        "has approved it: IBAN DE00 0000 0000 0000 0000 00.\n", "review",
    )  # fmt: skip
    yield Draft(
        "remittance-advice", people["C-1001"], "Remittance advice 5100023981",
        "Please find below our remittance advice for payment 5100023981, total USD 35,000.00.\n"
        "INV-2025-00417  20,000.00\nINV-2025-00440  15,000.00\n", "review",
    )  # fmt: skip
    yield Draft(
        "statement-request", people["C-1002"], "Statement of account",
        "Please send us an up-to-date statement of account with everything that is open.\n", "review",
    )  # fmt: skip
    yield Draft(
        "tax-dispute", people["C-1007"], "Sales tax",
        f"Our exemption certificate was sent in March and there is still sales tax on "
        f"{planted.PRICE_WITH_TAX.invoice_no}.\n",
        "review",
    )  # fmt: skip
