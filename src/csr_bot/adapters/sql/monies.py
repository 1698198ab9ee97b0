"""Amounts of money as two columns, ``<name>_amount`` and ``<name>_currency``."""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping

from csr_bot.core.money import Money


def split_money(money: Money | None, name: str) -> dict[str, Any]:
    """The two columns of an amount; both empty where there is none."""
    return {
        f"{name}_amount": money.amount if money else None,
        f"{name}_currency": money.currency if money else None,
    }


def join_money(row: RowMapping, name: str) -> Money | None:
    """The amount of two columns."""
    amount = row[f"{name}_amount"]
    return None if amount is None else Money(amount, row[f"{name}_currency"])
