"""The conditions under which the bot may approve alone, by the names that a policy uses for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from csr_bot.core.checks import Finding, Result, is_fresh
from csr_bot.core.facts import Facts, InvoiceFacts
from csr_bot.core.matching import MatchDecision
from csr_bot.core.message import IdentityLevel
from csr_bot.core.money import Money
from csr_bot.core.request import Category, DisputeReason

_BOT_CREDITS_30D: Final = Decimal("1000.00")
_BOT_EFFECTS_24H: Final = 5
_MAX_AGE: Final = timedelta(days=180)
_AUTO_REASONS: Final = frozenset({DisputeReason.PRICE, DisputeReason.QUANTITY, DisputeReason.DUPLICATE})


@dataclass(frozen=True, slots=True)
class CreditInQuestion:
    """A credit about to be decided, with everything a guard may ask about it."""

    facts: Facts
    entry: InvoiceFacts
    amount: Money
    findings: Sequence[Finding]

    def passed(self, check: str) -> bool:
        """Whether a check ran and passed for every subject."""
        results = [finding.result for finding in self.findings if finding.check == check]
        return bool(results) and all(result is Result.PASS for result in results)


def failing_guards(names: Iterable[str], credit: CreditInQuestion) -> tuple[str, ...]:
    """The named conditions that do not hold, in the policy's order."""
    return tuple(name for name in names if not _GUARDS[name](credit))


def _bot_credits_30d(credit: CreditInQuestion) -> Decimal:
    since = credit.facts.now - timedelta(days=30)
    return sum(
        (
            earlier.amount.amount
            for earlier in credit.facts.earlier_credits
            if earlier.by_bot_alone and earlier.decided_at >= since
        ),
        start=credit.amount.amount,
    )


def _has_no_credit(credit: CreditInQuestion) -> bool:
    """Stricter than V13, which lets people credit another line: the bot alone leaves a credited invoice alone."""
    invoice = credit.entry.invoice
    return not invoice.credited.amount and not any(credit.facts.credits_on(invoice.invoice_no))


_GUARDS: Final[Mapping[str, Callable[[CreditInQuestion], bool]]] = {
    "kill_switch_off": lambda credit: credit.facts.stopped is None,
    "identity_level_ge_2": lambda credit: credit.facts.sender.level >= IdentityLevel.L2,
    "match_decision_auto": lambda credit: all(match.decision is MatchDecision.AUTO for match in credit.facts.matches),
    "no_veto_finding": lambda credit: not any(finding.stops for finding in credit.findings),
    "no_open_fraud_flag": lambda credit: not credit.facts.sender.fraud_signs,
    "customer_not_blocked": lambda credit: (
        credit.facts.customer is not None and credit.facts.customer.status == "active"
    ),
    "ledger_snapshot_age_le_24h": lambda credit: is_fresh(credit.facts),
    "erp_readback_equals_snapshot": lambda credit: credit.passed("V06"),
    "currency_equal": lambda credit: credit.passed("V07"),
    "customer_auto_effects_24h_lt_5": lambda credit: credit.facts.bot_effects_24h < _BOT_EFFECTS_24H,
    "case_reopen_count_eq_0": lambda credit: credit.facts.reopen_count == 0,
    "category_is_BILLING_DISPUTE": lambda credit: credit.facts.category is Category.BILLING_DISPUTE,
    "reason_in_PRICE_QUANTITY_DUPLICATE": lambda credit: credit.facts.reason in _AUTO_REASONS,
    "delta_recomputed_from_contract": lambda credit: any(credit.passed(check) for check in ("V09", "V10", "V11")),
    "two_independent_corroborators": lambda credit: credit.passed("V03"),
    "invoice_open_ge_delta": lambda credit: credit.amount <= credit.entry.invoice.open_amount,
    "no_prior_credit_on_invoice": _has_no_credit,
    "customer_credit_30d_le_1000": lambda credit: _bot_credits_30d(credit) <= _BOT_CREDITS_30D,
    "invoice_age_le_180d": lambda credit: credit.facts.now.date() - credit.entry.invoice.invoice_date <= _MAX_AGE,
}
