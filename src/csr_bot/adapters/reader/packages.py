"""Opening parts of Office packages (ZIP with XML inside) so that no size that is only claimed can hurt.

(ECMA-376)
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import IO, Final

from lxml import etree

from csr_bot.adapters.reader.extract import ProblemError

# RuntimeError is how zipfile says that an entry is encrypted, ValueError that a place lies before the file's beginning.
_DAMAGES: Final = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(KeyError, ValueError, NotImplementedError, RuntimeError),
)

MAX_PART: Final = 4 * 1024 * 1024
"""Bytes of a part that is held whole; sheets and texts are streamed instead."""

RELATION_ID: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@contextmanager
def open_package(content: bytes) -> Iterator[zipfile.ZipFile]:
    """The package. What turns out to be damaged while it is open is a ProblemError; what was read until then stays."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            yield package
    except _DAMAGES as error:
        raise ProblemError(f"DAMAGED: the archive ({type(error).__name__})") from None
    except etree.XMLSyntaxError as error:
        raise ProblemError(f"DAMAGED: {str(error)[:100]}") from None


def parse_part(package: zipfile.ZipFile, name: str) -> etree._Element:
    """A small part, whole. Raises ProblemError for one that is not small."""
    with package.open(name) as stream:
        content = stream.read(MAX_PART + 1)
    if len(content) > MAX_PART:
        raise ProblemError(f"TOO_LARGE: the part {name[:60]}")
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    if root is None:
        raise ProblemError(f"DAMAGED: the part {name[:60]} is empty")
    return root


def stream_part(stream: IO[bytes], *tags: str) -> Iterator[etree._Element]:
    """The elements of these tags as they end. Text of more than 10 MB in one place is a syntax error of the parser."""
    for _, element in etree.iterparse(stream, tag=tags, resolve_entities=False, no_network=True, load_dtd=False):
        yield element


def forget(element: etree._Element) -> None:
    """Free an element that was read, and those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
