"""What a sheet of the canonical workbook is: its columns, its key, and how a row becomes a fact."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from csr_bot.adapters.tables.aliases import OURS, SURE, plain
from csr_bot.adapters.tables.cells import CellError, RowCells
from csr_bot.adapters.tables.headers import Names

_Fact = TypeVar("_Fact")

_AMOUNTS: Final = frozenset(
    """
    net tax amount unapplied quantity unit_price cap_qty tax_rate discount discount_pct deduction credit_limit exposure
    cac gross_margin_pct tier_from tier_to included_qty cap_amount noi debt_service dscr revenue ebitda current_ratio
    equity_ratio tol_plus tol_minus
    """.split()  # noqa: SIM905  # four lines instead of thirty
)
_DAYS: Final = frozenset(
    """
    value_date posted_date date start end cancelled_on valid_from valid_to period_from period_to service_from service_to
    as_of statements_date next_review issue latest_shipment expiry
    """.split()  # noqa: SIM905  # two lines instead of fifteen
)


@dataclass(frozen=True, slots=True)
class Sheet(Generic[_Fact]):
    """A sheet: ``required`` fields must have a column, ``others`` may; no two rows may share the fields of ``key``.

    An empty ``key`` means that rows may be alike. ``aliases``: field to other names of its column, split by ``|``.
    """

    name: str
    table: str
    required: Sequence[str]
    others: Sequence[str]
    read: Callable[[RowCells], _Fact]
    key: Sequence[str]
    aliases: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> Names:
        """What the columns may be called: our own names before all others."""
        others = {plain(word): ((name, SURE),) for name, words in self.aliases.items() for word in words.split("|")}
        return others | {plain(name): ((name, OURS),) for name in (*self.required, *self.others)}

    @property
    def amounts(self) -> tuple[str, ...]:
        """Fields that hold numbers."""
        return tuple(name for name in (*self.required, *self.others) if name in _AMOUNTS)

    @property
    def days(self) -> tuple[str, ...]:
        """Fields that hold days."""
        return tuple(name for name in (*self.required, *self.others) if name in _DAYS)

    def key_of(self, cells: RowCells) -> Hashable:
        """The key of a row as it is written, before anything of it is read."""
        return tuple([_written(cells, name) for name in self.key])


def find_currency(number: str, name: str, currencies: Mapping[str, str], *, reason: str) -> str:
    """The currency of the invoice or customer that a row names; CellError with this reason for an unknown one."""
    if number not in currencies:
        raise CellError(name, reason)
    return currencies[number]


def _written(cells: RowCells, name: str) -> object:
    index = cells.columns.get(name)
    value = "" if index is None else cells.cells[index]
    return value.strip() if isinstance(value, str) else value
