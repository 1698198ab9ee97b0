"""The documents of a KYC record: what a risk class requires, what is still missing, and what is wrong with one.

The bot ticks *received*; that a document is genuine (*verified*) is for people to say.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from csr_bot.core.kyc import KycRisk
from csr_bot.core.legal_names import fold_name, is_same_name


class DocumentKind(StrEnum):
    """A kind of document that a record may need."""

    INCORPORATION = "incorporation"
    TAX_FORM = "tax_form"
    BENEFICIAL_OWNERS = "beneficial_owners"
    DIRECTOR_ID = "director_id"
    ADDRESS_PROOF = "address_proof"
    OWNERSHIP_CHART = "ownership_chart"
    SOURCE_OF_FUNDS = "source_of_funds"
    FINANCIAL_STATEMENTS = "financial_statements"


class RequirementState(StrEnum):
    """How far a required document is."""

    MISSING = "missing"
    RECEIVED = "received"
    VERIFIED = "verified"
    REJECTED = "rejected"
    EXPIRED = "expired"


class DocumentProblem(StrEnum):
    """Why a document cannot be ticked as received without a person."""

    UNKNOWN_KIND = "unknown_kind"
    NO_NAME = "no_name"
    NAME_DIFFERS = "name_differs"
    EXPIRED = "expired"
    ISSUED_IN_FUTURE = "issued_in_future"


@dataclass(frozen=True, slots=True)
class KycDocument:
    """A document as read: its kind (None: not recognised), whom it names, and its days where it has them."""

    kind: DocumentKind | None
    entity_name: str
    issued_on: date | None = None
    expires_on: date | None = None


_K = DocumentKind
_LOW: Final = (_K.INCORPORATION, _K.TAX_FORM, _K.BENEFICIAL_OWNERS)
_MEDIUM: Final = (*_LOW, _K.DIRECTOR_ID, _K.ADDRESS_PROOF)
_HIGH: Final = (*_MEDIUM, _K.OWNERSHIP_CHART, _K.SOURCE_OF_FUNDS, _K.FINANCIAL_STATEMENTS)
REQUIRED: Final[Mapping[KycRisk, tuple[DocumentKind, ...]]] = {
    KycRisk.LOW: _LOW,
    KycRisk.MEDIUM: _MEDIUM,
    KycRisk.HIGH: _HIGH,
}
# Names a person, who is matched with the declared directors by the officer.
_OF_A_PERSON: Final = frozenset({_K.DIRECTOR_ID})
_AT_HAND: Final = frozenset({RequirementState.RECEIVED, RequirementState.VERIFIED})


def missing_documents(
    risk: KycRisk,
    *,
    states: Mapping[DocumentKind, RequirementState],
    received: Collection[DocumentKind] = (),
) -> tuple[DocumentKind, ...]:
    """What a record of a risk class still needs, in the order of the checklist, once ``received`` has come in."""
    return tuple(kind for kind in REQUIRED[risk] if kind not in received and states.get(kind) not in _AT_HAND)


def find_document_problems(document: KycDocument, *, legal_name: str, today: date) -> tuple[DocumentProblem, ...]:
    """What keeps a document from being ticked as received; nothing means that it may be.

    It is valid up to and on the day it expires.
    """
    names_firm = document.kind not in _OF_A_PERSON
    named = bool(fold_name(document.entity_name))
    tests = (
        (document.kind is None, DocumentProblem.UNKNOWN_KIND),
        (not named, DocumentProblem.NO_NAME),
        (named and names_firm and not is_same_name(document.entity_name, legal_name), DocumentProblem.NAME_DIFFERS),
        (document.expires_on is not None and document.expires_on < today, DocumentProblem.EXPIRED),
        (document.issued_on is not None and document.issued_on > today, DocumentProblem.ISSUED_IN_FUTURE),
    )
    return tuple(problem for found, problem in tests if found)
