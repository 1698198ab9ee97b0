"""The keys that cases are searched by: numbers of documents in every form in which people write them, and amounts.

They are written in the transaction that stores what they are read from. Names and words are not keys: they are looked
for where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from csr_bot.adapters.sql.dossier_tables import case_key
from csr_bot.adapters.sql.inserts import insert_rows
from csr_bot.adapters.sql.ledger_tables import customer
from csr_bot.adapters.sql.tables import case_message, message, request_case
from csr_bot.core.matching.numbers import canonical_order, number_forms
from csr_bot.core.parsing.amounts import read_amount
from csr_bot.records import CaseRecord

_AMOUNT: Final = re.compile(r"-?\d{1,15}\.\d{1,6}")
_NUMBER_NAMES: Final = ("_no", "reference", "external_ref")
_LONGEST: Final = 100
_FEWEST_DIGITS: Final = 4
"""A bare number of fewer digits is no key: it is looked for as a text."""


def keys_of_case(case: CaseRecord) -> frozenset[str]:
    """Keys of what is asked: numbers and amounts that the customer wrote, and the documents that were meant."""
    request = case.request
    best = [match.best.invoice_no for match in case.matches if match.best]
    found = [*_of_number(case.portal_ticket or ""), *_of_number(case.customer_no or "")]
    for text in [reference.canonical for reference in (*request.invoice_refs, *request.po_refs)] + best:
        found += _of_number(text)
    found += [key for claim in request.amounts if claim.value is not None for key in _of_amount(claim.value)]
    return frozenset(found)


def keys_in(value: object, *, name: str = "") -> Iterator[str]:
    """Keys of everything in a stored document that is named like a number, or written like an amount."""
    if isinstance(value, Mapping):
        for inner, item in value.items():
            yield from keys_in(item, name=str(inner))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from keys_in(item, name=name)
    elif isinstance(value, str):
        if _AMOUNT.fullmatch(value):
            yield from _of_amount(Decimal(value))
        elif name.endswith(_NUMBER_NAMES):
            yield from _of_number(value)


def add_keys(connection: Connection, keys: Mapping[str, Collection[str]]) -> None:
    """Store the keys of cases, by case id; those that are known stay."""
    rows = [{"case_id": case_id, "value": key} for case_id, found in keys.items() for key in sorted(set(found))]
    insert_rows(connection, case_key, rows, keep_known=True)


def find_keyed(connection: Connection, text: str, *, limit: int) -> Sequence[str]:
    """Ids of cases with a key that this text may be: a number in any form, or an amount however it is written."""
    wanted = set(_of_number(text)) | set(_of_amounts_in(text))
    if not wanted:
        return ()
    query = (
        select(request_case.c.id)
        .join(case_key, case_key.c.case_id == request_case.c.id)
        .where(case_key.c.value.in_(sorted(wanted)))
        .distinct()
        .order_by(request_case.c.id.desc())
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def with_words(connection: Connection, query: Select[Any], text: str) -> Select[Any]:
    """The cases in which every word stands somewhere: in number, ticket, title, message, sender or customer's name."""
    return query.where(and_(*(_stands(connection, word) for word in text.split() or [text])))


def _stands(connection: Connection, word: str) -> ColumnElement[bool]:
    escaped = word.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")

    def holds(column: ColumnElement[str | None]) -> ColumnElement[bool]:
        # SQLite's LIKE takes no notice of case by itself; lowering every text first takes three times as long.
        like = column.ilike if connection.dialect.name == "postgresql" else column.like
        return like(f"%{escaped}%", escape="\\")

    written = (
        select(case_message.c.case_id)
        .join(message, message.c.id == case_message.c.message_id)
        .where(or_(*map(holds, (message.c.subject, message.c.sender, message.c.text))))
    )
    named = select(customer.c.customer_no).where(holds(customer.c.legal_name))
    places = (request_case.c[name] for name in ("case_no", "customer_no", "portal_ticket", "title"))
    return or_(*map(holds, places), request_case.c.customer_no.in_(named), request_case.c.id.in_(written))


def _of_number(text: str) -> Iterator[str]:
    forms = number_forms(text)
    for form in {forms.canonical, forms.digits, forms.year_serial, canonical_order(text)}:
        bare = "".join(sign for sign in form if sign.isdigit())
        for value in {form, bare}:
            if len(value) <= _LONGEST and (len(bare) >= _FEWEST_DIGITS or not value.isdigit()) and bare:
                yield f"number {value}"


def _of_amount(value: Decimal) -> Iterator[str]:
    if value:
        yield f"amount {abs(value).normalize():f}"


def _of_amounts_in(text: str) -> Iterator[str]:
    if not any(sign.isdigit() for sign in text):
        return
    reading = read_amount(text, field="money", currency=None, decimal_comma=None)
    for value in reading.candidates if reading.value is None else (reading.value,):
        yield from _of_amount(value)
