"""Promises to pay: which may be recorded without a person, until when dunning rests, and whether they were kept.

What a sentence promises is read by ``csr_bot.core.parsing``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from csr_bot.core.money import Money, zero

AddBusinessDays = Callable[[date, int], date]
GRACE_BUSINESS_DAYS: Final = 3
LONGEST: Final = timedelta(days=30)
REMEMBERED: Final = timedelta(days=60)
MOST_AUTOMATIC: Final = Decimal(100_000)


class PromiseStatus(StrEnum):
    """What became of a promise; ``replaced`` by a later one is said by whoever records that."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    REPLACED = "replaced"


class PromiseProblem(StrEnum):
    """Why a promise goes to a person."""

    NOTHING_PROMISED = "nothing_promised"
    DATE_PAST = "date_past"
    DATE_TOO_FAR = "date_too_far"
    BROKEN_BEFORE = "broken_before"
    TOO_MUCH = "too_much"
    NOT_ALL_OF_IT = "not_all_of_it"
    MORE_THAN_OPEN = "more_than_open"


@dataclass(frozen=True, slots=True)
class Promise:
    """A sum and the day on which it will be paid; a promise in parts is several of them."""

    amount: Money
    due_on: date


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came in for the promised invoices, by its value date."""

    amount: Money
    received_on: date


def grace_ends(due_on: date, *, add_business_days: AddBusinessDays) -> date:
    """The last day on which a promise can be kept and dunning rests: three business days after it was due."""
    return add_business_days(due_on, GRACE_BUSINESS_DAYS)


def find_promise_problems(
    parts: Sequence[Promise],
    *,
    open_amount: Money,
    base_amount: Decimal | None,
    broken_on: Collection[date],
    today: date,
) -> tuple[PromiseProblem, ...]:
    """Why a promise is not recorded automatically; nothing means that it is.

    ``base_amount`` is all that is promised, in the base currency (None: no rate, which goes to a person as too much);
    ``broken_on`` are the days on which earlier promises for the same invoice were broken.
    """
    promised = sum((part.amount for part in parts), start=zero(open_amount.currency))
    nothing = zero(open_amount.currency)
    tests = (
        (not parts or any(part.amount <= nothing for part in parts), PromiseProblem.NOTHING_PROMISED),
        (any(part.due_on < today for part in parts), PromiseProblem.DATE_PAST),
        (any(part.due_on > today + LONGEST for part in parts), PromiseProblem.DATE_TOO_FAR),
        (any(today - REMEMBERED <= day <= today for day in broken_on), PromiseProblem.BROKEN_BEFORE),
        (base_amount is None or base_amount > MOST_AUTOMATIC, PromiseProblem.TOO_MUCH),
        (promised < open_amount, PromiseProblem.NOT_ALL_OF_IT),
        (open_amount < promised, PromiseProblem.MORE_THAN_OPEN),
    )
    return tuple(problem for found, problem in tests if found)


def resolve_promises(
    parts: Sequence[Promise],
    *,
    made_on: date,
    receipts: Iterable[Receipt],
    today: date,
    add_business_days: AddBusinessDays,
) -> tuple[PromiseStatus, ...]:
    """What became of each part by the end of ``today``: no money counts twice, and earlier parts are served first.

    Kept when what came in from the day it was made to the end of its grace reaches all that was promised until then;
    broken when the grace is over.
    """
    counted = [receipt for receipt in receipts if made_on <= receipt.received_on <= today]
    statuses: dict[int, PromiseStatus] = {}
    for index in sorted(range(len(parts)), key=lambda number: parts[number].due_on):
        part = parts[index]
        until = grace_ends(part.due_on, add_business_days=add_business_days)
        nothing = zero(part.amount.currency)
        received = sum((item.amount for item in counted if item.received_on <= until), start=nothing)
        promised = sum((parts[done].amount for done in statuses), start=part.amount)
        if promised <= received:
            statuses[index] = PromiseStatus.KEPT
        else:
            statuses[index] = PromiseStatus.BROKEN if until < today else PromiseStatus.OPEN
    return tuple(statuses[index] for index in range(len(parts)))
