"""Checks about a customer's standing and words: KYC and what may be told (V16), words of law and insolvency (V30)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from csr_bot.core.business_time import BusinessCalendar
from csr_bot.core.checks import Finding, Result
from csr_bot.core.effects import PlannedEffect
from csr_bot.core.facts import Facts
from csr_bot.core.kyc import DataScope, KycStatus, data_scope, is_held_back
from csr_bot.core.legal_words import find_legal_words
from csr_bot.core.policy import Policy

_WIDTH: Final = {DataScope.NONE: 0, DataScope.OPEN_ITEMS: 1, DataScope.ALL: 2}


def kyc_status(facts: Facts) -> KycStatus | None:
    """Where the review of the customer stands; None where nothing, or nothing known, is said of it."""
    record = facts.context.kyc if facts.context else None
    known = record is not None and record.status in set(KycStatus)
    return KycStatus(record.status) if record is not None and known else None


def check_scope(facts: Facts, *, needed: DataScope) -> Finding:
    """V16: the state of the KYC record lets the customer be told this much."""
    status = kyc_status(facts)
    allowed = data_scope(status)
    record = facts.context.kyc if facts.context else None
    return Finding(
        check="V16",
        subject="disclosure",
        result=Result.PASS if _WIDTH[allowed] >= _WIDTH[needed] else Result.FAIL,
        message=f"KYC is {status or 'not known'}: may be told is {allowed.replace('_', ' ')}",
        reason="KYC_NOT_IN_FORCE",
        expected=needed.value,
        actual=allowed.value,
        locators=(record.locator,) if record else (),
    )


def check_held_back(facts: Facts, effects: Iterable[PlannedEffect]) -> Finding:
    """V16: the state of the KYC record forbids none of these effects."""
    status = kyc_status(facts)
    held = sorted({effect.type.value for effect in effects if is_held_back(effect.type, status=status)})
    return Finding(
        check="V16",
        subject="effects",
        result=Result.FAIL if held else Result.PASS,
        message=f"KYC is {status or 'not known'}",
        reason="KYC_NOT_IN_FORCE",
        expected="nothing held back",
        actual=", ".join(held) or "nothing held back",
    )


def check_no_legal_words(facts: Facts) -> Finding:
    """V30: neither the message nor the customer master speaks of insolvency or of going to law."""
    flags = facts.customer.legal_flags if facts.customer else ()
    found = (*find_legal_words(facts.words), *flags)
    return Finding(
        check="V30",
        subject="words",
        result=Result.FAIL if found else Result.PASS,
        message="words of insolvency or law, and flags on the customer master",
        reason="LEGAL_WORDS",
        expected="none",
        actual=", ".join(found) or "none",
    )


def calendar_of(facts: Facts, policy: Policy) -> BusinessCalendar:
    """The customer's own calendar, or the first that the policy declares."""
    own = policy.calendars.get(facts.customer.calendar) if facts.customer and facts.customer.calendar else None
    return own or next(iter(policy.calendars.values()))


def today_of(facts: Facts, policy: Policy) -> date:
    """The day that it is where the customer's calendar holds."""
    return facts.now.astimezone(ZoneInfo(calendar_of(facts, policy).zone)).date()
