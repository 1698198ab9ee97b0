"""What every table file is read as: a grid of cells that can be walked through again and again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Protocol


@dataclass(frozen=True, slots=True)
class BrokenCell:
    """A cell whose value is not to be had, and the reason code: never to be read as empty or 0."""

    reason: str


Cell = str | int | float | bool | date | datetime | time | timedelta | BrokenCell


class BrokenRow(list[Cell]):
    """A row that could not be told apart from its neighbours; ``reason`` is the code."""

    def __init__(self, reason: str) -> None:
        super().__init__([BrokenCell(reason)])
        self.reason = reason


class Grid(Protocol):
    """A sheet of a workbook, or a text file as one.

    ``formulas``: column index to rows whose value is the last result of a formula.
    """

    @property
    def name(self) -> str: ...
    @property
    def hidden(self) -> bool: ...
    @property
    def hidden_rows(self) -> int: ...
    @property
    def height(self) -> int | None:
        """About how many rows there are; None where that would take another pass."""
        ...

    def formulas(self, column: int) -> Sequence[int]: ...

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Each row with the number that a person sees beside it, from the top; empty cells are ``""``.

        The lists are the caller's to change. Refused where the file turns out to be unreadable on the way.
        """
        ...


ERROR_VALUES: Final = frozenset(
    {
        "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA",
        "#BEZUG!", "#NV", "#WERT!", "#ZAHL!", "#VALEUR!", "#NOMBRE?", "#NOM?", "#VALOR!", "#REF", "#¡VALOR!",
        "#¡DIV/0!", "#¡REF!", "#WAARDE!", "#VERW!", "#GETAL!", "#N/B",
    }
)  # fmt: skip
"""What Excel writes for an error, in the languages of the house."""


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing but blanks."""
    return isinstance(cell, str) and (not cell or cell.isspace())
