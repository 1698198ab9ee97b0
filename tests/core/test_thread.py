"""The signed mark behind a subject."""

from __future__ import annotations

import pytest

from csr_bot.core.thread import find_marks, mark_subject

KEY = b"k" * 32
CASE = "CSR-2025-000123"


def test_an_answer_to_our_subject_names_the_case_with_our_signature():
    subject = mark_subject("Re: Wrong price", CASE, key=KEY)
    assert subject.startswith(f"Re: Wrong price [{CASE} ")
    for reply in (f"AW: {subject}", subject.lower(), f"Re: {subject} - urgent"):
        assert find_marks(reply, key=KEY).signed == (CASE,)


def test_a_subject_is_marked_once_however_often_it_comes_back():
    once = mark_subject("Wrong price", CASE, key=KEY)
    assert mark_subject(once, CASE, key=KEY) == once
    other = mark_subject(once, "CSR-2025-000777", key=KEY)
    assert find_marks(other, key=KEY).signed == ("CSR-2025-000777",)


@pytest.mark.parametrize(
    "subject",
    [
        CASE,
        f"Any news on {CASE}?",
        f"[{CASE}]",
        f"[{CASE} AAAAAAAAAA]",
        mark_subject("x", CASE, key=b"another key"),
        mark_subject("x", "CSR-2025-000999", key=KEY).replace("CSR-2025-000999", CASE),
    ],
)
def test_a_number_without_our_signature_is_only_named(subject):
    marks = find_marks(subject, key=KEY)
    assert (marks.signed, marks.unsigned) == ((), (CASE,))


@pytest.mark.parametrize("text", ["", "INV-2025-000123", "CSR-25-1", "XCSR-2025-000123", "CSR-2025-0001234567890"])
def test_what_is_no_case_number_names_no_case(text):
    marks = find_marks(text, key=KEY)
    assert (marks.signed, marks.unsigned) == ((), ())


def test_a_subject_full_of_numbers_is_cut():
    text = " ".join(f"CSR-2025-{number:06}" for number in range(500))
    assert len(find_marks(text, key=KEY).unsigned) == 5
