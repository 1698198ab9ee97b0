"""Who wrote: a contact of a customer, somebody at a customer's domain, nobody known, or somebody who imitates one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from csr_bot.core.evidence import Contact, Customer
from csr_bot.core.matching.domains import FREE_MAIL, looks_like, reach_keys, stored_keys
from csr_bot.core.message import Address, IdentityLevel, ParsedMessage


@dataclass(frozen=True, slots=True)
class SenderFinding:
    """Who wrote, as far as the customer master and the receiving server know.

    ``group_nos`` are the other members of the declared groups of ``customer_nos``.
    """

    level: IdentityLevel
    reason: str
    customer_nos: frozenset[str]
    contact: Contact | None
    fraud_signs: tuple[str, ...]
    group_nos: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SenderDirectory:
    """What the customer master says of some addresses and domains, or of all.

    ``domains`` and ``contacts`` lead to customers; ``groups`` to the other members of a customer's declared group;
    ``reach`` from a key (`domains.stored_keys`) to the customers' domains under it, free mail left out.
    """

    contacts: Mapping[str, tuple[Contact, ...]]
    domains: Mapping[str, frozenset[str]]
    groups: Mapping[str, frozenset[str]]
    reach: Mapping[str, frozenset[str]]

    def customers_of(self, address: Address) -> tuple[tuple[Contact, ...], frozenset[str]]:
        """The active contacts of an address, and the customers that it may speak for: theirs, else its domain's."""
        contacts = tuple(contact for contact in self.contacts.get(address.address, ()) if contact.active)
        if contacts:
            return contacts, frozenset(contact.customer_no for contact in contacts)
        known = frozenset[str]() if address.domain in FREE_MAIL else self.domains.get(address.domain, frozenset())
        return (), known

    def group_of(self, customer_nos: Iterable[str]) -> frozenset[str]:
        """The other members of these customers' declared groups."""
        numbers = frozenset(customer_nos)
        return frozenset[str]().union(*(self.groups.get(number, frozenset()) for number in numbers)) - numbers

    def imitated_by(self, domain: str) -> list[str]:
        """The customers' domains that this one, which is none of them, looks like."""
        if domain in self.domains or domain in FREE_MAIL:
            return []
        near = {known for key in reach_keys(domain) for known in self.reach.get(key, ())}
        return sorted(known for known in near if looks_like(domain, known))


def build_directory(customers: Iterable[Customer], contacts: Iterable[Contact]) -> SenderDirectory:
    """The directory of a whole customer master."""
    domains: defaultdict[str, set[str]] = defaultdict(set)
    reach: defaultdict[str, set[str]] = defaultdict(set)
    families: defaultdict[str, set[str]] = defaultdict(set)
    for customer in customers:
        families[customer.parent_no or customer.customer_no].add(customer.customer_no)
        for domain in customer.email_domains:
            domains[domain].add(customer.customer_no)
            if domain not in FREE_MAIL:
                for key in stored_keys(domain):
                    reach[key].add(domain)
    people: defaultdict[str, list[Contact]] = defaultdict(list)
    for contact in contacts:
        people[contact.email].append(contact)
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for head, members in families.items():
        for number in members | {head}:
            groups[number] |= (members | {head}) - {number}
    return SenderDirectory(
        contacts={email: tuple(found) for email, found in people.items()},
        domains={domain: frozenset(numbers) for domain, numbers in domains.items()},
        groups={number: frozenset(others) for number, others in groups.items() if others},
        reach={key: frozenset(found) for key, found in reach.items()},
    )


def identify_sender(message: ParsedMessage, directory: SenderDirectory) -> SenderFinding:
    """Identity level L0 to L2 of a mail's sender and the customers that he may speak for."""
    sender = message.sender
    if sender is None:
        return SenderFinding(IdentityLevel.L0, "no readable sender", frozenset(), None, ())
    contacts, customers = directory.customers_of(sender)
    signs = _fraud_signs(message, sender, directory, known=bool(contacts))
    group = directory.group_of(customers)
    level, contact = IdentityLevel.L0, None
    if not customers:
        reason = f"{sender.address} is not on the customer master"
    elif signs or not message.authentication.passed:
        reason = signs[0] if signs else "the receiving server did not authenticate the sender's domain"
    elif contacts:
        level, contact = IdentityLevel.L2, contacts[0]
        reason = f"{sender.address} is an active contact, DMARC passed"
    else:
        level, reason = IdentityLevel.L1, f"{sender.domain} is on the customer master"
    return SenderFinding(level, reason, customers, contact, signs, group)


def _fraud_signs(
    message: ParsedMessage, sender: Address, directory: SenderDirectory, *, known: bool
) -> tuple[str, ...]:
    signs = [
        f"Reply-To {address.address} is outside the sender's domain"
        for address in message.reply_to
        if address.domain != sender.domain
    ]
    if not known:
        signs += [f"the domain {sender.domain} looks like {other}" for other in directory.imitated_by(sender.domain)]
    return tuple(signs)
