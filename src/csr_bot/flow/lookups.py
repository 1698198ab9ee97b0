"""Looking up in the ledger what a chunk of messages is held against: their senders, and the invoices they may mean."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from csr_bot.caselog import Records
from csr_bot.core.matching import (
    LedgerView,
    SenderDirectory,
    build_directory,
    build_view,
    wanted_entries,
    wanted_neighbours,
)
from csr_bot.core.message import Address
from csr_bot.core.request import Request


def find_senders(records: Records, bot: str, addresses: Iterable[Address]) -> SenderDirectory:
    """What the bot's customer master says of these addresses; nothing before the first import."""
    snapshot = records.ledger.active_snapshot(bot)
    senders = set(addresses)
    if snapshot is None or not senders:
        return build_directory((), ())
    return records.ledger.find_senders(
        snapshot.id,
        addresses={sender.address for sender in senders},
        domains={sender.domain for sender in senders},
    )


def find_groups(records: Records, bot: str, customer_nos: Collection[str]) -> frozenset[str]:
    """The other members of the declared groups of these customers."""
    snapshot = records.ledger.active_snapshot(bot)
    if snapshot is None or not customer_nos:
        return frozenset()
    return records.ledger.group_of(snapshot.id, customer_nos) - frozenset(customer_nos)


def find_invoices(records: Records, bot: str, asked: Sequence[tuple[Request, Collection[str]]]) -> LedgerView:
    """A view of the ledger with all that these requests may mean, each of senders who speak for these customers."""
    snapshot = records.ledger.active_snapshot(bot)
    if snapshot is None or not asked:
        return build_view((), prefixes=frozenset())
    prefixes = records.ledger.number_prefixes(snapshot.id)
    wanted = [wanted_entries(request, own=own, prefixes=prefixes) for request, own in asked]
    view = build_view(records.ledger.find_entries(snapshot.id, wanted), prefixes=prefixes)
    slips = [wanted_neighbours(request, own=own, view=view) for request, own in asked]
    if not any(slips):
        return view
    return view.extended(records.ledger.find_entries(snapshot.id, slips))
