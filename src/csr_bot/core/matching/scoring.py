"""The points of an invoice: how its number, owner, amounts, order and dates agree with a request or contradict it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from csr_bot.core.matching.entries import MAX_CANDIDATES, Account, LedgerEntry, LedgerView
from csr_bot.core.matching.numbers import ReadNumber, canonical_number
from csr_bot.core.matching.relations import Relation, is_near, relate
from csr_bot.core.matching.statements import Statements
from csr_bot.core.policy import MatchingPolicy


@dataclass(frozen=True, slots=True)
class Scored:
    """An entry with its points by signal, the signals that agree, and those that contradict."""

    entry: LedgerEntry
    relation: Relation
    score: Decimal
    parts: Mapping[str, Decimal]
    agree: tuple[str, ...]
    contradict: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A number in the text. ``counts``: the newest text names it; one in quoted history is a hint."""

    number: ReadNumber
    counts: bool


class Asking:
    """A request with the part of the ledger that it may be about."""

    def __init__(
        self,
        statements: Statements,
        *,
        own: frozenset[str],
        group: frozenset[str],
        view: LedgerView,
        policy: MatchingPolicy,
    ) -> None:
        self.own = own
        self.group = group - own
        self.allowed = own | group
        self.view = view
        self.policy = policy
        self.statements = statements
        self.has_numbers = False
        self.named: frozenset[LedgerEntry] = frozenset()
        self._slips: dict[ReadNumber, dict[LedgerEntry, Relation]] = {}

    @cached_property
    def accounts(self) -> list[Account]:
        """What the ledger holds of the sender and his group."""
        return self.view.accounts(self.allowed)

    @cached_property
    def stated(self) -> dict[LedgerEntry, None]:
        """The sender's invoices that a stated order, amount, date or the thread brings up."""
        found: dict[LedgerEntry, None] = {}
        statements = self.statements
        for account in self.accounts if not statements.is_empty else ():
            for order in statements.orders:
                found.update(dict.fromkeys(account.by_po.get(order, ())))
            for claim in statements.claims:
                fits = account.by_amount.get(claim.value, ()) if claim.value is not None else ()
                found.update(dict.fromkeys(entry for entry in fits if statements.has_amount(entry)))
            for day in statements.days:
                found.update(dict.fromkeys(account.by_date.get(day, ())))
            for value in () if self.has_numbers else statements.figures:
                found.update(dict.fromkeys(account.open_by_value.get(value, ())))
        for number in statements.thread:
            for entry in self.view.numbered(canonical_number(number)):
                if entry.customer_no in self.allowed:
                    found[entry] = None
        return found

    def related(self, number: ReadNumber) -> dict[LedgerEntry, Relation]:
        """The entries that a written number may stand for. One found as it is written leaves only those beside it that
        are one slip away.
        """
        found = dict.fromkeys(self.view.numbered(number.canonical), Relation.EXACT)
        if any(entry.customer_no in self.allowed for entry in found):
            return found
        places = [number.digits, number.year_serial] if number.digits else []
        rest = [*self.view.numbered(number.full), *(e for form in places if form for e in self.view.with_digits(form))]
        if number.is_short and number.tail:
            if self.allowed:
                rest += [entry for account in self.accounts for entry in account.by_tail.get(number.tail, ())]
            else:
                rest += self.view.ending_in(number.tail)
        for entry in rest:
            found.setdefault(entry, relate(number, entry))
        return self.slips(number) | found

    def slips(self, number: ReadNumber) -> dict[LedgerEntry, Relation]:
        """The sender's invoices whose number is one slip away."""
        found = self._slips.get(number)
        if found is None:
            short = number.is_short
            found = (
                {} if short else {entry: Relation.EDIT for one in self.accounts for entry in one.one_slip_from(number)}
            )
            self._slips[number] = found
        return found

    def near(self, number: ReadNumber) -> list[LedgerEntry]:
        """The sender's invoices that somebody may have meant who wrote this number."""
        beside = (
            entry
            for account in self.accounts
            for canonical in number.adjacent()
            for entry in account.by_canonical.get(canonical, ())
        )
        return [*self.slips(number), *beside]

    def score(self, entry: LedgerEntry, relation: Relation, written: Written | None) -> Scored:
        """All points of one entry."""
        parts: dict[str, Decimal] = {}
        agree: list[str] = []
        contradict: list[str] = []
        policy, statements = self.policy, self.statements
        if written is not None:
            if relation is Relation.NONE:
                contradict.append("ref")
            else:
                points = relation.value * policy.ref / Relation.EXACT.value
                parts["ref"] = points if written.counts else points / 2
                if relation.is_certain and written.counts:
                    agree.append("ref")
        if self.allowed:
            parts["customer"] = (
                policy.customer
                if entry.customer_no in self.own
                else policy.group
                if entry.customer_no in self.group
                else policy.customer_other
            )
        if not statements.is_empty:
            self._score_amount(entry, parts, agree, contradict)
            self._score_order(entry, parts, agree, contradict)
            self._score_date(entry, written, parts, agree, contradict)
            self._score_lines(entry, written, agree)
            if entry.invoice_no in statements.thread:
                parts["thread"] = policy.thread
                agree.append("thread")
        return Scored(entry, relation, sum(parts.values(), start=Decimal(0)), parts, tuple(agree), tuple(contradict))

    @cached_property
    def _unnamed(self) -> list[LedgerEntry]:
        """The sender's invoices that something stated fits and that the text does not name."""
        return [entry for entry in self.stated if entry not in self.named]

    @cached_property
    def _with_total(self) -> list[LedgerEntry]:
        """Those that a figure fits as a whole."""
        return [entry for entry in self._unnamed if self.statements.is_total_of(entry)]

    @cached_property
    def _with_order(self) -> list[LedgerEntry]:
        """Those of a stated order."""
        return [entry for entry in self._unnamed if entry.po_no in self.statements.orders]

    @cached_property
    def _with_date(self) -> list[LedgerEntry]:
        """Those of a stated date."""
        return [entry for entry in self._unnamed if entry.dates & self.statements.days]

    def _score_amount(
        self, entry: LedgerEntry, parts: dict[str, Decimal], agree: list[str], contradict: list[str]
    ) -> None:
        policy, statements = self.policy, self.statements
        if not statements.claims:
            return
        if statements.has_amount(entry):
            parts["amount"] = policy.amount
            if not _is_common(self._with_total):
                agree.append("amount")
            return
        fits_another = any(other is not entry for other in self._with_total)
        if not fits_another and statements.is_close(entry):
            parts["amount"] = policy.amount_close
        elif fits_another or statements.exceeds(entry, beside=self.named - {entry}):
            parts["amount"] = policy.amount_conflict
            contradict.append("amount")

    def _score_order(
        self, entry: LedgerEntry, parts: dict[str, Decimal], agree: list[str], contradict: list[str]
    ) -> None:
        orders = self.statements.orders
        if not orders:
            return
        if entry.po_no in orders:
            parts["po"] = self.policy.po
            if not _is_common(self._with_order):
                agree.append("po")
            return
        left = orders - {other.po_no for other in self.named if other is not entry}
        if left and (entry.po_no or any(other.po_no in left for other in self._with_order)):
            parts["po"] = self.policy.po_conflict
            contradict.append("po")

    def _score_date(
        self,
        entry: LedgerEntry,
        written: Written | None,
        parts: dict[str, Decimal],
        agree: list[str],
        contradict: list[str],
    ) -> None:
        days = self.statements.days
        if not days:
            return
        if entry.dates & days:
            parts["date"] = self.policy.date
            if not _is_common(self._with_date):
                agree.append("date")
        # People write many dates. Only one of an invoice that may have been meant instead speaks against this one.
        elif any(is_near(written.number if written else None, other) for other in self._with_date):
            parts["date"] = self.policy.date_conflict
            contradict.append("date")

    def _score_lines(self, entry: LedgerEntry, written: Written | None, agree: list[str]) -> None:
        """Figures that stand in a line of this invoice and of no other that is open or may have been meant."""
        statements = self.statements
        if not statements.claims or not entry.lines:
            return
        values = statements.line_values(entry)
        has_delta = statements.has_delta(entry)
        if not values and not has_delta:
            return
        near = self.near(written.number) if written else list(self.stated)
        others = {
            other: None
            for account in self.accounts
            for value in statements.figures
            for other in account.open_by_value.get(value, ())
        } | dict.fromkeys(near)
        rivals = [other for other in others if other is not entry and other not in self.named]
        if any(not any(statements.has_value(other, value) for other in rivals) for value in values):
            agree.append("line_values")
        if has_delta and not any(statements.has_delta(other) for other in rivals):
            agree.append("delta_amount")


def _is_common(entries: Sequence[LedgerEntry]) -> bool:
    """Whether so many invoices share something that not all of them were looked at."""
    return len(entries) >= MAX_CANDIDATES - 1


def telling(scored: Sequence[Scored], asking: Asking, written: Written | None) -> list[Scored]:
    """The same with only those signals left that tell each from invoices that may have been meant instead.

    Where the sender has two invoices of nearly the same number, and everything else that is stated fits both, then only
    the number tells them apart, and a slip in it would not show.
    """
    number = written.number if written else None
    rivals = [
        one
        for one in scored
        if one.entry.customer_no in asking.allowed and one.entry not in asking.named and is_near(number, one.entry)
    ]
    # What fits a stated amount, order or date was found by it. Only a part of a stated sum was not.
    if number is not None and asking.statements.sums:
        known = {one.entry for one in scored} | asking.named
        rivals += [asking.score(entry, Relation.NONE, None) for entry in asking.near(number) if entry not in known]
    return [_told(one, rivals) for one in scored]


def _told(one: Scored, rivals: Collection[Scored]) -> Scored:
    stated = set(one.agree) - {"ref"}
    if not stated or not any(stated <= set(other.agree) for other in rivals if other.entry is not one.entry):
        return one
    kept = tuple(name for name in one.agree if name == "ref")
    return Scored(one.entry, one.relation, one.score, one.parts, kept, one.contradict)
