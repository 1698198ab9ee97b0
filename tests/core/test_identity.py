from __future__ import annotations

from dataclasses import replace

import pytest

from csr_bot.core.matching import build_directory, identify_sender
from csr_bot.core.message import IdentityLevel
from tests.core.facts import BOOKS, DIRECTORY, mail_from

L0, L1, L2 = IdentityLevel.L0, IdentityLevel.L1, IdentityLevel.L2
DANA = "dana.ortiz@northwind-analytics.example"


@pytest.mark.parametrize(
    ("mail", "level", "customers"),
    [
        (mail_from(DANA), L2, {"C-1001"}),
        (mail_from("new.person@northwind-analytics.example"), L1, {"C-1001"}),
        (mail_from("somebody@unheard-of.example"), L0, set()),
        (mail_from("dana.ortiz@gmail.com"), L0, set()),
        (mail_from(DANA, dmarc="fail"), L0, {"C-1001"}),
        (mail_from(DANA, dmarc="none"), L0, {"C-1001"}),
        (mail_from(DANA, dmarc=None), L0, {"C-1001"}),
        (mail_from("new.person@northwind-analytics.example", dmarc="fail"), L0, {"C-1001"}),
        (mail_from(DANA, reply_to=["dana.ortiz@northwind-analytics.example"]), L2, {"C-1001"}),
        (mail_from(DANA, reply_to=["ap@northwind-analytics.example"]), L2, {"C-1001"}),
        (mail_from(DANA, reply_to=["dana.ortiz@evil.example"]), L0, {"C-1001"}),
        (mail_from(f"{DANA}.evil.example"), L0, set()),
        (mail_from("dana.ortiz@mail.northwind-analytics.example"), L0, set()),
    ],
)
def test_a_sender_is_known_as_far_as_master_and_receiving_server_know_him(mail, level, customers):
    sender = identify_sender(mail, DIRECTORY)
    assert (sender.level, sender.customer_nos) == (level, frozenset(customers))
    assert (sender.contact is not None) == (level is L2)


def test_a_mail_without_a_sender_is_from_nobody():
    sender = identify_sender(replace(mail_from(DANA), sender=None), DIRECTORY)
    assert (sender.level, sender.customer_nos) == (L0, frozenset())


@pytest.mark.parametrize(
    "domain",
    [
        "norhtwind-analytics.example",
        "northwind-analytlcs.example",
        "n0rthwind-analytics.example",
        "northwlnd-analytlcs.example",
        "northwindanalytics.example",
    ],
)
def test_a_domain_that_looks_like_a_customers_is_a_sign_of_fraud(domain):
    sender = identify_sender(mail_from(f"dana.ortiz@{domain}"), DIRECTORY)
    assert sender.level is L0
    assert any("looks like" in sign for sign in sender.fraud_signs), sender


def test_cyrillic_letters_in_a_domain_are_seen_as_what_they_look_like():
    domain = "n\u043erthwind-analytics.example".encode("idna").decode()
    assert domain.startswith("xn--")
    sender = identify_sender(mail_from(f"dana.ortiz@{domain}"), DIRECTORY)
    assert sender.fraud_signs == (f"the domain {domain} looks like northwind-analytics.example",)


@pytest.mark.parametrize("address", [DANA, "dana@gmail.com", "dana@quite-another-company.example"])
def test_a_domain_that_is_known_free_or_quite_different_is_no_sign_of_fraud(address):
    assert identify_sender(mail_from(address), DIRECTORY).fraud_signs == ()


def test_an_answer_address_elsewhere_is_a_sign_of_fraud():
    sender = identify_sender(mail_from(DANA, reply_to=["dana@evil.example"]), DIRECTORY)
    assert sender.fraud_signs == ("Reply-To dana@evil.example is outside the sender's domain",)


def test_a_contact_who_has_left_is_only_known_by_his_domain():
    contacts = [replace(item, active=False) if item.email == DANA else item for item in BOOKS.contacts]
    directory = build_directory(BOOKS.customers, contacts)
    sender = identify_sender(mail_from(DANA), directory)
    assert (sender.level, sender.contact) == (L1, None)


def test_a_free_mail_domain_on_the_customer_master_makes_nobody_known():
    customers = [replace(BOOKS.customers[0], email_domains=("gmail.com",))]
    directory = build_directory(customers, ())
    assert identify_sender(mail_from("anybody@gmail.com"), directory).level is L0


def test_one_domain_of_two_customers_names_both():
    customers = [replace(item, email_domains=("group.example",)) for item in BOOKS.customers[:2]]
    directory = build_directory(customers, ())
    sender = identify_sender(mail_from("ap@group.example"), directory)
    assert sender.customer_nos == {item.customer_no for item in customers}
