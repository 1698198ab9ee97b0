"""A desk with a case that ended well, and the audit pack of that case."""

from __future__ import annotations

import pytest

from csr_bot.auditpack import Pack, build_pack
from csr_bot.flow.anchoring import add_anchor, read_anchors
from tests.flow.conftest import new_office, office, plain_log, template
from tests.flow.desks import Office, ask_for_credit

__all__ = ["new_office", "office", "plain_log", "template"]


@pytest.fixture
def credited(office: Office) -> Office:
    """A price error was claimed and credited, the customer was answered, and the chain was anchored."""
    office.deliver(ask_for_credit())
    office.poll()
    office.settle()
    add_anchor(office.log, office.folder / "anchors" / "chain.jsonl", at=office.clock.now())
    return office


@pytest.fixture
def pack(credited: Office) -> Pack:
    return pack_of(credited)


def pack_of(office: Office, case_no: str | None = None) -> Pack:
    """The audit pack of a case of this office, the only one unless named."""
    with office.log.read() as records:
        anchors = read_anchors(office.folder / "anchors" / "chain.jsonl")
        return build_pack(records, office.case(case_no), anchors=anchors)
