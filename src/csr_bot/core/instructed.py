"""What a reviewer has told to do, as a proposal: checked like any other, and never approved by its preparer."""

from __future__ import annotations

from dataclasses import replace

from csr_bot.core.categories.answering import ask_customer, common_checks, plan_answers
from csr_bot.core.checks import Finding, keep_firm
from csr_bot.core.facts import Facts
from csr_bot.core.instruction import Instruction, InstructionKind
from csr_bot.core.matters import Matter, MatterKind
from csr_bot.core.message import IdentityLevel
from csr_bot.core.money import Money, zero
from csr_bot.core.policy import Policy
from csr_bot.core.proposal import CategoryRules, Outcome, Proposal
from csr_bot.core.request import AmountRole


def propose_as_told(facts: Facts, policy: Policy, instruction: Instruction, rules: CategoryRules | None) -> Proposal:
    """The proposal that an instruction of a person asks for."""
    if instruction.kind is InstructionKind.GRANT:
        return _granted(facts, policy, instruction, rules)
    findings = keep_firm(common_checks(facts, policy, required=IdentityLevel.L1))
    if instruction.kind is InstructionKind.ASK:
        return _asked(facts, instruction, findings)
    if instruction.kind is InstructionKind.DENY:
        return _denied(facts, instruction, findings)
    answers = plan_answers(facts, seq=1, template="PERSONAL", values=_words(facts, instruction))
    return Proposal(
        Outcome.INFORMATION_PROVIDED,
        findings,
        f"Answered by {instruction.by}.",
        effects=answers,
        reasons=() if answers else ("NOBODY_TO_ANSWER",),
    )


def _granted(facts: Facts, policy: Policy, instruction: Instruction, rules: CategoryRules | None) -> Proposal:
    if rules is None:
        return Proposal(Outcome.NO_ACTION, (), "Nothing can be granted here.", reasons=("NOT_GRANTABLE",))
    if rules.grant is not None:
        return rules.grant(facts, policy, instruction)
    drafted = rules.resolve(facts, policy)
    firm = keep_firm(drafted.findings)
    return replace(drafted, findings=firm, questions=(), reasons=() if drafted.effects else ("NOT_GRANTABLE",))


def _asked(facts: Facts, instruction: Instruction, findings: tuple[Finding, ...]) -> Proposal:
    effects = ask_customer(facts, instruction.questions)
    return Proposal(
        Outcome.NO_ACTION,
        findings,
        f"{instruction.by} asks the customer for {len(instruction.questions)} thing(s).",
        effects=effects,
        questions=instruction.questions,
        reasons=() if effects else ("NOBODY_TO_ANSWER",),
    )


def _denied(facts: Facts, instruction: Instruction, findings: tuple[Finding, ...]) -> Proposal:
    """A claim turned down. The matter is the claimed difference; where none is stated, the whole document."""
    answers = plan_answers(facts, seq=1, template="CN_DENIED", values=_words(facts, instruction))
    return Proposal(
        Outcome.DENIED,
        findings,
        f"{instruction.by}: {instruction.text}",
        effects=answers,
        matters=(Matter(MatterKind.CLAIM_DENIAL, _refused(facts), _invoice_no(facts)),),
        reasons=() if answers else ("NOBODY_TO_ANSWER",),
    )


def _refused(facts: Facts) -> Money:
    entries = facts.matched()
    currency = entries[0].invoice.currency if entries else facts.customer.currency if facts.customer else "USD"
    claim = facts.request.amount(AmountRole.CLAIMED_DELTA)
    if claim is not None and claim.value is not None and claim.currency in (None, currency):
        return Money(abs(claim.value), currency)
    return sum((entry.invoice.gross for entry in entries), start=zero(currency))


def _invoice_no(facts: Facts) -> str | None:
    entries = facts.matched()
    return entries[0].invoice.invoice_no if len(entries) == 1 else None


def _words(facts: Facts, instruction: Instruction) -> dict[str, str]:
    return {"subject": facts.subject, "text": instruction.text}
