"""Reading tables of a policy: routing, points of the matching, tolerances, limits, ceilings, the end of shadow mode."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from csr_bot.core.document import Field
from csr_bot.core.policy.conditions import Constant
from csr_bot.core.policy.names import ROUTING_TERMS
from csr_bot.core.policy.policy import Ceilings, Limits, MatchingPolicy, Routing, ShadowPolicy, Tolerances
from csr_bot.core.policy.scalars import PolicyReading

_WEIGHTS: Final = ("ref", "customer", "amount", "po", "date")
_MORE_WEIGHTS: Final[Mapping[str, Decimal]] = {
    "group": Decimal(15),  # another member of the sender's declared group
    "amount_close": Decimal(10),  # within one per cent of the total
    "thread": Decimal(20),  # the invoice is certain on the case that the message continues
}
_PENALTIES: Final = ("customer_other", "amount_conflict", "po_conflict", "date_conflict")
_THRESHOLDS: Final = ("auto", "margin", "suggest")
_FEWEST_CORROBORATORS: Final = 2
_INVOICE_COPIES: Final = 20
_ANSWERS_PER_DAY: Final = 5
_CEILINGS: Final = ("per_customer", "per_run", "per_day", "per_policy")
_AGREEMENT: Final = Decimal("0.98")
_DECISIONS: Final = 50


def read_routing(reading: PolicyReading, field: Field | None) -> tuple[Routing, ...]:
    """The rows of the routing; the last one, and no other, fits everything."""
    rows = []
    items = reading.list_of(field, what="row")
    for item in items:
        entry = reading.entries(item, needed=("if", "queue", "owner_role"))
        condition = reading.condition(entry.get("if"), ROUTING_TERMS)
        rows.append(Routing(condition, reading.words(entry.get("queue")), reading.role(entry.get("owner_role"))))
    everything = Constant(value=True)
    if field is not None and items and rows[-1].condition != everything:
        reading.complain(field, 'the last row must fit everything (if: "true")')
    for item, row in zip(items[1:], rows, strict=False):
        if row.condition == everything and isinstance(item.value, dict):
            reading.complain(item, "a row behind the one that fits everything is never reached")
    return tuple(rows)


def read_matching(reading: PolicyReading, field: Field | None) -> MatchingPolicy:
    """Points and thresholds of the matching, and what it takes to move money."""
    entry = reading.entries(field, needed=("weights", "penalties", "thresholds", "money_effects_require"))
    weights = reading.entries(entry.get("weights"), needed=_WEIGHTS, also=tuple(_MORE_WEIGHTS))
    penalties = reading.entries(entry.get("penalties"), needed=_PENALTIES)
    thresholds = reading.entries(entry.get("thresholds"), needed=_THRESHOLDS)
    points = {
        **{name: reading.points(weights.get(name)) for name in _WEIGHTS},
        **{name: reading.points(weights.get(name), default=usual) for name, usual in _MORE_WEIGHTS.items()},
        **{name: reading.points(penalties.get(name), sign=-1) for name in _PENALTIES},
        **{name: reading.points(thresholds.get(name)) for name in _THRESHOLDS},
    }
    if {"auto", "suggest"} <= thresholds.keys() and points["suggest"] > points["auto"]:
        reading.complain(thresholds["suggest"], "is above 'auto'")
    money = reading.entries(
        entry.get("money_effects_require"), needed=("independent_corroborators", "contradictions", "one_of")
    )
    corroborators = money.get("independent_corroborators")
    if "contradictions" in money and reading.whole(money["contradictions"], least=0, default=0) > 0:
        reading.complain(money["contradictions"], "must be 0: money never moves against a contradiction")
    return MatchingPolicy(
        **points,
        money_corroborators=reading.whole(corroborators, least=_FEWEST_CORROBORATORS),
        money_one_of=reading.known_list(money.get("one_of"), ("ref_exact", "po_exact"), what="signal"),
    )


def read_tolerances(reading: PolicyReading, field: Field | None) -> Tolerances:
    """Differences that are none."""
    entry = reading.entries(field, needed=("price_pct", "rounding_abs", "cash_discount_grace_days", "bank_charge_abs"))
    return Tolerances(
        price_pct=reading.amount(entry.get("price_pct")),
        rounding_abs=reading.amount(entry.get("rounding_abs")),
        cash_discount_grace_days=reading.whole(entry.get("cash_discount_grace_days"), least=0),
        bank_charge_abs=reading.amount(entry.get("bank_charge_abs")),
    )


def read_limits(reading: PolicyReading, field: Field | None) -> Limits:
    """How much may be asked for; 20 copies a request and 5 answers a day where the policy says nothing."""
    entry = reading.entries(field, also=("invoice_copies_per_request", "answers_per_address_per_day"))
    return Limits(
        reading.whole(entry.get("invoice_copies_per_request"), default=_INVOICE_COPIES),
        reading.whole(entry.get("answers_per_address_per_day"), default=_ANSWERS_PER_DAY),
    )


def read_ceilings(reading: PolicyReading, field: Field | None) -> Ceilings:
    """What the bot alone may credit; no ceiling where the policy names none."""
    entry = reading.entries(field, also=_CEILINGS)
    return Ceilings(**{name: reading.amount(entry[name]) for name in _CEILINGS if name in entry})


def read_shadow(reading: PolicyReading, field: Field | None) -> ShadowPolicy:
    """When shadow mode may end; 98 per cent of at least 50 decisions where the policy says nothing."""
    entry = reading.entries(field, also=("agreement", "decisions"))
    agreement = reading.amount(entry.get("agreement"), default=_AGREEMENT)
    if agreement > 1:
        reading.complain(entry["agreement"], 'a share is at most "1"')
    return ShadowPolicy(agreement, reading.whole(entry.get("decisions"), default=_DECISIONS))
