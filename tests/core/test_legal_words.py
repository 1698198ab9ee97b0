from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_bot.core.legal_words import STEMS, find_legal_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The company was declared insolvent on Monday.", ("insolvent",)),
        ("We filed for Chapter 11 last week", ("filed for chapter",)),
        ("we have filed for reorganisation proceedings", ("filed for reorganisation",)),
        ("The firm went into administration; a liquidator will write.", ("into administration", "liquidator")),
        ("Without the credit we will take LEGAL\n  ACTION.", ("legal action",)),
        ("Wir haben Insolvenz angemeldet.", ("insolvenz",)),
        ("wegen drohender Zahlungsunfähigkeit", ("zahlungsunfahigkeit",)),
        ("Unser Anwalt prüft eine Klage.", ("unser anwalt", "klage")),
        ("Der Mahnbescheid vom Amtsgericht", ("mahnbescheid", "amtsgericht")),
        ("Notre société est en redressement judiciaire", ("redressement judiciaire",)),
        ("une procédure collective a été ouverte", ("procedure collective",)),
        ("adressez-vous à notre avocat", ("notre avocat",)),
        ("la empresa está en concurso de acreedores", ("concurso de acreedores",)),
        ("la sociedad entró en liquidación", ("en liquidacion",)),
        ("emprenderemos acciones legales", ("acciones legales",)),
        ("Wij zijn in staat van faillissement", ("faillissement",)),
        ("surséance van betaling is aangevraagd", ("surseance",)),
        ("neem contact op met de curator", ("de curator",)),
        ("Insolvent? We are not insolvent!", ("insolvent",)),
    ],
)
def test_words_of_insolvency_and_law_are_found_in_five_languages(text, words):
    assert find_legal_words(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "",
        "can we split it in 3? business is slow",
        "We request a standstill until 31 January on all open items.",
        "The administrator of the portal reset my password.",
        "Jane in administration will send the form.",
        "See chapter 11 of the manual.",
        "We reorganised our accounts payable team.",
        "The curator of the museum ordered two prints.",
        "Lieferung nach Klagenfurt, keine Klagen.",
        "Die Rechnung ist richtig, wir zahlen am Freitag.",
        "La liquidación de la factura se hará el viernes.",
        "2 caisses d'avocats et un filet de citrons",
        "Advocaat, 12 flessen",
        "the system is solvent based; our dissolvent was late",
        "please disclose the pro forma invoice",
    ],
)
def test_everyday_words_are_not_taken_for_them(text):
    assert find_legal_words(text) == ()


@pytest.mark.parametrize("stem", sorted({stem for stems in STEMS.values() for stem in stems}))
def test_every_stem_is_found_and_stands_as_it_is_searched(stem):
    word = stem.removesuffix("$")
    assert find_legal_words(f"({word.upper()})") == (word,)


@given(st.text(), st.sampled_from(["Insolvenz", "concurso de acreedores", "faillite"]), st.text())
def test_nothing_around_a_word_hides_it(before, word, after):
    assert find_legal_words(f"{before} {word} {after}")


def test_accents_written_in_two_characters_are_accents():
    assert find_legal_words(unicodedata.normalize("NFD", "procédure de sauvegarde")) == ("procedure de sauvegarde",)
