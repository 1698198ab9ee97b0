"""Changes of a customer's master data: harmless fields at once, telling the old contact; names and numbers by people.

A value is taken only where the customer's own words say one, and no other. Bank data are another category.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from csr_bot.core.account_checks import check_held_back, today_of
from csr_bot.core.bank_details import Verdict
from csr_bot.core.categories.answering import ask_customer, common_checks, plan_answers, plan_notice
from csr_bot.core.checks import Finding, Result
from csr_bot.core.effects import EffectType, PlannedEffect
from csr_bot.core.evidence import Contact, Customer
from csr_bot.core.facts import Facts
from csr_bot.core.matters import Matter, MatterKind
from csr_bot.core.message import IdentityLevel
from csr_bot.core.money import zero
from csr_bot.core.policy import Policy
from csr_bot.core.proposal import CategoryRules, Outcome, Proposal, Want
from csr_bot.core.replies import say
from csr_bot.core.request import Category
from csr_bot.core.tax_ids import judge_tax_id

POLICY_NAMES: Final[Mapping[str, str]] = {
    "invoice_email": "email_invoice",
    "phone": "phone",
    "delivery_method": "delivery_method",
    "po_required": "po_required",
    "tax_id": "tax_id",
    "legal_name": "legal_name",
    "billing_address": "bill_to_address",
}
"""Fields by their names in the ERP, and what a policy calls them."""
HARMLESS: Final = frozenset({"invoice_email", "phone", "delivery_method", "po_required"})
_ADDRESS: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_INVOICES: Final = re.compile(r"invoic|billing|rechnung|factur", re.IGNORECASE)
_PHONE: Final = re.compile(
    r"\b(?:phone|tel|telephone|telefon\w*|téléphone|teléfono|telefoon\w*)\b[^\n\d+]{0,40}(\+?\d[\d ()/.-]{5,18}\d)",
    re.IGNORECASE,
)
_TAX_ID: Final = re.compile(
    r"\b(?:vat|tax|ust-?id\w*|umsatzsteuer\w*|tva|btw|nif|cif|ein)\b[^\n:\d]{0,24}:?\s*"
    r"((?-i:[A-Z]{2})[A-Z0-9][A-Z0-9.-]{5,13}|\d{2}-\d{7})\b",
    re.IGNORECASE,
)
_FIXED: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "delivery_method": (
        re.compile(
            r"stop (?:sending )?(?:the )?paper|no (?:more )?paper|\be-?mail only|only (?:by|via|per) e-?mail|"
            r"nur (?:noch )?per e-?mail|kein papier|(?:uniquement|seulement) par (?:e-?mail|courriel)|"
            r"(?:sólo|solo|solamente) por (?:e-?mail|correo electrónico)|(?:alleen|enkel) per e-?mail",
            re.IGNORECASE,
        ),
        "email",
    ),
    "po_required": (
        re.compile(
            r"\b(?:po|purchase order|order) (?:numbers? )?(?:(?:is|are|will be) )?(?:now )?(?:required|mandatory)|"
            r"\bbestellnummer (?:ist )?(?:ab sofort )?(?:erforderlich|pflicht)",
            re.IGNORECASE,
        ),
        "yes",
    ),
}
# What people change, by the reason that it has.
_BY_PEOPLE: Final[Mapping[str, re.Pattern[str]]] = {
    reason: re.compile(words, re.IGNORECASE)
    for reason, words in {
        "SENSITIVE_FIELD": (
            r"legal name|company name|renamed|firmenname|umfirmier|raison sociale|razón social|bedrijfsnaam|"
            r"\b(?:we|have|has) moved|new (?:\w+ )?address(?! for)|billing address|neue (?:anschrift|adresse)|umgezogen|"
            r"déménag|nouvelle adresse(?! e)|nueva dirección(?! de correo)|verhuisd|nieuw adres"
        ),
        "CONTACT_REMOVAL": (
            r"\bremove (?:me|him|her|them)|no longer work|has left|left (?:the|our) (?:company|firm)|\bleft, please|"
            r"nicht mehr (?:bei|im|für)|ausgeschieden|ne travaille plus|ya no trabaja|werkt niet meer|uit dienst"
        ),
    }.items()
}


def resolve(facts: Facts, policy: Policy) -> Proposal:
    """Change what the words say for certain; ask for what they leave open."""
    findings = [item for item in common_checks(facts, policy, required=IdentityLevel.L2) if item.check != "V03"]
    customer = facts.customer
    if customer is None:
        return _for_a_person(findings, "Whose data are to be changed is not certain.")
    reasons = [reason for reason, words in _BY_PEOPLE.items() if words.search(facts.words)]
    if any(day.value > today_of(facts, policy) for day in facts.request.dates if not day.source.is_hint):
        reasons.append("NOT_YET_IN_FORCE")
    if reasons:
        return _for_a_person(findings, "People change this, with what proves it.", *reasons)
    read = _read_values(facts, customer)
    if any(len(values) > 1 for values in read.values()):
        return _ask(facts, findings, "new_value")
    values = {name: found[0] for name, found in read.items() if found}
    if not values:
        return _ask(facts, findings, "field", "new_value")
    findings += [_check_value(name, value, customer) for name, value in values.items()]
    changes = {name: value for name, value in values.items() if value != _present(facts, customer, name)}
    if not changes:
        return _for_a_person(findings, "The master shows this already.", "ALREADY_SO")
    return _change(facts, policy, findings, customer, changes)


MASTER_DATA_CHANGE: Final = CategoryRules(
    category=Category.MASTER_DATA_CHANGE,
    wants=frozenset({Want.CUSTOMER, Want.ERP_CUSTOMER}),
    resolve=resolve,
)


def _for_a_person(findings: list[Finding], rationale: str, *reasons: str) -> Proposal:
    return Proposal(Outcome.NO_ACTION, tuple(findings), rationale, reasons=reasons)


def _ask(facts: Facts, findings: list[Finding], *questions: str) -> Proposal:
    effects = ask_customer(facts, questions)
    return Proposal(
        Outcome.NO_ACTION,
        tuple(findings),
        "Ask what is to be changed, and to what.",
        effects=effects,
        questions=questions,
        reasons=() if effects else ("NOBODY_TO_ANSWER",),
    )


def _read_values(facts: Facts, customer: Customer) -> dict[str, list[str]]:
    """The new values that the words say, by field, each once."""
    words = facts.words
    sender = facts.sender.contact.email if facts.sender.contact else ""
    known = {sender, (customer.invoice_email or "").lower()}
    mails = [found.lower().rstrip(".") for found in _ADDRESS.findall(words)] if _INVOICES.search(words) else []
    read = {
        "invoice_email": [mail for mail in mails if mail not in known],
        "phone": [" ".join(found.split()) for found in _PHONE.findall(words)],
        "tax_id": [found.upper().rstrip(".-") for found in _TAX_ID.findall(words)],
        **{name: [value] if pattern.search(words) else [] for name, (pattern, value) in _FIXED.items()},
    }
    return {name: list(dict.fromkeys(values)) for name, values in read.items()}


def _present(facts: Facts, customer: Customer, name: str) -> str:
    """What the ERP shows of a field now; where its page was not read, what the ledger says."""
    if facts.erp_customer is not None:
        return facts.erp_customer.fields.value(name)
    if name == "po_required":
        return "yes" if customer.po_required else "no"
    value = getattr(customer, name, None)
    return str(value) if value is not None else ""


def _check_value(name: str, value: str, customer: Customer) -> Finding:
    """V02: a mail address is within the customer's own domains, a tax number can be right."""
    result, reason = Result.PASS, "VALUE_NOT_VALID"
    if name == "invoice_email" and not _is_own(value, customer):
        result, reason = Result.FAIL, "NEW_MAIL_DOMAIN"
    if name == "tax_id" and judge_tax_id(value, country=customer.country) is not Verdict.VALID:
        result, reason = Result.FAIL, "TAX_ID_NOT_VALID"
    return Finding("V02", name, result, f"the new value of {name.replace('_', ' ')}", reason, actual=value)


def _is_own(address: str, customer: Customer) -> bool:
    return address.rpartition("@")[2] in customer.email_domains


def _change(
    facts: Facts, policy: Policy, findings: list[Finding], customer: Customer, changes: Mapping[str, str]
) -> Proposal:
    effects = tuple(
        PlannedEffect(
            seq=seq,
            type=EffectType.UPDATE_CUSTOMER_FIELD,
            target=customer.customer_no,
            params={"customer_no": customer.customer_no, "field": name, "value": value},
            precondition={"old": _present(facts, customer, name)},
        )
        for seq, (name, value) in enumerate(changes.items(), start=1)
    )
    told = [say("changed", field=say(f"field_{name}"), value=value) for name, value in changes.items()]
    answers = plan_answers(facts, seq=len(effects) + 1, template="MASTER_DATA_UPDATED", values={"changes": told})
    # Who reads the notice may be somebody else than who asked: it names the fields and not the new values.
    fields = [say("changed_field", field=say(f"field_{name}")) for name in changes]
    notices = tuple(
        plan_notice(
            facts,
            seq=seq,
            contact=contact,
            template="MASTER_DATA_NOTICE",
            values={"changes": fields, "changed_on": today_of(facts, policy)},
        )
        for seq, contact in enumerate(_old_contacts(facts, customer, changes), start=len(effects) + len(answers) + 1)
    )
    findings.append(check_held_back(facts, effects))
    matter = Matter(
        MatterKind.MASTER_DATA_CHANGE,
        zero(policy.base_currency),
        about={
            "new_value_domain_in_customer_domains": _is_own(changes["invoice_email"], customer)
            if "invoice_email" in changes
            else True,
            "field_not_sensitive": set(changes) <= HARMLESS,
        },
        fields=frozenset(POLICY_NAMES[name] for name in changes),
    )
    return Proposal(
        outcome=Outcome.GRANTED,
        findings=tuple(findings),
        rationale=f"Change {', '.join(name.replace('_', ' ') for name in changes)} of {customer.customer_no}.",
        effects=(*effects, *answers, *notices),
        matters=(matter,),
        reasons=() if answers else ("NOBODY_TO_ANSWER",),
    )


def _old_contacts(facts: Facts, customer: Customer, changes: Mapping[str, str]) -> Sequence[Contact]:
    """Who else hears of it: the other contacts on file, and the address that invoices went to."""
    sender = facts.sender.contact.email if facts.sender.contact else ""
    others = [item for item in facts.context.contacts if item.active and item.email != sender] if facts.context else []
    old = (customer.invoice_email or "").lower()
    if "invoice_email" in changes and old and old not in {sender, *(item.email for item in others)}:
        others.append(Contact(customer.customer_no, "", old, "ap", active=True))
    return others
