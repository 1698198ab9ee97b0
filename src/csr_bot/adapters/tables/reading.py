"""Opens a ledger file of any kind and hands out its rows in chunks, each naming its place; memory stays small.

A row that cannot be used is refused with its reason and stops no other row. A file that contradicts its own totals is
read but not accepted: the caller keeps the snapshot it has. Storing snapshots is left to others.
"""

from __future__ import annotations

import hashlib
import os
import weakref
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from csr_bot.adapters.tables.canonical_ledger import CanonicalLedger, is_canonical
from csr_bot.adapters.tables.content import read_head, tell_kind
from csr_bot.adapters.tables.delimited import DelimitedGrid
from csr_bot.adapters.tables.grids import Grid
from csr_bot.adapters.tables.notes import Notes
from csr_bot.adapters.tables.open_items import OpenItems, judge_rows, open_item_names
from csr_bot.adapters.tables.profiles import PROFILES
from csr_bot.adapters.tables.workbooks import open_sheets
from csr_bot.core.evidence import (
    Allocation,
    Contact,
    Contract,
    CreditProfile,
    Customer,
    Invoice,
    InvoiceLine,
    KycRecord,
    LetterOfCredit,
    Payment,
    PriceTerm,
    Usage,
)
from csr_bot.ports import LedgerRow, LedgerSummary, RefusedError

CHUNK: Final = 1_000
MAX_WORKBOOK_SIZE: Final = 128 * 1024 * 1024
MAX_TEXT_SIZE: Final = 2 * 1024 * 1024 * 1024
TABLES: Final[Mapping[type[Any], str]] = {
    Customer: "customers",
    Contact: "contacts",
    Invoice: "invoices",
    InvoiceLine: "lines",
    Payment: "payments",
    Allocation: "allocations",
    Contract: "contracts",
    PriceTerm: "price_terms",
    Usage: "usage",
    CreditProfile: "credit_profiles",
    KycRecord: "kyc_records",
    LetterOfCredit: "letters_of_credit",
}


def open_ledger(
    path: Path,
    *,
    columns: Mapping[str, str],
    profile: str = "generic",
    currency: str | None = None,
    as_of: date | None = None,
) -> LedgerFile:
    """Open a workbook or text file; ``columns`` maps our field names to headers of the table of invoices.

    ``currency`` and ``as_of`` hold where the file names none. Raises RefusedError, naming file and reason, where
    nothing can be taken from it, and LookupError for an unknown profile.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise RefusedError(f"{path.name}: cannot be read ({error.strerror})") from error
    try:
        return LedgerFile(file, path.name, columns=columns, profile=profile, currency=currency, as_of=as_of)
    except BaseException:
        file.close()
        raise


def open_held_ledger(
    file: BinaryIO,
    *,
    file_name: str,
    written_at: datetime,
    columns: Mapping[str, str],
    profile: str = "generic",
    currency: str | None = None,
    as_of: date | None = None,
) -> LedgerFile:
    """As ``open_ledger``, from bytes that are at hand already (a ``BytesIO``): where no file may be opened."""
    return LedgerFile(
        file, file_name, columns=columns, profile=profile, currency=currency, as_of=as_of, written_at=written_at
    )


class LedgerFile:
    """``ports.LedgerReading`` of a file. The file is held open until this is forgotten."""

    def __init__(
        self, file: BinaryIO, name: str, *, columns: Mapping[str, str], profile: str, currency: str | None,
        as_of: date | None, written_at: datetime | None = None,
    ) -> None:  # fmt: skip
        if profile not in PROFILES:
            raise LookupError(f"{profile!r} is no profile; there are {', '.join(PROFILES)}")
        self.file_name = name
        self._file = file
        weakref.finalize(self, file.close)
        self._written_at = written_at
        self._stamp = self._measure()
        self._profile = profile
        self._stated_as_of = as_of
        self._refused, self._warnings = Notes(), Notes()
        self._counts: dict[str, int] = {}
        self._done = False
        kind = tell_kind(read_head(file), file_name=name)
        limit = MAX_TEXT_SIZE if kind == "text" else MAX_WORKBOOK_SIZE
        if self._stamp[0] > limit:
            raise RefusedError(f"{name}: larger than {limit // 1024**2} MB")
        file.seek(0)
        self.file_sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # seek above
        grids = self._grids(columns, kind)
        self._ledger: CanonicalLedger | OpenItems
        if kind != "text" and is_canonical([grid.name for grid in grids]):
            self._ledger = CanonicalLedger(
                grids, file_name=name, columns=columns, refused=self._refused, warnings=self._warnings
            )
        else:
            self._ledger = OpenItems(
                grids, file_name=name, columns=columns, profile=PROFILES[profile], currency=currency,
                refused=self._refused, warnings=self._warnings,
            )  # fmt: skip

    @property
    def rows_expected(self) -> int | None:
        """About how many rows there will be."""
        return self._ledger.rows_expected

    def rows(self) -> Iterator[Sequence[LedgerRow]]:
        """As ``ports.LedgerReading.rows``."""
        for chunk in _chunks(self._ledger.rows()):
            name = TABLES[type(chunk[0])]
            self._counts[name] = self._counts.get(name, 0) + len(chunk)
            yield chunk
        if self._measure() != self._stamp:
            raise RefusedError(f"{self.file_name}: the file was changed while it was read")
        self._done = True

    def summary(self) -> LedgerSummary:
        """As ``ports.LedgerReading.summary``."""
        if not self._done:
            raise ValueError("the rows come first")
        as_of, source, generated_at = self._instants()
        ledger = self._ledger
        return LedgerSummary(
            file_name=self.file_name,
            file_sha256=self.file_sha256,
            form=self._form,
            profile="canonical" if isinstance(ledger, CanonicalLedger) else self._profile,
            as_of=as_of,
            as_of_from=source,
            generated_at=generated_at,
            sheets=ledger.sheets(),
            counts=dict(self._counts),
            control_totals=dict(ledger.stated_totals),
            read_totals=dict(ledger.read_totals),
            duplicates=ledger.duplicates,
            refused=tuple(self._refused.kept),
            refused_count=self._refused.count,
            warnings=tuple(self._warnings.kept),
            warning_count=self._warnings.count,
            reason=self._reason(),
        )

    def _measure(self) -> tuple[int, int]:
        """Size and time of writing, in nanoseconds."""
        if self._written_at is None:
            return _stamp(self._file)
        return self._file.seek(0, os.SEEK_END), int(self._written_at.timestamp() * 1e9)

    def _grids(self, columns: Mapping[str, str], kind: Any) -> Sequence[Grid]:
        if kind == "text":
            judge = judge_rows(open_item_names(columns, PROFILES[self._profile]))
            grid = DelimitedGrid(self._file, file_name=self.file_name, judge=judge)
            self._form = f"text, {grid.encoding}, delimiter {grid.delimiter!r}"
            return [grid]
        self._form = kind
        self._file.seek(0)
        return open_sheets(self._file, kind=kind, size=self._stamp[0], file_name=self.file_name)

    def _instants(self) -> tuple[date, str, datetime]:
        if isinstance(self._ledger, CanonicalLedger):
            return self._ledger.control.as_of, "control", self._ledger.control.generated_at
        written_at = datetime.fromtimestamp(self._stamp[1] / 1e9, UTC)
        if self._stated_as_of is not None:
            return self._stated_as_of, "option", written_at
        titled = self._ledger.as_of()
        return (titled, "title", written_at) if titled else (written_at.date(), "file", written_at)

    def _reason(self) -> str | None:
        if isinstance(self._ledger, CanonicalLedger):
            return self._ledger.find_fault()
        taken = self._counts.get("invoices", 0) + self._counts.get("payments", 0)
        return self._ledger.find_fault(taken=taken, refused=self._refused.count)


def _chunks(facts: Iterable[LedgerRow]) -> Iterator[Sequence[LedgerRow]]:
    """Facts gathered by type; whatever is ready to go lets the customers pass first."""
    gathered: dict[type[Any], list[LedgerRow]] = defaultdict(list)
    for fact in facts:
        kind = type(fact)
        items = gathered[kind]
        items.append(fact)
        if len(items) == CHUNK:
            if kind is not Customer and gathered[Customer]:
                yield gathered.pop(Customer)
            yield gathered.pop(kind)
    for kind in TABLES:
        if gathered[kind]:
            yield gathered[kind]


def _stamp(file: BinaryIO) -> tuple[int, int]:
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns
