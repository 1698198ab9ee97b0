"""Document numbers in running text: invoice references and purchase orders, as written and in canonical form.

Says what is written, not which document is meant: that is matching. Works from digit to digit: the form of a number and
the words right before it (``number_words``) tell what it is. Numbers of other kinds (customers, tickets, deliveries,
telephones, bank accounts, links) are left out and blanked out, so that they are never taken for a document or an amount.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from csr_bot.core.parsing import lone_numbers as lone
from csr_bot.core.parsing import number_shapes as shapes
from csr_bot.core.parsing.bank_accounts import iban_length
from csr_bot.core.parsing.digits import MAX_RUNS, find_digits
from csr_bot.core.parsing.number_words import ORDER_PREFIXES, OTHER_PREFIXES, Says
from csr_bot.core.parsing.order_numbers import is_about_orders, is_order
from csr_bot.core.parsing.words_before import is_about_accounts, judge_words

MAX_REFERENCES: Final = 60
_MAX_RANGE: Final = 30
_MAX_NUMBERS: Final = 500
_MAX_LEAD: Final = 40
"""Characters of a word before its first digit."""
_BEFORE: Final = 44
"""Characters before a number in which a word may say what it is."""
_MAX_DIGITS: Final = 12

_NO_DOCUMENT: Final = frozenset({Says.OTHER, Says.PHONE, Says.ENDING})
_NAMED: Final = frozenset({Says.INVOICE, Says.ORDER})
_LEAVES_OPEN: Final = frozenset({Says.NOTHING, Says.PLACE, Says.REFERENCE})


class FoundReference(NamedTuple):
    """A document number: as written, in canonical form (upper case A-Z 0-9), and its place. A range gives each
    number.
    """

    raw: str
    canonical: str
    span: tuple[int, int]


class FoundReferences(NamedTuple):
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
    said: tuple[Says, bool, str] = (Says.NOTHING, False, "")
    words: list[str] = field(default_factory=list)
    last_kind: Says = Says.NOTHING
    last_word: str = ""
    last_end: int = 0
    others: set[str] = field(default_factory=set)
    told: list[tuple[str, Says]] = field(default_factory=list)
    """The numbers so far and what they were."""

    def read_word(self, start: int, end: int) -> int:  # noqa: PLR0911  # one way out for each kind of number
        """Judges the word with digits at ``start``; gives the place to go on from."""
        text = self.text
        word = text[start:end]
        if "@" in word or "://" in word or word.startswith("www.") or (":" in word and shapes.PEPPOL.match(word)):
            return self._skip(start, end)
        if word[0] == "#":
            start, word = start + 1, word[1:]
        if word[-1:] in {"-", "/"} and (broken := shapes.BROKEN.match(text, end - 1)):
            rest = shapes.WORD_REST.match(text, broken.end())
            return self._read_broken(start, broken, rest.end() if rest else broken.end())
        word = word.rstrip(shapes.END_MARKS)
        if not shapes.JOINING.isdisjoint(word) and (first := shapes.FIRST_OF_MANY.match(word)):
            word = first[0]
        end = start + len(word)
        if not word:
            return end
        if word[:2].isalpha() and word[2:3].isdigit() and (length := iban_length(text[start : start + 60].upper())):
            self.has_bank_account = True
            return self._skip(start, start + length)
        if shapes.PREFIXED.fullmatch(word) and shapes.THREE_DIGITS.search(word):
            return self._add(Says.INVOICE, word, start, end)
        if word[0] == "+" and (phone := shapes.PHONE.match(text, start)):
            return self._skip(start, phone.end())
        return self._read_plain(word, start, end)

    def _read_broken(self, start: int, broken: re.Match[str], end: int) -> int:
        """A number with a line break in it."""
        rest = self.text[broken.end() : end].rstrip(shapes.END_MARKS)
        word = self.text[start : broken.start() + 1] + rest
        if any(form.fullmatch(word) for form in (shapes.PREFIXED, shapes.CODE, shapes.YEAR_SERIAL)):
            return self._add(Says.INVOICE, word, start, broken.end() + len(rest))
        return self._read_plain(self.text[start : broken.start()], start, broken.start())

    def _read_plain(self, word: str, start: int, end: int) -> int:  # noqa: PLR0911  # one way out for each kind of number
        if (kind := self._follows(word, start)) and (self._said(start)[0] is Says.NOTHING or self._said(start)[1]):
            return self._add_next(kind, word, start, end)
        may_be_phone = word[0] == "0" or word[3:4] in {"-", "."}
        if may_be_phone and self._said(start)[0] not in _NAMED and (phone := lone.phone_end(self.text, start)):
            return self._skip(start, phone)
        if word.isdigit():
            return self._read_bare(word, start, end)
        if shapes.DIVIDED.fullmatch(word):
            return self._read_divided(word, start, end)
        if shapes.READ_BADLY.fullmatch(word):
            said, linked, _ = self._said(start)
            if said is Says.INVOICE or (word[0] in "0O" and said is not Says.OTHER):
                return self._add(Says.INVOICE, word, start, end)
        if shapes.CODE.fullmatch(word):
            return self._read_code(word, start, end)
        said, linked, _ = self._said(start)
        if any(map(str.isalpha, word)) and not shapes.MONEY_WORD.fullmatch(word):
            named = said is Says.INVOICE and not linked and shapes.WITH_DEPARTMENT.fullmatch(word)
            return self._add(Says.INVOICE, word, start, end) if named else self._skip(start, end)
        return (
            self._skip(start, end)
            if said in _NO_DOCUMENT and not linked and not shapes.MONEY_WORD.fullmatch(word)
            else end
        )

    def _said(self, start: int) -> tuple[Says, bool, str]:
        """What the words before a place say of the number there, whether only by a link ("the PO for 431"), and the last
        word before it.
        """
        if self.place_of_words != start:
            self.place_of_words = start
            before = self.text[max(0, start - _BEFORE, self.last_end) : start].lower()
            line = before.rfind("\n")
            # A line says what the next begins with, unless it has its own number.
            if line >= 0 and (shapes.ANY_DIGIT.search(before, 0, line) or shapes.WORDS_BEFORE.search(before, line)):
                before = before[line:]
            self.words = shapes.WORDS_BEFORE.findall(before)
            self.said = judge_words(self.words, before)
        return self.said

    def _read_bare(self, word: str, start: int, end: int) -> int:  # noqa: C901, PLR0911, PLR0912  # one way out for each kind of number
        text, length = self.text, len(word)
        if length > _MAX_DIGITS or (length > _MAX_DIGITS - 2 and self._said(start)[0] is not Says.INVOICE):
            return self._skip(start, end)
        if spaced := self._read_spaced(start):
            return spaced
        if length < 2 or (length == 3 and shapes.THOUSANDS_BEFORE.search(text, max(0, start - 4), start)):
            return end
        said, linked, by = self._said(start)
        if length == 2 and lone.is_small_document(
            text, (start, end), self.words, by if said is Says.INVOICE and not linked else ""
        ):
            return self._add(Says.INVOICE, word, start, end)
        if said is Says.PHONE and not linked and (phone := shapes.PHONE.match(text, start)):
            return self._skip(start, phone.end())
        if said is Says.ENDING or (said is Says.OTHER and not linked):
            group = shapes.GROUPED.match(text, end)
            return self._skip_other(word, start, group.end() if group else end) if length > 2 else end
        if said is Says.PLACE and not linked and length < 4:
            return self._skip(start, end)
        if (
            length < 3
            or shapes.UNIT_AFTER.match(text, end)
            or shapes.MONEY_BEFORE.search(text, max(0, start - 6), start)
        ):
            return end
        if shapes.YEAR.fullmatch(word) or (self.words and self.words[-1] in shapes.DATE_WORDS and length == 8):
            return end
        if said is Says.ORDER and (not linked or (length == 10 and word[0] == "4")):
            # "PO on 431" speaks of invoice 431.
            return self._add(Says.ORDER, word, start, end)
        if length == 10 and said in _LEAVES_OPEN and (word[0] == "4" or is_about_orders(text, start, end)):
            return self._add(Says.ORDER, word, start, end)
        if shapes.ARROW.match(text, end) or text[start - 1 : start] == "#":
            return self._add(Says.INVOICE, word, start, end)
        if said in {Says.INVOICE, Says.ORDER, Says.REFERENCE}:
            by_amount = (
                linked
                and length < 5
                and word[0] != "0"
                and self.words[-1] in shapes.AMOUNT_LINKS
                and by not in shapes.COPY_WORDS
            )
            return end if by_amount else self._add(Says.INVOICE, word, start, end)
        if said is Says.NOTHING and length > 4 and is_order(self.text, (start, end), self.words, self.told):
            return self._add(Says.ORDER, word, start, end)
        if said in {Says.NOTHING, Says.OTHER} and self._is_other(word, start):
            return self._skip(start, end)
        return self._add(Says.INVOICE, word, start, end) if lone.stands_alone(text, (start, end), self.words) else end

    def _is_other(self, word: str, start: int) -> bool:
        """Whether a number that no word explains is of the series of another kind, or of a sentence on such things."""
        if not word.isdigit() and lone.kind_of_series(word, self.told) is Says.OTHER:
            return True
        return bool(shapes.BANK_FIELD.search(self.text, max(0, start - 8), start)) or is_about_accounts(self.words)

    def _read_spaced(self, start: int) -> int:
        """A number such as "INV 2025/00417" or "INV 2025 - 00417", with the word before it."""
        found = shapes.SPACED_SERIAL.match(self.text, start)
        before = self.text[max(0, start - 6) : start].lower().rstrip(" #-:") if found else ""
        word = next((known for known in shapes.PREFIX_WORDS if before.endswith(known)), "")
        if not found or not word or before[: -len(word)][-1:].isalnum():
            return 0
        floor = max(0, start - 6)
        at = floor + self.text[floor:start].lower().rfind(word)
        if not self.text[at].isupper() and len(word) < 3 and word != "rg":
            return 0
        return self._add(Says.INVOICE, self.text[at : found.end()], at, found.end())

    def _read_divided(self, word: str, start: int, end: int) -> int:  # noqa: PLR0911, PLR0912, C901  # one way out for each kind of number
        said, linked, _ = self._said(start)
        digits = sum(map(str.isdigit, word))
        linked = linked and said is not Says.ENDING
        if said in _NO_DOCUMENT and not linked:
            return self._skip_other(word, start, end) if digits > 3 or said is Says.OTHER else end
        if (spaced := self._read_spaced(start)) and shapes.YEAR_SERIAL.fullmatch(word):
            return spaced
        money = shapes.UNIT_AFTER.match(self.text, end) or shapes.MONEY_BEFORE.search(
            self.text, max(0, start - 6), start
        )
        named = said in {Says.INVOICE, Says.ORDER} and not (linked and said is Says.INVOICE)
        if (
            "." in word
            and (money or not shapes.YEAR_SERIAL.fullmatch(word))
            and not (named and digits > 5 and "-" in word)
        ):
            return end if word.count(".") < 2 or shapes.MONEY_WORD.fullmatch(word) else self._skip(start, end)
        if shapes.PERIOD.fullmatch(word) and not (said is Says.INVOICE and not linked):
            return self._skip(start, end)
        pair = shapes.PAIR.fullmatch(word)
        if pair and len(pair[1]) == len(pair[2]):
            close = 0 < int(pair[2]) - int(pair[1]) <= _MAX_RANGE
            if kind := said if said is Says.ORDER and not linked else Says.INVOICE if close else Says.NOTHING:
                self._add(kind, pair[1], start, start + len(pair[1]))
                return self._add(kind, pair[2], start + len(pair[1]) + 1, end)
        if said is Says.ORDER and not linked and digits > 3:
            return self._add(Says.ORDER, word, start, end)
        if (
            said in {Says.INVOICE, Says.ORDER}
            and (found := shapes.RANGE.fullmatch(word))
            and self._add_range(found[1], found[2], start, end)
        ):
            return end
        if (shapes.NOT_A_DOCUMENT.fullmatch(word) and not (said is Says.INVOICE and digits > 3)) or money:
            return self._skip(start, end)
        if said is Says.NOTHING:
            if digits > 4 and is_order(self.text, (start, end), self.words, self.told):
                return self._add(Says.ORDER, word, start, end)
            if self._is_other(word, start) or shapes.NAME_BEFORE.search(self.text, max(0, start - 24), start):
                return self._skip(start, end)
        if digits > 4 or (said is Says.INVOICE and digits > 3):
            return self._add(Says.INVOICE, word, start, end)
        return self._skip(start, end) if digits > 3 else end

    def _read_code(self, word: str, start: int, end: int) -> int:  # noqa: PLR0911  # one way out for each kind of number
        said, linked, _ = self._said(start)
        letters = shapes.LETTERS.match(word)
        prefix = letters[0].upper() if letters else ""
        digits = sum(map(str.isdigit, word))
        named = said is Says.INVOICE and not linked
        if shapes.MONEY_WORD.fullmatch(word) or (shapes.NUMBER_AND_UNIT.fullmatch(word) and not named):
            return end
        if said in _NO_DOCUMENT and not linked:
            return self._skip_other(word, start, end)
        if (
            (said is Says.ORDER and not linked and prefix != "SO")
            or (prefix in ORDER_PREFIXES and not shapes.BELGIAN_TAX_ID.fullmatch(word))
            or shapes.ORDER_INSIDE.search(word)
        ):
            at = len(word) - len(word[len(prefix) :].lstrip("-_#:.")) if shapes.MARKED_ORDER.fullmatch(word) else 0
            return self._add(Says.ORDER, word[at:], start + at, end) if digits > 1 else self._skip(start, end)
        if (
            said in {Says.NOTHING, Says.REFERENCE}
            and digits > 2
            and is_order(self.text, (start, end), self.words, self.told)
        ):
            return self._add(Says.ORDER, word, start, end)
        if (prefix in OTHER_PREFIXES or shapes.TAX_ID.fullmatch(word) or digits > _MAX_DIGITS) and not named:
            return self._skip_other(word, start, end)
        too_short = digits < 3 and (not word[:2].isupper() or word.isalnum()) and prefix != "INV"
        if said is Says.NOTHING and (too_short or self._is_other(word, start)):
            return self._skip(start, end)
        if digits > 2 or prefix == "INV" or (digits > 1 and not word[len(prefix) :].isdigit()):
            return self._add(Says.INVOICE, word, start, end)
        return self._skip(start, end)

    def _follows(self, word: str, start: int) -> Says:
        """The kind of the number before, where this one goes on a list with it: "431, 432 and 440"."""
        gap = start - self.last_end
        if (
            self.last_kind is Says.NOTHING
            or not 0 < gap < 48
            or shapes.SUM_WORD.fullmatch(word)
            or not lone.is_alike(word, self.last_word)
        ):
            return Says.NOTHING
        if word.isdigit() and (shapes.UNIT_AFTER.match(self.text, start + len(word)) or shapes.YEAR.fullmatch(word)):
            return Says.NOTHING
        between = self.text[self.last_end : start].rstrip("#")
        if shapes.JOINT.fullmatch(between) or (
            between == " " and len(word) == len(self.last_word) and shapes.SPACED_LIST.match(self.text, start)
        ):
            return self.last_kind
        is_range = word.isdigit() and self.last_kind is Says.INVOICE and shapes.TO.fullmatch(between)
        return self.last_kind if is_range and int(word) > int(self.last_word) else Says.NOTHING

    def _add_next(self, kind: Says, word: str, start: int, end: int) -> int:
        if kind is Says.OTHER:
            return self._skip_other(word, start, end)
        if word.isdigit() and shapes.TO.fullmatch(self.text[self.last_end : start]):
            first = self.invoices.pop()
            self.blanks.pop()
            if self._add_range(first.raw, word, first.span[0], end):
                return end
            self.invoices.append(first)
            self.blanks.append(first.span)
        return self._add(kind, word, start, end)

    def _add_range(self, first: str, last: str, start: int, end: int) -> bool:
        numbers = range(int(first), int(last) + 1)
        if len(first) != len(last) or not 1 < len(numbers) <= _MAX_RANGE:
            return False
        for number in numbers:
            written = str(number).zfill(len(first))
            self.invoices.append(FoundReference(written, written, (start, end)))
        self.blanks.append((start, end))
        self._remember(Says.INVOICE, last, end)
        return True

    def _add(self, kind: Says, raw: str, start: int, end: int) -> int:
        found = self.orders if kind is Says.ORDER else self.invoices
        found.append(FoundReference(raw, canonical_number(raw), (start, end)))
        self.blanks.append((start, end))
        self._remember(kind, raw, end)
        return end

    def _skip_other(self, word: str, start: int, end: int) -> int:
        self._remember(Says.OTHER, word, end)
        self.others.add(word)
        return self._skip(start, end)

    def _remember(self, kind: Says, word: str, end: int) -> None:
        self.last_kind, self.last_word, self.last_end = kind, word, end
        self.told.append((word, kind))

    def _skip(self, start: int, end: int) -> int:
        self.blanks.append((start, end))
        return end


def canonical_number(raw: str) -> str:
    """A document number in the form that is compared: NFKC, upper case, only A-Z and 0-9."""
    letters = (raw if raw.isascii() else unicodedata.normalize("NFKC", raw)).upper()
    return letters if letters.isalnum() and letters.isascii() else shapes.NOT_CANONICAL.sub("", letters)


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
    for first, last in (find_digits(text) if digits is None else digits)[:MAX_RUNS]:
        place = max(first, at)
        while place < last and len(reader.blanks) < _MAX_NUMBERS and len(reader.invoices) < MAX_REFERENCES:
            while day is not None and day[1] <= place:
                day = next(days, None)
            if day is not None and day[0] <= place:
                place = at = day[1]
                continue
            start = lone.word_start(text, max(at, place - _MAX_LEAD), place)
            rest = shapes.WORD_REST.match(text, place, place + 80)
            place = at = max(reader.read_word(start, rest.end() if rest else place + 1), place + 1)
    return FoundReferences(
        tuple([found for found in reader.invoices[:MAX_REFERENCES] if found.raw not in reader.others]),
        tuple(reader.orders[:MAX_REFERENCES]),
        reader.has_bank_account,
        lone.blank_out(text, reader.blanks),
    )
