"""Which customer wrote and which invoices are meant: candidates, points, and whether the best is good enough.

Pure: a request says what it has to be held against (`wanted_entries`), somebody looks that up, and `match_request`
judges what was found. Nothing here needs the ledger as a whole.
"""

from csr_bot.core.matching.deciding import match_request
from csr_bot.core.matching.domains import FREE_MAIL, reach_keys, stored_keys
from csr_bot.core.matching.entries import (
    MAX_CANDIDATES,
    EntryLine,
    LedgerEntry,
    LedgerView,
    build_entry,
    build_view,
    ledger_entries,
    ledger_entry,
)
from csr_bot.core.matching.numbers import NumberForms, canonical_number, canonical_order, number_forms, prefix_of
from csr_bot.core.matching.results import Candidate, Match, MatchDecision
from csr_bot.core.matching.senders import SenderDirectory, SenderFinding, build_directory, identify_sender
from csr_bot.core.matching.wants import Wanted, wanted_entries, wanted_neighbours

__all__ = [
    "FREE_MAIL",
    "MAX_CANDIDATES",
    "Candidate",
    "EntryLine",
    "LedgerEntry",
    "LedgerView",
    "Match",
    "MatchDecision",
    "NumberForms",
    "SenderDirectory",
    "SenderFinding",
    "Wanted",
    "build_directory",
    "build_entry",
    "build_view",
    "canonical_number",
    "canonical_order",
    "identify_sender",
    "ledger_entries",
    "ledger_entry",
    "match_request",
    "number_forms",
    "prefix_of",
    "reach_keys",
    "stored_keys",
    "wanted_entries",
    "wanted_neighbours",
]
