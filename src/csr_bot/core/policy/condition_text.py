"""Conditions as they are written in a policy: ``category == BILLING_DISPUTE and reason == TAX``.

A small language of its own: names, ``== != < <= > >=``, ``in [A, B]``, ``and``, ``or``, ``not``, parentheses, quoted
strings, words in capitals as strings, decimal numbers, ``true`` and ``false``. Which names there are, and what each may
be compared with, is the caller's to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from csr_bot.core.money import parse_decimal
from csr_bot.core.policy.conditions import (
    EQUALITY,
    SIGNS,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Constant,
    Kind,
    Literal,
    Membership,
    Not,
    Term,
    Truth,
    kind_of,
)


def parse_condition(text: str, terms: Mapping[str, Term]) -> Condition:
    """A condition from its text. Raises ValueError, saying what is wrong with it, also for names not in ``terms``."""
    reader = _Reader(text, terms)
    condition = reader.read_any()
    reader.expect_end()
    return condition


def render(condition: Condition) -> str:  # noqa: PLR0911  # one line for each form
    """A condition in its one canonical form; reading that gives the same condition."""
    match condition:
        case Constant(value):
            return _show(value)
        case Truth(name):
            return name
        case Comparison(name, sign, value):
            return f"{name} {sign} {_show(value)}"
        case Membership(name, values):
            return f"{name} in [{', '.join(map(_show, values))}]"
        case Not(part):
            return f"not {_inside(part)}"
        case AllOf(parts):
            return " and ".join(map(_inside, parts))
        case AnyOf(parts):
            return " or ".join(render(part) if isinstance(part, AllOf) else _inside(part) for part in parts)


def _inside(part: Condition) -> str:
    return f"({render(part)})" if isinstance(part, AllOf | AnyOf) else render(part)


def _show(value: Literal) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if _WORD.fullmatch(value) else f"'{value}'"


_WORD: Final = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_TOKEN: Final = re.compile(
    r"""(?P<number>-?\d+(?:\.\d+)?)
      | (?P<string>'[^']*'|"[^"]*")
      | (?P<name>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)
      | (?P<word>[A-Z][A-Z0-9_]*)
      | (?P<sign>==|!=|<=|>=|[<>()\[\],])""",
    re.ASCII | re.VERBOSE,
)
_RESERVED: Final = frozenset({"and", "or", "not", "in", "true", "false"})
_DEEPEST: Final = 20
"""Parentheses and negations within each other; far more than a person can follow."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


_END: Final = _Token("end", "the end")


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            hint = "; equality is ==" if text[at] == "=" else ""
            raise ValueError(f"{text!r}: {text[at]!r} is not understood{hint}")
        kind = "reserved" if match[0] in _RESERVED else match.lastgroup
        found.append(_Token(kind, match[0]))
        at = match.end()
    return found


class _Reader:
    """Recursive descent over the tokens of one condition."""

    def __init__(self, text: str, terms: Mapping[str, Term]) -> None:
        self._text = text
        self._terms = terms
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    def read_any(self) -> Condition:
        parts = [self._read_all()]
        while self._take("or"):
            parts.append(self._read_all())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def expect_end(self) -> None:
        if self._next() is not _END:
            raise self._wrong(f"{self._next().text!r} is not expected there")

    def _read_all(self) -> Condition:
        parts = [self._read_one()]
        while self._take("and"):
            parts.append(self._read_one())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _read_one(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._wrong("it is nested too deeply")
        try:
            return self._read_part()
        finally:
            self._depth -= 1

    def _read_part(self) -> Condition:
        if self._take("not"):
            return Not(self._read_one())
        if self._take("("):
            inside = self.read_any()
            self._require(")")
            return inside
        token = self._advance()
        if token.text in ("true", "false"):
            return Constant(token.text == "true")
        if token.kind != "name":
            raise self._wrong(f"a name is needed instead of {token.text!r}")
        return self._read_about(token.text)

    def _read_about(self, name: str) -> Condition:
        term = self._terms.get(name)
        if term is None:
            raise self._wrong(f"unknown name {name!r}; known are {', '.join(sorted(self._terms))}")
        if self._take("in"):
            return Membership(name, self._read_list(name, term))
        sign = self._next().text
        if sign not in SIGNS:
            if term.kind is not Kind.TRUTH:
                raise self._wrong(f"{name} is {term.kind.value} and has to be compared with something")
            return Truth(name)
        self._advance()
        if term.kind is not Kind.NUMBER and sign not in EQUALITY:
            raise self._wrong(f"{name} is {term.kind.value}: {sign} is for numbers")
        return Comparison(name, sign, self._read_literal(name, term))

    def _read_list(self, name: str, term: Term) -> tuple[Literal, ...]:
        self._require("[")
        values = [self._read_literal(name, term)]
        while self._take(","):
            values.append(self._read_literal(name, term))
        self._require("]")
        return tuple(values)

    def _read_literal(self, name: str, term: Term) -> Literal:
        token = self._advance()
        value: Literal
        if token.kind == "number":
            value = parse_decimal(token.text)
        elif token.kind in ("string", "word"):
            value = token.text.strip("'\"")
        elif token.text in ("true", "false"):
            value = token.text == "true"
        else:
            raise self._wrong(f"a value is needed instead of {token.text!r}")
        if kind_of(value) is not term.kind:
            raise self._wrong(f"{name} is {term.kind.value}, which {token.text} is not")
        if term.kind is Kind.CODE and value not in term.codes:
            raise self._wrong(f"{name} is never {value!r}; known are {', '.join(sorted(term.codes))}")
        return value

    def _next(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _advance(self) -> _Token:
        token = self._next()
        self._at += 1
        return token

    def _take(self, text: str) -> bool:
        """Whether the next token is this sign or reserved word; it is passed over if so."""
        token = self._next()
        if token.text != text or token.kind not in ("reserved", "sign"):
            return False
        self._at += 1
        return True

    def _require(self, text: str) -> None:
        if not self._take(text):
            raise self._wrong(f"{text!r} is missing before {self._next().text!r}")

    def _wrong(self, why: str) -> ValueError:
        return ValueError(f"{self._text!r}: {why}")
