"""HTML to text as a person would see it: blocks become lines, quotes get ``>``, hidden words are dropped.

Hidden by attribute or inline style only; rules of style sheets are not applied. Nothing is fetched. (WHATWG HTML)
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from lxml import etree

MAX_MARKUP: Final = 2_000_000
"""Bytes of HTML that are read; a person would not read more either."""

_BLOCKS: Final = (
    "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "section", "article",
    "header", "footer", "center", "dl", "dt", "dd", "address", "form", "fieldset", "main", "aside", "nav", "figure",
    "caption",
)  # fmt: skip
_PARAGRAPHS: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})
_UNSEEN: Final = (
    "head",
    "script",
    "style",
    "title",
    "noscript",
    "template",
    "object",
    "iframe",
    "svg",
    "math",
    "select",
    "textarea",
)
_HIDING_STYLE: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)"
    r"|(?:max-height|max-width)\s*:\s*0(?:px)?\s*(?:;|$|!)",
    re.IGNORECASE,
)
_NO_SIZE: Final = re.compile(r"font-size\s*:\s*[01](?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|$|!)", re.IGNORECASE)
_SOME_SIZE: Final = re.compile(r"font-size\s*:\s*(?:[2-9]|1\d|[a-z])", re.IGNORECASE)
_WHITE: Final = re.compile(
    r"(?:^|;)\s*color\s*:\s*(?:#fff(?:fff)?\b|white\b|rgba?\(\s*255\s*,\s*255\s*,\s*255\b|transparent\b)", re.IGNORECASE
)
_WHITE_NAMES: Final = frozenset({"white", "#fff", "#ffffff"})

# Marks from the private use area, removed from the source first: white space is folded before they become lines and
# quotes.
_LINE, _BLANK, _OPEN, _CLOSE, _CELL = "\ue001", "\ue002", "\ue003", "\ue004", "\ue005"
# Control characters written as entities: lxml decodes them and then refuses to handle them.
_CONTROL_ENTITY: Final = re.compile(
    r"&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\d|3[01]))(?:;|(?![0-9a-f]))", re.IGNORECASE
)
_MARKS_TO_SPACE: Final = {ord(mark): " " for mark in (_LINE, _BLANK, _OPEN, _CLOSE, _CELL)}
_SPACE: Final = re.compile(r"[ \t\n\r\f\v\u00a0]+")


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
        _drop_hidden(root)
        _mark_lines(root)
        return _lay_out("".join(str(piece) for piece in root.itertext()))
    except (etree.LxmlError, ValueError):
        # No markup at all, or a character in it that XML forbids.
        return _strip_tags(source)


def _strip_tags(source: str) -> str:
    return _SPACE.sub(" ", unescape(re.sub(r"<[^<>]{0,2000}>", " ", source))).strip()


def _drop_hidden(root: etree._Element) -> None:
    for element in list(root.iter(*_UNSEEN)):
        _drop(element)
    for element in list(root.iter("*")):
        if element.attrib and ("hidden" in element.attrib or _is_hidden(element)):
            _drop(element)


def _is_hidden(element: etree._Element) -> bool:
    style = element.get("style") or ""
    if _HIDING_STYLE.search(style):
        return True
    # Layouts set size 0 on a cell and a real size on what stands in it.
    if _NO_SIZE.search(style):
        return not any(_SOME_SIZE.search(inner.get("style") or "") for inner in element.iterdescendants())
    white = _WHITE.search(style) or (element.get("color") or "").strip().lower() in _WHITE_NAMES
    return bool(white) and not _stands_on_colour(element)


def _stands_on_colour(element: etree._Element | None) -> bool:
    while element is not None:
        if "background" in (element.get("style") or "").lower() or element.get("bgcolor") or element.get("background"):
            return True
        element = element.getparent()
    return False


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def _mark_lines(root: etree._Element) -> None:
    for element in root.iter("br"):
        element.tail = _LINE + (element.tail or "")
    for element in root.iter("td", "th"):
        element.tail = _CELL + (element.tail or "")
    for element in root.iter(*_BLOCKS):
        mark = _BLANK if element.tag in _PARAGRAPHS else _LINE
        if element.tag == "pre" and element.text:
            element.text = element.text.replace("\n", _LINE)
        element.text = mark + (element.text or "")
        element.tail = mark + (element.tail or "")
        if element.tag == "hr":
            element.text = f"{_LINE}----------{_LINE}"
    for element in root.iter("blockquote"):
        element.text = _OPEN + (element.text or "")
        element.tail = _CLOSE + (element.tail or "")


def _lay_out(marked: str) -> str:
    text = _SPACE.sub(" ", marked).replace(_CELL, " ")
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
