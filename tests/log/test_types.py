"""Amounts, moments and structured values come back as they were given, or are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, Integer, MetaData, Table, func, insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import StatementError

from csr_bot.adapters.sql.types import Amount, Instant, Json

BAG = Table(
    "bag",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("amount", Amount),
    Column("at", Instant),
    Column("content", Json),
)


@pytest.fixture
def bag(engine: Engine) -> Engine:
    BAG.create(engine)
    return engine


def keep(engine: Engine, **values: object):
    with engine.begin() as connection:
        number = connection.execute(insert(BAG).values(**values)).inserted_primary_key[0]
        return connection.execute(select(BAG).where(BAG.c.id == number)).mappings().one()


@pytest.mark.parametrize(
    "amount",
    [
        "99999999999999.9999",
        "-99999999999999.9999",
        "0.1",
        "2400.00",
        "0.000001",
        "0.1234567",
        "125.000000",
        "0",
        "1E+3",
    ],
)
def test_an_amount_comes_back_exactly(bag, amount):
    found = keep(bag, amount=Decimal(amount))["amount"]
    assert isinstance(found, Decimal)
    assert f"{found:f}" == f"{Decimal(amount):f}"


@pytest.mark.parametrize("amount", [0.1, 1, "1.00", Decimal("NaN"), Decimal("Infinity"), True])
def test_what_is_not_a_finite_decimal_is_refused(bag, amount):
    with pytest.raises(StatementError, match="an amount is a finite Decimal"):
        keep(bag, amount=amount)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2025, 11, 24, 13, 12, tzinfo=UTC),
        datetime(2025, 11, 24, 13, 12, 0, 1, tzinfo=UTC),
        datetime(2025, 11, 24, 8, 12, 59, 999999, tzinfo=timezone(timedelta(hours=-5))),
        datetime(2025, 10, 26, 2, 30, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_a_moment_comes_back_in_utc_to_the_microsecond(bag, moment):
    found = keep(bag, at=moment)["at"]
    assert found == moment
    assert found.utcoffset() == timedelta(0)


def test_a_moment_without_a_time_zone_is_refused(bag):
    with pytest.raises(StatementError, match="a moment has a time zone"):
        keep(bag, at=datetime(2025, 11, 24, 13, 12))  # noqa: DTZ001 - what is refused


def test_moments_sort_by_time_whatever_zone_they_were_given_in(bag):
    moments = [
        datetime(2025, 11, 24, hour, tzinfo=timezone(timedelta(hours=zone))) for hour, zone in ((9, 2), (8, 0), (7, -5))
    ]
    for moment in moments:
        keep(bag, at=moment)
    with bag.begin() as connection:
        assert list(connection.execute(select(BAG.c.at).order_by(BAG.c.at)).scalars()) == sorted(moments)
        assert connection.execute(select(func.max(BAG.c.at))).scalar() == max(moments)


@pytest.mark.parametrize("value", [{}, [], None, {"ä": ["1.50", 1, None, True, {"b": "x\u0000y"}]}])
def test_a_structured_value_comes_back(bag, value):
    assert keep(bag, content=value)["content"] == value


@pytest.mark.parametrize("value", [{"a": 0.1}, [Decimal("0.1")], {1: "a"}])
def test_a_structured_value_with_a_float_is_refused(bag, value):
    with pytest.raises(StatementError):
        keep(bag, content=value)


NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**15), max_value=10**15)


@given(NUMBERS)
def test_every_amount_is_written_for_sqlite_without_an_exponent(amount):
    written = Amount().process_bind_param(amount, sqlite.dialect())
    assert Decimal(written) == amount
    assert "E" not in str(written)
