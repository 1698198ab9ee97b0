"""PDF files: the text of their pages, the tables that stand in it, and what in them would act or deceive.

Nothing is run or fetched. A file with a password is not read, not even with an empty one; a picture has no text. Times
and sizes are limited here and, where pypdf has its own, there. (ISO 32000-2)
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from io import BytesIO
from typing import Final

import pypdf
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import DictionaryObject, StreamObject

from csr_bot.adapters.reader.extract import Extract, ProblemError

MAX_PAGES: Final = 30
MAX_STREAM: Final = 2_000_000
"""Bytes of instructions of a page."""
MAX_SECONDS: Final = 3.0
MAX_SIDE: Final = 20_000
"""Points of a side of a page, seven metres; beyond it nobody printed or read it."""
MAX_OBJECT_STREAMS: Final = 200

_LIMITS: Final = pypdf.Configuration(
    zlib_maximum_output_length=10_000_000,
    lzw_maximum_output_length=10_000_000,
    run_length_maximum_output_length=10_000_000,
    array_based_stream_maximum_output_length=10_000_000,
    maximum_declared_stream_length=30_000_000,
    stream_decoding_work_maximum_length=30_000_000,
    stream_parsing_work_maximum_count=300_000,
    page_tree_maximum_entries=5_000,
    page_tree_maximum_page_entries=100_000,
    xform_maximum_invocations_per_extraction=200,
    jbig2dec_binary=None,
    disable_legacy_handling=True,
)
_DANGERS: Final = (
    (re.compile(rb"/(?:JavaScript|JS)\b"), "ACTIVE: the PDF has a program in it"),
    (re.compile(rb"/Launch\b"), "ACTIVE: the PDF starts other programs"),
    (re.compile(rb"/(?:EmbeddedFiles?|RichMedia)\b"), "EMBEDDED: the PDF has files in it"),
    (re.compile(rb"/XFA\b"), "ACTIVE: the PDF is a form that builds itself"),
)
_UNSEEN_TEXT: Final = re.compile(rb"(?<![\d.])3\s+Tr\b")
_GAP: Final = re.compile(r" {2,}")
_MIN_TABLE: Final = 2


def read_pdf(content: bytes, extract: Extract) -> None:
    """The text and tables of its first pages."""
    with pypdf.apply_configuration(_LIMITS):
        try:
            _read(content, extract)
        except LimitReachedError as error:
            raise ProblemError(f"LIMIT: {str(error)[:100]}") from None
        except RecursionError:
            raise ProblemError("TOO_DEEP: the PDF is nested too deep") from None
        except (ProblemError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001  # a damaged file breaks the reader in any way; one file stops nothing else
            raise ProblemError(f"DAMAGED: {type(error).__name__} while reading the PDF") from None


def _read(content: bytes, extract: Extract) -> None:
    begun = time.monotonic()
    reader = pypdf.PdfReader(BytesIO(content))
    if reader.is_encrypted:
        extract.flag("ENCRYPTED: a PDF with a password")
        raise ProblemError("ENCRYPTED: a PDF with a password")
    for piece in (content, *_object_streams(reader)):
        for pattern, flag in _DANGERS:
            if pattern.search(piece):
                extract.flag(flag)
    count = len(reader.pages)
    if count > MAX_PAGES:
        extract.note(f"CUT: {count} pages, the first {MAX_PAGES} were read")
    for number, page in enumerate(reader.pages, start=1):
        if number > MAX_PAGES or extract.is_full:
            break
        if time.monotonic() - begun > MAX_SECONDS:
            extract.note(f"LIMIT_TIME: only {number - 1} of {count} pages were read")
            break
        _read_page(page, number, extract)
    if not extract.has_content:
        extract.note("NO_TEXT: the pages are pictures, or empty")


def _object_streams(reader: pypdf.PdfReader) -> Iterator[bytes]:
    """Objects that are packed together and do not show in the file's bytes."""
    numbers = sorted({stream for stream, _ in reader.xref_objStm.values()})
    for number in numbers[:MAX_OBJECT_STREAMS]:
        try:
            packed = reader.get_object(number)
            if isinstance(packed, StreamObject):
                yield packed.get_data()
        except (PyPdfError, ValueError, KeyError, TypeError):
            continue


def _read_page(page: pypdf.PageObject, number: int, extract: Extract) -> None:
    contents = page.get_contents()
    data = contents.get_data() if contents is not None else b""
    if len(data) > MAX_STREAM:
        extract.note(f"LIMIT: page {number} is too large to be read")
        return
    if _UNSEEN_TEXT.search(data):
        extract.flag("UNSEEN: text that is not shown, as scanners put behind a picture")
    lines = [line.rstrip() for line in _extract_lines(page)]
    extract.add_text("\n".join(_GAP.sub("  ", line.lstrip()) for line in lines if line))
    for table in _find_tables(lines):
        extract.add_table(f"page {number}", table)


def _extract_lines(page: pypdf.PageObject) -> list[str]:
    """Lines with gaps as wide as on the page, which is what shows a table; without gaps where that cannot be had."""
    box = page.mediabox
    if _has_fonts(page) and max(abs(side) for side in (box.width, box.height)) <= MAX_SIDE:
        try:
            text = page.extract_text(extraction_mode="layout", layout_mode_space_vertically=False)
        except (LimitReachedError, MemoryError):
            raise
        except Exception:  # noqa: BLE001, S110  # fonts that this mode cannot measure break it in any way; there is the other
            pass
        else:
            return text.splitlines()
    return page.extract_text().splitlines()


def _has_fonts(page: pypdf.PageObject) -> bool:
    resources = page.get("/Resources")
    resources = resources.get_object() if resources is not None else None
    return isinstance(resources, DictionaryObject) and ("/Font" in resources or "/XObject" in resources)


def _find_tables(lines: list[str]) -> Iterator[list[list[str]]]:
    """Runs of at least two neighbouring lines of two or more cells each; a wide gap parts cells."""
    run: list[list[str]] = []
    for line in [*lines, ""]:
        cells = _GAP.split(line.strip())
        if len(cells) > 1:
            run.append(cells)
            continue
        if len(run) >= _MIN_TABLE:
            yield run
        run = []
