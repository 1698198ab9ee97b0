"""Adds up what is open while a list is read, and holds it against the totals that the list itself states."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from csr_bot.core.money import Money

_NOTHING = Decimal(0)


class OpenTotals:
    """Sums by currency over every row whose open amount can be read, used or not."""

    def __init__(self) -> None:
        self.all: dict[str, Decimal] = {}
        self._group: dict[str, Decimal] = {}
        self._unread = False
        self._last: tuple[int, Mapping[str, Decimal], Decimal | None] | None = None
        self.differing: list[tuple[int, Decimal, Decimal]] = []

    def add(self, amount: Money | None) -> None:
        """Add a row; None for one whose amount cannot be read, which makes totals below it incomparable."""
        if amount is None:
            self._unread = True
            return
        code = amount.currency
        self.all[code] = self.all.get(code, _NOTHING) + amount.amount
        self._group[code] = self._group.get(code, _NOTHING) + amount.amount

    def check(self, row: int, stated: Mapping[str | None, Decimal]) -> None:
        """Hold a row of totals against the rows since the total before it, and against all rows."""
        group, self._group = self._group, {}
        for named, amount in stated.items():
            sums = [
                sums[code]
                for sums in (self.all, group)
                if (code := named or (next(iter(sums)) if len(sums) == 1 else "")) in sums
            ]
            if not sums:
                continue
            if amount in sums:
                code = named or next(iter(self.all))
                whole = amount == self.all.get(code) and (named is not None or len(self.all) == 1)
                self._last = (row, {code: amount} if whole else {}, None)
            elif not self._unread:
                self._last = (row, {}, amount)
                if len(self.differing) < 100:
                    self.differing.append((row, amount, sums[-1]))

    def stated(self) -> Mapping[str, Decimal]:
        """What the list says is open in all: its last total, where it agrees and nothing follows it."""
        if self._last is None or any(self._group.values()):
            return {}
        return self._last[1]

    def contradiction(self) -> str | None:
        """Why the list contradicts itself: its last total is neither that of its last group nor of all rows."""
        if self._last is None or self._last[2] is None:
            return None
        found = ", ".join(f"{amount:f} {code}" for code, amount in sorted(self.all.items()))
        return f"the total in row {self._last[0]} is {self._last[2]:f}, its rows add up to {found}"
