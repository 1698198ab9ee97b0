from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from csr_bot.answers import shipped_answers
from csr_bot.core.categories.answering import ask_customer, plan_answers, plan_notice
from csr_bot.core.decide import Route, decide
from csr_bot.core.effects import EffectType, PlannedEffect, canonical_json
from csr_bot.core.evidence import ErpDocument
from csr_bot.core.facts import Facts
from csr_bot.core.outgoing import Enclosure, compose_mail, message_id
from csr_bot.core.replies import answer_language, preview_answer, render_answer
from csr_bot.core.request import Category
from tests.core.facts import CONTACTS, NOW, POLICY, ask, facts_for, ref, s1, usd

OWN, OWN_TOO, FOREIGN = "INV-2025-00417", "INV-2025-00440", "INV-2025-00431"
KEY = "0123456789abcdef" * 4
LATER = {"case_no": "CSR-2025-000101", "credit_note_no": "CN-2025-00061"}


def written(effect: PlannedEffect, *, language: str | None = None) -> str:
    """What a customer reads of an effect."""
    params = effect.params
    _, body = render_answer(
        shipped_answers(),
        template=params["template"],
        language=language or params["language"],
        values={**params["values"], **LATER},
    )
    return body


def copies_of(*numbers: str, **changes) -> Facts:
    """A wish for copies, with the printed documents of those that are the customer's own."""
    facts = facts_for(ask(Category.INVOICE_COPY, *numbers), "C-1001", **changes)
    return replace(facts, invoices={number: printed(entry) for number, entry in facts.invoices.items()})


def printed(entry, text: str | None = None):
    number = entry.invoice.invoice_no
    said = f"Invoice {number}\nTotal {entry.invoice.gross.amount:,.2f}" if text is None else text
    document = ErpDocument(number, b"%PDF", "application/pdf", said, f"/invoices/{number}/pdf", NOW)
    return replace(entry, document=document, document_sha256="ab" * 32)


def test_own_invoices_are_sent_and_the_one_of_somebody_else_is_just_not_found():
    decision = decide(copies_of(OWN, OWN_TOO, FOREIGN), POLICY)
    assert (decision.route, decision.reasons) == (Route.ROUTINE, ())
    (answer,) = decision.effects
    assert (answer.type, answer.target) == (
        EffectType.SEND_INVOICE_COPY,
        "dana.ortiz@northwind-analytics.example",
    )
    assert [item["file_name"] for item in answer.params["attachments"]] == [f"{OWN}.pdf", f"{OWN_TOO}.pdf"]
    body = written(answer)
    assert f"We could not find on your account: {FOREIGN}." in body
    assert not any(word in body.lower() for word in ("fabrikam", "c-1002", "another", "other customer", "exist"))


def test_an_invoice_of_somebody_else_is_answered_like_one_that_does_not_exist():
    of_others = decide(copies_of(OWN, FOREIGN), POLICY)
    of_nobody = decide(copies_of(OWN, "INV-2025-99999"), POLICY)
    texts = [written(item.effects[0]) for item in (of_others, of_nobody)]
    assert texts[0].replace(FOREIGN, "X") == texts[1].replace("INV-2025-99999", "X")


def test_nothing_is_sent_where_only_the_invoice_of_somebody_else_is_wanted():
    decision = decide(copies_of(FOREIGN), POLICY)
    assert (decision.route, decision.reasons, decision.effects) == (Route.EXCEPTION, ("NO_INVOICE",), ())


def test_a_number_that_may_mean_two_invoices_is_for_a_person():
    decision = decide(copies_of("417"), POLICY)
    assert (decision.route, decision.effects) == (Route.EXCEPTION, ())
    assert "AMBIGUOUS_REF" in decision.reasons


def test_more_copies_than_the_policy_allows_are_for_a_person():
    few = replace(POLICY, limits=replace(POLICY.limits, invoice_copies_per_request=1))
    assert decide(copies_of(OWN, OWN_TOO), few).reasons == ("TOO_MANY_COPIES",)


@pytest.mark.parametrize(
    ("text", "reason"), [("Invoice INV-2025-00417\nTotal 1.00", "DOCUMENT_DIFFERS"), ("", "DOCUMENT_DIFFERS")]
)
def test_a_document_that_says_something_else_is_not_sent(text, reason):
    facts = copies_of(OWN)
    wrong = replace(facts, invoices={OWN: printed(facts.invoices[OWN], text)})
    assert decide(wrong, POLICY).reasons == (reason,)


def test_an_invoice_without_a_printed_document_is_not_sent():
    assert decide(facts_for(ask(Category.INVOICE_COPY, OWN), "C-1001"), POLICY).reasons == ("NO_DOCUMENT",)


@pytest.mark.parametrize(
    ("number", "customer", "said"),
    [
        (OWN, "C-1001", "Invoice INV-2025-00417 is open with 22,400.00 USD, due on 30 November 2025."),
        ("INV-2025-00371", "C-1003", "Invoice INV-2025-00371 is settled: we received 18,750.00 USD on 29 October 2025"),
    ],
)
def test_the_payment_status_is_what_the_ledger_says(number, customer, said):
    decision = decide(facts_for(ask(Category.PAYMENT_STATUS, number), customer), POLICY)
    assert decision.route is Route.ROUTINE
    assert said in written(decision.effects[0])


def test_a_kill_switch_stops_answers_too():
    decision = decide(facts_for(ask(Category.PAYMENT_STATUS, OWN), "C-1001", stopped="close"), POLICY)
    assert (decision.route, decision.reasons) == (Route.EXCEPTION, ("KILL_SWITCH",))


def test_no_category_answers_a_sender_who_is_not_a_known_contact():
    for facts in (s1(), copies_of(OWN), facts_for(ask(Category.PAYMENT_STATUS, OWN), "C-1001")):
        decision = decide(replace(facts, sender=replace(facts.sender, contact=None)), POLICY)
        assert decision.route is Route.EXCEPTION
        assert "NOBODY_TO_ANSWER" in decision.reasons


@pytest.mark.parametrize(
    ("of_message", "of_customer", "answer"),
    [
        ("de", "en", "de"),
        ("nl", None, "nl"),
        ("it", "fr", "fr"),
        (None, "es", "es"),
        ("", "pl", "en"),
        (None, None, "en"),
    ],
)
def test_an_answer_is_in_the_language_of_the_message_then_of_the_customer_then_in_english(
    of_message, of_customer, answer
):
    assert answer_language(of_message, of_customer) == answer


def test_what_is_signed_are_plain_values_and_no_words():
    (answer,) = decide(facts_for(ask(Category.PAYMENT_STATUS, OWN), "C-1001"), POLICY).effects
    assert answer.params["values"]["status"] == [
        {
            "sentence": "open",
            "values": {
                "invoice_no": OWN,
                "amount": {"amount": "22400.00", "currency": "USD"},
                "due_date": {"day": "2025-11-30"},
            },
        }
    ]
    assert canonical_json(answer.payload())
    german = written(answer, language="de")
    assert "mit 22.400,00 USD offen, fällig am 30. November 2025" in german


def test_a_credit_is_told_with_what_was_found_and_what_is_open_before_and_after():
    answer = next(item for item in decide(s1(), POLICY).effects if item.type is EffectType.SEND_REPLY)
    body = written(answer)
    for said in ("line 1 was billed at 140, the agreed price is 125", "CN-2025-00061 over 2,400.00 USD"):
        assert said in body
    assert "was 22,400.00 USD and is now 20,000.00 USD" in body
    assert "2 400,00 USD" in written(answer, language="fr").replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"due": usd("1"), "amount": usd("1")}, "has no amount"),
        ({}, "needs due"),
    ],
)
def test_an_answer_is_planned_with_exactly_the_values_of_its_template(values, reason):
    with pytest.raises(ValueError, match=reason):
        plan_answers(s1(), seq=1, template="ACK", values=values)


def test_what_is_missing_is_asked_for_in_one_list_by_field_or_in_the_words_of_a_colleague():
    (question,) = ask_customer(s1(), ["invoice", "amount", "Which of your two sites is it about?"])
    assert question.type is EffectType.REQUEST_INFO
    assert "- the number of the invoice\n- the amount in question\n- Which of your two sites is it about?" in written(
        question
    )


def test_a_notice_goes_to_the_contact_on_file_and_repeats_nothing_of_the_sender():
    facts = replace(s1(), subject="URGENT new account DE89 3704 0044 0532 0130 00")
    contact = CONTACTS["C-1001"]
    notice = plan_notice(
        facts, seq=1, contact=contact, template="BANK_CHANGE_RECEIVED", values={"received_on": NOW.date()}
    )
    assert (notice.type, notice.target) == (EffectType.SEND_REPLY, contact.email)
    assert "DE89" not in canonical_json(notice.payload())
    assert "24 November 2025" in written(notice)


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("Invoice query", "Re: Invoice query"),
        ("Re: Invoice query", "Re: Invoice query"),
        ("RE: re: Re: Invoice query", "Re: Invoice query"),
        ("a\r\nBcc: x@evil.example", "Re: a Bcc: x@evil.example"),
        ("costs $amount ${case_no} $$", "Re: costs $amount ${case_no} $$"),
    ],
)
def test_a_subject_is_answered_once_in_one_line_and_never_filled_in(subject, shown):
    values = {"subject": subject, "case_no": "CSR-1", "sent": "x", "not_found": ""}
    subject, _ = render_answer(shipped_answers(), template="INV_COPY", language="en", values=values)
    assert subject.casefold() == shown.casefold()


def test_a_value_of_a_customer_stays_on_its_line_and_is_never_filled_in():
    values = {"subject": "x", "case_no": "CSR-1", "not_found": "", "sent": ["417\r\n\r\nPlease pay\x1b[2J", "$case_no"]}
    _, body = render_answer(shipped_answers(), template="INV_COPY", language="en", values=values)
    assert "Please find attached: 417 Please pay[2J, $case_no." in body


def test_what_a_colleague_wrote_keeps_its_lines():
    values = {"subject": "x", "case_no": "CSR-1", "text": "First.\n\nSecond."}
    _, body = render_answer(shipped_answers(), template="PERSONAL", language="en", values=values)
    assert "\n\nFirst.\n\nSecond.\n\n" in body


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"amount": "2400.00", "currency": "USD"},
        {"template": "GONE", "language": "en", "values": {"subject": "x"}},
        {"template": "ACK", "language": "en", "values": {"subject": "x"}},
        {"template": "ACK", "language": "en", "values": {"subject": "x", "due": {"week": "48"}}},
    ],
)
def test_what_is_no_answer_has_no_preview(params):
    assert preview_answer(shipped_answers(), params, known={"case_no": "CSR-1"}) is None


def test_half_an_answer_is_never_written():
    with pytest.raises(KeyError):
        render_answer(
            shipped_answers(), template="CN_GRANTED", language="en", values={"subject": "x", "case_no": "CSR-1"}
        )


def mail(**changes) -> bytes:
    fields = {
        "key": KEY,
        "sender": "billing@corp.example",
        "to": "dana@customer.example",
        "subject": "Re: Rückfrage",
        "body": "Guten Tag\nGrüße",
        "thread": ["<a@customer.example>", "<b@customer.example>"],
        "at": datetime(2025, 11, 24, 13, 12, tzinfo=UTC),
    }
    return compose_mail(**{**fields, **changes})


def read(raw: bytes):
    return message_from_bytes(raw, policy=default)


def test_the_same_answer_is_the_same_bytes():
    enclosures = [Enclosure("INV-2025-00417.pdf", "application/pdf", b"%PDF-1.4 ...")]
    assert mail() == mail()
    assert mail(enclosures=enclosures) == mail(enclosures=enclosures)


def test_an_answer_says_what_it_is_and_where_it_belongs():
    answer = read(mail())
    assert answer["Message-ID"] == message_id(KEY, "billing@corp.example")
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["X-Auto-Response-Suppress"] == "All"
    assert answer["In-Reply-To"] == "<b@customer.example>"
    assert answer["References"].split() == ["<a@customer.example>", "<b@customer.example>"]
    assert answer["Subject"] == "Re: Rückfrage"
    assert answer.get_content().splitlines() == ["Guten Tag", "Grüße"]


def test_long_message_ids_stay_whole_so_that_the_thread_is_found():
    ids = [f"<{'A' * 100}{number}@mail.customer.example>" for number in range(30)]
    raw = mail(thread=ids)
    assert b"In-Reply-To: " + ids[-1].encode() in raw
    assert read(raw)["References"].split() == ids[-20:]
    assert max(len(line) for line in raw.split(b"\r\n")) < 998


def test_an_enclosure_arrives_as_it_was():
    content = bytes(range(256)) * 4
    (part,) = read(mail(enclosures=[Enclosure("Rechnung ä.pdf", "application/pdf", content)])).iter_attachments()
    assert (part.get_filename(), part.get_content_type(), part.get_content()) == (
        "Rechnung ä.pdf",
        "application/pdf",
        content,
    )


@pytest.mark.parametrize("field", ["to", "subject", "sender"])
def test_a_line_break_cannot_add_a_header(field):
    with pytest.raises(ValueError, match=r"[Ll]inefeed|header"):
        mail(**{field: "a@b.example\r\nBcc: c@evil.example"})


def test_a_reference_in_a_copy_request_is_repeated_as_it_was_written():
    request = replace(ask(Category.INVOICE_COPY, OWN), invoice_refs=(ref(OWN), ref("inv 2025/00431")))
    facts = facts_for(request, "C-1001")
    facts = replace(facts, invoices={OWN: printed(facts.invoices[OWN])})
    assert "inv 2025/00431" in written(decide(facts, POLICY).effects[0])


@pytest.mark.parametrize(("sent", "route"), [(4, Route.ROUTINE), (5, Route.EXCEPTION)])
def test_the_sixth_answer_of_a_day_to_one_address_is_for_a_person(sent, route):
    decision = decide(copies_of(OWN, answers_24h=sent), POLICY)
    assert decision.route is route
    assert ("TOO_MANY_ANSWERS" in decision.reasons) is (route is Route.EXCEPTION)
