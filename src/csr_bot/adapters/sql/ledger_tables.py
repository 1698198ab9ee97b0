"""Tables that mirror the ledger: a snapshot for each import, rows never edited, each with its place in the source.

A row's id is made of the number of its snapshot and its place in the file (``row_id``): what is imported is appended,
and what is dropped lies together. What invoices and payments are looked up by stands in a table of its own, which is
written in the order of its keys once all rows are there: entered one by one, the keys of a large ledger would touch a
page of the database each.
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
    Column("tax_id", Text),
    Column("terms", Text),
    Column("phone", Text),
    Column("delivery_method", Text),
    Column("credit_limit", Amount),
    Column("exposure", Amount),
    Column("hold", Boolean),
    Column("dunning_level", Integer),
    Column("calendar", Text),
    Column("po_required", Boolean),
    Column("po_regex", Text),
    Column("legal_flags", Json, nullable=False, server_default=text("'[]'")),
    Column("cac", Amount),
    Column("gross_margin_pct", Amount),
    Column("digest", BigInteger, nullable=False, server_default=text("0")),
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
    Column("phone", Text),
)
Index("ix_contact", contact.c.snapshot_no, contact.c.email)
Index("ix_contact_customer", contact.c.snapshot_no, contact.c.customer_no)

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
    Column("terms", Text),
    Column("dunning_level", Integer),
    Column("disputed", Boolean),
    Column("dispute_reason", Text),
    Column("last_payment_date", Date),
    Column("delivery_note", Text),
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
    Column("discount_pct", Amount),
    Column("tax_code", Text),
    Column("delivery_ref", Text),
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
    Column("posted_on", Date),
    Column("payer_name", Text),
    Column("payer_account_last4", String(4)),
    Column("method", Text),
    Column("bank_ref", Text),
    Column("status", Text),
)
Index("ix_payment", payment.c.snapshot_no, payment.c.payment_no)
Index("ix_payment_customer", payment.c.snapshot_no, payment.c.customer_no, payment.c.value_date)

allocation = _mirror(
    "allocation",
    Column("payment_no", NUMBER, nullable=False),
    Column("invoice_no", NUMBER, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("amount", Amount, nullable=False),
    Column("allocated_on", Date, nullable=False),
    Column("discount", Amount),
    Column("deduction", Amount),
    Column("deduction_reason", Text),
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
    Column("title", Text),
    Column("auto_renew", Boolean),
    Column("notice_days", Integer),
    Column("terms", Text),
    Column("first_response_min", Integer),
    Column("resolution_min", Integer),
    Column("sla_calendar", Text),
    Column("sla_clause", Text),
    Column("clauses", Json, nullable=False, server_default=text("'[]'")),
)
Index("ix_contract", contract.c.snapshot_no, contract.c.contract_no)
Index("ix_contract_customer", contract.c.snapshot_no, contract.c.customer_no)

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
    Column("unit", Text),
    Column("tier_from", Amount),
    Column("tier_to", Amount),
    Column("included_quantity", Amount),
    Column("discount_pct", Amount),
    Column("cap_amount", Amount),
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
    Column("unit", Text),
)
Index("ix_usage", usage.c.snapshot_no, usage.c.contract_no)

credit_profile = _mirror(
    "credit_profile",
    Column("customer_no", NUMBER, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("rating", Text),
    Column("net_operating_income", Amount),
    Column("debt_service", Amount),
    Column("dscr", Amount),
    Column("statements_on", Date),
    Column("revenue", Amount),
    Column("ebitda", Amount),
    Column("current_ratio", Amount),
    Column("equity_ratio", Amount),
    Column("next_review", Date),
)
Index("ix_credit_profile", credit_profile.c.snapshot_no, credit_profile.c.customer_no)

kyc_record = _mirror(
    "kyc_record",
    Column("customer_no", NUMBER, nullable=False),
    Column("status", String(20), nullable=False),
    Column("risk_rating", String(10)),
    Column("next_review_on", Date),
    Column("missing", Json, nullable=False),
    Column("hits", Integer),
)
Index("ix_kyc_record", kyc_record.c.snapshot_no, kyc_record.c.customer_no)

letter_of_credit = _mirror(
    "letter_of_credit",
    Column("lc_no", NUMBER, nullable=False),
    Column("customer_no", NUMBER, nullable=False),
    Column("issuing_bank", Text, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("amount", Amount, nullable=False),
    Column("tolerance_plus_pct", Amount),
    Column("tolerance_minus_pct", Amount),
    Column("issued_on", Date),
    Column("latest_shipment_on", Date),
    Column("expires_on", Date, nullable=False),
    Column("presentation_days", Integer),
    Column("status", String(20), nullable=False),
    Column("applicant", Text),
    Column("about", Boolean),
    Column("documents", Json, nullable=False),
    Column("expiry_place", Text),
)
Index("ix_letter_of_credit", letter_of_credit.c.snapshot_no, letter_of_credit.c.lc_no)
Index("ix_letter_of_credit_customer", letter_of_credit.c.snapshot_no, letter_of_credit.c.customer_no)

ledger_key = Table(
    "ledger_key",
    metadata,
    _part("snapshot_no", Integer()),
    _part("key", BigInteger()),
    _part("item_id", BigInteger()),
    sqlite_with_rowid=False,
)
"""What invoices and payments are looked up by (``ledger_keys``): ids of the one or the other, as the key means it."""

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

customer_change = Table(
    "customer_change",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("bot", String(60), nullable=False),
    Column("customer_no", NUMBER, nullable=False),
    Column("field", String(40), nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("snapshot_id", ID, nullable=False),
    Column("at", Instant, nullable=False),
)
"""The history of the customer master: what each import had otherwise than the one before. It outlives the rows."""
Index("ix_customer_change", customer_change.c.bot, customer_change.c.customer_no, customer_change.c.id)

MIRRORED = (
    customer, contact, invoice, invoice_line, payment, allocation, contract, price_term, usage, credit_profile,
    kyc_record, letter_of_credit,
)  # fmt: skip
LOOKED_UP = (ledger_key, customer_domain, domain_piece)


def staging_table() -> Table:
    """A table of one connection where the keys of an import are gathered before they are sorted."""
    return Table(
        "ledger_staging",
        MetaData(),
        Column("key", BigInteger, nullable=False),
        Column("item_id", BigInteger, nullable=False),
        prefixes=["TEMPORARY"],
    )
