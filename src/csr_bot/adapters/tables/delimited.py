"""Text files with delimiters: encoding, delimiter and quotation told from the content, read row by row.

The file is never held in memory. What a cell means is left to others; only what spreadsheets wrap around a text to
protect it (``="0000417"``, a leading apostrophe) is taken off here.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from typing import IO, Final

from csr_bot.adapters.tables.grids import BrokenCell, BrokenRow, Cell
from csr_bot.ports import RefusedError

DELIMITERS: Final = ";,\t|"
MAX_LINE: Final = 1024 * 1024
"""In bytes: a longer line is no row of a ledger."""
MAX_LINES_IN_ROW: Final = 100
_SAMPLE_ROWS: Final = 60
_SEPARATOR_LINE: Final = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_PROTECTED: Final = re.compile(r'="([^"]*)"')
# A zero between delimiter and sign: the same in UTF-16. The sign may be the first of a part of the file.
_MAY_BE_PROTECTED: Final = re.compile(rb"""(?:\A|[;,\t|\r\n"])\x00?['=]""")
_APOSTROPHE: Final = re.compile(r"'(?=[\d=+@\t\r-])")
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

Judge = Callable[[Sequence[Sequence[Cell]]], int]
"""How well the first rows, split at some delimiter, look like a table: the number of known headers."""


class DelimitedGrid:
    """A text file as a grid. Reading starts at the top each time; two readings must not be interleaved."""

    def __init__(self, file: IO[bytes], *, file_name: str, judge: Judge) -> None:
        self.name = file_name
        self.hidden = False
        self.hidden_rows = 0
        self.height: int | None = None
        self._file = file
        survey = _survey(file, file_name=file_name)
        self.encoding, self._ends_whole = survey.encoding, survey.ends_whole
        self._is_clean = not survey.has_protected
        try:
            self.delimiter, self._skipped_lines = self._find_delimiter(judge)
        except UnicodeDecodeError as error:
            raise RefusedError(f"{file_name}: no {self.encoding} text ({error.reason})") from None
        self.height = max(0, survey.lines - self._skipped_lines)

    def formulas(self, column: int) -> Sequence[int]:
        """None: a text file holds results only."""
        del column
        return ()

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Rows with the number of the line that each begins in."""
        reader = csv.reader(self._lines(), delimiter=self.delimiter, strict=True)
        number, clean = self._skipped_lines + 1, self._is_clean
        while True:
            try:
                for row in reader:
                    line = self._skipped_lines + reader.line_num
                    if line > number and any("\n" in cell for cell in row):
                        self._check_lines(row, number, line)
                    yield number, row if clean else _cleaned(row)  # type: ignore[misc]  # text is a kind of cell
                    number = line + 1
                return
            except csv.Error as error:
                line = self._skipped_lines + reader.line_num
                if "field larger" in str(error) or "unexpected end" in str(error) or line - number > MAX_LINES_IN_ROW:
                    raise self._never_closed(number) from None
                yield number, BrokenRow("BAD_QUOTATION")
                number = line + 1
            except UnicodeDecodeError as error:
                raise RefusedError(f"{self.name}: line {number} is no {self.encoding} text ({error.reason})") from None

    def ends_whole(self) -> bool:
        """Whether the last line has its end: a file that was cut off in writing has not."""
        return self._ends_whole

    def _lines(self) -> Iterator[str]:
        self._file.seek(0)
        text = TextIOWrapper(_Unclosed(self._file), encoding=self.encoding, newline="")  # type: ignore[type-var]
        for _ in range(self._skipped_lines):
            text.readline()
        return text

    def _find_delimiter(self, judge: Judge) -> tuple[str, int]:
        self._skipped_lines = 0
        first = next(iter(self._lines()), "")
        if named := _SEPARATOR_LINE.fullmatch(first):
            return named[1], 1
        scores: dict[str, tuple[int, int, int]] = {}
        for delimiter in DELIMITERS:
            rows: list[list[Cell]] = []
            with suppress(csv.Error):
                rows.extend(map(_cleaned, islice(csv.reader(self._lines(), delimiter=delimiter), _SAMPLE_ROWS)))
            widths = Counter(len(row) for row in rows if len(row) > 1)
            width, count = widths.most_common(1)[0] if widths else (0, 0)
            scores[delimiter] = (judge(rows), count, width)
        return max(DELIMITERS, key=lambda delimiter: scores[delimiter]), 0

    def _check_lines(self, row: list[str], first: int, last: int) -> None:
        """A cell that holds whole rows has a quotation mark that was never meant to open one."""
        if last - first >= MAX_LINES_IN_ROW or any(
            line.count(self.delimiter) >= max(len(row) - 1, 3) for cell in row for line in cell.splitlines()
        ):
            raise self._never_closed(first)

    def _never_closed(self, line: int) -> RefusedError:
        return RefusedError(
            f"{self.name}: a quotation mark in line {line} is not closed; the rows after it cannot be told apart"
        )


class _Unclosed:
    """A binary file that outlives the text file around it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.read = file.read
        self.read1 = getattr(file, "read1", file.read)
        self.closed = False

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        self.closed = True

    def flush(self) -> None:
        """Nothing to write."""


def _cleaned(row: list[str]) -> list[Cell]:
    cells: list[Cell] = []
    for cell in row:
        if "\x00" in cell:
            cells.append(BrokenCell("NUL_CHARACTER"))
        elif cell and cell[0] in "='":
            wrapped = _PROTECTED.fullmatch(cell)
            cells.append(wrapped[1] if wrapped else _APOSTROPHE.sub("", cell, count=1) if cell[0] == "'" else cell)
        else:
            cells.append(cell)
    return cells


@dataclass(frozen=True, slots=True)
class _Survey:
    encoding: str
    lines: int
    ends_whole: bool
    has_protected: bool


def _survey(file: IO[bytes], *, file_name: str) -> _Survey:
    """What one pass over the bytes tells."""
    file.seek(0)
    head = file.read(4096)
    encoding = next((name for mark, name in _MARKS if head.startswith(mark)), None) or _guess_wide(head)
    decoder = codecs.getincrementaldecoder("utf-8")() if encoding is None else None
    codes = set[int]()
    file.seek(0)
    lines, run, last, protected = 0, 0, b"", False
    while chunk := file.read(256 * 1024):
        breaks = chunk.count(b"\n") or chunk.count(b"\r")
        lines, run, last = lines + breaks, 0 if breaks else run + len(chunk), chunk
        if run > MAX_LINE:
            raise RefusedError(f"{file_name}: line {lines + 1} is longer than {MAX_LINE // 1024**2} MB")
        protected = protected or _MAY_BE_PROTECTED.search(chunk) is not None
        if encoding is None:
            codes.update(chunk)
        if decoder:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                decoder = None
    file.seek(0)
    ends = last.rstrip(b"\x00").endswith((b"\n", b"\r"))
    if encoding is None:
        encoding = _narrow(codes, utf8=decoder is not None and not decoder.getstate()[0], file_name=file_name)
    return _Survey(encoding, lines + (not ends), ends, protected or 0 in codes)


def _narrow(codes: set[int], *, utf8: bool, file_name: str) -> str:
    # Control characters are in no table, but in every picture, archive and program.
    if len(codes & ({*range(1, 9), *range(14, 32)} - {0x1A, 0x1B})) > 2:
        raise RefusedError(f"{file_name}: neither a workbook nor a text file")
    if utf8:
        return "utf-8"
    # These five are undefined in cp1252 (Unicode's CP1252.TXT).
    return "latin-1" if codes & {0x81, 0x8D, 0x8F, 0x90, 0x9D} else "cp1252"


def _guess_wide(head: bytes) -> str | None:
    """UTF-16 without a mark: in a western table nearly every other byte is 0."""
    if len(head) < 4 or head.count(0) < len(head) // 3:
        return None
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
