"""What the bot writes to customers: templates in plain words, filled with values that a decision has fixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Template as Text
from typing import Final


@dataclass(frozen=True, slots=True)
class Template:
    """Subject and body of an answer in one language; ``$name`` is filled from the values."""

    subject: str
    body: str


_SIGN_OFF_EN: Final = (
    "\n\nKind regards\nAccounts Receivable\n\nCase $case_no - please keep this subject in your answer."
)
_SIGN_OFF_DE: Final = (
    "\n\nFreundliche Grüße\nDebitorenbuchhaltung\n\nVorgang $case_no - bitte lassen Sie den Betreff in Ihrer Antwort."
)

_TEMPLATES: Final[Mapping[tuple[str, str], Template]] = {
    ("CN_GRANTED", "en"): Template(
        "Re: $subject",
        "Thank you for your message about invoice $invoice_no.\n\n"
        "We checked it against our records: $findings\n\n"
        "We have issued credit note $credit_note_no over $amount. The open amount of invoice $invoice_no is now "
        "$new_open; its due date stays $due_date." + _SIGN_OFF_EN,
    ),
    ("CN_GRANTED", "de"): Template(
        "Re: $subject",
        "Vielen Dank für Ihre Nachricht zur Rechnung $invoice_no.\n\n"
        "Wir haben sie mit unseren Unterlagen verglichen: $findings\n\n"
        "Wir haben die Gutschrift $credit_note_no über $amount erstellt. Der offene Betrag der Rechnung $invoice_no "
        "ist jetzt $new_open; fällig bleibt sie am $due_date." + _SIGN_OFF_DE,
    ),
    ("INV_COPY", "en"): Template(
        "Re: $subject",
        "Thank you for your message. Please find attached: $sent.$not_found" + _SIGN_OFF_EN,
    ),
    ("INV_COPY", "de"): Template(
        "Re: $subject",
        "Vielen Dank für Ihre Nachricht. Im Anhang finden Sie: $sent.$not_found" + _SIGN_OFF_DE,
    ),
    ("PAYMENT_STATUS", "en"): Template(
        "Re: $subject",
        "Thank you for your message. As of today:\n\n$status" + _SIGN_OFF_EN,
    ),
    ("PAYMENT_STATUS", "de"): Template(
        "Re: $subject",
        "Vielen Dank für Ihre Nachricht. Stand heute:\n\n$status" + _SIGN_OFF_DE,
    ),
}

_PHRASES: Final[Mapping[tuple[str, str], str]] = {
    ("paid", "en"): "Invoice $invoice_no is settled: we received $amount on $value_date (our reference $payment_no).",
    ("paid", "de"): (
        "Die Rechnung $invoice_no ist ausgeglichen: Wir haben $amount am $value_date erhalten "
        "(unsere Referenz $payment_no)."
    ),
    ("open", "en"): (
        "Invoice $invoice_no is open with $amount, due on $due_date. If you have paid it already, please send us the "
        "bank, the value date and the reference of the transfer, so that we can find it."
    ),
    ("open", "de"): (
        "Die Rechnung $invoice_no ist mit $amount offen, fällig am $due_date. Falls Sie bereits gezahlt haben, nennen "
        "Sie uns bitte Bank, Wertstellung und Referenz der Überweisung, damit wir die Zahlung finden."
    ),
    ("not_found", "en"): "\n\nWe could not find on your account: $numbers.",
    ("not_found", "de"): "\n\nAuf Ihrem Konto haben wir nicht gefunden: $numbers.",
    ("price", "en"): "line $line was billed at $billed, the agreed price is $agreed ($clause).",
    ("price", "de"): "Position $line wurde mit $billed berechnet, vereinbart sind $agreed ($clause).",
    ("quantity", "en"): "line $line was billed for $billed, used or delivered were $agreed ($clause).",
    (
        "quantity",
        "de",
    ): "Position $line wurde mit der Menge $billed berechnet, genutzt oder geliefert $agreed ($clause).",
    ("duplicate", "en"): "the same supply was billed before with invoice $original, which stays valid.",
    ("duplicate", "de"): "Dieselbe Leistung wurde bereits mit Rechnung $original berechnet, die gültig bleibt.",
    ("reviewed", "en"): "your claim is justified.",
    ("reviewed", "de"): "Ihre Beanstandung ist berechtigt.",
}


def answer_language(language: str | None) -> str:
    """The language to answer in: the customer's where there are templates for it, else English."""
    return language if language is not None and ("CN_GRANTED", language) in _TEMPLATES else "en"


def phrase(name: str, language: str, **values: str) -> str:
    """One sentence of an answer. Raises KeyError where a value is missing."""
    return Text(_PHRASES[name, language]).substitute(values)


def render_answer(template: str, language: str, values: Mapping[str, str]) -> tuple[str, str]:
    """Subject and body of an answer. Raises KeyError where a value is missing: half an answer is never sent."""
    chosen = _TEMPLATES[template, language]
    subject = Text(chosen.subject).substitute(values)
    return _single_reply_prefix(subject), Text(chosen.body).substitute(values)


def _single_reply_prefix(subject: str) -> str:
    """One line, with ``Re:`` once however often the customer's subject has it already."""
    line = " ".join(subject.split())
    while line.lower().startswith("re: re:"):
        line = line[4:]
    return line
