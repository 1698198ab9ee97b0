"""The texts of answers: those that are shipped, and those of a workspace, which win over them.

A language is a folder with one file for each template, ``ACK.txt``, and the sentences in ``phrases.yaml``. A workspace
holds only what it words differently: a whole template, or single phrases. What a text must tell is in
``core.phrasebook``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from csr_bot.core.document import Mistake, MistakesError
from csr_bot.core.phrasebook import TEMPLATES
from csr_bot.core.replies import Answers, Template, parse_phrases, parse_template
from csr_bot.core.wording import LANGUAGES

PHRASES: Final = "phrases.yaml"
FOLDER: Final = "answers"
_README: Final = "README"


@cache
def shipped_answers() -> Answers:
    """The texts that are shipped, read once in a process."""
    return _read([item for item in files(__name__).iterdir() if item.name in LANGUAGES])


def shipped_text(language: str, name: str) -> str:
    """A shipped file, ``ACK.txt`` or ``phrases.yaml``, to start one's own from. LookupError if there is none."""
    source = files(__name__).joinpath(language, name)
    if language not in LANGUAGES or Path(name).name != name or not source.is_file():
        raise LookupError(f"no answer {name} is shipped for the language {language}")
    return source.read_text(encoding="utf-8")


def read_answers(folder: Path) -> Answers:
    """The shipped texts, with those of a workspace's folder in their place. Raises MistakesError."""
    shipped = shipped_answers()
    if not folder.is_dir():
        return shipped
    own = _read(folder.iterdir())
    return Answers({**shipped.templates, **own.templates}, {**shipped.phrases, **own.phrases})


def _read(folders: Iterable[Traversable]) -> Answers:
    """The texts of these folders. Anything that would be passed over in silence is a mistake."""
    mistakes: list[Mistake] = []
    templates: dict[tuple[str, str], Template] = {}
    phrases: dict[tuple[str, str], str] = {}
    for folder in sorted(folders, key=lambda item: item.name):
        language = folder.name
        if language.startswith(".") or language == _README:
            continue
        if language not in LANGUAGES or not folder.is_dir():
            known = ", ".join(LANGUAGES)
            mistakes.append(Mistake(f"{FOLDER}/{language}", 0, "(file)", f"is not read; folders here are {known}"))
            continue
        for name, file, text in _texts(folder, mistakes):
            try:
                if name == PHRASES:
                    found = parse_phrases(text, file=file)
                    phrases |= {(phrase, language): words for phrase, words in found.items()}
                else:
                    template = name.removesuffix(".txt")
                    templates[template, language] = parse_template(text, file=file, name=template)
            except MistakesError as error:
                mistakes += error.mistakes
    if mistakes:
        raise MistakesError(sorted(mistakes))
    return Answers(templates, phrases)


def _texts(folder: Traversable, mistakes: list[Mistake]) -> Iterator[tuple[str, str, str]]:
    """Name, place for people and text of each file of a language."""
    known = {PHRASES, *(f"{template}.txt" for template in TEMPLATES)}
    for path in sorted(folder.iterdir(), key=lambda item: item.name):
        file = f"{FOLDER}/{folder.name}/{path.name}"
        if path.name.startswith("."):
            continue
        if path.name not in known:
            mistakes.append(Mistake(file, 0, "(file)", f"there is no such answer; known: {', '.join(sorted(known))}"))
            continue
        try:
            yield path.name, file, path.read_text(encoding="utf-8").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
        except (OSError, UnicodeDecodeError) as error:
            mistakes.append(Mistake(file, 0, "(file)", f"cannot be read: {error}"))
