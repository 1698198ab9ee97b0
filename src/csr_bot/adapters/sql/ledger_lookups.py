"""Looking things up in the ledger's mirror, a chunk of messages at a time: each query is answered by an index.

The statements of what every chunk asks are made once: to make one costs more than to answer it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Select, bindparam, select

from csr_bot.adapters.sql import ledger_tables as tables
from csr_bot.adapters.sql.ledger_keys import line_keys, neighbour_keys, net_key, wanted_keys
from csr_bot.adapters.sql.ledger_mapping import TABLES, read_value
from csr_bot.adapters.sql.lists import one_of, rows_with
from csr_bot.core.evidence import Contact, Invoice, InvoiceLine
from csr_bot.core.matching import (
    FREE_MAIL,
    EntryLine,
    LedgerEntry,
    SenderDirectory,
    Wanted,
    build_entry,
    reach_keys,
)

T = TypeVar("T")
_contact, _customer, _invoice, _line = (
    table.c for table in (tables.contact, tables.customer, tables.invoice, tables.invoice_line)
)
_key, _domain, _piece = tables.ledger_key.c, tables.customer_domain.c, tables.domain_piece.c
_UNDER_KEYS: Final = _invoice.id.in_(select(_key.item_id).select_from(rows_with(_key.key, "sought_keys")))
_INVOICES: Final = select(tables.invoice).where(_UNDER_KEYS)
_ENTRIES: Final = select(
    _invoice.id,
    _invoice.invoice_no,
    _invoice.company_code,
    _invoice.customer_no,
    _invoice.currency,
    _invoice.gross,
    _invoice.net,
    _invoice.open_amount,
    _invoice.po_no,
    _invoice.invoice_date,
    _invoice.due_date,
).where(_UNDER_KEYS)
_ENTRIES_OF: Final = _ENTRIES.where(one_of(_invoice.customer_no, "owners"))
_LINES: Final = select(_line.id, _line.invoice_no, _line.unit_price, _line.quantity, _line.net).select_from(
    rows_with(_line.invoice_no, "numbers")
)
_CONTACTS: Final = select(tables.contact).select_from(rows_with(_contact.email, "addresses"))
_OWNERS: Final = select(_domain.domain, _domain.customer_no).select_from(rows_with(_domain.domain, "domains"))
_PIECES: Final = select(_piece.piece, _piece.domain).select_from(rows_with(_piece.piece, "pieces"))
_WITH_PARENT: Final = select(_customer.customer_no, _customer.parent_no).where(_customer.parent_no.is_not(None))
_PARENTS: Final = _WITH_PARENT.select_from(rows_with(_customer.customer_no, "numbers"))
_CHILDREN: Final = _WITH_PARENT.select_from(rows_with(_customer.parent_no, "numbers"))


class LedgerLookups:
    """The rows of one snapshot on one connection."""

    def __init__(self, connection: Connection, snapshot_no: int) -> None:
        self._connection = connection
        self._no = snapshot_no

    def read(self, kind: type[T], *where: ColumnElement[bool]) -> list[T]:
        """Rows in the order of the file. ``where`` has to name what an index begins with."""
        table = TABLES[kind]
        return self._values(kind, select(table).where(table.c.snapshot_no == bindparam("snapshot_no"), *where))

    def read_in(self, kind: type[T], column: Column[Any], values: Collection[Any]) -> list[T]:
        """Rows whose column has one of these values, in the order of the file."""
        if not values:
            return []
        query = select(TABLES[kind]).select_from(rows_with(column, "sought"))
        return self._values(kind, query, sought=values)

    def read_keyed(self, kind: type[T], *keys: int, limit: int | None = None) -> list[T]:
        """Rows under any of these keys of ``ledger_keys``, of very many the first, in the order of the file.

        A checksum may bring up others: whoever asks has to compare.
        """
        table = TABLES[kind]
        places = select(_key.item_id).where(_key.snapshot_no == bindparam("snapshot_no"), _key.key.in_(keys))
        if limit is not None:
            places = places.order_by(_key.item_id).limit(limit)
        return self._values(kind, select(table).where(table.c.id.in_(places)))

    def read_latest(self, kind: type[T], day: Column[Any], *where: ColumnElement[bool], limit: int) -> list[T]:
        """The rows with the latest days, these first. What ``where`` names and the day are to be one index."""
        table = TABLES[kind]
        query = select(table).where(table.c.snapshot_no == bindparam("snapshot_no"), *where)
        rows = self._connection.execute(query.order_by(day.desc()).limit(limit), {"snapshot_no": self._no})
        return [read_value(kind, row) for row in rows.mappings()]

    def children_of(self, customer_no: str) -> tuple[str, ...]:
        """The customers whose declared parent this is."""
        return tuple(sorted(number for number, _ in self._rows(_CHILDREN, numbers={customer_no})))

    def find_entries(self, wanted: Sequence[Wanted]) -> list[LedgerEntry]:
        """The invoices that any key brings up, each once with all its lines, in the order of the file."""
        keys = set().union(*map(wanted_keys, wanted))
        rows = {row[0]: row for row in self._rows(_ENTRIES, sought_keys=keys)} if keys else {}
        slips = set().union(*(neighbour_keys(one) for one in wanted if one.own)) - keys
        if slips:
            owners = set().union(*(one.own for one in wanted if one.neighbours))
            rows |= {row[0]: row for row in self._rows(_ENTRIES_OF, sought_keys=slips, owners=owners)}
        lines = self._figures_of({row[1] for row in rows.values()})
        return [_entry(row, lines) for _, row in sorted(rows.items())]

    def equal_net(self, invoice: Invoice) -> list[Invoice]:
        """The customer's other invoices with the same net total."""
        return [
            other
            for other in self._values(Invoice, _INVOICES, sought_keys={net_key(invoice.customer_no, invoice.net)})
            if (other.customer_no, other.net) == (invoice.customer_no, invoice.net)
            and other.invoice_no != invoice.invoice_no
        ]

    def open_lines(self, customer_no: str, values: Collection[Any]) -> list[InvoiceLine]:
        """Lines of the customer's open invoices that say one of these figures; of very many, the first."""
        found = self._values(Invoice, _INVOICES, sought_keys=line_keys(customer_no, values))
        numbers = {item.invoice_no for item in found if item.customer_no == customer_no and item.open_amount.amount}
        wanted = set(values)
        return [
            line
            for line in self.read_in(InvoiceLine, _line.invoice_no, numbers)
            if not wanted.isdisjoint((line.unit_price, line.quantity, line.net.amount))
        ]

    def find_senders(self, *, addresses: Collection[str], domains: Collection[str]) -> SenderDirectory:
        """What the customer master says of these addresses and domains."""
        contacts: defaultdict[str, list[Contact]] = defaultdict(list)
        for person in self._values(Contact, _CONTACTS, addresses=addresses) if addresses else ():
            contacts[person.email].append(person)
        owners: defaultdict[str, set[str]] = defaultdict(set)
        for domain, number in self._rows(_OWNERS, domains=domains) if domains else ():
            owners[domain].add(number)
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
        if not customer_nos:
            return {}
        heads = {number: {number} for number in customer_nos}
        for number, parent in self._rows(_PARENTS, numbers=customer_nos):
            heads[number].add(parent)
        members: defaultdict[str, set[str]] = defaultdict(set)
        for number, parent in self._rows(_CHILDREN, numbers=set().union(*heads.values())):
            members[parent].add(number)
        groups = {
            number: frozenset(tops.union(*(members[top] for top in tops)) - {number}) for number, tops in heads.items()
        }
        return {number: others for number, others in groups.items() if others}

    def _reach(self, strangers: Iterable[str]) -> dict[str, frozenset[str]]:
        """The customers' domains that these may have been made to look like."""
        wanted = set().union(*map(reach_keys, strangers))
        found: defaultdict[str, set[str]] = defaultdict(set)
        for piece, domain in self._rows(_PIECES, pieces=wanted) if wanted else ():
            found[piece].add(domain)
        return {piece: frozenset(domains) for piece, domains in found.items()}

    def _figures_of(self, numbers: Collection[str]) -> Mapping[str, Sequence[EntryLine]]:
        """The lines of these invoices as matching sees them, in the order of the file."""
        lines: defaultdict[str, list[EntryLine]] = defaultdict(list)
        rows = self._rows(_LINES, numbers=numbers) if numbers else ()
        for _, number, rate, quantity, net in sorted(rows, key=itemgetter(0)):
            lines[number].append(EntryLine(rate, quantity, abs(net)))
        return lines

    def _values(self, kind: type[T], query: Select[Any], **sought: Collection[Any]) -> list[T]:
        # Sorted here: asked for that order, SQLite may walk through the whole table in it instead of sorting.
        rows = self._connection.execute(query, {"snapshot_no": self._no, **sought}).mappings().all()
        return [read_value(kind, row) for row in sorted(rows, key=itemgetter("id"))]

    def _rows(self, query: Select[Any], **sought: Collection[Any]) -> Sequence[Any]:
        return self._connection.execute(query, {"snapshot_no": self._no, **sought}).all()


def _entry(row: Any, lines: Mapping[str, Sequence[EntryLine]]) -> LedgerEntry:
    _, number, company, customer, currency, gross, net, still_open, po_no, day, due = row
    return build_entry(
        invoice_no=number,
        company_code=company,
        customer_no=customer,
        currency=currency,
        gross=gross,
        net=net,
        open_amount=still_open,
        po_no=po_no,
        dates=(day, due),
        lines=tuple(lines.get(number, ())),
    )
