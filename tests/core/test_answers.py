from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from csr_bot.core.decide import Route, decide
from csr_bot.core.effects import EffectType
from csr_bot.core.evidence import ErpDocument
from csr_bot.core.facts import Facts
from csr_bot.core.outgoing import Enclosure, compose_mail, message_id
from csr_bot.core.replies import answer_language, render_answer
from csr_bot.core.request import Category
from tests.core.facts import NOW, POLICY, ask, facts_for, ref, s1

OWN, OWN_TOO, FOREIGN = "INV-2025-00417", "INV-2025-00440", "INV-2025-00431"
KEY = "0123456789abcdef" * 4


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
    _, body = render_answer("INV_COPY", "en", {**answer.params["values"], "case_no": "CSR-2025-000101"})
    assert f"We could not find on your account: {FOREIGN}." in body
    assert not any(word in body.lower() for word in ("fabrikam", "c-1002", "another", "other customer", "exist"))


def test_an_invoice_of_somebody_else_is_answered_like_one_that_does_not_exist():
    of_others = decide(copies_of(OWN, FOREIGN), POLICY)
    of_nobody = decide(copies_of(OWN, "INV-2025-99999"), POLICY)
    texts = [item.effects[0].params["values"]["not_found"] for item in (of_others, of_nobody)]
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
        (OWN, "C-1001", "Invoice INV-2025-00417 is open with 22,400.00 USD, due on 2025-11-30."),
        ("INV-2025-00371", "C-1003", "Invoice INV-2025-00371 is settled: we received 18,750.00 USD on 2025-10-29"),
    ],
)
def test_the_payment_status_is_what_the_ledger_says(number, customer, said):
    decision = decide(facts_for(ask(Category.PAYMENT_STATUS, number), customer), POLICY)
    assert decision.route is Route.ROUTINE
    assert said in decision.effects[0].params["values"]["status"]


def test_a_kill_switch_stops_answers_too():
    decision = decide(facts_for(ask(Category.PAYMENT_STATUS, OWN), "C-1001", stopped="close"), POLICY)
    assert (decision.route, decision.reasons) == (Route.EXCEPTION, ("KILL_SWITCH",))


def test_no_category_answers_a_sender_who_is_not_a_known_contact():
    for facts in (s1(), copies_of(OWN), facts_for(ask(Category.PAYMENT_STATUS, OWN), "C-1001")):
        decision = decide(replace(facts, sender=replace(facts.sender, contact=None)), POLICY)
        assert decision.route is Route.EXCEPTION
        assert "NOBODY_TO_ANSWER" in decision.reasons


@pytest.mark.parametrize(("language", "answer"), [("de", "de"), ("en", "en"), ("fr", "en"), (None, "en"), ("", "en")])
def test_an_answer_is_in_the_customers_language_or_in_english(language, answer):
    assert answer_language(language) == answer


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
    assert render_answer("INV_COPY", "en", values)[0].casefold() == shown.casefold()


def test_half_an_answer_is_never_written():
    with pytest.raises(KeyError):
        render_answer("CN_GRANTED", "en", {"subject": "x", "case_no": "CSR-1"})


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
    assert "inv 2025/00431" in decide(facts, POLICY).effects[0].params["values"]["not_found"]


@pytest.mark.parametrize(("sent", "route"), [(4, Route.ROUTINE), (5, Route.EXCEPTION)])
def test_the_sixth_answer_of_a_day_to_one_address_is_for_a_person(sent, route):
    decision = decide(copies_of(OWN, answers_24h=sent), POLICY)
    assert decision.route is route
    assert ("TOO_MANY_ANSWERS" in decision.reasons) is (route is Route.EXCEPTION)
