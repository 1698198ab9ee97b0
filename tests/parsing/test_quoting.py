from __future__ import annotations

import pytest

from csr_bot.core.parsing.quoting import split_text

NEW = "The price on INV-2025-00417 is wrong."
OLD = "Dear customer,\nplease find INV-2025-00388 attached."

_HISTORIES = {
    "quoted": f"> {OLD.splitlines()[0]}\n> {OLD.splitlines()[1]}",
    "en": f"On Mon, 1 Sep 2025 at 10:00, Support <support@shared.example> wrote:\n\n{OLD}",
    "en on two lines": f"On Mon, 1 Sep 2025 at 10:00, Support\n<support@shared.example> wrote:\n\n{OLD}",
    "de": f"Am 01.09.2025 um 10:00 schrieb Support <support@shared.example>:\n\n{OLD}",
    "fr": f"Le lun. 1 sept. 2025 à 10:00, Support <support@shared.example> a écrit :\n\n{OLD}",
    "es": f"El lun, 1 sept 2025 a las 10:00, Support (<support@shared.example>) escribió:\n\n{OLD}",
    "nl": f"Op ma 1 sep. 2025 om 10:00 schreef Support <support@shared.example>:\n\n{OLD}",
    "outlook": f"-----Original Message-----\nFrom: Support\nSent: Monday\nSubject: x\n\n{OLD}",
    "outlook en": f"_____________\nFrom: Support <s@shared.example>\nSent: Monday\nTo: Dana\nSubject: x\n\n{OLD}",
    "outlook de": f"Von: Support <s@shared.example>\nGesendet: Montag\nAn: Dana\nBetreff: x\n\n{OLD}",
    "outlook fr": f"De : Support <s@shared.example>\nEnvoyé : lundi\nÀ : Dana\nObjet : x\n\n{OLD}",
    "outlook es": f"De: Support <s@shared.example>\nEnviado el: lunes\nPara: Dana\nAsunto: x\n\n{OLD}",
    "outlook nl": f"Van: Support <s@shared.example>\nVerzonden: maandag\nAan: Dana\nOnderwerp: x\n\n{OLD}",
    "forward": f"---------- Forwarded message ---------\nFrom: Support\n\n{OLD}",
}


@pytest.mark.parametrize("history", _HISTORIES)
def test_history_is_cut_in_the_wordings_of_mail_programs(history):
    split = split_text(f"{NEW}\n\n{_HISTORIES[history]}\n")
    assert split.new == NEW
    assert "INV-2025-00388" in split.quoted


@pytest.mark.parametrize("gap", [" ", "--- "])
def test_a_reply_on_the_line_of_the_head_is_kept(gap):
    split = split_text(f"yes, all{gap}On Wed, Apr 4, 2012 at 3:59 PM, bob@x.example wrote:\n> Hi")
    assert split.new == "yes, all"


def test_answers_between_quoted_lines_are_new():
    split = split_text("On Mon, Dana wrote:\n> Which invoice?\nINV-2025-00417\n> Which price?\n125.00")
    assert split.new == "INV-2025-00417\n125.00"


@pytest.mark.parametrize(
    ("tail", "kept"),
    [
        ("-- \nDana Ortiz\nFabrikam\n+49 30 123456", ""),
        ("Kind regards\nDana Ortiz\nAccounts payable\n+49 30 123456", "Kind regards\nDana Ortiz"),
        ("Mit freundlichen Grüßen\n\nJürgen Klein\nBuchhaltung", "Mit freundlichen Grüßen\n\nJürgen Klein"),
        ("Cordialement,\nAnne", "Cordialement,\nAnne"),
        (
            "Regards\nDana\n\nPS: please also check INV-2025-00388.",
            "Regards\nDana\n\nPS: please also check INV-2025-00388.",
        ),
        ("Thanks\nCan you also send 431?\nDana", "Thanks\nCan you also send 431?\nDana"),
        ("Sent from my iPhone", ""),
        ("This e-mail is confidential and intended only for the addressee.", ""),
    ],
)
def test_signatures_are_cut_but_no_sentence_is(tail, kept):
    assert split_text(f"{NEW}\n\n{tail}").new == f"{NEW}\n\n{kept}".strip()


@pytest.mark.parametrize(
    "text", ["> only a quote", "-- \nonly a signature", f"From: a\nTo: b\nSubject: c\n\n{OLD}", OLD]
)
def test_the_newest_part_of_a_readable_text_is_never_empty(text):
    assert split_text(text).new.strip()


@pytest.mark.parametrize(
    "text", ["I am sure he wrote: yes", "From: here on we pay net 30.\nThanks", "On time we wrote: nothing"]
)
def test_ordinary_sentences_are_not_taken_for_history(text):
    assert split_text(f"{text}\n\nPlease check.").new == f"{text}\n\nPlease check."
