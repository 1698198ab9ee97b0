"""In which form a column writes its numbers and days, told from all its cells: a single cell may not say.

``1.234`` and ``03/04/2025`` mean two things each; in a column that holds ``12,50`` or ``25/04/2025`` they mean one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

_DIGITS: Final = str.maketrans("123456789", "1" * 9)
_MOST_SHAPES: Final = 20_000
_CORE: Final = re.compile(r"[01][01.,]*[01]|[01]")
_SLASHED: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](?:\d{4}|\d{2})(?!\d)")


@dataclass(frozen=True, slots=True)
class Forms:
    """What is known of the columns, by field.

    ``decimal_comma``: True or False where the column shows it, absent where it shows nothing. ``month_first`` likewise.
    Fields in ``mixed`` show both ways.
    """

    decimal_comma: Mapping[str, bool] = field(default_factory=dict)
    month_first: Mapping[str, bool] = field(default_factory=dict)
    mixed: frozenset[str] = frozenset()


class FormSurvey:
    """Collects the shapes of the cells of a table's columns; a shape is the text with every digit made alike."""

    def __init__(self, *, amounts: Mapping[str, int], days: Mapping[str, int]) -> None:
        self._amounts = amounts
        self._days = days
        self._shapes: dict[str, set[str]] = {name: set() for name in amounts}
        self._texts: dict[str, set[str]] = {name: set() for name in days}
        self._amount_sets = [(index, self._shapes[name]) for name, index in amounts.items()]
        self._day_sets = [(index, self._texts[name]) for name, index in days.items()]

    def add(self, cells: list[object]) -> None:
        """Take a row into account; it must be as wide as the header."""
        for index, shapes in self._amount_sets:
            cell = cells[index]
            if type(cell) is str and cell:
                shapes.add(cell.translate(_DIGITS))
        for index, texts in self._day_sets:
            cell = cells[index]
            if type(cell) is str and len(texts) < _MOST_SHAPES:
                texts.add(cell)

    def finish(self) -> Forms:
        """What all rows together say. A column that shows nothing follows the others where these agree."""
        commas = {name: _evidence(_comma(shape) for shape in shapes) for name, shapes in self._shapes.items()}
        months = {name: _evidence(map(_month_first, texts)) for name, texts in self._texts.items()}
        mixed = {name for name, seen in (*commas.items(), *months.items()) if len(seen) == 2}
        return Forms(_settled(commas), _settled(months), frozenset(mixed))

    def names_currency(self) -> bool:
        """Whether amounts are written with letters or signs beside their digits."""
        return any(re.search(r"[A-Za-z€£$¥₹]", shape) for shapes in self._shapes.values() for shape in shapes)


def _evidence(answers: Iterable[bool | None]) -> set[bool]:
    return {answer for answer in answers if answer is not None}


def _settled(seen: Mapping[str, set[bool]]) -> dict[str, bool]:
    shown = set().union(*seen.values()) if seen else set()
    if len(shown) != 1:
        return {name: next(iter(answers)) for name, answers in seen.items() if len(answers) == 1}
    return dict.fromkeys(seen, next(iter(shown)))


def _comma(shape: str) -> bool | None:
    """Whether an amount's decimal mark is a comma; None where its shape leaves it open."""
    found = _CORE.search(
        shape.replace("'", "").replace("\u2019", "").replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    )
    core = found[0] if found else ""
    points, commas = core.count("."), core.count(",")
    if points and commas:
        return core.rfind(",") > core.rfind(".") if min(points, commas) == 1 else None
    if not points and not commas:
        return None
    mark = "," if commas else "."
    if points + commas > 1:
        return mark == "."
    whole, _, rest = core.partition(mark)
    if len(rest) == 3 and len(whole) <= 3 and not whole.startswith("0"):
        return None
    return mark == ","


def _month_first(text: str) -> bool | None:
    found = _SLASHED.match(text.strip())
    if found is None:
        return None
    first, second = int(found[1]), int(found[2])
    return None if (first > 12) == (second > 12) else second > 12
