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
    "gmx de": f"Gesendet: Montag\nVon: Support <s@shared.example>\nAn: Dana\nBetreff: x\n\n{OLD}",
    "outlook date first": f"________\nDate: Monday\nTo: Dana\nFrom: s@shared.example\nSubject: x\n\n{OLD}",
    "outlook html": f"From: Support\n\nSent: Monday\n\nTo: Dana\n\nSubject: x\n\n{OLD}",
    "apple de": f"Am 01.09.2025 um 10:00 schrieb Support <support@shared.example>:\n\n> {OLD.splitlines()[1]}",
    "apple nl": f"Op 1 sep. 2025, om 10:00 heeft Support <s@shared.example> het volgende geschreven:\n\n{OLD}",
    "gmail de": f"Support <s@shared.example> schrieb am Mo., 1.\nSept. 2025 um 10:00 Uhr:\n\n> {OLD.splitlines()[1]}",
    "gmail old": f"2025-09-01 15:36 GMT+02:00 Support <\ns@shared.example>:\n\n> {OLD.splitlines()[1]}",
    "android": f"---- Support wrote ----\n\n> {OLD.splitlines()[1]}",
    "samsung": f"-------- Ursprüngliche Nachricht --------\nVon: Support <s@shared.example>\nDatum: Montag\nAn: D\n\n{OLD}",  # noqa: E501
    "proton": f"------- Original Message -------\nOn Monday, September 1st, 2025, Support <s@x.example> wrote:\n\n{OLD}",  # noqa: E501
    "bars": "Support <s@shared.example> 2025-09-01 10:00:\n\n| Dear customer,\n| please find\n| INV-2025-00388 attached.",  # noqa: E501
    "notes": f"----- Forwarded by Dana/FAB on 01.09.2025 10:00 -----\n\n{OLD}",
    "forward": f"---------- Forwarded message ---------\nFrom: Support\n\n{OLD}",
}


@pytest.mark.parametrize("history", _HISTORIES)
def test_history_is_cut_in_the_wordings_of_mail_programs(history):
    split = split_text(f"{NEW}\n\n{_HISTORIES[history]}\n")
    assert split.new == NEW
    assert "INV-2025-00388" in split.quoted


def test_a_short_quotation_that_the_writer_chose_stays_with_the_answer_below_it():
    text = "> Your invoice 431 is overdue.\n\nWe paid it on 3 May."
    assert split_text(text).new == text
    assert split_text(f"{text}\n\n> old line").new == text


def test_a_mail_passed_on_without_a_word_is_read_without_its_head():
    assert split_text(f"From: a\nSent: b\nTo: c\nSubject: d\n\n{OLD}").new == OLD
    assert split_text(f"On 15 May 2017 19:32, Dana <d@x.example> wrote:\n\n{OLD}").new == OLD


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
        ("Von meinem iPhone gesendet", ""),
        ("Gesendet mit der GMX Mail App", ""),
        ("Envoyé de mon iPhone", ""),
        ("Télécharger Outlook pour Android<https://aka.ms/x>", ""),
        ("Enviado desde mi iPhone", ""),
        ("Verzonden vanaf mijn Galaxy", ""),
        ("Outlook für iOS<https://aka.ms/x> herunterladen", ""),
        ("Sent from our warehouse on Monday: 40 cartons.", "Sent from our warehouse on Monday: 40 cartons."),
        ("Dana Ortiz\ndana@x.example\n+49 30 123456\nwww.x.example", ""),
        ("----------\n\nDana Ortiz\n\nTel. 030 123456\n\nwww.x.example", ""),
        ("Die in dieser E-Mail enthaltenen Informationen sind vertraulich.\n\nAmtsgericht Köln", ""),
        ("Ce message est confidentiel et destiné à son seul destinataire.", ""),
        ("Este mensaje es confidencial.\nSi no es el destinatario, bórrelo.", ""),
        ("Dit bericht is vertrouwelijk.", ""),
        ("Met vriendelijke groet,\nJan\nAdministratie\n+31 20 123456", "Met vriendelijke groet,\nJan"),
        ("Un cordial saludo,\nEva\nContabilidad", "Un cordial saludo,\nEva"),
        (
            "Our new contact is:\n\nEva Sanz\neva@x.example\n+34 91 123 4567",
            "Our new contact is:\n\nEva Sanz\neva@x.example\n+34 91 123 4567",
        ),
        ("This e-mail is confidential and intended only for the addressee.", ""),
    ],
)
def test_signatures_are_cut_but_no_sentence_is(tail, kept):
    assert split_text(f"{NEW}\n\n{tail}").new == f"{NEW}\n\n{kept}".strip()


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside of the organization. Do not click links.",
        "[EXTERNAL]",
        "ACHTUNG: Diese E-Mail stammt von einem externen Absender.",
        "You don't often get email from dana@x.example. Learn why this is important",
        "This message is confidential and intended for the addressee.",
    ],
)
def test_what_a_mail_system_puts_above_the_letter_is_left_out(banner):
    assert split_text(f"{banner}\n\n{NEW}").new == NEW
    assert split_text(banner).new == banner


@pytest.mark.parametrize(
    "text", ["> only a quote", "-- \nonly a signature", f"From: a\nTo: b\nSubject: c\n\n{OLD}", OLD]
)
def test_the_newest_part_of_a_readable_text_is_never_empty(text):
    assert split_text(text).new.strip()


@pytest.mark.parametrize(
    "text",
    [
        "I am sure he wrote: yes",
        "From: here on we pay net 30.\nThanks",
        "On time we wrote: nothing",
        "| a | b |\n| 1 | 2 |\n| 3 | 4 |",
    ],
)
def test_ordinary_sentences_are_not_taken_for_history(text):
    assert split_text(f"{text}\n\nPlease check.").new == f"{text}\n\nPlease check."
