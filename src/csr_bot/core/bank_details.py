"""Bank details of a customer: whether a number can be right and fits the customer, and whether a call back counts.

Nothing here makes a change: two people and a call to a number known before do. A number is shown masked only.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from csr_bot.core.legal_names import fold_name, is_same_name

COOLING_OFF: Final = timedelta(hours=48)
_SHOWN: Final = 4


class Verdict(StrEnum):
    """Whether something is right; UNKNOWN where there is nothing to judge it by."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


class AccountCheck(StrEnum):
    """What is looked at in bank details."""

    NUMBER = "number"
    COUNTRY = "country"
    HOLDER = "holder"
    NOT_SHARED = "not_shared"


class CallBackProblem(StrEnum):
    """Why a call back proves nothing."""

    NUMBER_NOT_ON_MASTER = "number_not_on_master"
    NUMBER_TOO_NEW = "number_too_new"
    CALLED_BEFORE_REQUEST = "called_before_request"
    NOBODY_SPOKEN_TO = "nobody_spoken_to"
    CALLER_IS_PREPARER = "caller_is_preparer"
    CALLER_IS_APPROVER = "caller_is_approver"


@dataclass(frozen=True, slots=True)
class BankDetails:
    """An account as written by a customer: an IBAN, or a US routing number with an account number."""

    holder: str
    iban: str | None = None
    routing_number: str | None = None
    account_number: str | None = None

    def __repr__(self) -> str:
        """Masked, so that no log shows an account."""
        return f"BankDetails({mask_account(self.iban or self.account_number or '')})"


@dataclass(frozen=True, slots=True)
class AccountFinding:
    """What one check of bank details gave."""

    check: AccountCheck
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class CallBack:
    """A call to a customer: by whom of us, to whom there, when, and since when the number is on the master."""

    caller: str
    person: str
    called_at: datetime
    number_known_since: datetime | None


def judge_iban(text: str) -> Verdict:
    """Whether a text is an IBAN: country, length, form, check digits and national ones (ISO 13616, ISO 7064)."""
    from stdnum import iban  # noqa: PLC0415  # 40 ms that only bank details need

    return Verdict.VALID if iban.is_valid(text) else Verdict.INVALID


def judge_routing_number(text: str) -> Verdict:
    """Whether a text is a US routing number: nine digits with their checksum (ABA)."""
    from stdnum.us import rtn  # noqa: PLC0415  # as above

    return Verdict.VALID if rtn.is_valid("".join(text.split())) else Verdict.INVALID


def country_of(details: BankDetails) -> str | None:
    """ISO 3166 country of the account; None where no number says so."""
    if details.iban is not None:
        return details.iban.strip()[:2].upper() or None
    return "US" if details.routing_number is not None else None


def find_account_findings(
    details: BankDetails, *, legal_name: str, country: str | None, is_used_by_others: bool | None
) -> tuple[AccountFinding, ...]:
    """Bank details against the customer: number, country, holder, and that nobody else has it (None: not known).

    An account abroad or of another name may be right all the same, which is for people to find out.
    """
    account_country = country_of(details)
    here = None if account_country is None or country is None else account_country == country.upper()
    holder = is_same_name(details.holder, legal_name) if fold_name(details.holder) else None
    return (
        AccountFinding(AccountCheck.NUMBER, _judge_number(details)),
        AccountFinding(AccountCheck.COUNTRY, _verdict(here)),
        AccountFinding(AccountCheck.HOLDER, _verdict(holder)),
        AccountFinding(AccountCheck.NOT_SHARED, _verdict(None if is_used_by_others is None else not is_used_by_others)),
    )


def mask_account(number: str) -> str:
    """An account number with nothing but its last four characters; nothing at all of one that has fewer than eight."""
    compact = "".join(letter for letter in number if letter.isalnum())
    return f"****{compact[-_SHOWN:]}" if len(compact) >= 2 * _SHOWN else "****"


def cooling_off_until(verified_at: datetime) -> datetime:
    """The instant from which verified bank details may be used: 48 hours on, weekends included."""
    return verified_at + COOLING_OFF


def find_call_back_problems(
    call: CallBack, *, requested_at: datetime, preparer: str, approvers: Collection[str]
) -> tuple[CallBackProblem, ...]:
    """Why a call back does not count; nothing means that it does. Its caller is a third person (SOD-05)."""
    known_since = call.number_known_since
    tests = (
        (known_since is None, CallBackProblem.NUMBER_NOT_ON_MASTER),
        (known_since is not None and known_since >= requested_at, CallBackProblem.NUMBER_TOO_NEW),
        (call.called_at < requested_at, CallBackProblem.CALLED_BEFORE_REQUEST),
        (not call.person.strip(), CallBackProblem.NOBODY_SPOKEN_TO),
        (call.caller == preparer, CallBackProblem.CALLER_IS_PREPARER),
        (call.caller in approvers, CallBackProblem.CALLER_IS_APPROVER),
    )
    return tuple(problem for found, problem in tests if found)


def _judge_number(details: BankDetails) -> Verdict:
    """The number that is there; both must hold where somebody writes both."""
    verdicts = set()
    if details.iban is not None:
        verdicts.add(judge_iban(details.iban))
    if details.routing_number is not None:
        verdicts.add(judge_routing_number(details.routing_number))
        if not any(letter.isalnum() for letter in details.account_number or ""):
            verdicts.add(Verdict.UNKNOWN)
    order = (Verdict.INVALID, Verdict.UNKNOWN, Verdict.VALID)
    return next((verdict for verdict in order if verdict in verdicts), Verdict.UNKNOWN)


def _verdict(holds: bool | None) -> Verdict:  # noqa: FBT001  # the answer itself
    if holds is None:
        return Verdict.UNKNOWN
    return Verdict.VALID if holds else Verdict.INVALID
