"""Tables that mirror the ledger: a snapshot for each import, rows never edited, each with its place in the source."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, text

from csr_bot.adapters.sql.tables import ID, SHA, metadata
from csr_bot.adapters.sql.types import Amount, Instant, Json

NUMBER = String(60)


def _snapshot_id() -> Column[str]:
    return Column("snapshot_id", ID, ForeignKey("snapshot.id"), nullable=False)


def _locator() -> Column[str]:
    return Column("locator", String(100), nullable=False)


snapshot = Table(
    "snapshot",
    metadata,
    Column("id", ID, primary_key=True),
    Column("bot", String(60), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", SHA, nullable=False),
    Column("as_of", Date),
    Column("generated_at", Instant),
    Column("imported_at", Instant, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("refused", Json, nullable=False),
    Column("control_totals", Json, nullable=False),
    Column("status", String(10), nullable=False),
    Column("reason", Text),
)
_IS_ACTIVE = text("status = 'active'")
Index("uq_snapshot_bot_active", snapshot.c.bot, unique=True, sqlite_where=_IS_ACTIVE, postgresql_where=_IS_ACTIVE)
Index("ix_snapshot_bot_imported_at", snapshot.c.bot, snapshot.c.status, snapshot.c.imported_at)

customer = Table(
    "customer",
    metadata,
    _snapshot_id(),
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
    _locator(),
)
Index("ix_customer", customer.c.snapshot_id, customer.c.customer_no)

contact = Table(
    "contact",
    metadata,
    _snapshot_id(),
    Column("customer_no", NUMBER, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", String(320), nullable=False),
    Column("role", String(30), nullable=False),
    Column("active", Boolean, nullable=False),
    _locator(),
)
Index("ix_contact", contact.c.snapshot_id)

invoice = Table(
    "invoice",
    metadata,
    _snapshot_id(),
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
    _locator(),
)
Index("ix_invoice", invoice.c.snapshot_id, invoice.c.invoice_no)
Index("ix_invoice_customer", invoice.c.snapshot_id, invoice.c.customer_no)

invoice_line = Table(
    "invoice_line",
    metadata,
    _snapshot_id(),
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
    _locator(),
)
Index("ix_invoice_line", invoice_line.c.snapshot_id, invoice_line.c.invoice_no)

payment = Table(
    "payment",
    metadata,
    _snapshot_id(),
    Column("payment_no", NUMBER, nullable=False),
    Column("customer_no", NUMBER),
    Column("value_date", Date, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("amount", Amount, nullable=False),
    Column("unapplied", Amount, nullable=False),
    Column("reference_text", Text, nullable=False),
    _locator(),
)
Index("ix_payment", payment.c.snapshot_id, payment.c.payment_no)

allocation = Table(
    "allocation",
    metadata,
    _snapshot_id(),
    Column("payment_no", NUMBER, nullable=False),
    Column("invoice_no", NUMBER, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("amount", Amount, nullable=False),
    Column("allocated_on", Date, nullable=False),
    _locator(),
)
Index("ix_allocation", allocation.c.snapshot_id, allocation.c.invoice_no)

contract = Table(
    "contract",
    metadata,
    _snapshot_id(),
    Column("contract_no", NUMBER, nullable=False),
    Column("version", Integer, nullable=False),
    Column("customer_no", NUMBER, nullable=False),
    Column("start", Date, nullable=False),
    Column("end", Date),
    Column("currency", String(3), nullable=False),
    Column("dispute_days", Integer, nullable=False),
    Column("cancelled_on", Date),
    _locator(),
)
Index("ix_contract", contract.c.snapshot_id, contract.c.contract_no)

price_term = Table(
    "price_term",
    metadata,
    _snapshot_id(),
    Column("contract_no", NUMBER, nullable=False),
    Column("sku", String(60), nullable=False),
    Column("unit_price", Amount, nullable=False),
    Column("cap_quantity", Amount),
    Column("waived", Boolean, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("clause", String(60), nullable=False),
    _locator(),
)
Index("ix_price_term", price_term.c.snapshot_id, price_term.c.contract_no)

usage = Table(
    "usage",
    metadata,
    _snapshot_id(),
    Column("contract_no", NUMBER, nullable=False),
    Column("sku", String(60), nullable=False),
    Column("period_from", Date, nullable=False),
    Column("period_to", Date, nullable=False),
    Column("quantity", Amount, nullable=False),
    Column("proof_ref", Text, nullable=False),
    _locator(),
)
Index("ix_usage", usage.c.snapshot_id, usage.c.contract_no)
