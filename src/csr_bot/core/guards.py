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
from csr_bot.core.matters import Matter
from csr_bot.core.message import IdentityLevel
from csr_bot.core.policy import Policy
from csr_bot.core.request import Category, DisputeReason

_BOT_CREDITS_30D: Final = Decimal("1000.00")
_BOT_EFFECTS_24H: Final = 5
_MAX_AGE: Final = timedelta(days=180)
_AUTO_REASONS: Final = frozenset({DisputeReason.PRICE, DisputeReason.QUANTITY, DisputeReason.DUPLICATE})


@dataclass(frozen=True, slots=True)
class MatterInQuestion:
    """A matter about to be decided, with everything a guard may ask about it."""

    facts: Facts
    matter: Matter
    findings: Sequence[Finding]
    policy: Policy

    @property
    def entry(self) -> InvoiceFacts | None:
        """The invoice that it acts on; None where it acts on none."""
        return self.facts.invoices.get(self.matter.invoice_no) if self.matter.invoice_no else None

    def passed(self, check: str) -> bool:
        """Whether a check ran and passed for every subject."""
        results = [finding.result for finding in self.findings if finding.check == check]
        return bool(results) and all(result is Result.PASS for result in results)

    def is_so(self, name: str) -> bool:
        """Whether the category has found what a condition of the matter asks to be true."""
        return self.matter.about.get(name) is True


def failing_guards(names: Iterable[str], question: MatterInQuestion) -> tuple[str, ...]:
    """The named conditions that do not hold, in the policy's order."""
    return tuple(name for name in names if not GUARDS[name](question))


def _bot_credits_30d(question: MatterInQuestion) -> Decimal:
    since = question.facts.now - timedelta(days=30)
    return sum(
        (
            earlier.amount.amount
            for earlier in question.facts.earlier_credits
            if earlier.by_bot_alone and earlier.decided_at >= since
        ),
        start=question.matter.amount.amount,
    )


def _has_no_credit(question: MatterInQuestion) -> bool:
    """Stricter than V13, which lets people credit another line: the bot alone leaves a credited invoice alone."""
    entry = question.entry
    if entry is None or entry.invoice.credited.amount:
        return False
    return not any(question.facts.credits_on(entry.invoice.invoice_no))


def _age(question: MatterInQuestion) -> timedelta | None:
    entry = question.entry
    return question.facts.now.date() - entry.invoice.invoice_date if entry else None


def _is_at_most(age: timedelta | None, limit: timedelta) -> bool:
    return age is not None and age <= limit


def _agrees(question: MatterInQuestion, check: str) -> bool:
    """Whether a check of the document passed; a matter without a document has none that could differ."""
    return question.matter.invoice_no is None or question.passed(check)


def _kyc_allows(question: MatterInQuestion) -> bool:
    kyc = question.facts.context.kyc if question.facts.context else None
    return kyc is not None and kyc.status in ("APPROVED", "REVIEW_DUE")


def _is_open(question: MatterInQuestion) -> bool:
    """A matter of the whole customer acts on no invoice that could be paid."""
    if question.matter.invoice_no is None:
        return True
    return question.entry is not None and question.entry.invoice.open_amount.amount > 0


def _found(name: str) -> Callable[[MatterInQuestion], bool]:
    """A condition that the category itself finds to hold or not, and puts into its matter."""
    return lambda question: question.is_so(name)


GUARDS: Final[Mapping[str, Callable[[MatterInQuestion], bool]]] = {
    "kill_switch_off": lambda question: question.facts.stopped is None,
    "identity_level_ge_2": lambda question: question.facts.sender.level >= IdentityLevel.L2,
    "match_decision_auto": lambda question: (
        question.matter.invoice_no is None
        or all(match.decision is MatchDecision.AUTO for match in question.facts.matches)
    ),
    "no_veto_finding": lambda question: not any(finding.stops for finding in question.findings),
    "no_open_fraud_flag": lambda question: not question.facts.sender.fraud_signs,
    "customer_not_blocked": lambda question: (
        question.facts.customer is not None and question.facts.customer.status == "active"
    ),
    "kyc_status_in_APPROVED_or_REVIEW_DUE": _kyc_allows,
    "ledger_snapshot_age_le_24h": lambda question: is_fresh(question.facts),
    "erp_readback_equals_snapshot": lambda question: _agrees(question, "V06"),
    "currency_equal": lambda question: _agrees(question, "V07"),
    "customer_auto_effects_24h_lt_5": lambda question: question.facts.bot_effects_24h < _BOT_EFFECTS_24H,
    "case_reopen_count_eq_0": lambda question: question.facts.reopen_count == 0,
    "category_is_BILLING_DISPUTE": lambda question: question.facts.category is Category.BILLING_DISPUTE,
    "reason_in_PRICE_QUANTITY_DUPLICATE": lambda question: question.facts.reason in _AUTO_REASONS,
    "delta_recomputed_from_contract": lambda question: any(question.passed(check) for check in ("V09", "V10", "V11")),
    "two_independent_corroborators": lambda question: question.passed("V03"),
    "invoice_open_ge_delta": lambda question: (
        question.entry is not None and question.matter.amount <= question.entry.invoice.open_amount
    ),
    "no_prior_credit_on_invoice": _has_no_credit,
    "customer_credit_30d_le_1000": lambda question: _bot_credits_30d(question) <= _BOT_CREDITS_30D,
    "period_open": lambda question: question.passed("V18"),
    "invoice_age_le_180d": lambda question: _is_at_most(_age(question), _MAX_AGE),
    "residual_abs_le_10": lambda question: question.matter.amount.amount <= Decimal("10.00"),
    "invoice_age_ge_30d": lambda question: (_age(question) or timedelta()) >= timedelta(days=30),
    "payment_found": lambda question: question.passed("V19"),
    "payer_account_known": _found("payer_account_known"),
    "sum_of_allocations_eq_payment": lambda question: question.passed("V20"),
    "each_line_exact_or_within_tolerance": _found("each_line_exact_or_within_tolerance"),
    "new_value_domain_in_customer_domains": _found("new_value_domain_in_customer_domains"),
    "field_not_sensitive": _found("field_not_sensitive"),
    "invoice_open": _is_open,
    "po_format_valid": _found("po_format_valid"),
    "po_not_used_by_other_customer": _found("po_not_used_by_other_customer"),
    "invoice_not_exported_to_tax_authority": _found("invoice_not_exported_to_tax_authority"),
}
