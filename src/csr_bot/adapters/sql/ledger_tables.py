"""Tables that mirror the ledger: a snapshot for each import, rows never edited, each with its place in the source.

A row's id is made of the number of its snapshot and its place in the file (``row_id``): what is imported is appended,
and what is dropped lies together. What invoices are looked up by stands in a table of its own, which is written in the
order of its keys once all rows are there: entered one by one, the keys of a large ledger would touch a page of the
database each.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, MetaData, String, Table, Text, text
from sqlalchemy.types import TypeEngine

from csr_bot.adapters.sql.tables import ID, SHA, metadata
from csr_bot.adapters.sql.types import Amount, Instant, Json

NUMBER = String(60)
ROWS_MAX = 1 << 32

snapshot = Table(
    "snapshot",
    metadata,
    Column("id", ID, primary_key=True),
    Column("number", Integer, nullable=False, server_default=text("0")),
    Column("bot", String(60), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", SHA, nullable=False),
    Column("as_of", Date),
    Column("generated_at", Instant),
    Column("imported_at", Instant, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("counts", Json, nullable=False, server_default=text("'{}'")),
    Column("refused", Json, nullable=False),
    Column("refused_count", Integer, nullable=False, server_default=text("0")),
    Column("control_totals", Json, nullable=False),
    Column("prefixes", Json, nullable=False, server_default=text("'[]'")),
    Column("delta", Json),
    Column("status", String(10), nullable=False),
    Column("reason", Text),
    Column("is_stored", Boolean, nullable=False, server_default=text("false")),
)
_IS_ACTIVE = text("status = 'active'")
Index("uq_snapshot_bot_active", snapshot.c.bot, unique=True, sqlite_where=_IS_ACTIVE, postgresql_where=_IS_ACTIVE)
Index("ix_snapshot_bot_imported_at", snapshot.c.bot, snapshot.c.status, snapshot.c.imported_at)
Index("uq_snapshot_number", snapshot.c.number, unique=True)


def row_id(snapshot_no: int, seq: int) -> int:
    """The id of the row at place ``seq``, from 1 on, of its table in a snapshot; with 0 it is below all of them."""
    return snapshot_no * ROWS_MAX + seq


def _part(name: str, kind: TypeEngine[Any]) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _mirror(name: str, *columns: Column[Any]) -> Table:
    """A table of ledger rows. No foreign key: one loader writes them, by the million."""
    identity = _part("id", BigInteger().with_variant(Integer, "sqlite"))
    snapshot_no = Column("snapshot_no", Integer, nullable=False)
    return Table(name, metadata, identity, snapshot_no, *columns, Column("locator", String(100), nullable=False))


customer = _mirror(
    "customer",
    Column("customer_no", NUMBER, nullable=False),
    Column("legal_name", Text, nullable=False),
    Column("status", String(20), nullable=False),
    Column("tier", String(20), nullable=False),
    Column("country", String(2), nullable=False),
    Column("language", String(8), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("parent_no", NUMBER),
    Column("email_domains", Json, nullable=False),
    Column("invoice_email", String(320)),
    Column("account_owner", String(60)),
)
Index("ix_customer", customer.c.snapshot_no, customer.c.customer_no)
Index("ix_customer_parent", customer.c.snapshot_no, customer.c.parent_no)

contact = _mirror(
    "contact",
    Column("customer_no", NUMBER, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", String(320), nullable=False),
    Column("role", String(30), nullable=False),
    Column("active", Boolean, nullable=False),
)
Index("ix_contact", contact.c.snapshot_no, contact.c.email)

invoice = _mirror(
    "invoice",
    Column("invoice_no", NUMBER, nullable=False),
    Column("company_code", String(20), nullable=False),
    Column("doc_type", String(20), nullable=False),
    Column("customer_no", NUMBER, nullable=False),
    Column("status", String(20), nullable=False),
    Column("invoice_date", Date, nullable=False),
    Column("due_date", Date, nullable=False),
    Column("service_from", Date),
    Column("service_to", Date),
    Column("po_no", NUMBER),
    Column("contract_no", NUMBER),
    Column("currency", String(3), nullable=False),
    Column("net", Amount, nullable=False),
    Column("tax", Amount, nullable=False),
    Column("gross", Amount, nullable=False),
    Column("credited", Amount, nullable=False),
    Column("open_amount", Amount, nullable=False),
    Column("digest", BigInteger, nullable=False),
)
Index("ix_invoice", invoice.c.snapshot_no, invoice.c.invoice_no)

invoice_line = _mirror(
    "invoice_line",
    Column("invoice_no", NUMBER, nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("sku", String(60), nullable=False),
    Column("description", Text, nullable=False),
    Column("quantity", Amount, nullable=False),
    Column("unit", String(20), nullable=False),
    Column("unit_price", Amount, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("net", Amount, nullable=False),
    Column("tax_rate", Amount, nullable=False),
    Column("tax", Amount, nullable=False),
    Column("service_from", Date),
    Column("service_to", Date),
)
Index("ix_invoice_line", invoice_line.c.snapshot_no, invoice_line.c.invoice_no)

payment = _mirror(
    "payment",
    Column("payment_no", NUMBER, nullable=False),
    Column("customer_no", NUMBER),
    Column("value_date", Date, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("amount", Amount, nullable=False),
    Column("unapplied", Amount, nullable=False),
    Column("reference_text", Text, nullable=False),
)
Index("ix_payment", payment.c.snapshot_no, payment.c.payment_no)

allocation = _mirror(
    "allocation",
    Column("payment_no", NUMBER, nullable=False),
    Column("invoice_no", NUMBER, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("amount", Amount, nullable=False),
    Column("allocated_on", Date, nullable=False),
)
Index("ix_allocation", allocation.c.snapshot_no, allocation.c.invoice_no)

contract = _mirror(
    "contract",
    Column("contract_no", NUMBER, nullable=False),
    Column("version", Integer, nullable=False),
    Column("customer_no", NUMBER, nullable=False),
    Column("start", Date, nullable=False),
    Column("end", Date),
    Column("currency", String(3), nullable=False),
    Column("dispute_days", Integer, nullable=False),
    Column("cancelled_on", Date),
)
Index("ix_contract", contract.c.snapshot_no, contract.c.contract_no)

price_term = _mirror(
    "price_term",
    Column("contract_no", NUMBER, nullable=False),
    Column("sku", String(60), nullable=False),
    Column("unit_price", Amount, nullable=False),
    Column("cap_quantity", Amount),
    Column("waived", Boolean, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("clause", String(60), nullable=False),
)
Index("ix_price_term", price_term.c.snapshot_no, price_term.c.contract_no)

usage = _mirror(
    "usage",
    Column("contract_no", NUMBER, nullable=False),
    Column("sku", String(60), nullable=False),
    Column("period_from", Date, nullable=False),
    Column("period_to", Date, nullable=False),
    Column("quantity", Amount, nullable=False),
    Column("proof_ref", Text, nullable=False),
)
Index("ix_usage", usage.c.snapshot_no, usage.c.contract_no)

invoice_key = Table(
    "invoice_key",
    metadata,
    _part("snapshot_no", Integer()),
    _part("key", BigInteger()),
    _part("invoice_id", BigInteger()),
    sqlite_with_rowid=False,
)
"""What invoices are looked up by (``ledger_keys``), at most ``KEPT`` of them under each key."""

customer_domain = Table(
    "customer_domain",
    metadata,
    _part("snapshot_no", Integer()),
    _part("domain", String(255)),
    _part("customer_no", NUMBER),
    sqlite_with_rowid=False,
)
"""Who has which mail domain."""

domain_piece = Table(
    "domain_piece",
    metadata,
    _part("snapshot_no", Integer()),
    _part("piece", String(270)),
    _part("domain", String(255)),
    sqlite_with_rowid=False,
)
"""The customers' domains under the keys by which an imitation of them is found."""

MIRRORED = (customer, contact, invoice, invoice_line, payment, allocation, contract, price_term, usage)
LOOKED_UP = (invoice_key, customer_domain, domain_piece)


def staging_table() -> Table:
    """A table of one connection where the keys of an import are gathered before they are sorted."""
    return Table(
        "ledger_staging",
        MetaData(),
        Column("key", BigInteger, nullable=False),
        Column("invoice_id", BigInteger, nullable=False),
        prefixes=["TEMPORARY"],
    )
