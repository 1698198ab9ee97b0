"""Document numbers in running text: invoice references and purchase orders, as written and in canonical form.

Says what is written, not which document is meant: that is matching. Works from digit to digit and looks at the words
around each, which is several times faster than searching a text for every form. The digits of e-mail addresses, links,
telephone and tracking numbers and bank accounts are left out, so that they are never taken for a document or an
amount.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from csr_bot.core.parsing.digits import find_digits

MAX_REFERENCES: Final = 60
_MAX_RANGE: Final = 30
_MAX_NUMBERS: Final = 500
_MAX_LEAD: Final = 40
"""Characters of a word before its first digit."""
_BEFORE: Final = 44
"""Characters before a number in which a word may say what it is."""

_OPENING: Final = frozenset("()[]{}<>\"'“„«")
_WORD_REST: Final = re.compile(r"[^\s()\[\]{}<>\"'“”»]*")
_WORDS_BEFORE: Final = re.compile(r"[^\W\d_][\w.'°º/-]*|#|n°|nº|º")

# A serial may carry letters that a scanner read for digits; at least two real digits must remain.
_D: Final = r"[0-9OoQDIlZSGB|]"
_PREFIX: Final = r"(?:INV|[lI1]NV|RG|RNG|RECH|FACT|FAC|FA|FV|SI|RE|IN|DOC)"
_PREFIXED: Final = re.compile(
    rf"{_PREFIX}[-_/#.]{{0,2}}(?:(?:20\d\d|2[O0o][\dOo]{{2}})[-_/.]{{0,2}})?{_D}{{3,10}}", re.IGNORECASE
)
_THREE_DIGITS: Final = re.compile(r"(?:\d\D*){3}")
_YEAR_SERIAL: Final = re.compile(rf"20\d\d[-/]{_D}{{3,6}}")
_PREFIX_WORDS: Final = frozenset("inv rg rng rech fact fac fa fv si re in".split())
_PADDED: Final = re.compile(r"00\d{3,4}")
_ARROW: Final = re.compile(r"\s*(?:->|=>|→)")
_TAIL: Final = re.compile(
    r"(?P<a>\d{3,6}|(?=[\dOoIl]*\d[\dOoIl]*\d)[\dOoIl]{4,6})(?![\w%$€£]|[.,/]\d|\s?(?:[%$€£]|(?:EUR|USD|GBP|CHF|hours?|seats|days|users|units|cartons|stunden|times|x)\b))"
    r"(?:\s?(?:-|–|\bto\b|\bbis\b|\bthrough\b|\bà\b|\btot\b|\bhasta\b)\s?(?P<b>\d{3,6})(?![\w]|[.,]\d))?",
    re.IGNORECASE,
)
_AND: Final = re.compile(
    r"\s*(?:,|&|\+|;|/|and\b|und\b|et\b|y\b|en\b|or\b|oder\b)\s*(?:(?:and|und|et|y|en|or)\b\s*)?(?:#|no\.?\s*|nr\.?\s*|inv\s+)?",
    re.IGNORECASE,
)
_CONTEXT: Final = frozenset(
    "invoice invoices inv invs rechnung rechnungen rechnungs rechnungsnr rechnungsnummer re-nr facture factures factura facturas factuur facturen factuurnummer bill bills "
    "doc docs document documents beleg belege belegnr copy copies pdf pdfs ref reference allocate line price rate dispute statement".split()
)
_PO_WORDS: Final = frozenset(
    "po p.o p.o. po-number po-no purchase order orders bestellung bestellnummer bestellnr bestell-nr auftrag auftragsnummer auftragsnr commande pedido orden compra bestelnummer "
    "inkooporder bestelling".split()
)
_FILLERS: Final = frozenset(
    "no nr nos num number numbers nummer n n° nº º # numero numéro número de is our your the for of with mit der von und and du la le le on in re to über about mit our "
    "reads read references".split()
)
_OTHER_NUMBERS: Final = frozenset(
    "tracking trace awb rma cheque check ticket routing vendor note lieferschein account konto kundennummer customer contract vertrag clause vat id sku artikel tel phone telefon "
    "tél fax mobile mobil call ext payment trn".split()
)
_PHONE: Final = re.compile(r"\+?[(\d][\d ()/.-]{5,20}\d")
_PHONE_WORDS: Final = frozenset(
    "tel phone telefon tél fax mobile mobil call ext t m f telephone teléfono telefoon".split()
)
_CODE: Final = re.compile(r"(?=[\w./#-]*[A-Za-z])[\w./#-]+")
_MONEY_WORD: Final = re.compile(
    r"[-+]?(?:[A-Za-z]{0,3}[$€£¥₹]|[A-Z]{3})?-?\d[\d.,']*(?:-{1,2})?(?:[kKmM]|[$€£¥₹]|[A-Z]{3}|[Ee]uros?)?"
)
_PO_DIGITS: Final = re.compile(r"[-_#:.]*\d{5,}[-_#:.]*")
_PO_NUMBER: Final = re.compile(r"(?!SO)[A-Z]{0,5}[-/]?\d[A-Z0-9/-]{2,20}", re.IGNORECASE)
_NOT_CANONICAL: Final = re.compile(r"[^A-Z0-9]+")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_END_MARKS: Final = ".,;:!?*…"

# Number of characters of an IBAN by country (ISO 13616 registry).
_IBAN_LENGTH: Final = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26,
    "IT": 27, "KW": 30, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25,
    "QA": 29, "RO": 24, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FoundReference:
    """A document number: as written, in canonical form (upper case A-Z 0-9), and its place. A range gives each
    number.
    """

    raw: str
    canonical: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class FoundReferences:
    """The document numbers of a text in order of place, and whether it names a bank account (a valid IBAN)."""

    invoices: tuple[FoundReference, ...]
    purchase_orders: tuple[FoundReference, ...]
    has_bank_account: bool
    rest: str
    """The text with every number of these and other kinds blanked out, same length: amounts are looked for in it."""


@dataclass(slots=True)
class _Reader:
    """One walk over the numbers of a text."""

    text: str
    invoices: list[FoundReference] = field(default_factory=list)
    orders: list[FoundReference] = field(default_factory=list)
    blanks: list[tuple[int, int]] = field(default_factory=list)
    has_bank_account: bool = False
    place_of_words: int = -1
    words: list[str] = field(default_factory=list)

    def read_word(self, start: int, end: int) -> int:
        """Judges the word with digits at ``start``; gives the place to go on from."""
        text = self.text
        word = text[start:end].rstrip(_END_MARKS)
        end = start + len(word)
        if "@" in word or "://" in word or word.startswith("www."):
            return self._skip(start, end)
        if word[:2].isalpha() and word[2:4].isdigit() and (length := iban_length(text[start : start + 48].upper())):
            self.has_bank_account = True
            return self._skip(start, start + length)
        if _PREFIXED.fullmatch(word) and _THREE_DIGITS.search(word):
            return self._add(self.invoices, word, (start, end))
        if (phone := _PHONE.match(text, start)) and (word[0] == "+" or self._nearest_before(start) in _PHONE_WORDS):
            return self._skip(start, phone.end())
        if self._read_order(word, start):
            return end
        return self._read_number(word, start)

    def _words_before(self, start: int) -> list[str]:
        """The words right before a place; most numbers are told by their form, and nobody asks for theirs."""
        if self.place_of_words != start:
            self.place_of_words = start
            self.words = _WORDS_BEFORE.findall(self.text[max(0, start - _BEFORE) : start].lower())
        return self.words

    def _nearest_before(self, start: int) -> str:
        before = self._words_before(start)
        return before[-1].rstrip(".") if before else ""

    def _read_number(self, word: str, start: int) -> int:
        end = start + len(word)
        if _YEAR_SERIAL.fullmatch(word):
            nearest, gap = self._nearest_before(start), self.text[start - 1 : start]
            if (
                nearest in _PREFIX_WORDS
                and gap in {" ", "#"}
                and self.text[start - 1 - len(nearest) : start - 1].lower() == nearest
            ):
                start -= len(nearest) + 1
            return self._add(self.invoices, self.text[start:end], (start, end))
        if (tail := _TAIL.match(self.text, start)) and self._has_context(start):
            return self._read_list(tail)
        if _PADDED.fullmatch(word) or (word.isdigit() and 3 <= len(word) <= 6 and _ARROW.match(self.text, end)):
            return self._add(self.invoices, word, (start, end))
        if _MONEY_WORD.fullmatch(word):
            other_number = word.isdigit() and len(word) > 3 and self._is_other_number(start)
            return self._skip(start, end) if other_number else end
        return self._skip(start, end) if _CODE.fullmatch(word) or self._is_other_number(start) else end

    def _is_other_number(self, start: int) -> bool:
        return any(word.rstrip(".") in _OTHER_NUMBERS for word in self._words_before(start)[-2:])

    def _read_order(self, word: str, start: int) -> bool:
        span = (start, start + len(word))
        if len(word) == 10 and word.startswith("45") and word.isdigit():
            self._add(self.orders, word, span)
            return True
        if word[:2].upper() == "PO" and _PO_DIGITS.fullmatch(word, 2):
            number = word[2:].lstrip("-_#:.")
            self._add(self.orders, number, (span[1] - len(number), span[1]))
            return True
        digits = sum(map(str.isdigit, word)) if _PO_NUMBER.fullmatch(word) and not _YEAR.fullmatch(word) else 0
        if digits < 3:
            return False
        before = self._words_before(start)
        named = next((other for other in reversed(before) if other.rstrip(".") not in _FILLERS), "")
        if named in _PO_WORDS:
            # "PO on 431" speaks of invoice 431.
            of_invoice = before[-1] == "on" and digits <= 4
            if not of_invoice:
                self._add(self.orders, word, span)
            return not of_invoice
        return False

    def _has_context(self, start: int) -> bool:
        """Whether the words right before a short number say that it is a document: "invoices", "copy of", "PO on"."""
        before = self._words_before(start)
        if self.text[start - 1 : start] == "#" and before[-2:-1] and before[-2].rstrip(".") in _CONTEXT:
            return True
        for distance, found in enumerate(reversed(before[-4:])):
            bare = found.rstrip(".")
            if bare in _CONTEXT or (bare in _PO_WORDS and distance):
                return True
            if found == "re" and self.text[start - 3 : start - 1] in {"RE", "Re"}:
                return True
            if bare not in _FILLERS:
                return False
        return False

    def _read_list(self, tail: re.Match[str]) -> int:
        """A number with the list or range that it begins: "431, 432 and 440", "431-433"."""
        found: re.Match[str] | None = tail
        end = tail.end()
        while found is not None and len(self.invoices) < MAX_REFERENCES:
            if not _YEAR.fullmatch(found["a"]):
                self.invoices.extend(_expand(found))
                self.blanks.append(found.span())
            end = found.end()
            joint = _AND.match(self.text, end)
            found = _TAIL.match(self.text, joint.end()) if joint else None
        return end

    def _add(self, kind: list[FoundReference], raw: str, span: tuple[int, int]) -> int:
        kind.append(FoundReference(raw, canonical_number(raw), span))
        self.blanks.append(span)
        return span[1]

    def _skip(self, start: int, end: int) -> int:
        self.blanks.append((start, end))
        return end


def canonical_number(raw: str) -> str:
    """A document number in the form that is compared: NFKC, upper case, only A-Z and 0-9."""
    return _NOT_CANONICAL.sub("", (raw if raw.isascii() else unicodedata.normalize("NFKC", raw)).upper())


def find_references(
    text: str, *, dates: tuple[tuple[int, int], ...] = (), digits: list[tuple[int, int]] | None = None
) -> FoundReferences:
    """The invoice numbers and purchase orders in running text; ``dates`` are spans that hold no number of a
    document, ``digits`` what `find_digits` found.
    """
    reader = _Reader(text, blanks=list(dates))
    days = iter(sorted(dates))
    day = next(days, None)
    at = 0
    for first, last in find_digits(text) if digits is None else digits:
        while (place := max(first, at)) < last and len(reader.blanks) < _MAX_NUMBERS:
            while day is not None and day[1] <= place:
                day = next(days, None)
            if day is not None and day[0] <= place:
                at = day[1]
                continue
            start = _word_start(text, max(at, place - _MAX_LEAD), place)
            rest = _WORD_REST.match(text, place, place + 80)
            at = max(reader.read_word(start, rest.end() if rest else place + 1), place + 1)
    return FoundReferences(
        tuple(reader.invoices[:MAX_REFERENCES]),
        tuple(reader.orders[:MAX_REFERENCES]),
        reader.has_bank_account,
        _blank_out(text, reader.blanks),
    )


def _word_start(text: str, floor: int, place: int) -> int:
    before = text[floor:place]
    if not before or before[-1].isspace():
        return place
    start = place - len(before.rsplit(None, 1)[-1])
    if not _OPENING.isdisjoint(text[start:place]):
        start = 1 + max(index for index in range(start, place) if text[index] in _OPENING)
    return start


def iban_length(text: str) -> int:
    """Number of characters of ``text`` that the IBAN at its start takes up; 0 where there is no valid one (ISO
    13616).
    """
    wanted = _IBAN_LENGTH.get(text[:2], 0)
    compact = ""
    for index, letter in enumerate(text):
        if letter.isalnum() and letter.isascii():
            compact += letter
        elif letter not in " -.\u00a0":
            return 0
        if wanted and len(compact) == wanted:
            digits = "".join(str(int(character, 36)) for character in compact[4:] + compact[:4])
            return index + 1 if int(digits) % 97 == 1 else 0
    return 0


def _expand(tail: re.Match[str]) -> list[FoundReference]:
    first, last = tail["a"], tail["b"]
    if last is None or not first.isdigit():
        return [FoundReference(first, canonical_number(first), tail.span("a"))]
    numbers = range(int(first), int(last) + 1)
    if not 0 < len(numbers) <= _MAX_RANGE:
        return [FoundReference(number, number, tail.span(name)) for name, number in (("a", first), ("b", last))]
    return [
        FoundReference(written, written, tail.span())
        for written in (str(number).zfill(len(first)) for number in numbers)
    ]


def _blank_out(text: str, spans: list[tuple[int, int]]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end in sorted(spans):
        if start >= at:
            pieces += (text[at:start], "\x00" * (end - start))
            at = end
    return "".join((*pieces, text[at:])) if pieces else text
