"""HTML to text as a person would see it: blocks become lines, lists get signs, quotes get ``>``.

What cannot be seen is left out (``visibility``). Nothing is fetched. (WHATWG HTML)
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from lxml import etree

from csr_bot.core.parsing.visibility import drop_hidden

MAX_MARKUP: Final = 2_000_000
"""Bytes of HTML that are read; a person would not read more either."""

_BLOCKS: Final = (
    "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "section", "article",
    "header", "footer", "center", "dl", "dt", "dd", "address", "form", "fieldset", "main", "aside", "nav", "figure",
    "caption",
)  # fmt: skip
_PARAGRAPHS: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})
_BREAKS: Final = frozenset({*_BLOCKS, "br", "blockquote"})
_PARTS_OF_TABLES: Final = frozenset({"td", "th"})
_MARKED: Final = (*_BLOCKS, "br", "blockquote", "td", "th")

# Marks from the private use area, removed from the source first: white space is folded before they become lines and
# quotes.
_LINE, _BLANK, _OPEN, _CLOSE, _CELL = "\ue001", "\ue002", "\ue003", "\ue004", "\ue005"
# Control characters written as entities: lxml decodes them and then refuses to handle them.
_CONTROL_ENTITY: Final = re.compile(
    r"&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\d|3[01]))(?:;|(?![0-9a-f]))", re.IGNORECASE
)
_MARKS_TO_SPACE: Final = {ord(mark): " " for mark in (_LINE, _BLANK, _OPEN, _CLOSE, _CELL)}
_SPACE: Final = re.compile(r"[ \t\n\r\f\v\u00a0]+")
# Plain replacing and a look for double blanks cost a third of folding every single blank.
_OTHER_SPACE: Final = "\t\n\r\f\v\u00a0"


def read_markup(markup: str) -> str:
    """The visible text of an HTML document; for what lxml cannot read, the text between its tags."""
    source = _CONTROL_ENTITY.sub("", markup[:MAX_MARKUP].translate(_MARKS_TO_SPACE))
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
        if root is None:
            return ""
        if "depth" in str(parser.error_log)[:2_000]:
            # The parser gave up below some level of nesting and would lose what stands there.
            return _strip_tags(source)
        drop_hidden(root)
        _mark_lines(root)
        return _lay_out(str(etree.tostring(root, method="text", encoding="unicode", with_tail=False)))
    except (etree.LxmlError, ValueError):
        # No markup at all, or a character in it that XML forbids.
        return _strip_tags(source)


def _strip_tags(source: str) -> str:
    return _SPACE.sub(" ", unescape(re.sub(r"<[^<>]{0,2000}>", " ", source))).strip()


def _mark_lines(root: etree._Element) -> None:
    for element in root.iter(*_MARKED):
        tag = element.tag
        if tag == "br":
            element.tail = _LINE + (element.tail or "")
        elif tag in _PARTS_OF_TABLES:
            element.tail = _CELL + (element.tail or "")
        elif tag == "blockquote":
            element.text = _OPEN + (element.text or "")
            element.tail = _CLOSE + (element.tail or "")
        elif tag not in {"p", "div"} or not _fills_cell(element):
            mark = _BLANK if tag in _PARAGRAPHS else _LINE
            text = element.text or ""
            if tag == "pre":
                text = text.replace("\n", _LINE)
            element.text = mark + text if tag != "hr" else f"{_LINE}----------{_LINE}"
            element.tail = mark + (element.tail or "")
            if tag in {"ul", "ol"}:
                _sign_items(element)


def _sign_items(element: etree._Element) -> None:
    """Puts the signs before the items of a list, which come after it in the document."""
    for number, item in enumerate(element.iterchildren("li"), 1):
        item.text = ("- " if element.tag == "ul" else f"{number}. ") + (item.text or "").lstrip()


def _fills_cell(element: etree._Element) -> bool:
    """Whether a paragraph is all that stands in a cell of a table: the row stays one line then."""
    parent = element.getparent()
    return (
        parent is not None
        and parent.tag in _PARTS_OF_TABLES
        and len(parent) == 1
        and not any(child.tag in _BREAKS for child in element)
    )


def _lay_out(marked: str) -> str:
    text = marked
    for space in _OTHER_SPACE:
        text = text.replace(space, " ")
    if "  " in text:
        text = _SPACE.sub(" ", text)
    text = text.replace(_CELL, " ")
    if _OPEN in text:
        text = text.replace(_OPEN, _LINE + _OPEN + _LINE).replace(_CLOSE, _LINE + _CLOSE + _LINE)
    lines: list[str] = []
    depth = 0
    for line in text.replace(_BLANK, _LINE + " " + _LINE).split(_LINE):
        content = line.strip()
        if content == _OPEN:
            depth += 1
        elif content == _CLOSE:
            depth = max(depth - 1, 0)
        elif content:
            lines.append("> " * min(depth, 8) + content if depth else content)
        # One blank line for each gap, and only where the source really had a paragraph or an empty line.
        elif line and lines and lines[-1]:
            lines.append("")
    return "\n".join(lines).strip("\n")
