"""The trained model: what it answers, that it answers the same everywhere, and what it does not need."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from importlib.resources import files

import pytest

from csr_bot.core.classification import MIN_CONFIDENCE, WrongModelError, classify_text, parse_model
from csr_bot.core.classification.features import read_features
from csr_bot.core.classification.words import cut_closing, plain_text, read_sentences
from csr_bot.core.facts_in_text import read_facts
from csr_bot.core.request import Category, TextSource
from csr_bot.model import load_model

CONTENT = files("csr_bot.model").joinpath("requests.bin").read_bytes()
MAX_BYTES = 3_000_000


def read(text):
    return read_features(subject=(), text=read_sentences(text, read_facts(text, TextSource.BODY)))


def test_the_file_is_small_and_its_version_is_its_content():
    assert len(CONTENT) < MAX_BYTES
    assert parse_model(CONTENT).version == load_model().version
    assert parse_model(CONTENT).version != "requests-"


@pytest.mark.parametrize("content", [b"", b"something else", CONTENT[:-100], CONTENT[:200]])
def test_what_is_not_a_whole_model_is_refused(content):
    with pytest.raises(WrongModelError):
        parse_model(content)


def test_scores_are_whole_numbers_and_do_not_depend_on_what_was_read_before():
    text = "Please resend invoice 431, the attachment was empty."
    fresh, used = parse_model(CONTENT), parse_model(CONTENT)
    for other in ("Bitte um Rückzahlung, wir haben doppelt bezahlt.", "The attachment, please!", text):
        used.score(read(other))
    scores = fresh.score(read(text))
    assert scores == used.score(read(text))
    assert all(type(score) is int for score in scores.categories.values())
    assert scores.rank() == sorted(scores.categories, key=scores.categories.__getitem__, reverse=True)


def test_confidence_rises_with_the_score_and_is_never_certain():
    calibration = load_model().calibration
    by_score = [calibration.read(score, 500) for score in range(-3000, 5000, 50)]
    by_lead = [calibration.read(0, lead) for lead in range(0, 3000, 20)]
    assert by_score == sorted(by_score)
    assert by_lead == sorted(by_lead)
    assert by_lead[0] < MIN_CONFIDENCE
    assert Decimal("0.9") < by_lead[-1] < 1


def test_nothing_that_learns_is_needed_to_classify():
    program = (
        "import sys; from csr_bot.core.classification import classify_text; from csr_bot.model import load_model; "
        "classify_text(subject='', text='Please resend invoice 431', model=load_model()); "
        "sys.exit(any(name in sys.modules for name in ('sklearn', 'numpy', 'scipy')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_every_request_names_the_model_that_read_it():
    (request,) = classify_text(subject="", text="Please resend invoice 431", model=load_model())
    assert request.explain[-1] == f"model {load_model().version}"


@pytest.mark.parametrize(
    "text",
    [
        "Please resend invoice 431",
        "PLEASE RESEND INVOICE 431",
        "Ple\u200base re\u00adsend inv\u200coice 431",
        "Pl\u0435ase res\u0435nd inv\u043eice 431",  # Cyrillic letters among Latin ones
    ],
)
def test_disguised_letters_are_read_as_what_they_look_like(text):
    (request,) = classify_text(subject="", text=text, model=load_model())
    assert request.category is Category.INVOICE_COPY


@pytest.mark.parametrize(
    "text", ["Прошу выслать копию", "請寄發票副本", "lähettäkää pöytäkirja huomenna kiitos", "..."]
)
def test_a_language_that_was_never_learned_is_not_guessed_at(text):
    (request,) = classify_text(subject="", text=text, model=load_model())
    assert request.category is Category.UNKNOWN


def test_no_number_of_a_customer_is_a_word():
    text = "Invoice INV-2025-00417 over 1,250.00 EUR, mail dana@x.example, call 555012345"
    words = {word for sentence in read_sentences(text, read_facts(text, TextSource.BODY)) for word in sentence}
    assert not any(word.isdigit() for word in words)
    assert {"zrefz", "zamountz", "zaddressz"} <= words


def test_nor_is_a_number_in_a_sentence_that_goes_on_for_too_long():
    text = "we have the goods of you and 555012345 " * 20
    sentences = read_sentences(text, read_facts("", TextSource.BODY))
    assert not any(word.isdigit() for sentence in sentences for word in sentence)
    assert len(sentences) == 4


def test_a_dot_within_a_word_ends_no_sentence():
    text = "The p.o. is on it.pdf, isn't it? Yes!\n- one\n\ntwo"
    assert read_sentences(text, read_facts(text, TextSource.BODY)) == [
        ["the", "p.o"],
        ["is", "on", "it.pdf", "isn't", "it", "?"],
        ["yes"],
        ["one"],
        ["two"],
    ]


def test_a_closing_line_and_what_stands_below_it_is_no_part_of_the_wish():
    assert cut_closing("Please resend it.\n\nMit freundlichen Grüßen\nA. Beispiel\nBank 123") == "Please resend it.\n"
    assert plain_text("Grüße, ŒUVRE") == "gruesse, oeuvre"


def test_a_list_of_key_words_below_a_mail_changes_nothing():
    wish = "Please resend invoice 431."
    heap = " ".join(["refund dispute reminder statement tax credit price bank contract limit kyc instalment"] * 40)
    (plain,) = classify_text(subject="", text=wish, model=load_model())
    (stuffed,) = classify_text(subject="", text=f"{wish}\n\n{heap}", model=load_model())
    assert stuffed.category in {plain.category, Category.UNKNOWN}
