from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from csr_bot.core.classification import MIN_CONFIDENCE, classify_text, read_requests
from csr_bot.core.message import AutoClass
from csr_bot.core.parsing.mail import parse_message
from csr_bot.core.request import AmountRole, Category, DisputeReason, TextSource
from csr_bot.model import load_model
from tests.parsing.mails import make_mail, parse

UTTERANCES = [
    json.loads(line) for line in (Path(__file__).parent / "utterances.jsonl").read_text(encoding="utf-8").splitlines()
]
NEEDED = (Category.BILLING_DISPUTE, Category.INVOICE_COPY, Category.PAYMENT_STATUS, Category.NOT_A_REQUEST)


def classify(text, subject=""):
    return classify_text(subject=subject, text=text, model=load_model())[0]


@pytest.fixture(scope="module")
def answers():
    return [(row, classify(row["text"])) for row in UTTERANCES]


def test_no_request_for_money_is_filed_away_and_no_chatter_becomes_work(answers):
    confused = [
        row["id"]
        for row, request in answers
        if (row["category"] == "NOT_A_REQUEST") != (request.category is Category.NOT_A_REQUEST)
    ]
    assert confused == []


def test_what_is_said_for_certain_is_right(answers):
    wrong = [row["id"] for row, request in answers if request.category not in {Category.UNKNOWN, row["category"]}]
    assert wrong == []


def test_nearly_all_of_the_labelled_messages_are_understood(answers):
    asked, found = Counter(row["category"] for row, _ in answers), Counter(request.category for _, request in answers)
    assert sum(request.category is Category.UNKNOWN for _, request in answers) <= len(answers) // 20
    assert all(found[category] >= asked[category] - 1 for category in NEEDED)


def test_the_reason_of_a_dispute_is_right(answers):
    wrong = [
        row["id"]
        for row, request in answers
        if request.category is Category.BILLING_DISPUTE and request.reason != row["reason"]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "category", "reason"),
    [
        (
            "Your invoice 5567 lists the rate at EUR 180 per hour, the contract fixes it at EUR 160.",
            "BILLING_DISPUTE",
            "PRICE",
        ),
        ("Sur la facture INV-2025-00502 le prix est de 45,00 EUR au lieu de 40,00 EUR.", "BILLING_DISPUTE", "PRICE"),
        (
            "En la factura INV-2025-00508 el precio es incorrecto: 75,00 EUR en lugar de 70,00 EUR.",
            "BILLING_DISPUTE",
            "PRICE",
        ),
        ("Op factuur INV-2025-00530 staat een verkeerd tarief: 95,00 in plaats van 90,00.", "BILLING_DISPUTE", "PRICE"),
        (
            "Auf Rechnung INV-2025-00541 sind 40 Stück berechnet, geliefert wurden nur 36.",
            "BILLING_DISPUTE",
            "QUANTITY",
        ),
        ("Nos han facturado 30 unidades pero solo recibimos 25.", "BILLING_DISPUTE", "QUANTITY"),
        (
            "Die Rechnung INV-2025-00570 ist doppelt, bereits mit INV-2025-00566 berechnet.",
            "BILLING_DISPUTE",
            "DUPLICATE",
        ),
        ("La facture INV-2025-00580 est un doublon de la facture INV-2025-00577.", "BILLING_DISPUTE", "DUPLICATE"),
        ("Pouvez-vous m'envoyer un duplicata de la facture INV-2025-00660 ?", "INVOICE_COPY", None),
        ("¿Podrían enviarnos una copia de la factura INV-2025-00670?", "INVOICE_COPY", None),
        ("Kunt u factuur INV-2025-00681 nogmaals sturen?", "INVOICE_COPY", None),
        ("Haben Sie unsere Zahlung für Rechnung INV-2025-00700 erhalten?", "PAYMENT_STATUS", None),
        ("Avez-vous bien reçu notre paiement de la facture INV-2025-00710 ?", "PAYMENT_STATUS", None),
        ("Vielen Dank für die schnelle Hilfe!", "NOT_A_REQUEST", None),
        ("Bedankt voor de snelle reactie!", "NOT_A_REQUEST", None),
        ("The weather in Lisbon is lovely this time of year.", "UNKNOWN", None),
        ("See attached.", "UNKNOWN", None),
        ("", "UNKNOWN", None),
    ],
)
def test_five_languages_are_understood(text, category, reason):
    request = classify(text)
    assert (request.category, request.reason) == (category, reason)


@pytest.mark.parametrize(
    "text",
    [
        "Please pay to NL91 ABNA 0417 1643 00 in future. Thanks.",
        "The price on INV-2025-00417 is wrong, it should be 125.00. Refund to DE89 3704 0044 0532 0130 00.",
        "Please send a copy of invoice 431. Our bank details have changed.",
        "Unsere Bankverbindung hat sich geändert, anbei das neue Konto.",
    ],
)
def test_bank_data_comes_before_everything_else(text):
    assert classify(text).category is Category.BANK_DETAIL_CHANGE


@pytest.mark.parametrize(
    "text",
    [
        "Thanks! But the price on INV-2025-00417 is still wrong.",
        "Thank you, we still miss 1,250.00",
        "Thanks, when will it be paid?",
        "Thanks for INV-2025-00417",
    ],
)
def test_thanks_with_money_a_question_or_a_document_is_not_just_thanks(text):
    assert classify(text).category is not Category.NOT_A_REQUEST


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        (
            "Please send a copy of invoice 431. Also, the price on invoice 388 is wrong, it should be 125.00.",
            {"INVOICE_COPY": ["431"], "BILLING_DISPUTE": ["388"]},
        ),
        (
            "Please send a copy of invoice 431 and also a statement of account with all open invoices.",
            {"INVOICE_COPY": ["431"], "STATEMENT_OF_ACCOUNT": ["431"]},
        ),
        (
            "Bitte eine Kopie der Rechnung 431 senden.\nAußerdem ist auf Rechnung 388 ein falscher Preis berechnet.",
            {"INVOICE_COPY": ["431"], "BILLING_DISPUTE": ["388"]},
        ),
    ],
)
def test_two_wishes_are_two_requests_with_what_each_names(text, wishes):
    requests = classify_text(subject="", text=text, model=load_model())
    assert {one.category: [ref.raw for ref in one.invoice_refs] for one in requests} == wishes


@pytest.mark.parametrize(
    "text",
    [
        "The price on invoice 388 is wrong, it should be 125.00. Please send a credit note for the difference.",
        "We are closing our books, please send a copy of invoice 431. Thank you very much for your help!",
        "Could you please resend INV-2025-00440? It never reached our AP inbox. The old copy was empty.",
        "Wir haben die Rechnung 431 bereits am 3. bezahlt. Warum bekommen wir eine Mahnung? Bitte prüfen.",
    ],
)
def test_a_reason_or_thanks_beside_a_wish_is_no_second_request(text):
    assert len(classify_text(subject="", text=text, model=load_model())) == 1


def test_a_heap_of_key_words_is_no_evidence():
    heap = (
        "invoice copy send pdf paid reminder price wrong billed twice quantity only tax refund statement thanks please"
    )
    assert classify(heap).category is Category.UNKNOWN


FILLER = (
    "Discount account order rate tax contract balance delivery late fee net days terms credit note receipt approval "
    "month close supplier service price please ledger debit interest amount team order balance tax rate discount "
    "contract delivery terms account late month supplier credit price order receipt fee days net balance please tax "
    "service rate."
)


@pytest.mark.parametrize(
    ("subject", "text", "category"),
    [
        (
            "Invoice copy request INV-2025-00417",
            "Could you please send me a copy of invoice INV-2025-00417 dated 2025-03-24? Our PO is 4500084769.",
            "INVOICE_COPY",
        ),
        (
            "Payment status INV-2025-00417",
            "Did you receive our payment of EUR 1,250.00 for invoice INV-2025-00417? We sent it on 2025-03-24.",
            "PAYMENT_STATUS",
        ),
        (
            "Remittance advice INV-2025-00417",
            "Remittance for invoice INV-2025-00417: amount EUR 1,250.00, value date 2025-03-24, order 4500084769.",
            "REMITTANCE_ADVICE",
        ),
        (
            "Statement of account",
            "Please send a statement of account. We believe that invoice INV-2025-00417 is already paid.",
            "STATEMENT_OF_ACCOUNT",
        ),
    ],
)
def test_a_plain_request_is_understood_above_a_paragraph_of_loose_words(subject, text, category):
    assert classify(f"Dear team,\n\n{text}\n\n{FILLER}\n\nKind regards,\nDana", subject).category == category


@pytest.mark.parametrize("item", ["INV-2025-{:05}", "invoice {} dated 1 May"])
def test_a_long_list_of_documents_is_no_paragraph_of_loose_words(item):
    wanted = ", ".join(item.format(number) for number in range(431, 446))
    assert classify(f"Please send copies of the invoices {wanted}").category is Category.INVOICE_COPY


def test_words_about_bank_details_are_seen_even_among_loose_words():
    assert classify(f"{FILLER[:-1]} new bank details routing number.").category is Category.BANK_DETAIL_CHANGE


@pytest.mark.parametrize(
    "question", ["Have you received our payment for INV-2025-00417?", "Why is INV-2025-00417 still open?"]
)
def test_a_question_beside_a_wish_for_a_statement_is_not_dropped(question):
    text = f"Please send a statement of account. {question}"
    requests = classify_text(subject="", text=text, model=load_model())
    assert requests[0].category is Category.UNKNOWN or {one.category for one in requests} == {
        Category.STATEMENT_OF_ACCOUNT,
        Category.PAYMENT_STATUS,
    }


def test_thanks_below_the_subject_of_a_reply_are_just_thanks():
    thanks = "Great, thanks a lot for the quick help! Have a nice weekend"
    assert classify(thanks, "Re: Your request").category is Category.NOT_A_REQUEST


@pytest.mark.parametrize("text", ["See below, thanks in advance", "Siehe unten, danke im Voraus", "Merci d'avance"])
def test_thanks_in_advance_are_for_something(text):
    assert classify(text, "Re: Your request").category is Category.UNKNOWN


def test_thanks_with_a_bank_account_are_looked_at():
    assert classify("Thanks! NL91 ABNA 0417 1643 00").category is Category.BANK_DETAIL_CHANGE


def test_automatic_mail_is_no_request_whatever_it_says():
    message = parse("The price on INV-2025-00417 is wrong, should be 100.00", Auto_Submitted="auto-replied")
    (request,) = read_requests(message, model=load_model())
    assert message.auto_class is AutoClass.AUTO_REPLY
    assert request.category is Category.NOT_A_REQUEST
    assert request.invoice_refs == ()


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        (
            "Invoice shows 140.00 an hour. Our agreement since July says 125.",
            {"billed_value": "140.00", "correct_value": "125"},
        ),
        ("should be 100 not 216", {"correct_value": "100", "billed_value": "216"}),
        ("it should be 125.00 instead of 140.00", {"correct_value": "125.00", "billed_value": "140.00"}),
        ("es müssten 125,00 EUR statt 140,00 EUR sein", {"correct_value": "125.00", "billed_value": "140.00"}),
        ("charged at 12.90 instead of 11.50", {"billed_value": "12.90", "correct_value": "11.50"}),
        ("the price is 140.00 EUR but should be 125.00 EUR", {"other": "140.00", "correct_value": "125.00"}),
        ("berechnet (140,00 EUR statt 125,00 EUR)", {"billed_value": "140.00", "correct_value": "125.00"}),
        (
            "vereinbart sind 125,00 EUR, berechnet wurden 140,00 EUR",
            {"correct_value": "125.00", "billed_value": "140.00"},
        ),
        (
            "billed for 150 seats but only have 100 active users. Difference is $6,500.",
            {"billed_value": "150", "correct_value": "100", "claimed_delta": "6500"},
        ),
        ("signed for 36 cartons, you charged 40", {"correct_value": "36", "billed_value": "40"}),
        ("45,00 EUR au lieu de 40,00 EUR", {"billed_value": "45.00", "correct_value": "40.00"}),
        ("facturado 30 unidades pero solo recibimos 25", {"billed_value": "30", "correct_value": "25"}),
        ("95,00 in plaats van 90,00", {"billed_value": "95.00", "correct_value": "90.00"}),
        ("we are deducting 1,120.00", {"claimed_delta": "1120.00"}),
        ("invoice total is EUR 2,400.00", {"invoice_total": "2400.00"}),
        ("we transferred 31,500.00", {"payment": "31500.00"}),
    ],
)
def test_amounts_are_given_the_role_that_their_words_say(text, roles):
    request = classify(text)
    assert {amount.role: str(amount.value) for amount in request.amounts} == roles


def test_an_amount_that_cannot_be_read_for_certain_has_no_value():
    (amount,) = classify("we paid about 15k last week").amounts
    assert (amount.value, amount.candidates, amount.why) == (None, (Decimal(15000),), "AMOUNT_APPROXIMATE")


def test_places_are_counted_in_the_part_that_they_come_from():
    subject, text, quoted = "Price on INV-2025-00417", "should be 125,00 EUR since 2025-07-01", "see INV-2025-00388"
    (request,) = classify_text(subject=subject, text=text, quoted=quoted, model=load_model())
    parts = {TextSource.SUBJECT: subject, TextSource.BODY: text, TextSource.QUOTED: quoted}
    found = [
        (item.source, parts[item.source][slice(*item.span)])
        for item in (*request.invoice_refs, *request.amounts, *request.dates)
    ]
    assert found == [
        (TextSource.SUBJECT, "INV-2025-00417"),
        (TextSource.QUOTED, "INV-2025-00388"),
        (TextSource.BODY, "125,00 EUR"),
        (TextSource.BODY, "2025-07-01"),
    ]


def test_the_quoted_history_gives_references_but_never_the_category():
    history = (
        "On Mon, 1 Sep 2025, Support wrote:\n> Please send a copy of invoice INV-2025-00388, price wrong, billed twice."
    )
    (request,) = read_requests(parse_message(make_mail(f"Call me.\n\n{history}")), model=load_model())
    assert request.category is Category.UNKNOWN
    assert [(ref.raw, ref.source) for ref in request.invoice_refs] == [("INV-2025-00388", TextSource.QUOTED)]


def test_the_subject_counts_as_much_as_the_text():
    request = classify("as in the subject", subject="Re: Please resend INV-2025-00440")
    assert request.category is Category.INVOICE_COPY


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Please send us a copy of the invoice.", "en"),
        ("Bitte senden Sie uns eine Kopie der Rechnung.", "de"),
        ("Merci de nous renvoyer la facture.", "fr"),
        ("Por favor, envíen una copia de la factura.", "es"),
        ("Graag een kopie van de factuur voor ons.", "nl"),
        ("12345", None),
    ],
)
def test_the_language_is_voted_by_small_words(text, language):
    assert classify(text).language == language


def test_a_claim_of_the_needed_kind_is_read_in_full():
    (request,) = classify_text(
        subject="INV-2025-00417",
        text="The hourly rate on INV-2025-00417 should be 125.00 instead of 140.00 EUR, please correct.",
        model=load_model(),
    )
    assert (request.category, request.reason) == (Category.BILLING_DISPUTE, DisputeReason.PRICE)
    assert request.confidence >= MIN_CONFIDENCE
    correct, billed = request.amount(AmountRole.CORRECT_VALUE), request.amount(AmountRole.BILLED_VALUE)
    assert correct is not None
    assert billed is not None
    assert (correct.value, billed.value) == (Decimal("125.00"), Decimal("140.00"))


class TestWhatAnAttachmentSays:
    IBAN = "IBAN DE89 3704 0044 0532 0130 00"

    @staticmethod
    def read(text: str, attached: str):
        return classify_text(subject="", text=text, attached=[attached], model=load_model())[0]

    def test_its_numbers_are_hints_with_their_source(self):
        request = self.read("Please resend the invoice, see the attached list.", "Invoice INV-2025-00417, 1,200.00 USD")
        (reference,) = request.invoice_refs
        assert (reference.raw, reference.source) == ("INV-2025-00417", TextSource.ATTACHMENT)
        assert reference.source.is_hint
        assert all(amount.source is TextSource.ATTACHMENT for amount in request.amounts)

    def test_a_bank_account_in_it_is_screened_where_the_mail_speaks_of_banks_or_says_nothing(self):
        for text in ("Please note our new bank details in the attached letter.", "See attached."):
            assert self.read(text, f"From now on pay to {self.IBAN}").category is Category.BANK_DETAIL_CHANGE

    def test_the_account_on_a_copy_of_our_own_invoice_does_not_hide_the_wish(self):
        text = "You billed 140.00 USD per hour on INV-2025-00417, our contract says 125.00 USD. Invoice attached."
        assert self.read(text, f"Invoice INV-2025-00417. Pay to {self.IBAN}").category is Category.BILLING_DISPUTE
