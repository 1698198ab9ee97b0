"""What crosses from child to parent: equal values come out, and nothing but what the types allow comes in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from csr_bot.core.message import AutoClass, IdentityLevel
from csr_bot.sandbox import make_codec


@dataclass(frozen=True, slots=True)
class Inner:
    amount: Decimal | None
    on: date


@dataclass(frozen=True, slots=True)
class Outer:
    name: str
    count: int
    sure: bool
    content: bytes
    at: datetime
    kind: AutoClass
    level: IdentityLevel
    span: tuple[int, int]
    words: tuple[str, ...]
    inner: tuple[Inner, ...]
    totals: Mapping[str, Decimal]
    note: str | None = None


def make_outer(**changes):
    values = {
        "name": 'Müller \u2028 \U0001f600 "x"\n',
        "count": 10**30,
        "sure": True,
        "content": b"\x00\xff",
        "at": datetime(2026, 3, 29, 2, 30, 0, 5, tzinfo=timezone(timedelta(hours=-5, minutes=-30))),
        "kind": AutoClass.BOUNCE,
        "level": IdentityLevel.L2,
        "span": (3, 9),
        "words": ("a", ""),
        "inner": (Inner(Decimal("-0.10"), date(2026, 2, 28)), Inner(None, date.min)),
        "totals": {"EUR": Decimal("1E+2")},
    }
    return Outer(**{**values, **changes})


CODEC = make_codec(Outer)


def test_what_goes_in_comes_out():
    for value in (make_outer(), make_outer(note="n", words=(), inner=(), at=datetime(2026, 1, 1, tzinfo=UTC))):
        back = CODEC.decode(CODEC.encode(value))
        assert back == value
        assert str(back.totals["EUR"]) == "1E+2"
        assert back.at.utcoffset() == value.at.utcoffset()


def test_half_a_character_becomes_a_question_mark():
    assert CODEC.decode(CODEC.encode(make_outer(name="a\udc80"))).name == "a?"


PLAIN = json.loads(CODEC.encode(make_outer()))


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (0, 5),
        (0, None),
        (0, "\ud800"),
        (1, True),
        (1, 1.5),
        (1, "1"),
        (2, 1),
        (3, "not base64!"),
        (4, "yesterday"),
        (4, 5),
        (5, "no_such_kind"),
        (6, "0"),
        (6, [1]),
        (7, [1]),
        (7, [1, 2, 3]),
        (7, "12"),
        (8, "ab"),
        (8, {"a": 1}),
        (9, [["NaN", "2026-01-01"]]),
        (9, [["Infinity", "2026-01-01"]]),
        (9, [["1E+999999", "2026-01-01"]]),
        (9, [["1", "2026-13-01"]]),
        (9, [["1"]]),
        (10, {"EUR": 1.5}),
        (10, []),
        (11, 0),
    ],
)
def test_what_the_types_do_not_allow_is_refused(place, wrong):
    changed = [*PLAIN]
    changed[place] = wrong
    with pytest.raises(ValueError):
        CODEC.decode(json.dumps(changed).encode())


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"null", b"[" * 100_000, b"\xff\xfe", b"[1]", b"1" * 10_000, b'{"a":' * 50_000, b"NaN"]
)
def test_what_is_no_value_at_all_is_refused(content):
    with pytest.raises(ValueError):
        CODEC.decode(content)


def test_a_type_that_cannot_be_told_apart_is_a_defect():
    for kind in (object, int | str, float, set[int]):
        with pytest.raises(TypeError):
            make_codec(kind)
