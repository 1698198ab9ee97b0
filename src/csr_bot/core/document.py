"""A YAML text read as strings, each with its line, so that a mistake can be named with file, line and field.

Scalars stay text: ``18:00`` is not 1080 and ``NO`` is not False. What a field means is the reader's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self, TypeVar

import yaml

T = TypeVar("T")

_QUOTES: Final = ("'", '"')


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """Something wrong in a file that a person wrote: where, in which field, and why."""

    file: str
    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.reason}"


class MistakesError(ValueError):
    """A file could not be used; ``mistakes`` holds every reason found, not only the first."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True, slots=True)
class Field:
    """A value in a document: text, a mapping, a list or nothing (an empty value), with its place.

    ``quoted`` says that a text stands in quotes, so that no other tool takes it for a number.
    """

    file: str
    line: int
    path: str
    value: str | dict[str, Field] | list[Field] | None
    quoted: bool = False

    def mistake(self, reason: str) -> Mistake:
        """A mistake at this place."""
        return Mistake(self.file, self.line, self.path or "(document)", reason)


class Reading:
    """Collects the mistakes of one document while its fields are read; reading goes on after a mistake."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def text(self, field: Field) -> str | None:
        """The text of a scalar, or None (with a mistake) for anything else."""
        if isinstance(field.value, str):
            return field.value
        self.mistakes.append(field.mistake("a single value is needed here"))
        return None

    def mapping(self, field: Field, *, known: Sequence[str] = (), needed: Sequence[str] = ()) -> dict[str, Field]:
        """The entries of a mapping. Unknown keys (where ``known`` is given) and missing ones are mistakes."""
        if not isinstance(field.value, dict):
            self.mistakes.append(field.mistake("a mapping (name: value) is needed here"))
            return {}
        for key, entry in field.value.items():
            if known and key not in known:
                self.mistakes.append(entry.mistake(f"unknown field; known are {', '.join(known)}"))
        for key in needed:
            if key not in field.value:
                self.mistakes.append(field.mistake(f"the field {key!r} is missing"))
        return field.value

    def items(self, field: Field) -> Iterator[Field]:
        """The items of a list; nothing (with a mistake) for anything else."""
        if isinstance(field.value, list):
            return iter(field.value)
        self.mistakes.append(field.mistake("a list is needed here"))
        return iter(())

    def convert(self, field: Field, parse: Callable[[str], T]) -> T | None:
        """The text of a scalar through ``parse``; its ValueError becomes a mistake at the field."""
        text = self.text(field)
        if text is None:
            return None
        try:
            return parse(text)
        except ValueError as error:
            self.mistakes.append(field.mistake(str(error)))
            return None

    def finish(self) -> None:
        """Raise MistakesError if anything was wrong."""
        if self.mistakes:
            raise MistakesError(sorted(self.mistakes))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.finish()


def read_document(text: str, *, file: str) -> Field:
    """The whole document as one field. Raises MistakesError where it is not YAML or repeats a key."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise MistakesError(
            [Mistake(file, mark.line + 1 if mark else 1, "(document)", error.problem or "not YAML")]
        ) from None
    except yaml.YAMLError as error:
        raise MistakesError([Mistake(file, 1, "(document)", f"not YAML: {error}")]) from None
    except RecursionError:
        raise MistakesError([Mistake(file, 1, "(document)", "nested too deeply")]) from None
    if node is None:
        raise MistakesError([Mistake(file, 1, "(document)", "the file is empty")])
    try:
        return _field(node, file=file, path="")
    except RecursionError:
        raise MistakesError([Mistake(file, 1, "(document)", "a part of it contains itself")]) from None


def _field(node: yaml.Node, *, file: str, path: str) -> Field:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        entries: dict[str, Field] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            inner = f"{path}.{key}" if path else key
            if key in entries:
                raise MistakesError([Mistake(file, key_node.start_mark.line + 1, inner, "the field stands here twice")])
            field = _field(value_node, file=file, path=inner)
            entries[key] = replace(field, line=key_node.start_mark.line + 1)
        return Field(file, line, path, entries)
    if isinstance(node, yaml.SequenceNode):
        items = [_field(item, file=file, path=f"{path}[{index}]") for index, item in enumerate(node.value)]
        return Field(file, line, path, items)
    if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null" and node.style is None:
        return Field(file, line, path, None)
    return Field(file, line, path, str(node.value), quoted=isinstance(node, yaml.ScalarNode) and node.style in _QUOTES)
