"""What a performer is: how one kind of effect is looked up, checked, done once, proved and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from csr_bot.caselog import Records
from csr_bot.core.money import Money
from csr_bot.records import EffectRecord


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows a state of the outside world: values, and a picture where there is a screen."""

    content: Mapping[str, object]
    screenshot: bytes | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """A trace of an effect outside. ``differs`` says what about it is not as it should be; None if all is right."""

    external_ref: str
    proof: Proof
    differs: str | None


@dataclass(frozen=True, slots=True)
class Before:
    """The target right before an effect. ``stale`` says how it differs from what was decided on."""

    proof: Proof
    stale: str | None


class Performer(Protocol):
    """One kind of effect."""

    def look(self, effect: EffectRecord) -> Sequence[Sighting]:
        """Every trace of this effect outside, read afresh."""
        ...

    def check_before(self, effect: EffectRecord) -> Before:
        """The target as it is now."""
        ...

    def prepare(self, effect: EffectRecord) -> bytes | None:
        """What is to be frozen before it leaves; None where nothing is."""
        ...

    def submit(self, effect: EffectRecord, frozen: bytes | None, *, before_submit: Callable[[], None]) -> None:
        """Do it once. Fails as the ports do."""
        ...

    def keep(self, records: Records, effect: EffectRecord, *, at: datetime) -> None:
        """What our own log holds of it besides its receipts: written in the transaction that proves the effect."""
        ...


def find_differences(pairs: Sequence[tuple[str, object, object]]) -> str | None:
    """What is not as it should be, of name, wanted and found value; None if all is right."""
    return "; ".join(f"{name} is {found}, not {wanted}" for name, wanted, found in pairs if wanted != found) or None


def show_amount(amount: Money) -> str:
    """An amount in a receipt: ``2400.00 USD``."""
    return f"{amount.text()} {amount.currency}"
