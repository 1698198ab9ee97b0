"""How urgent a case is and how long it may take: by its policy, from what the ledger and the customer's words say.

Only ever raised here; people lower it. How a clock runs then is ``flow.clocks``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from csr_bot.caselog import Records
from csr_bot.clocklog import ClockRecord, Stakes
from csr_bot.core.business_time import BusinessCalendar
from csr_bot.core.credit import dscr
from csr_bot.core.customer import holds_on
from csr_bot.core.evidence import Contract, CreditProfile, Customer, Invoice
from csr_bot.core.legal_words import find_legal_words
from csr_bot.core.money import Money, zero
from csr_bot.core.policy import Policy
from csr_bot.core.pressure import MAX_TEXT, Pressure, find_pressure
from csr_bot.core.priority import (
    ForcedReason,
    Priority,
    PriorityFacts,
    PriorityLevel,
    explain_priority,
    raise_only,
)
from csr_bot.core.priority_points import prioritise
from csr_bot.core.request import AmountRole, Category
from csr_bot.core.service_levels import ClockKind, ContractSla, Target, Targets, approval_targets, case_targets
from csr_bot.core.sla_clock import retarget_clock, start_clock
from csr_bot.flow.clocks import find_open, open_clocks, watched
from csr_bot.flow.moving import BOT
from csr_bot.records import CaseRecord

NOTHING: Final = Stakes()
_DISPUTED: Final = frozenset({Category.BILLING_DISPUTE, Category.CREDIT_NOTE_REQUEST})
_ABOUT_MONEY: Final = frozenset(
    {
        Category.PAYMENT_STATUS,
        Category.REMITTANCE_ADVICE,
        Category.UNAPPLIED_CASH_REFUND,
        Category.PO_REFERENCE_UPDATE,
        Category.PROMISE_TO_PAY,
        Category.PAYMENT_PLAN,
        Category.TERMS_CREDIT_LIMIT,
        Category.LETTER_OF_CREDIT,
    }
)
_KYC_BLOCKS: Final = frozenset({"BLOCKED", "REJECTED"})


@dataclass(frozen=True, slots=True)
class Rating:
    """How urgent a case is, with the amount at risk (base currency), and the targets that this gives it."""

    priority: Priority
    at_risk: Money | None
    targets: Mapping[ClockKind, Targets]


def start_clocks(
    policy: Policy, records: Records, opened: Sequence[tuple[CaseRecord, str]], *, at: datetime
) -> tuple[list[CaseRecord], list[ClockRecord]]:
    """New cases, each given with the text of its message, rated; and the clocks to store once they are.

    The clocks count from the receipt of the message. A case that is closed at once has none.
    """
    working = [case for case, _ in opened if case.resolved_at is None]
    stakes = _look_up(records, working)
    cases, clocks = [], []
    for case, text in opened:
        if case.resolved_at is not None:
            cases.append(case)
            continue
        rating = rate_case(policy, case, text, stakes, at=at)
        cases.append(_rated(case, rating))
        started = (start_clock(targets, at=case.received_at) for targets in rating.targets.values())
        clocks += [watched(case.id, clock, steps=policy.escalation, now=at) for clock in started]
    return cases, clocks


def reprioritise(policy: Policy, records: Records, case: CaseRecord, *, at: datetime) -> CaseRecord:
    """The case with its priority counted anew, raised if it has come to more, and its clocks set to what follows.

    The case has to be held by this transaction.
    """
    messages = records.overview.messages_of(case.id)
    text = "\n".join(item.text_new for item in messages if item.direction == "in")
    rating = rate_case(policy, case, text, _look_up(records, [case]), at=at)
    rated = _rated(case, rating)
    if rated != case:
        records.cases.update(case, rated, at=at)
    if rated.priority != case.priority:
        records.events.add(
            "priority.changed",
            actor=BOT,
            entity="case",
            entity_id=case.id,
            case_no=case.case_no,
            at=at,
            data={"from": case.priority, "to": rated.priority, "why": list(rated.priority_parts)},
        )
    for item in open_clocks(records, case.id):
        targets = rating.targets.get(item.clock.kind)
        if targets is not None and _by_rule(targets) != _by_rule(item.clock.targets):
            aimed = retarget_clock(item.clock, targets, at=at)
            records.clocks.update(watched(case.id, aimed, steps=policy.escalation, now=at))
    return rated


def start_approval_clock(policy: Policy, records: Records, case: CaseRecord, *, at: datetime) -> None:
    """A decision was submitted: the clock of its first step starts. A case without a resolution clock gets none."""
    resolution = find_open(records, case.id, ClockKind.RESOLUTION)
    if resolution is None:
        return
    targets = approval_targets(policy.sla, level=_level(case), resolution=resolution.clock.target)
    earlier = [item for item in records.clocks.of_case(case.id) if item.clock.kind is ClockKind.APPROVAL_STEP]
    clock = start_clock(targets, at=at, cycle=len(earlier) + 1)
    records.clocks.add([ClockRecord(case.id, clock, clock.due_at)])


def rate_case(policy: Policy, case: CaseRecord, text: str, stakes: Stakes, *, at: datetime) -> Rating:
    """How urgent a case is; never less than it was."""
    customer = _customer(case, stakes)
    calendar = calendar_of(policy, customer)
    today = at.astimezone(ZoneInfo(calendar.zone)).date()
    invoices = [stakes.invoices[number] for number in _invoice_nos(case) if number in stakes.invoices]
    pressure = find_pressure(case.title, text, case.request.dates)
    at_risk = _at_risk(policy, case, customer, invoices, pressure)
    facts = _facts(case, text, stakes, customer=customer, invoices=invoices, pressure=pressure, at_risk=at_risk)
    priority = prioritise(policy.priority, facts, calendar=calendar, today_on=today)
    if case.priority is not None:
        level = PriorityLevel(case.priority)
        priority = raise_only(Priority(level, case.priority_score or 0, (), level), priority)
    received_on = case.received_at.astimezone(ZoneInfo(calendar.zone)).date()
    contract = _contract(customer, invoices, stakes.contracts, on=received_on)
    targets = case_targets(
        policy.sla,
        level=priority.level,
        category=case.category,
        contract=_promise(policy, contract, calendar) if contract else None,
        calendar=calendar,
    )
    # Nothing is acknowledged before it is answered, so no clock runs for it.
    return Rating(priority, at_risk, {kind: each for kind, each in targets.items() if kind is not ClockKind.ACK})


def calendar_of(policy: Policy, customer: Customer | None) -> BusinessCalendar:
    """The calendar of a customer's cases: its own, or the first that the policy declares."""
    own = policy.calendars.get(customer.calendar) if customer and customer.calendar else None
    return own or next(iter(policy.calendars.values()))


def _look_up(records: Records, cases: Sequence[CaseRecord]) -> Stakes:
    snapshot = records.ledger.active_snapshot(cases[0].bot) if cases else None
    if snapshot is None:
        return NOTHING
    customers = {number for case in cases if (number := _customer_no(case)) is not None}
    invoices = {number for case in cases for number in _invoice_nos(case)}
    return records.ledger.stakes(snapshot.id, customer_nos=customers, invoice_nos=invoices)


def _rated(case: CaseRecord, rating: Rating) -> CaseRecord:
    return replace(
        case,
        priority=rating.priority.level.value,
        priority_score=rating.priority.score,
        priority_parts=explain_priority(rating.priority),
        amount_at_risk=rating.at_risk,
    )


def _level(case: CaseRecord) -> PriorityLevel:
    return PriorityLevel(case.priority) if case.priority is not None else PriorityLevel.P4


def _by_rule(targets: Targets) -> dict[tuple[str, str], Target]:
    """Targets in no order: which of them is in force is found anew by each clock."""
    return {(target.source, target.why): target for target in targets}


def _customer_no(case: CaseRecord) -> str | None:
    if case.customer_no is not None:
        return case.customer_no
    owners = {match.best.customer_no for match in case.matches if match.best} & case.sender.customer_nos
    return owners.pop() if len(owners) == 1 else None


def _customer(case: CaseRecord, stakes: Stakes) -> Customer | None:
    number = _customer_no(case)
    return stakes.customers.get(number) if number is not None else None


def _invoice_nos(case: CaseRecord) -> list[str]:
    """The invoices meant, or likely meant, each once: what is doubtful may raise a priority, it moves nothing."""
    return list(dict.fromkeys(match.best.invoice_no for match in case.matches if match.best))


def _at_risk(
    policy: Policy, case: CaseRecord, customer: Customer | None, invoices: Sequence[Invoice], pressure: Pressure
) -> Money | None:
    """What may not be paid because of the request, in base currency; None where that is not known."""
    base = policy.base_currency
    if pressure.withholds and invoices:
        return _open_amount(invoices, base)
    roles: tuple[AmountRole, ...] = ()
    if case.category in _DISPUTED:
        roles = (AmountRole.CLAIMED_DELTA,)
    elif case.category in _ABOUT_MONEY:
        roles = (AmountRole.PAYMENT, AmountRole.OTHER)
    elif case.category is not Category.UNKNOWN:
        return zero(base)
    currency = invoices[0].currency if invoices else customer.currency if customer else None
    for role in roles:
        claim = case.request.amount(role)
        if claim is not None and claim.value is not None:
            return Money(claim.value, base) if (claim.currency or currency) == base else None
    return _open_amount(invoices, base) if invoices else None


def _open_amount(invoices: Iterable[Invoice], base: str) -> Money | None:
    amounts = [invoice.open_amount for invoice in invoices]
    if any(amount.currency != base for amount in amounts):
        return None
    return sum((amount for amount in amounts if amount.amount > 0), start=zero(base))


def _facts(
    case: CaseRecord,
    text: str,
    stakes: Stakes,
    *,
    customer: Customer | None,
    invoices: Sequence[Invoice],
    pressure: Pressure,
    at_risk: Money | None,
) -> PriorityFacts:
    number = customer.customer_no if customer else ""
    kyc = stakes.kyc.get(number)
    return PriorityFacts(
        amount_at_risk=at_risk,
        due_on=min((item.due_date for item in invoices if item.open_amount.amount > 0), default=None),
        explicit_deadline_on=pressure.last_day,
        suspension_or_legal_within_24h=pressure.stops_within_a_day,
        dunning_level=_dunning_level(customer, invoices),
        urgent_words=pressure.urgent,
        tier=customer.tier if customer else None,
        fraud=bool(case.sender.fraud_signs),
        kyc_blocked=kyc is not None and kyc.status.upper() in _KYC_BLOCKS,
        credit_hold=bool(customer and customer.hold),
        dscr=_coverage(stakes.credit.get(number)),
        reopened=case.reopen_count > 0,
        forced=frozenset(_forced(case, text, stakes, number=number, pressure=pressure)),
    )


def _dunning_level(customer: Customer | None, invoices: Sequence[Invoice]) -> int:
    """How far dunning has gone for what is meant, or for the customer where nothing is."""
    levels = [item.dunning_level for item in invoices] or [customer.dunning_level if customer else None]
    return max((level for level in levels if level is not None), default=customer.dunning_level or 0 if customer else 0)


def _coverage(profile: CreditProfile | None) -> Decimal | None:
    """Debt service coverage as the newest profile gives it, or counted from its figures."""
    if profile is None or profile.dscr is not None:
        return profile.dscr if profile else None
    income, service = profile.net_operating_income, profile.debt_service
    ratio = dscr(income.amount if income else None, service.amount if service else None)
    return ratio if isinstance(ratio, Decimal) else None


def _forced(case: CaseRecord, text: str, stakes: Stakes, *, number: str, pressure: Pressure) -> Iterator[ForcedReason]:
    if case.category is Category.BANK_DETAIL_CHANGE and case.sender.fraud_signs:
        yield ForcedReason.BANK_DETAIL_FRAUD_FLAG
    if pressure.stops_within_a_day:
        yield ForcedReason.SERVICE_INTERRUPTION_LE_24H
    if find_legal_words(f"{case.title}\n{text[:MAX_TEXT]}"):
        yield ForcedReason.LEGAL_OR_REGULATOR_NOTICE
    if number in stakes.kyc and stakes.kyc[number].hits:
        yield ForcedReason.SANCTIONS_HIT


def _contract(
    customer: Customer | None, invoices: Sequence[Invoice], contracts: Collection[Contract], *, on: date
) -> Contract | None:
    """The contract whose promise counts: that of the invoices meant, else the customer's only one in force.

    Of several, the one that promises the sooner resolution: when in doubt for the customer.
    """
    in_force: dict[str, Contract] = {}
    for item in sorted(contracts, key=lambda item: item.version):
        if customer and item.customer_no == customer.customer_no and holds_on(item, on):
            in_force[item.contract_no] = item
    meant = [in_force[item.contract_no] for item in invoices if item.contract_no in in_force]
    chosen = meant or (list(in_force.values()) if len(in_force) == 1 else [])
    promising = [item for item in chosen if item.resolution_min is not None or item.first_response_min is not None]
    return min(promising, key=lambda item: item.resolution_min or item.first_response_min or 0, default=None)


def _promise(policy: Policy, contract: Contract, calendar: BusinessCalendar) -> ContractSla:
    clause = f" clause {contract.sla_clause}" if contract.sla_clause else ""
    return ContractSla(
        first_response_minutes=contract.first_response_min,
        resolution_minutes=contract.resolution_min,
        calendar=policy.calendars.get(contract.sla_calendar or "", calendar),
        clause=f"{contract.contract_no}{clause}",
    )
