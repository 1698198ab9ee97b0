"""The text of a printed document, so that what the file says can be checked against the ledger."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from pypdf import PdfReader

from csr_bot.ports import RefusedError

_MOST_PAGES: Final = 100


def read_pdf_text(content: bytes, *, named: str) -> str:
    """The text of a PDF, pages separated by a form feed. RefusedError where it is none, is damaged or too long."""
    if not content.startswith(b"%PDF-"):
        raise RefusedError(f"{named} is not a PDF file")
    try:
        pages = PdfReader(BytesIO(content)).pages
        if len(pages) > _MOST_PAGES:
            raise RefusedError(f"{named} has more than {_MOST_PAGES} pages")
        return "\f".join(page.extract_text() for page in pages)
    except RefusedError:
        raise
    except Exception as error:  # noqa: BLE001  # a damaged file breaks the reader in any way; one file stops nothing else
        raise RefusedError(f"{named} cannot be read as a PDF file: {error}") from None
