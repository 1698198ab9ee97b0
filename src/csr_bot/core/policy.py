"""Policy: limits, authority and routing in force, read from a versioned YAML text. What a case needs is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final, TypeVar

from csr_bot.core.document import Field, MistakesError, Reading, read_document
from csr_bot.core.money import Money, is_currency, parse_decimal
from csr_bot.core.request import Category, DisputeReason

T = TypeVar("T")

BOT_ROLE: Final = "bot"
PREPARER_RULE: Final = "SOD-01"
DISTINCT_RULE: Final = "SOD-02"
ACCOUNT_OWNER_RULE: Final = "SOD-08"

GUARD_NAMES: Final = frozenset(
    {
        "kill_switch_off",
        "identity_level_ge_2",
        "match_decision_auto",
        "no_veto_finding",
        "no_open_fraud_flag",
        "customer_not_blocked",
        "ledger_snapshot_age_le_24h",
        "erp_readback_equals_snapshot",
        "currency_equal",
        "customer_auto_effects_24h_lt_5",
        "case_reopen_count_eq_0",
        "category_is_BILLING_DISPUTE",
        "reason_in_PRICE_QUANTITY_DUPLICATE",
        "delta_recomputed_from_contract",
        "two_independent_corroborators",
        "invoice_open_ge_delta",
        "no_prior_credit_on_invoice",
        "customer_credit_30d_le_1000",
        "invoice_age_le_180d",
    }
)
"""Conditions that a policy may ask for before the bot acts alone. Their meaning is in ``core.guards``."""

Step = frozenset[str]
"""Roles of which one holder has to approve."""


@dataclass(frozen=True, slots=True)
class Band:
    """Amounts up to and including ``upto`` (None: no upper bound) need ``steps``, one after the other."""

    upto: Decimal | None
    steps: tuple[Step, ...]
    auto_guard: str | None


@dataclass(frozen=True, slots=True)
class Authority:
    """Who may approve an effect: contiguous bands over the gross amount in base currency.

    ``cumulate_days`` sums the credits on one customer's invoice over that window, so that splitting an amount does not
    lower its band (SOD-10).
    """

    bands: tuple[Band, ...]
    cumulate_days: timedelta


@dataclass(frozen=True, slots=True)
class Routing:
    """Where a case goes when a person is needed: the first row that fits. None fits anything."""

    category: Category | None
    reason: DisputeReason | None
    queue: str
    owner_role: str


@dataclass(frozen=True, slots=True)
class MatchingPolicy:
    """Points for what agrees between a request and an invoice, and what a sum of points is good for."""

    ref: Decimal
    customer: Decimal
    group: Decimal
    amount: Decimal
    amount_close: Decimal
    po: Decimal
    date: Decimal
    thread: Decimal
    customer_other: Decimal
    amount_conflict: Decimal
    po_conflict: Decimal
    date_conflict: Decimal
    auto: Decimal
    margin: Decimal
    suggest: Decimal
    money_corroborators: int


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the rules."""

    policy_id: str
    version: int
    effective_from: datetime
    base_currency: str
    roles: frozenset[str]
    credit_note: Authority
    guards: Mapping[str, tuple[str, ...]]
    routing: tuple[Routing, ...]
    matching: MatchingPolicy
    rounding: Decimal
    max_copies: int
    max_answers: int

    def band(self, amount: Money) -> Band | None:
        """The band of a credit note's gross amount; None where the currency has no rate to the base currency."""
        if amount.currency != self.base_currency:
            return None
        for band in self.credit_note.bands:
            if band.upto is None or abs(amount.amount) <= band.upto:
                return band
        raise AssertionError("the last band has no upper bound")

    def band_of_people(self, band: Band) -> Band:
        """Where an amount of a band goes if the bot may not approve it alone: the next band that people approve."""
        above = self.credit_note.bands[self.credit_note.bands.index(band) :]
        return next(other for other in above if other.auto_guard is None)

    def guard_names(self, band: Band) -> tuple[str, ...]:
        """Every condition that must hold before the bot approves in a band alone; the general ones first."""
        return self.guards["global"] + self.guards[band.auto_guard or "global"]

    def route(self, category: Category, reason: DisputeReason | None) -> Routing:
        """Queue and owning role for a case."""
        for row in self.routing:
            if row.category in (None, category) and row.reason in (None, reason):
                return row
        raise AssertionError("the last row of the routing fits everything")


def read_policy(text: str, *, file: str) -> Policy:
    """A policy from its YAML text. Raises MistakesError with every gap, overlap, unknown role or name in it."""
    document = read_document(text, file=file)
    reading = Reading()
    top = reading.mapping(document, known=_FIELDS, needed=_FIELDS)
    if not all(name in top for name in _FIELDS):
        raise MistakesError(sorted(reading.mistakes))
    roles = frozenset(filter(None, (reading.text(item) for item in reading.items(top["roles"]))))
    guards = _read_guards(reading, top["auto_guards"])
    with reading:
        policy_id = reading.text(top["policy_id"])
        version = reading.convert(top["version"], _whole)
        effective = reading.convert(top["effective_from"], _instant)
        base = reading.convert(top["base_currency"], _currency)
        authority = _read_authority(reading, top["approval_matrix"], roles=roles, guards=guards)
        routing = _read_routing(reading, top["routing"], roles=roles)
        matching = _read_matching(reading, top["matching"])
        rounding = _read_one(reading, top["tolerances"], name="rounding_abs", parse=_tolerance)
        limits = reading.mapping(top["limits"], known=_LIMITS, needed=_LIMITS)
        copies, answers = (reading.convert(limits[name], _whole) if name in limits else None for name in _LIMITS)
    assert policy_id and version and effective and base  # noqa: PT018 - read without mistakes
    assert authority and matching and copies and answers and rounding is not None  # noqa: PT018 - read without mistakes
    return Policy(
        policy_id=policy_id,
        version=version,
        effective_from=effective,
        base_currency=base,
        roles=roles,
        credit_note=authority,
        guards=guards,
        routing=routing,
        matching=matching,
        rounding=rounding,
        max_copies=copies,
        max_answers=answers,
    )


_FIELDS: Final = (
    "policy_id",
    "version",
    "effective_from",
    "base_currency",
    "roles",
    "approval_matrix",
    "auto_guards",
    "routing",
    "matching",
    "tolerances",
    "limits",
)


def _read_guards(reading: Reading, field: Field) -> dict[str, tuple[str, ...]]:
    guards: dict[str, tuple[str, ...]] = {"global": ()}
    for name, entry in reading.mapping(field, needed=("global",)).items():
        names = []
        for item in reading.items(entry):
            text = reading.text(item)
            if text is not None and text not in GUARD_NAMES:
                reading.mistakes.append(item.mistake(f"unknown guard {text!r}"))
            elif text is not None:
                names.append(text)
        if not names:
            reading.mistakes.append(entry.mistake("a list of guards needs at least one"))
        guards[name] = tuple(names)
    return guards


def _read_authority(
    reading: Reading, field: Field, *, roles: Collection[str], guards: Collection[str]
) -> Authority | None:
    matrix = reading.mapping(field, known=("credit_note",), needed=("credit_note",))
    if "credit_note" not in matrix:
        return None
    entry = reading.mapping(matrix["credit_note"], known=("cumulate_days", "bands"), needed=("cumulate_days", "bands"))
    if "bands" not in entry or "cumulate_days" not in entry:
        return None
    days = reading.convert(entry["cumulate_days"], _whole)
    items = list(reading.items(entry["bands"]))
    bands = [_read_band(reading, item, roles=roles, guards=guards) for item in items]
    for item, band, below in zip(items[1:], bands[1:], bands, strict=False):
        reading.mistakes.extend(item.mistake(reason) for reason in _order_mistakes(band, below))
    last = bands[-1] if bands else Band(upto=Decimal(0), steps=(), auto_guard=None)
    if last is not None and last.upto is not None:
        reading.mistakes.append(entry["bands"].mistake("the last band must have no upper bound (max: null)"))
    elif last is not None and last.auto_guard is not None:
        reading.mistakes.append(entry["bands"].mistake("the last band must be for people, not for the bot"))
    return Authority(bands=tuple(band for band in bands if band is not None), cumulate_days=timedelta(days=days or 0))


def _order_mistakes(band: Band | None, below: Band | None) -> Iterator[str]:
    if below is not None and below.upto is None:
        yield "a band behind the one without an upper bound is never reached"
    elif band and below and band.upto and below.upto and band.upto <= below.upto:
        yield f"the bands overlap: {band.upto} is not above {below.upto}"


def _read_band(reading: Reading, field: Field, *, roles: Collection[str], guards: Collection[str]) -> Band | None:
    """A band; None where its upper bound cannot be read, so that nothing is said of its order."""
    entry = reading.mapping(field, known=("max", "steps", "auto_guard"), needed=("max", "steps"))
    bounded = "max" in entry and entry["max"].value is not None
    upto = reading.convert(entry["max"], _limit) if bounded else None
    steps: list[Step] = []
    for step in reading.items(entry["steps"]) if "steps" in entry else ():
        names = [name for name in (reading.text(item) for item in reading.items(step)) if name is not None]
        reading.mistakes.extend(step.mistake(f"unknown role {name!r}") for name in names if name not in roles)
        if not names:
            reading.mistakes.append(step.mistake("a step needs at least one role"))
        steps.append(frozenset(names))
    if "steps" in entry and not steps:
        reading.mistakes.append(entry["steps"].mistake("a band needs at least one step"))
    guard = reading.text(entry["auto_guard"]) if "auto_guard" in entry else None
    if guard is not None and guard not in guards:
        reading.mistakes.append(entry["auto_guard"].mistake(f"unknown guard list {guard!r}"))
    of_bot = any(BOT_ROLE in step for step in steps)
    if of_bot and (guard is None or steps != [frozenset({BOT_ROLE})]):
        reading.mistakes.append(field.mistake("a band of the bot needs an auto_guard and no other step (SOD-09)"))
    elif guard is not None and not of_bot:
        reading.mistakes.append(field.mistake("an auto_guard is for a band of the bot"))
    if "max" not in entry or (bounded and upto is None):
        return None
    return Band(upto=upto, steps=tuple(steps), auto_guard=guard)


def _read_routing(reading: Reading, field: Field, *, roles: Collection[str]) -> tuple[Routing, ...]:
    rows = []
    for item in reading.items(field):
        entry = reading.mapping(
            item, known=("category", "reason", "queue", "owner_role"), needed=("queue", "owner_role")
        )
        queue = reading.text(entry["queue"]) if "queue" in entry else None
        role = reading.text(entry["owner_role"]) if "owner_role" in entry else None
        if role is not None and role not in roles:
            reading.mistakes.append(entry["owner_role"].mistake(f"unknown role {role!r}"))
        category = reading.convert(entry["category"], Category) if "category" in entry else None
        reason = reading.convert(entry["reason"], DisputeReason) if "reason" in entry else None
        rows.append(Routing(category=category, reason=reason, queue=queue or "", owner_role=role or ""))
    if not rows or rows[-1].category is not None or rows[-1].reason is not None:
        reading.mistakes.append(field.mistake("the last row must fit everything: only queue and owner_role"))
    return tuple(rows)


_LIMITS: Final = ("invoice_copies_per_request", "answers_per_address_per_day")
_CORROBORATORS: Final = "money_corroborators"
_POINTS: Final = (
    "ref",
    "customer",
    "group",
    "amount",
    "amount_close",
    "po",
    "date",
    "thread",
    "customer_other",
    "amount_conflict",
    "po_conflict",
    "date_conflict",
    "auto",
    "margin",
    "suggest",
)


def _read_matching(reading: Reading, field: Field) -> MatchingPolicy | None:
    entry = reading.mapping(field, known=(*_POINTS, _CORROBORATORS), needed=(*_POINTS, _CORROBORATORS))
    read = {name: reading.convert(entry[name], parse_decimal) for name in _POINTS if name in entry}
    points = {name: value for name, value in read.items() if value is not None}
    corroborators = reading.convert(entry[_CORROBORATORS], _whole) if _CORROBORATORS in entry else None
    if len(points) != len(_POINTS) or corroborators is None:
        return None
    if corroborators < 2:
        reading.mistakes.append(entry[_CORROBORATORS].mistake("money needs at least two corroborators"))
    return MatchingPolicy(money_corroborators=corroborators, **points)


def _read_one(reading: Reading, field: Field, *, name: str, parse: Callable[[str], T]) -> T | None:
    """The value of a mapping that has exactly one field."""
    entry = reading.mapping(field, known=(name,), needed=(name,))
    return reading.convert(entry[name], parse) if name in entry else None


def _limit(text: str) -> Decimal:
    value = parse_decimal(text)
    if value <= 0:
        raise ValueError(f"{text!r} is not above zero")
    return value


def _tolerance(text: str) -> Decimal:
    value = parse_decimal(text)
    if value < 0:
        raise ValueError(f"{text!r} is below zero")
    return value


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise ValueError(f"{text!r} is not a whole number above zero")
    return int(text)


def _currency(text: str) -> str:
    if not is_currency(text):
        raise ValueError(f"{text!r} is not an ISO 4217 code")
    return text


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone; write for example 2025-11-01T00:00:00Z")
    return instant.astimezone(UTC)
