"""Finds the header of a table and which column holds which field, by the names that ledgers and ERPs give them.

The header may stand below rows of information and may be two lines high. Names are data of ``aliases``; those that the
caller gives come first.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from csr_bot.adapters.tables.aliases import CURRENCIES, LAST, OURS, SYMBOLS, known_names, plain, without_brackets
from csr_bot.adapters.tables.grids import Cell

SEARCHED_ROWS: Final = 30
LEAST_HITS: Final = 4
AMOUNTS: Final = (
    "gross",
    "open_amount",
    "net",
    "tax",
    "paid",
    "credited",
    "debit",
    "credit",
    "local_gross",
    "local_open",
)
"""Fields whose header may name a currency."""
_ANY_AMOUNT: Final = frozenset({"gross", "open_amount", "debit", "credit", "local_gross", "local_open"})
_CHOSEN: Final = -1
_BRACKETED: Final = re.compile(r"[(\[{]\s*(?:in\s+)?([^)\]}]{1,12}?)\s*[)\]}]", re.IGNORECASE)
_LAST_WORD: Final = re.compile(r"[\s,;/_-]+(?:(?:in|en|em|à|a)\s+)?([A-Z]{3}|€|£|US\$|₹)\s*$")
_FIRST_WORD: Final = re.compile(r"^\s*([A-Z]{3}|€|£)[\s_-]+")
_THOUSANDS: Final = re.compile(
    r"(?:[(\[{]|\bin\s)\s*(?:in\s+)?"
    r"(?:t€|k€|t ?eur|k ?eur|k ?usd|t ?usd|tsd\.?\b|thousand|1[.,' ]?000|mio|millions?|m€|k\$|'000)",
    re.IGNORECASE,
)

_SMALL: Final = frozenset({"eur", "usd", "gbp", "chf", "cad", "aud", "sek", "dkk", "nok", "pln", "jpy"})

Names = Mapping[str, tuple[tuple[str, int], ...]]


class HeaderError(Exception):
    """The columns of a sheet cannot be told; the text says why."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands and what it says: field to column index, header text and currency.

    ``first`` and ``last`` are row numbers. ``titles`` holds one text for each column, in order.
    """

    first: int
    last: int
    columns: Mapping[str, int]
    titles: Sequence[str]
    currencies: Mapping[str, str]

    @property
    def width(self) -> int:
        """Number of columns up to the last one that has a title."""
        return len(self.titles)

    def title(self, name: str) -> str:
        """The header's own words for a field; our name where it has no column."""
        return self.titles[self.columns[name]] if name in self.columns else name

    def unused(self) -> tuple[str, ...]:
        """Titles of columns of no known meaning."""
        used = set(self.columns.values())
        return tuple(title for index, title in enumerate(self.titles) if title and index not in used)


def own_names(fields: Collection[str]) -> Names:
    """The names of a sheet of the canonical workbook: our own and no others."""
    return {plain(name): ((name, OURS),) for name in fields}


def invoice_names(renamed: Mapping[str, str], *, ours_first: bool = False) -> Names:
    """The names of a table of invoices; ``renamed`` maps our fields to the headers that the caller says they have."""
    return {**known_names(ours_first=ours_first), **chosen_names(renamed)}


def chosen_names(renamed: Mapping[str, str]) -> Names:
    """Headers that somebody named for our fields: they beat all others."""
    return {plain(title): ((name, _CHOSEN),) for name, title in renamed.items()}


def find_invoice_header(rows: Sequence[tuple[int, Sequence[Cell]]], names: Names) -> Header:
    """The header with the most known names among the first rows: four at least, a number and an amount among them.

    Raises HeaderError.
    """
    best: tuple[tuple[int, int, int], Header] | None = None
    trouble: tuple[int, HeaderError] | None = None
    top = rows[:SEARCHED_ROWS]
    for index, (number, cells) in enumerate(top):
        below = top[index + 1] if index + 1 < len(top) else None
        candidates = [(number, _titles(cells))]
        if below is not None and any(isinstance(cell, str) and cell.strip() for cell in below[1]):
            candidates.append((below[0], _joined(cells, below[1], names)))
        for last, titles in candidates:
            if hits(titles, names) < LEAST_HITS:
                continue
            try:
                header = read_header(titles, names, first=number, last=last)
            except HeaderError as error:
                if last == number:
                    trouble = trouble or (number, error)
                continue
            score = (len(header.columns), len(header.currencies), -last)
            if best is None or score > best[0]:
                best = (score, header)
    # Two columns called No are one header line too few, not a contradiction.
    if trouble is not None and (best is None or not best[1].first <= trouble[0] <= best[1].last):
        raise trouble[1]
    if best is None:
        raise HeaderError(f"no header among the first {SEARCHED_ROWS} rows")
    return best[1]


def hits(titles: Sequence[Cell], names: Names) -> int:
    """How many fields the titles name; 0 where they name no invoice number or no amount."""
    found: set[str] = set()
    for title in titles:
        if isinstance(title, str) and title:
            options = _options(title, names)[0]
            # A loose name stands for the first field that is still free.
            found.update(name for name, _ in options if name not in found or name == "invoice_no")
    return len(found) if "invoice_no" in found and found & _ANY_AMOUNT else 0


def read_header(titles: Sequence[str], names: Names, *, first: int, last: int) -> Header:
    """Which column holds which field: sure names before loose ones. Raises HeaderError where two are equally sure."""
    options: list[tuple[tuple[str, int], ...]] = []
    currencies: dict[int, str] = {}
    for index, title in enumerate(titles):
        known, currency = _options(title, names)
        options.append(known)
        if currency:
            currencies[index] = currency
        if known and known[0][0] in AMOUNTS and _THOUSANDS.search(title):
            raise HeaderError(f"the column {title!r} holds rounded amounts; open items are needed to the cent")
    columns: dict[str, int] = {}
    for rank in range(_CHOSEN, LAST + 1):
        claimed: dict[str, int] = {}
        for index, known in enumerate(options):
            if known and known[0][1] == rank and index not in columns.values():
                name = next((name for name, _ in known if name not in columns), None)
                if name is None:
                    _check_gross(titles, columns, known[0][0], index, options)
                elif name in claimed:
                    raise _both(titles[claimed[name]], titles[index], name)
                else:
                    claimed[name] = index
        columns |= claimed
    _find_number(columns, options)
    named = {name: currencies[index] for name, index in columns.items() if name in AMOUNTS and index in currencies}
    return Header(first, last, columns, tuple(titles), named)


def _check_gross(
    titles: Sequence[str],
    columns: Mapping[str, int],
    name: str,
    index: int,
    options: Sequence[tuple[tuple[str, int], ...]],
) -> None:
    """Of two totals, a surer name is no reason to pass over the other: it may be the one that is meant."""
    other = columns.get(name)
    if name == "gross" and other is not None and options[other][0][1] > OURS:
        raise _both(titles[other], titles[index], name)


def _both(one: str, other: str, name: str) -> HeaderError:
    return HeaderError(f"the columns {one!r} and {other!r} both look like {name}; say which in columns")


def _find_number(columns: dict[str, int], options: Sequence[tuple[tuple[str, int], ...]]) -> None:
    """A column called Name is the number where the customer is named otherwise (as in technical exports)."""
    if "invoice_no" in columns:
        return
    for index, known in enumerate(options):
        if any(name == "invoice_no" for name, _ in known):
            columns.update({"invoice_no": index})
            for name in [name for name, place in columns.items() if place == index and name != "invoice_no"]:
                del columns[name]
            return


def _options(title: str, names: Names) -> tuple[tuple[tuple[str, int], ...], str | None]:
    """The fields that a title may mean, and the currency in it."""
    if known := names.get(plain(title)):
        return known, None
    currency = None
    for bracketed in _BRACKETED.finditer(title):
        currency = currency or currency_of(bracketed[1])
    bare = without_brackets(title)
    if known := names.get(plain(bare)):
        return known, currency
    for pattern in (_LAST_WORD, _FIRST_WORD):
        if (found := pattern.search(bare)) and (code := currency_of(found[1])):
            rest = pattern.sub(" ", bare)
            if known := names.get(plain(rest)):
                return known, code
    for mark in ("\n", "/", "|"):
        parts = [names[plain(part)] for part in bare.split(mark) if plain(part) in names]
        if parts and mark in bare and len({part[0][0] for part in parts}) == 1:
            return parts[0], currency
    return (), currency


def currency_of(text: str) -> str | None:
    """The ISO code that a code or symbol stands for beyond doubt; in small letters some codes are words (all, top)."""
    word = text.strip()
    if word in CURRENCIES or word.lower() in _SMALL:
        return word.upper()
    return SYMBOLS.get(word.upper())


def _titles(cells: Sequence[Cell]) -> list[str]:
    titles = [
        " ".join(cell.split()) if isinstance(cell, str) and "\n" not in cell else _wrapped(cell) for cell in cells
    ]
    while titles and not titles[-1]:
        titles.pop()
    return titles


def _wrapped(cell: Cell) -> str:
    return cell.strip() if isinstance(cell, str) else ""


def _joined(upper: Sequence[Cell], lower: Sequence[Cell], names: Names) -> list[str]:
    """Two header lines as one: each column takes the reading that is a known name, else what stands in it."""
    width = max(len(upper), len(lower))
    above, below = ([*_titles(cells), *[""] * width] for cells in (upper, lower))
    titles: list[str] = []
    group = ""
    for index in range(width):
        group = above[index] or group
        one, two = above[index], below[index]
        readings = [f"{one} {two}".strip(), f"{group} {two}".strip() if two else one, one, two]
        titles.append(next((text for text in readings if text and _options(text, names)[0]), readings[0]))
    while titles and not titles[-1]:
        titles.pop()
    return titles
