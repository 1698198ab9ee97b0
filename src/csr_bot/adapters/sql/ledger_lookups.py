"""Looking things up in the ledger's mirror, a chunk of messages at a time: each query is answered by an index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, select

from csr_bot.adapters.sql import ledger_tables as tables
from csr_bot.adapters.sql.ledger_keys import line_keys, neighbour_keys, net_key, wanted_keys
from csr_bot.adapters.sql.ledger_mapping import TABLES, read_value
from csr_bot.core.evidence import Contact, Invoice, InvoiceLine
from csr_bot.core.matching import (
    FREE_MAIL,
    LedgerEntry,
    SenderDirectory,
    Wanted,
    ledger_entry,
    reach_keys,
)

T = TypeVar("T")
AT_ONCE: Final = 800
"""Values in one list of a query; SQLite may be built for no more than 999."""


class LedgerLookups:
    """The rows of one snapshot on one connection."""

    def __init__(self, connection: Connection, snapshot_no: int) -> None:
        self._connection = connection
        self._no = snapshot_no

    def read(self, kind: type[T], *where: ColumnElement[bool]) -> list[T]:
        """Rows in the order of the file. ``where`` has to name what an index begins with."""
        table = TABLES[kind]
        # Sorted here: asked for that order, SQLite may walk through the whole table in it instead of sorting.
        rows = self._connection.execute(select(table).where(table.c.snapshot_no == self._no, *where)).mappings().all()
        return [read_value(kind, row) for row in sorted(rows, key=itemgetter("id"))]

    def read_in(
        self, kind: type[T], column: Column[Any], values: Collection[Any], *where: ColumnElement[bool]
    ) -> list[T]:
        """Rows whose column has one of these values."""
        return [row for some in _pieces(values) for row in self.read(kind, column.in_(some), *where)]

    def find_entries(self, wanted: Sequence[Wanted]) -> list[LedgerEntry]:
        """The invoices that any key brings up, each once with all its lines, in the order of the file."""
        found: dict[int, Invoice] = {}
        keys = set().union(*map(wanted_keys, wanted))
        self._find_invoices(keys, found)
        owners = set().union(*(one.own for one in wanted if one.neighbours))
        slips = set().union(*(neighbour_keys(one) for one in wanted if one.own)) - keys
        for some in _pieces(owners):
            self._find_invoices(slips, found, tables.invoice.c.customer_no.in_(some))
        lines = self._lines_of({invoice.invoice_no for invoice in found.values()})
        return [ledger_entry(invoice, lines.get(invoice.invoice_no, ())) for _, invoice in sorted(found.items())]

    def equal_net(self, invoice: Invoice) -> list[Invoice]:
        """The customer's other invoices with the same net total."""
        found: dict[int, Invoice] = {}
        self._find_invoices({net_key(invoice.customer_no, invoice.net)}, found)
        return [
            other
            for _, other in sorted(found.items())
            if (other.customer_no, other.net) == (invoice.customer_no, invoice.net)
            and other.invoice_no != invoice.invoice_no
        ]

    def open_lines(self, customer_no: str, values: Collection[Any]) -> list[InvoiceLine]:
        """Lines of the customer's open invoices that say one of these figures; of very many, the first."""
        found: dict[int, Invoice] = {}
        self._find_invoices(line_keys(customer_no, values), found)
        numbers = {
            item.invoice_no for item in found.values() if item.customer_no == customer_no and item.open_amount.amount
        }
        wanted = set(values)
        return [
            line
            for lines in self._lines_of(numbers).values()
            for line in lines
            if not wanted.isdisjoint((line.unit_price, line.quantity, line.net.amount))
        ]

    def find_senders(self, *, addresses: Collection[str], domains: Collection[str]) -> SenderDirectory:
        """What the customer master says of these addresses and domains."""
        contacts: defaultdict[str, list[Contact]] = defaultdict(list)
        for person in self.read_in(Contact, tables.contact.c.email, addresses):
            contacts[person.email].append(person)
        owners: defaultdict[str, set[str]] = defaultdict(set)
        domain = tables.customer_domain.c
        for some in _pieces(domains):
            owned = select(domain.domain, domain.customer_no).where(
                domain.snapshot_no == self._no, domain.domain.in_(some)
            )
            for row in self._connection.execute(owned):
                owners[row.domain].add(row.customer_no)
        known = {person.customer_no for people in contacts.values() for person in people}.union(*owners.values())
        return SenderDirectory(
            contacts={email: tuple(people) for email, people in contacts.items()},
            domains={name: frozenset(numbers) for name, numbers in owners.items()},
            groups=self._groups(known),
            reach=self._reach(set(domains) - owners.keys() - FREE_MAIL),
        )

    def group_of(self, customer_nos: Collection[str]) -> frozenset[str]:
        """These customers with all members of their declared groups."""
        return frozenset(customer_nos).union(*self._groups(customer_nos).values())

    def _groups(self, customer_nos: Collection[str]) -> dict[str, frozenset[str]]:
        """The other members of each customer's groups: of its parent's, and of its own where it is a parent."""
        table = tables.customer.c
        heads = {number: {number} for number in customer_nos}
        for number, parent in self._pairs(table.customer_no, customer_nos):
            heads.setdefault(number, {number}).add(parent)
        members: defaultdict[str, set[str]] = defaultdict(set)
        for number, parent in self._pairs(table.parent_no, set().union(*heads.values())):
            members[parent].add(number)
        groups = {
            number: frozenset(tops.union(*(members[top] for top in tops)) - {number}) for number, tops in heads.items()
        }
        return {number: others for number, others in groups.items() if others}

    def _pairs(self, column: Column[Any], values: Collection[str]) -> Iterator[tuple[str, str]]:
        """Customers that have a parent, with it."""
        table = tables.customer.c
        for some in _pieces(values):
            query = select(table.customer_no, table.parent_no).where(
                table.snapshot_no == self._no, column.in_(some), table.parent_no.is_not(None)
            )
            yield from ((row.customer_no, row.parent_no) for row in self._connection.execute(query))

    def _reach(self, strangers: Iterable[str]) -> dict[str, frozenset[str]]:
        """The customers' domains that these may have been made to look like."""
        wanted = set().union(*map(reach_keys, strangers))
        found: defaultdict[str, set[str]] = defaultdict(set)
        table = tables.domain_piece.c
        for some in _pieces(wanted):
            query = select(table.piece, table.domain).where(table.snapshot_no == self._no, table.piece.in_(some))
            for row in self._connection.execute(query):
                found[row.piece].add(row.domain)
        return {piece: frozenset(domains) for piece, domains in found.items()}

    def _find_invoices(self, keys: Collection[int], found: dict[int, Invoice], *where: ColumnElement[bool]) -> None:
        key, invoice = tables.invoice_key.c, tables.invoice.c
        for some in _pieces(keys):
            places = select(key.invoice_id).where(key.snapshot_no == self._no, key.key.in_(some))
            query = select(tables.invoice).where(invoice.id.in_(places), *where)
            for row in self._connection.execute(query).mappings():
                if row["id"] not in found:
                    found[row["id"]] = read_value(Invoice, row)

    def _lines_of(self, numbers: Collection[str]) -> Mapping[str, Sequence[InvoiceLine]]:
        lines: defaultdict[str, list[InvoiceLine]] = defaultdict(list)
        for line in self.read_in(InvoiceLine, tables.invoice_line.c.invoice_no, numbers):
            lines[line.invoice_no].append(line)
        return lines


def _pieces(values: Collection[T]) -> Iterator[list[T]]:
    """Values in lists short enough for a query; none where there are none."""
    ordered = list(values)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]
