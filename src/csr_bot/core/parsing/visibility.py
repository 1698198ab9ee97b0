"""What of an HTML document cannot be seen: hidden, without size, off the screen, in the colour of its ground.

Read from attributes, inline styles and plain rules of style sheets (one class, id or tag; what stands in a media query
is for other screens). A text that its sender hides from people is not what he wants read. (WHATWG HTML, CSS 2.2)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, cast

from lxml import etree

Colour = tuple[int, int, int]

_UNSEEN: Final = (
    "head", "script", "style", "title", "noscript", "template", "object", "iframe", "svg", "math", "select", "textarea",
)  # fmt: skip
# Every style that can hide has one of these words; most have none.
_SUSPECT: Final = re.compile(
    r"display|visibility|mso-hide|opacity|max-|font-size|font\s*:|color|text-indent|absolute|fixed|margin|clip|scale|height",
    re.IGNORECASE,
)
_END: Final = r"\s*(?:;|$|!)"
_HIDING: Final = re.compile(
    rf"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|(?<![\w-])opacity\s*:\s*0?(?:\.0\d*)?%?{_END}"
    rf"|alpha\(opacity=0\)|(?:max-height|max-width)\s*:\s*0(?:px)?{_END}|text-indent\s*:\s*-\d{{3,}}|scale\(\s*0\s*\)",
    re.IGNORECASE,
)
_NO_BOX: Final = re.compile(rf"(?<![\w-])(?:width|height)\s*:\s*[01](?:px)?{_END}", re.IGNORECASE)
_CLIPPED: Final = re.compile(r"overflow\s*:\s*hidden", re.IGNORECASE)
_OUT_OF_FLOW: Final = re.compile(r"position\s*:\s*(?:absolute|fixed)", re.IGNORECASE)
_FAR_AWAY: Final = re.compile(
    r"(?<![\w-])(?:left|top|right|bottom)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]+[01]", re.IGNORECASE
)
_FAR_MARGIN: Final = re.compile(r"margin(?:-left|-top)?\s*:\s*-\d{4,}", re.IGNORECASE)
_NO_SIZE: Final = re.compile(
    rf"font-size\s*:\s*(?:0*\.?0+(?:px|pt|em|rem|%|vw)?|(?:1(?:\.\d+)?|0?\.\d+)(?:px|pt)){_END}|font\s*:\s*0",
    re.IGNORECASE,
)
_SIZE: Final = re.compile(r"font(?:-size)?\s*:", re.IGNORECASE)
_COLOUR: Final = re.compile(r"(?:^|;)\s*color\s*:\s*([^;!]+)", re.IGNORECASE)
_GROUND: Final = re.compile(r"(?:^|;)\s*background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
_PICTURE: Final = re.compile(r"url\(|gradient", re.IGNORECASE)
_RGB: Final = re.compile(
    r"rgba?\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})(?:\s*[,/]\s*([\d.]+)%?)?\s*\)", re.IGNORECASE
)
_HEX: Final = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})\b", re.IGNORECASE)
_NAMES: Final[dict[str, Colour]] = {
    "white": (255, 255, 255), "black": (0, 0, 0), "snow": (255, 250, 250), "ivory": (255, 255, 240),
    "whitesmoke": (245, 245, 245), "ghostwhite": (248, 248, 255), "red": (255, 0, 0), "green": (0, 128, 0),
    "blue": (0, 0, 255), "yellow": (255, 255, 0), "silver": (192, 192, 192), "gray": (128, 128, 128),
    "grey": (128, 128, 128), "navy": (0, 0, 128), "lightgrey": (211, 211, 211), "lightgray": (211, 211, 211),
}  # fmt: skip
_WHITE: Final = (255, 255, 255)
_NEARLY: Final = 6
"""Steps in one channel of a colour that no eye tells apart."""

_RULE: Final = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_AT_RULE: Final = re.compile(r"@[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|@[^{};]*;|/\*.*?\*/", re.DOTALL)
_WITH_ATTRIBUTES: Final = etree.XPath("descendant-or-self::*[@*]")
_SELECTOR: Final = re.compile(r"([a-z][a-z0-9]*)?([.#])([\w-]+)", re.IGNORECASE)
_MAX_SHEET: Final = 200_000


def drop_hidden(root: etree._Element) -> None:
    """Takes out of a document what a person does not see in it."""
    hidden = frozenset(_hiding_selectors(root))
    for element in list(root.iter(*_UNSEEN)):
        _drop(element)
    grounds: dict[etree._Element, Colour | None] = {}
    for element in cast("Iterator[Any]", _WITH_ATTRIBUTES(root)):
        style = element.get("style") or ""
        suspect = style != "" and _SUSPECT.search(style) is not None
        if "hidden" in element.attrib or (suspect and _is_hidden(style)) or (hidden and _is_selected(element, hidden)):
            _drop(element)
        elif suspect and _NO_SIZE.search(style):
            # Layouts set size 0 on a cell and a real size on what stands in it.
            _blank(element, _sets_size)
        elif (suspect or "color" in element.attrib) and _is_on_own_colour(element, style, grounds):
            _blank(element, _sets_colour)


def _is_hidden(style: str) -> bool:
    return bool(
        _HIDING.search(style)
        or _FAR_MARGIN.search(style)
        or (_CLIPPED.search(style) and _NO_BOX.search(style))
        or (_OUT_OF_FLOW.search(style) and _FAR_AWAY.search(style))
    )


def _is_on_own_colour(element: etree._Element, style: str, grounds: dict[etree._Element, Colour | None]) -> bool:
    written = _COLOUR.search(style)
    value = written[1] if written else element.get("color")
    if not value:
        return False
    colour = _read_colour(value)
    if colour is None:
        return value.strip().lower() == "transparent" or _is_clear(value)
    ground = _find_ground(element, grounds)
    return ground is not None and all(abs(one - other) <= _NEARLY for one, other in zip(colour, ground, strict=True))


def _find_ground(start: etree._Element, grounds: dict[etree._Element, Colour | None]) -> Colour | None:
    """The colour behind an element, white where none is set; None where it cannot be known.

    ``grounds`` are those found so far: deep documents would be walked to the top for each element.
    """
    path: list[etree._Element] = []
    ground: Colour | None = _WHITE
    element: etree._Element | None = start
    while element is not None:
        if element in grounds:
            ground = grounds[element]
            break
        path.append(element)
        style = element.get("style") or ""
        if element.get("background") or _PICTURE.search(style):
            ground = None
            break
        written = _GROUND.search(style)
        value = written[1] if written else element.get("bgcolor")
        if (
            value
            and value.strip().lower() not in {"transparent", "none", "inherit", "initial"}
            and not _is_clear(value)
        ):
            ground = _read_colour(value)
            break
        element = element.getparent()
    grounds.update(dict.fromkeys(path, ground))
    return ground


def _read_colour(value: str) -> Colour | None:
    value = value.strip().lower()
    if found := _HEX.search(value):
        digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
        return (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16))
    if found := _RGB.search(value):
        return None if _is_clear(value) else (int(found[1]), int(found[2]), int(found[3]))
    return next((_NAMES[word] for word in value.split() if word in _NAMES), None)


def _is_clear(value: str) -> bool:
    found = _RGB.search(value)
    return found is not None and found[4] is not None and found[4].strip("0.") == ""


def _sets_size(element: etree._Element) -> bool:
    return _SIZE.search(element.get("style") or "") is not None or "size" in element.attrib


def _sets_colour(element: etree._Element) -> bool:
    style = element.get("style") or ""
    return _COLOUR.search(style) is not None or "color" in element.attrib or _GROUND.search(style) is not None


def _blank(element: etree._Element, sets_anew: Callable[[etree._Element], bool]) -> None:
    """Takes the text out of an element and out of what inherits from it."""
    waiting = [element]
    while waiting:
        current = waiting.pop()
        current.text = None
        for child in current:
            child.tail = None
            if not sets_anew(child):
                waiting.append(child)


def _hiding_selectors(root: etree._Element) -> Iterator[str]:
    for sheet in root.iter("style"):
        text = "".join(str(piece) for piece in sheet.itertext())[:_MAX_SHEET]
        if not _SUSPECT.search(text):
            continue
        for selectors, style in _RULE.findall(_AT_RULE.sub("", text)):
            if _is_hidden(style) or _NO_SIZE.search(style):
                for selector in selectors.split(","):
                    if _SELECTOR.fullmatch(selector.strip()):
                        yield selector.strip().lower()


def _is_selected(element: etree._Element, selectors: frozenset[str]) -> bool:
    tag = str(element.tag)
    names = [f".{name}" for name in (element.get("class") or "").lower().split()]
    if identity := element.get("id"):
        names.append(f"#{identity.lower()}")
    return any(name in selectors or f"{tag}{name}" in selectors for name in names)


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
