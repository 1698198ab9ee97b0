"""Reading who may approve what: the approval matrix, the lists of guards and the rules of duty separation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Final

from csr_bot.core.document import Field
from csr_bot.core.effects import RiskClass
from csr_bot.core.matters import MatterKind
from csr_bot.core.policy.authority import Authority, Band, Cumulation, ExtraStep, FieldRule, Step
from csr_bot.core.policy.names import (
    BOT_ROLE,
    GLOBAL_GUARDS,
    GUARD_NAMES,
    MASTER_FIELDS,
    MATTER_TERMS,
    PAIRS_RULE,
    REQUIREMENT_NAMES,
    SOD_RULES,
)
from csr_bot.core.policy.policy import SodRule
from csr_bot.core.policy.scalars import PolicyReading

_BOT_STEPS: Final = (frozenset({BOT_ROLE}),)
_SCOPES: Final = ("customer", "invoice")
_POSITIONS: Final = ("first", "last")
_PREPARERS: Final = ("last_material_editor_or_bot",)
_PEOPLE_ONLY: Final = frozenset(
    {
        MatterKind.REFUND,
        MatterKind.CLAIM_DENIAL,
        MatterKind.CREDIT_LIMIT_CHANGE,
        MatterKind.PAYMENT_TERMS_CHANGE,
        MatterKind.PAYMENT_PLAN,
        MatterKind.BANK_DETAIL_CHANGE,
        MatterKind.KYC_RELEASE,
    }
)
"""What the bot never decides alone, whatever a policy says."""
_BANK_REQUIREMENTS: Final = frozenset({"callback_verified", "cooling_off_48h"})
_BANK_STEPS: Final = 2


def read_guards(reading: PolicyReading, field: Field | None) -> dict[str, tuple[str, ...]]:
    """The lists of guards by name; those of ``global`` hold wherever the bot acts alone."""
    guards: dict[str, tuple[str, ...]] = {GLOBAL_GUARDS: ()}
    entries = {} if field is None else reading.mapping(field, needed=(GLOBAL_GUARDS,))
    for name, entry in entries.items():
        guards[name] = reading.known_list(entry, GUARD_NAMES, what="guard")
    return guards


def read_matrix(reading: PolicyReading, field: Field | None, *, guards: Collection[str]) -> dict[MatterKind, Authority]:
    """The approval matrix: every kind of matter has its row."""
    rows = reading.entries(field, needed=tuple(MatterKind))
    return {kind: _read_authority(reading, rows[kind], kind=kind, guards=guards) for kind in MatterKind if kind in rows}


def _read_authority(reading: PolicyReading, field: Field, *, kind: MatterKind, guards: Collection[str]) -> Authority:
    entry = reading.entries(field, needed=("bands",), also=("cumulate", "extra_steps", "field_rules"))
    extra, by_field = entry.get("extra_steps"), entry.get("field_rules")
    if by_field is not None and kind is not MatterKind.MASTER_DATA_CHANGE:
        reading.complain(by_field, f"only {MatterKind.MASTER_DATA_CHANGE} has rules by field")
    rules = _read_field_rules(reading, by_field, guards=guards)
    bands = _read_bands(reading, entry.get("bands"), guards=guards, of_bot=any(rule.auto_guard for rule in rules))
    _check_ground_rules(reading, field, bands, kind=kind)
    return Authority(
        bands=bands,
        cumulation=_read_cumulation(reading, entry.get("cumulate")),
        extra_steps=tuple(_read_extra(reading, item) for item in reading.list_of(extra, what="step")),
        field_rules=rules,
    )


def _check_ground_rules(reading: PolicyReading, field: Field, bands: tuple[Band, ...], *, kind: MatterKind) -> None:
    """Name what no policy may change."""
    if kind in _PEOPLE_ONLY and any(band.auto_guard for band in bands):
        reading.complain(field, f"the bot never decides a {kind} alone")
    if kind is MatterKind.BANK_DETAIL_CHANGE:
        if not all(_BANK_REQUIREMENTS.issubset(band.requires) for band in bands):
            reading.complain(field, f"every band must require {' and '.join(sorted(_BANK_REQUIREMENTS))}")
        if any(len(band.steps) < _BANK_STEPS for band in bands):
            reading.complain(field, "every band must have two steps, for two people")


def _read_bands(
    reading: PolicyReading, field: Field | None, *, guards: Collection[str], of_bot: bool
) -> tuple[Band, ...]:
    """Bands in order. ``of_bot`` says that the bot may act alone by another rule of the same matter."""
    items = reading.list_of(field, what="band")
    known = [reading.entries(item, needed=("max", "steps"), also=("auto_guard", "requires")) for item in items]
    bands = [_read_band(reading, item, entry, guards=guards) for item, entry in zip(items, known, strict=True)]
    if field is None or not bands:
        return tuple(bands)
    reading.check_order(field, [(item, entry.get("max")) for item, entry in zip(items, known, strict=True)])
    if bands[-1].auto_guard is not None:
        reading.complain(field, "the last band must be for people, not for the bot")
    if bands[-1].requires and (of_bot or any(band.auto_guard for band in bands)):
        reading.complain(field, "the last band is where the bot's matters go, so it cannot require anything")
    return tuple(bands)


def _read_band(reading: PolicyReading, field: Field, entry: Mapping[str, Field], *, guards: Collection[str]) -> Band:
    upper, requires = entry.get("max"), entry.get("requires")
    steps, guard = _read_steps(reading, field, entry, guards=guards)
    return Band(
        upto=None if upper is None or upper.value is None else reading.amount(upper, positive=True),
        steps=steps,
        auto_guard=guard,
        requires=reading.known_list(requires, REQUIREMENT_NAMES, what="requirement"),
    )


def _read_steps(
    reading: PolicyReading, field: Field, entry: Mapping[str, Field], *, guards: Collection[str]
) -> tuple[tuple[Step, ...], str | None]:
    """Steps and the list of guards, which the bot's steps have and nobody else's (SOD-09)."""
    steps = tuple(reading.step(item) for item in reading.list_of(entry.get("steps"), what="step"))
    lists = [name for name in guards if name != GLOBAL_GUARDS]
    guard = reading.known(entry["auto_guard"], lists, what="guard list") if "auto_guard" in entry else None
    of_bot = any(BOT_ROLE in step for step in steps)
    if of_bot and (guard is None or steps != _BOT_STEPS):
        reading.complain(field, "a band of the bot needs an auto_guard and no other step (SOD-09)")
    elif guard is not None and steps and not of_bot:
        reading.complain(field, "an auto_guard is for a band of the bot")
    return steps, guard


def _read_cumulation(reading: PolicyReading, field: Field | None) -> Cumulation | None:
    if field is None:
        return None
    entry = reading.entries(field, needed=("scope", "window_days"))
    scope = reading.known_list(entry.get("scope"), _SCOPES, what="scope")
    return Cumulation(frozenset(scope), timedelta(days=reading.whole(entry.get("window_days"))))


def _read_extra(reading: PolicyReading, field: Field) -> ExtraStep:
    entry = reading.entries(field, needed=("when", "add"), also=("position",))
    step = reading.step(entry["add"]) if "add" in entry else frozenset[str]()
    if BOT_ROLE in step:
        reading.complain(entry["add"], "an extra step is for people, not for the bot (SOD-09)")
    position = reading.known(entry["position"], _POSITIONS, what="position") if "position" in entry else "last"
    return ExtraStep(reading.condition(entry.get("when"), MATTER_TERMS), step, first=position == "first")


def _read_field_rules(reading: PolicyReading, field: Field | None, *, guards: Collection[str]) -> tuple[FieldRule, ...]:
    rules: list[FieldRule] = []
    taken: set[str] = set()
    for item in reading.list_of(field, what="rule"):
        entry = reading.entries(item, needed=("fields", "steps"), also=("auto_guard",))
        names = reading.known_list(entry.get("fields"), MASTER_FIELDS, what="field")
        for name in sorted(taken.intersection(names) - {""}):
            reading.complain(item, f"the field {name!r} has a rule already")
        taken.update(names)
        steps, guard = _read_steps(reading, item, entry, guards=guards)
        rules.append(FieldRule(frozenset(names), steps, guard))
    return tuple(rules)


def read_sod_rules(reading: PolicyReading, field: Field | None) -> dict[str, SodRule]:
    """The rules of duty separation by their ids: all of them, each once."""
    rules: dict[str, SodRule] = {}
    for item in reading.list_of(field, what="rule"):
        entry = reading.entries(item, needed=("id", "rule"), also=("preparer_is", "applies", "pairs"))
        identifier = reading.known(entry.get("id"), SOD_RULES, what="rule")
        if identifier in rules:
            reading.complain(entry["id"], f"the rule {identifier} stands here twice")
        rules[identifier] = _read_sod_rule(reading, item, entry, of_pairs=identifier == PAIRS_RULE)
    if field is not None:
        missing = (each for each in SOD_RULES if each not in rules)
        reading.mistakes.extend(field.mistake(f"the rule {each} is missing") for each in missing)
    return rules


def _read_sod_rule(reading: PolicyReading, field: Field, entry: Mapping[str, Field], *, of_pairs: bool) -> SodRule:
    if of_pairs and "pairs" not in entry:
        reading.complain(field, "the field 'pairs' is missing")
    elif "pairs" in entry and not of_pairs:
        reading.complain(entry["pairs"], f"only {PAIRS_RULE} has pairs of roles")
    preparer = entry.get("preparer_is")
    return SodRule(
        text=reading.words(entry.get("rule")),
        pairs=tuple(_read_pair(reading, item) for item in reading.list_of(entry.get("pairs"), what="pair")),
        applies=reading.known_list(entry.get("applies"), (*RiskClass, *MatterKind), what="risk or kind of matter"),
        preparer_is=None if preparer is None else reading.known(preparer, _PREPARERS, what="preparer"),
    )


def _read_pair(reading: PolicyReading, field: Field) -> frozenset[str]:
    items = reading.list_of(field, what="role")
    pair = frozenset(reading.several(items, reading.roles, what="role"))
    if items and len(items) != 2:
        reading.complain(field, "a pair is two roles")
    if BOT_ROLE in pair:
        reading.complain(field, "nobody can hold the role of the bot (SOD-09)")
    return pair
