"""The case as a PDF for people: every part of the record with its digests, the screenshots, and the chain at the end.

The font is Roboto, which comes with the program (Latin, Greek and Cyrillic). What it has no sign for, such as Chinese,
is printed as its code point, like <U+4E2D>, and the first page says so; ``case.json`` has every text as it was written.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import as_file, files
from typing import Any, Final

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

_FONT: Final = "Roboto"
_FACES: Final = {"": "Roboto-Regular.ttf", "B": "Roboto-Bold.ttf"}
_SIZE: Final = 9
_LINE: Final = 4.6
"""Millimetres, as all lengths here."""
_MARGIN: Final = 16
_NAME_WIDTH: Final = 42
_PICTURE_HEIGHT: Final = 130
_NO_DATE: Final = datetime(1980, 1, 1, tzinfo=UTC)
_MOST: Final = 8000
"""Signs of one text that are printed; the rest is in ``case.json``."""

logging.getLogger("fontTools.subset").setLevel(logging.ERROR)


def print_booklet(document: Mapping[str, Any], *, pictures: Mapping[str, bytes], proof: Mapping[str, Any]) -> bytes:
    """The PDF of a gathered case; ``pictures`` are screenshots by digest, ``proof`` is head and anchors of the chain.

    The same document gives the same bytes.
    """
    booklet = _Booklet(document["case"]["case_no"])
    _print_case(booklet, document)
    _print_evidence(booklet, document)
    _print_decisions(booklet, document["decisions"])
    _print_effects(booklet, document["effects"], pictures)
    _print_messages(booklet, document)
    _print_events(booklet, document, proof)
    return booklet.finish()


class _Booklet(FPDF):
    """Pages with a footer, chapters that are bookmarks, and lines of a name and a value."""

    def __init__(self, case_no: str) -> None:
        super().__init__(format="A4")
        self._case_no = case_no
        for style, name in _FACES.items():
            with as_file(files("font_roboto").joinpath("files", name)) as path:
                self.add_font(_FONT, style, path)
        font = self.fonts[_FONT.lower()]
        assert isinstance(font, TTFFont)
        self._known = frozenset(font.cmap)
        self.set_creation_date(_NO_DATE)
        self.set_title(f"Record of case {case_no}")
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN)
        self.alias_nb_pages()

    def footer(self) -> None:
        """Case and page at the foot of every page."""
        self.set_y(-12)
        self.set_font(_FONT, size=7)
        self.cell(0, 4, f"{self._case_no}     page {self.page_no()} of {{nb}}", align="C")

    def chapter(self, title: str, *, level: int = 0) -> None:
        """A heading, and its bookmark."""
        if level == 0 and (self.page == 0 or self.get_y() > self.h - 60):
            self.add_page()
        self.start_section(self.shown(title), level=level)
        self.set_font(_FONT, "B", 13 - 3 * level)
        self.ln(3)
        self.multi_cell(0, 6, self.shown(title), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def fact(self, name: str, value: object) -> None:
        """A name and its value; nothing where there is none."""
        if value in (None, "", [], {}):
            return
        text = self.shown(_told(value))
        self.set_font(_FONT, "B", _SIZE)
        self.multi_cell(_NAME_WIDTH, _LINE, self.shown(name), new_x=XPos.RIGHT, new_y=YPos.TOP)
        self.set_font(_FONT, "", _SIZE)
        self.multi_cell(0, _LINE, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def facts(self, values: Mapping[str, Any], *names: str) -> None:
        """The values of these names, or of all."""
        for name in names or values:
            self.fact(name.replace("_", " "), values.get(name))

    def picture(self, content: bytes, title: str) -> None:
        """A screenshot with the digest of its file."""
        if self.get_y() > self.h - _PICTURE_HEIGHT - 2 * _MARGIN:
            self.add_page()
        try:
            self.image(io.BytesIO(content), w=self.epw, h=_PICTURE_HEIGHT, keep_aspect_ratio=True)
        except OSError:
            title = f"{title}: the file is no picture that can be printed"
        self.set_font(_FONT, size=7)
        self.multi_cell(0, _LINE, self.shown(title), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def shown(self, text: str) -> str:
        """A text with code points in place of what the font has no sign for."""
        cut = text if len(text) <= _MOST else f"{text[:_MOST]} … ({len(text)} signs; all of it is in case.json)"
        plain = cut.replace("\r", "").replace("\t", "    ")
        return "".join(sign if sign == "\n" or ord(sign) in self._known else f"<U+{ord(sign):04X}>" for sign in plain)

    def finish(self) -> bytes:
        """The file."""
        return bytes(self.output())


def _print_case(booklet: _Booklet, document: Mapping[str, Any]) -> None:
    case, customer = document["case"], document["customer"]
    booklet.chapter(f"Case {case['case_no']}")
    note = "Signs that the font lacks stand here as code points, like <U+4E2D>; case.json has every text as written."
    booklet.fact("about this file", note)
    if document["erased"]:
        booklet.fact("ERASED", "Personal data of this case were erased; what is left are digests and figures.")
        booklet.facts(document["erased"], "erased_at", "erased_by", "why", "removed_sha256", "counts")
    booklet.facts(case)
    booklet.chapter("Customer", level=1)
    booklet.facts(customer or {"customer": "not known"})
    booklet.chapter("In the customer's words", level=1)
    booklet.fact("subject", document["description"]["title"])
    booklet.fact("text", document["description"]["words"])
    for clock in document["clocks"]:
        booklet.chapter(f"Service level: {clock['kind']}, count {clock['cycle']}", level=1)
        booklet.facts(clock)
    booklet.chapter("Sender and request", level=1)
    booklet.facts(document["sender"])
    booklet.facts(document["request"], "confidence", "language", "explain")
    for match in document["matches"]:
        best = match["best"] or {}
        booklet.fact("document meant", f"{best.get('invoice_no', 'none')} ({match['decision']}): {_told(match['why'])}")


def _print_evidence(booklet: _Booklet, document: Mapping[str, Any]) -> None:
    booklet.chapter("Financial references and evidence")
    references = document["financial_references"]
    booklet.facts(references, "named_invoices", "named_orders", "matched_invoices")
    for item in document["evidence"]:
        booklet.chapter(f"{item['code']} {item['kind']} (decision {item['decision_version']})", level=1)
        booklet.facts(item, "source", "locator", "captured_at", "sha256", "content")


def _print_decisions(booklet: _Booklet, decisions: Sequence[Mapping[str, Any]]) -> None:
    booklet.chapter("Decisions, findings and approvals")
    plain = ("route", "outcome", "state", "reasons", "rationale", "total", "policy_version", "prepared_by")
    for decision in decisions:
        booklet.chapter(f"Decision {decision['version']}", level=1)
        booklet.facts(decision, *plain, "prepared_at", "steps", "payload_sha256")
        for line in decision["calculation"]:
            booklet.fact("calculation", line)
        for finding in decision["findings"]:
            told = f"{finding['result']} {finding['subject']}: {finding['message']}"
            compared = f"\nexpected {finding['expected']}, found {finding['actual']}"
            places = f"\n{', '.join(finding['locators'])}" if finding["locators"] else ""
            seen = compared if finding["expected"] or finding["actual"] else ""
            booklet.fact(finding["check"], told + seen + places)
        for approval in decision["approvals"]:
            booklet.fact(
                f"step {approval['step_no']}: {approval['verdict']}",
                f"{approval['approver']} as {approval['acted_role']} at {approval['acted_at']}\n"
                f"{approval['comment'] or ''}\nfor {approval['payload_sha256']}",
            )


def _print_effects(booklet: _Booklet, effects: Sequence[Mapping[str, Any]], pictures: Mapping[str, bytes]) -> None:
    booklet.chapter("Effects and their proof")
    plain = ("target", "state", "reference", "external_ref", "submitted_at", "verified_at", "attempts", "error")
    for effect in effects:
        booklet.chapter(f"{effect['seq']}. {effect['type']}", level=1)
        booklet.facts(effect, *plain, "params", "precondition")
        for receipt in effect["receipts"]:
            booklet.fact(f"read back ({receipt['kind']})", f"{receipt['captured_at']}\n{_told(receipt['content'])}")
            shot = receipt["screenshot_sha256"]
            if shot in pictures:
                booklet.picture(pictures[shot], f"{receipt['kind']}, {receipt['captured_at']}, sha256 {shot}")


def _print_messages(booklet: _Booklet, document: Mapping[str, Any]) -> None:
    booklet.chapter("Messages")
    plain = ("channel", "sender", "sender_name", "sent_at", "received_at", "identity_level", "identity_reason")
    for message in document["messages"]:
        way = "In" if message["direction"] == "in" else "Out"
        booklet.chapter(f"{way}: {message['subject']}", level=1)
        booklet.facts(message, *plain, "defects", "quarantined")
        booklet.fact("text", message["text_new"])
        for attached in message["attachments"]:
            booklet.fact("attachment", f"{attached['file_name']} ({attached['size']} bytes)\n{attached['sha256']}")
        booklet.fact("raw sha256", message["raw_sha256"])
        booklet.fact("file", document["files"].get(message["raw_sha256"]) or "not kept")


def _print_events(booklet: _Booklet, document: Mapping[str, Any], proof: Mapping[str, Any]) -> None:
    booklet.chapter("Events and chain")
    for event in document["events"]:
        told = f"{event['at']} {event['actor']}: {event['action']} {_told(event['data'])}"
        booklet.fact(f"event {event['seq']}", f"{told}\n{event['hash']}")
    booklet.chapter("Proof of the chain", level=1)
    booklet.fact("head", f"event {proof['head']['seq']}\n{proof['head']['hash']}")
    if proof["anchors"]:
        last = proof["anchors"][-1]
        booklet.fact("last anchor", f"event {last['seq']} at {last['at']}\n{last['hash']}\ntrail {last['trail']}")
    else:
        booklet.fact("last anchor", "none: nothing outside the database tells how the chain stood")
    booklet.fact("to verify", "python verify.py PACK.zip, or csr-bot audit verify --file PACK.zip")


def _told(value: Any) -> str:
    """A value of the record as a line for people."""
    if isinstance(value, Mapping):
        if set(value) == {"amount", "currency"}:
            return f"{value['amount']} {value['currency']}"
        return "; ".join(f"{name}: {_told(item)}" for name, item in value.items() if item not in (None, "", [], {}))
    if isinstance(value, list):
        return ", ".join(f"({_told(item)})" if isinstance(item, Mapping) else _told(item) for item in value)
    return str(value)
