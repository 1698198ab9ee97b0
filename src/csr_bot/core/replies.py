"""Answers to customers: texts in several languages, filled with the values that a decision has fixed.

A decision says what is told, as names and values (see ``phrasebook``); which words tell it stands in text files. Who
reads those files gives them to ``parse_template`` and ``parse_phrases``. Nothing here chooses what to tell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from string import Template as Text
from typing import Final

from csr_bot.core.document import Mistake, MistakesError, Reading, read_document
from csr_bot.core.phrasebook import LATER, SENTENCES, TEMPLATES
from csr_bot.core.wording import LANGUAGES, pack_value, show_plain

_MANY_LINES: Final = frozenset({"text"})
"""Values that a colleague wrote. All others stay on one line: a customer's words may be among them."""
_GAP: Final = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Template:
    """Subject and body of an answer in one language; ``$name`` is filled from the values."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Answers:
    """Every text that can be sent: templates and phrases by name and language."""

    templates: Mapping[tuple[str, str], Template]
    phrases: Mapping[tuple[str, str], str]


def answer_language(*languages: str | None) -> str:
    """The first of these that answers are written in, else English."""
    return next((language for language in languages if language in LANGUAGES), LANGUAGES[0])


def say(name: str, **values: object) -> dict[str, object]:
    """A sentence as data, for a payload. Raises ValueError for a name or values that the phrasebook does not know."""
    _require(f"sentence {name}", SENTENCES.get(name), values.keys())
    return {"sentence": name, "values": {key: pack_value(value) for key, value in values.items()}}


def pack_answer(
    template: str, values: Mapping[str, object], *, later: AbstractSet[str] = frozenset()
) -> dict[str, object]:
    """The values of an answer in payload form. ``later`` are those that only its sending can tell.

    Raises ValueError for a template or values that the phrasebook does not know.
    """
    _require(f"template {template}", TEMPLATES.get(template), values.keys(), later=later)
    return {name: pack_value(value) for name, value in values.items()}


def phrase(answers: Answers, name: str, *, language: str, values: Mapping[str, object]) -> str:
    """One sentence in words. Raises KeyError where a value is missing."""
    return Text(answers.phrases[name, language]).substitute(_shown(answers, values, language))


def render_answer(answers: Answers, *, template: str, language: str, values: Mapping[str, object]) -> tuple[str, str]:
    """Subject and body of an answer. Raises KeyError where a value is missing: half an answer is never sent."""
    chosen = answers.templates[template, language]
    shown = _shown(answers, values, language)
    parts = (answers.phrases["greeting", language], chosen.body, answers.phrases["sign_off", language])
    body = "\n\n".join(Text(part.strip()).substitute(shown) for part in parts)
    # A value may be empty and leave its paragraph empty.
    return _single_reply_prefix(Text(chosen.subject).substitute(shown)), _GAP.sub("\n\n", body)


def preview_answer(answers: Answers, params: Mapping[str, object], *, known: Mapping[str, str]) -> str | None:
    """What a customer would read of an effect's params; None where they are no answer that can be worded today.

    What only its sending can tell, and ``known`` does not hold, is shown as its name in brackets.
    """
    values = params.get("values")
    if not isinstance(values, Mapping):
        return None
    brackets = {name: f"[{name.replace('_', ' ')}]" for name in LATER}
    try:
        _, body = render_answer(
            answers,
            template=str(params.get("template")),
            language=str(params.get("language")),
            values={**brackets, **values, **known},
        )
    except (KeyError, ValueError):
        return None  # Decided when there were other templates.
    return body


def parse_template(text: str, *, file: str, name: str) -> Template:
    """A template from its file: ``Subject: ...``, an empty line, the body. Raises MistakesError."""
    lines = text.replace("\r\n", "\n").split("\n")
    mistakes = []
    subject = lines[0].removeprefix("Subject:").strip()
    if not lines[0].startswith("Subject:") or not subject:
        mistakes.append(Mistake(file, 1, "Subject", "the first line is 'Subject: ' and the subject"))
    body = "\n".join(lines[1:]).strip()
    if len(lines) < 2 or lines[1].strip():
        mistakes.append(Mistake(file, 2, "(body)", "an empty line stands between subject and body"))
    elif not body:
        mistakes.append(Mistake(file, 2, "(body)", "there is no body"))
    mistakes += _find_mistakes(list(enumerate(lines, start=1)), file=file, wanted=TEMPLATES[name])
    if mistakes:
        raise MistakesError(sorted(mistakes))
    return Template(subject, body)


def parse_phrases(text: str, *, file: str) -> dict[str, str]:
    """Phrases by name from a YAML text; not every phrase must be there. Raises MistakesError."""
    found: dict[str, str] = {}
    with Reading() as reading:
        for name, field in reading.mapping(read_document(text, file=file)).items():
            if name not in SENTENCES:
                reading.mistakes.append(field.mistake("there is no phrase of this name"))
            elif (words := reading.text(field)) is not None:
                lines = [(field.line, line) for line in words.split("\n")]
                reading.mistakes += _find_mistakes(lines, file=file, wanted=SENTENCES[name], field=name)
                found[name] = words.strip()
    return found


def _require(
    what: str, wanted: AbstractSet[str] | None, given: AbstractSet[str], *, later: AbstractSet[str] = frozenset()
) -> None:
    if wanted is None:
        raise ValueError(f"there is no {what}")
    if unknown := given - wanted:
        raise ValueError(f"{what} has no {', '.join(sorted(unknown))}")
    if missing := wanted - given - later:
        raise ValueError(f"{what} needs {', '.join(sorted(missing))}")


def _find_mistakes(
    lines: Sequence[tuple[int, str]], *, file: str, wanted: AbstractSet[str], field: str = ""
) -> Iterator[Mistake]:
    """Values in a text that will never be filled, and values of which a customer would not hear."""
    seen = set()
    for number, line in lines:
        for place in Text.pattern.finditer(line):
            value = place["named"] or place["braced"]
            if place["invalid"] is not None:
                yield Mistake(file, number, field or "$", "a $ that is no value is written $$")
            elif value and value not in wanted:
                known = ", ".join(f"${name}" for name in sorted(wanted)) or "none"
                yield Mistake(file, number, field or f"${value}", f"there is no ${value} here; known: {known}")
            seen.add(value)
    for name in sorted(wanted - seen):
        yield Mistake(file, lines[0][0], field or f"${name}", f"the value ${name} is missing")


def _shown(answers: Answers, values: Mapping[str, object], language: str) -> dict[str, str]:
    return {
        name: _lines(value) if name in _MANY_LINES and isinstance(value, str) else _show(answers, value, language)
        for name, value in values.items()
    }


def _show(answers: Answers, value: object, language: str) -> str:
    """A value in words: sentences of a list each on a line of its own, other things of a list one after another."""
    match value:
        case {"sentence": str(name), "values": Mapping() as values}:
            return phrase(answers, name, language=language, values=values)
        case Mapping():
            plain = show_plain(value, language=language)
            if plain is None:
                raise ValueError(f"not a value of an answer: {sorted(value)}")
            return plain
        case list() | tuple():
            items = [_show(answers, item, language) for item in value]
            if any(isinstance(item, Mapping) and "sentence" in item for item in value):
                return "\n".join(f"- {item}" for item in items)
            return ", ".join(items)
    return " ".join(_lines(str(value)).split())


def _lines(text: str) -> str:
    """The text without signs that steer a terminal or a printer."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in plain if sign in "\n\t" or unicodedata.category(sign) != "Cc").strip()


def _single_reply_prefix(subject: str) -> str:
    """One line, with ``Re:`` once however often the customer's subject has it already."""
    line = " ".join(subject.split())
    while line.lower().startswith("re: re:"):
        line = line[4:]
    return line
