"""The texts that are shipped: the same in every language, complete, and safe to send."""

from __future__ import annotations

import re
from string import Template as Text

import pytest

from csr_bot.answers import shipped_answers, shipped_text
from csr_bot.core.phrasebook import SENTENCES, TEMPLATES
from csr_bot.core.replies import render_answer, say
from csr_bot.core.wording import LANGUAGES

ANSWERS = shipped_answers()
FILLED = {"case_no": "CSR-2025-000101"}

# Templates and phrases whose words are the same in two languages, because they have none or share a word.
ALIKE = {"changed", "changed_field", "asked"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TEMPLATES)
def test_every_answer_tells_all_of_its_values_in_every_language(name, language):
    values = {value: f"<{value}>" for value in TEMPLATES[name]} | FILLED
    subject, body = render_answer(ANSWERS, template=name, language=language, values=values)
    for value in TEMPLATES[name] - {"case_no"}:
        assert f"<{value}>" in subject + body
    assert "CSR-2025-000101" in body
    assert not re.search(r"\$|\n\n\n|[ \t]\n", subject + body)


@pytest.mark.parametrize("name", TEMPLATES)
def test_an_answer_is_worded_anew_in_each_language(name):
    assert len({ANSWERS.templates[name, language].body for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize("name", SENTENCES)
def test_every_sentence_has_the_same_values_in_every_language(name):
    for language in LANGUAGES:
        assert set(Text(ANSWERS.phrases[name, language]).get_identifiers()) == SENTENCES[name], language


def test_sentences_are_worded_anew_too():
    for name in SENTENCES.keys() - ALIKE:
        assert len({ANSWERS.phrases[name, language] for language in LANGUAGES}) > 2, name


def test_nothing_stands_in_the_files_that_cannot_be_said():
    assert ANSWERS.templates.keys() == {(name, language) for name in TEMPLATES for language in LANGUAGES}
    assert ANSWERS.phrases.keys() == {(name, language) for name in SENTENCES for language in LANGUAGES}


@pytest.mark.parametrize(("name", "language"), ANSWERS.templates)
def test_no_answer_blames_the_customer_or_repeats_bank_data(name, language):
    text = ANSWERS.templates[name, language].body.lower()
    blame = r"you (did|have) not pa(y|id)|nicht gezahlt|n'avez pas payé|no ha pagado|niet betaald"
    assert not re.search(blame + r"|iban|guarant|garanti|promise", text)


@pytest.mark.parametrize("name", ["BANK_CHANGE_RECEIVED", "MASTER_DATA_NOTICE"])
def test_a_notice_to_somebody_else_says_nothing_of_the_sender_s_subject(name):
    assert "subject" not in TEMPLATES[name]


def test_a_refusal_says_how_to_object():
    ways = {"en": "see this differently", "de": "anders sehen", "fr": "pas de cet avis", "es": "no está de acuerdo"}
    for language, way in (ways | {"nl": "Ziet u dit anders"}).items():
        for name in ("CN_DENIED", "CN_PARTIAL"):
            assert way in ANSWERS.templates[name, language].body


def test_sentences_of_a_list_stand_on_lines_of_their_own_and_may_hold_sentences():
    changes = [
        say("changed", field=say("field_phone"), value="+1 510 555 0100"),
        say("contact_removed", email="jane@customer.example"),
    ]
    values = {"subject": "x", "changes": changes} | FILLED
    _, body = render_answer(ANSWERS, template="MASTER_DATA_UPDATED", language="de", values=values)
    assert "\n\n- Telefonnummer: +1 510 555 0100\n- Ansprechpartner entfernt: jane@customer.example\n\n" in body


def test_an_empty_value_leaves_no_gap():
    values = {"subject": "x", "sent": "INV-1", "not_found": ""} | FILLED
    _, body = render_answer(ANSWERS, template="INV_COPY", language="en", values=values)
    assert body.split("\n\n")[1:3] == [
        "Thank you for your message. Please find attached: INV-1.",
        "Kind regards\nAccounts Receivable",
    ]


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("nonsense", {}, "there is no sentence nonsense"),
        ("reviewed", {"amount": "1"}, "has no amount"),
        ("disputed", {}, "needs amount"),
    ],
)
def test_a_sentence_is_said_with_exactly_its_values(name, values, reason):
    with pytest.raises(ValueError, match=reason):
        say(name, **values)


def test_a_shipped_text_can_be_taken_as_a_start():
    assert shipped_text("fr", "ACK.txt").startswith("Subject: Re: $subject\n\n")
    for language, name in [("fr", "NOTHING.txt"), ("xx", "ACK.txt"), ("fr", "../__init__.py"), ("fr", "")]:
        with pytest.raises(LookupError):
            shipped_text(language, name)
