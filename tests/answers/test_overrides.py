"""Texts of a workspace: they win over the shipped ones, and nothing wrong in them is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from csr_bot.answers import read_answers, shipped_answers, shipped_text
from csr_bot.core.document import MistakesError
from csr_bot.core.replies import render_answer
from csr_bot.workspace import check_workspace

VALUES = {"subject": "Invoice", "case_no": "CSR-1", "due": {"day": "2025-11-30"}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for language in ("de", "en"):
        (tmp_path / "answers" / language).mkdir(parents=True)
    (tmp_path / "answers" / "README").write_text("what is here")
    return tmp_path / "answers"


def mistakes_in(folder: Path) -> list[str]:
    with pytest.raises(MistakesError) as caught:
        read_answers(folder)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_without_a_folder_the_shipped_texts_are_sent(tmp_path):
    assert read_answers(tmp_path / "answers") is shipped_answers()


def test_a_text_of_the_workspace_wins_in_its_language_only(folder):
    (folder / "de" / "ACK.txt").write_text(
        "\ufeffSubject: $subject\r\n\r\nIhr Vorgang ${case_no} bis $due, 10 $$.\r\n", encoding="utf-8"
    )
    answers = read_answers(folder)
    assert render_answer(answers, template="ACK", language="de", values=VALUES) == (
        "Invoice",
        (
            "Guten Tag,\n\nIhr Vorgang CSR-1 bis 30. November 2025, 10 $.\n\n"
            "Freundliche Grüße\nDebitorenbuchhaltung\n\nVorgang CSR-1 - bitte lassen Sie den Betreff in Ihrer Antwort."
        ),
    )
    assert answers.templates["ACK", "en"] == shipped_answers().templates["ACK", "en"]


def test_single_phrases_of_the_workspace_win_and_the_others_stay(folder):
    (folder / "en" / "phrases.yaml").write_text("greeting: Dear customer,\n")
    answers = read_answers(folder)
    assert answers.phrases["greeting", "en"] == "Dear customer,"
    assert answers.phrases["reviewed", "en"] == shipped_answers().phrases["reviewed", "en"]


def test_a_shipped_text_is_a_text_without_mistakes(folder):
    for name in ("CN_GRANTED.txt", "phrases.yaml"):
        (folder / "de" / name).write_text(shipped_text("de", name), encoding="utf-8")
    assert read_answers(folder) == shipped_answers()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Subject: Re: $subject\n\nCase $case_no\nby $when",
            [
                "1: $due: the value $due is missing",
                "4: $when: there is no $when here; known: $case_no, $due, $subject",
            ],
        ),
        (
            "Re: $subject\n\n$case_no by $due",
            ["1: Subject: the first line is 'Subject: ' and the subject"],
        ),
        (
            "Subject: $subject\n$case_no by $due",
            ["2: (body): an empty line stands between subject and body"],
        ),
        (
            "Subject: $subject $case_no $due\n\n \n",
            ["2: (body): there is no body"],
        ),
        (
            "Subject: $subject\n\n$case_no by $due\nfor 5 $.",
            ["4: $: a $ that is no value is written $$"],
        ),
    ],
)
def test_a_mistake_in_an_answer_is_named_with_its_line(folder, text, found):
    (folder / "de" / "ACK.txt").write_text(text)
    assert mistakes_in(folder) == [f"answers/de/ACK.txt:{mistake}" for mistake in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# ours\nthanks: Thank you\n", "2: thanks: there is no phrase of this name"),
        ("\ndisputed: All of it.\n", "2: disputed: the value $amount is missing"),
        ("disputed: $amount of $total\n", "1: disputed: there is no $total here; known: $amount"),
        ("reviewed: [a]\n", "1: reviewed: a single value is needed here"),
    ],
)
def test_a_mistake_in_a_phrase_is_named_with_its_line(folder, text, found):
    (folder / "en" / "phrases.yaml").write_text(text)
    assert mistakes_in(folder) == [f"answers/en/phrases.yaml:{found}"]


def test_files_that_would_be_passed_over_are_mistakes(folder):
    (folder / "de" / "THANKS.txt").write_text("Subject: x\n\nx")
    (folder / "de" / "INTERIM.txt").write_bytes(b"Subject: \xff")
    (folder / "pt").mkdir()
    (folder / "ACK.txt").write_text("Subject: x\n\nx")
    (folder / "de" / ".ACK.txt.swp").write_text("")
    found = mistakes_in(folder)
    assert [line.partition(" ")[0] for line in found] == [
        "answers/ACK.txt:0:",
        "answers/de/INTERIM.txt:0:",
        "answers/de/THANKS.txt:0:",
        "answers/pt:0:",
    ]


def test_the_check_of_a_workspace_looks_at_its_answers(folder):
    (folder / "de" / "ACK.txt").write_text("Subject: $subject\n\n$case_no")
    mistakes = check_workspace(folder.parent, screens=(), sites=(), read_policy=lambda _text, _file: None)
    assert "answers/de/ACK.txt:1: $due: the value $due is missing" in [str(mistake) for mistake in mistakes]
