"""Word documents: their paragraphs and tables as text.

(ECMA-376, 17)
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from csr_bot.adapters.reader.extract import Extract
from csr_bot.adapters.reader.packages import forget, open_package, stream_part

_PARAGRAPH: Final = "{*}p"


def read_document(content: bytes, extract: Extract) -> None:
    """The paragraphs, each a line; what is deleted or hidden in the document is left out."""
    with open_package(content) as package:
        if any(name.startswith("word/embeddings/") for name in package.namelist()):
            extract.flag("EMBEDDED: the document has files in it")
        with package.open("word/document.xml") as stream:
            for paragraph in stream_part(stream, _PARAGRAPH):
                text = "".join(
                    "\t" if piece.tag.endswith("}tab") else piece.text or ""
                    for piece in paragraph.iter("{*}t", "{*}tab")
                    if not _is_hidden(piece)
                )
                if text.strip():
                    extract.add_text(text)
                forget(paragraph)
                if extract.is_full:
                    break


def _is_hidden(piece: etree._Element) -> bool:
    run = piece.getparent()
    return run is not None and run.find("{*}rPr/{*}vanish") is not None
